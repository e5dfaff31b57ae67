// Parses one payload again and again: `parse FILE ROUNDS`. Prints the nanoseconds per parse.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"xcodex/hooks"
)

func main() {
	payload, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	rounds, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	parse(payload, rounds/10)
	started := time.Now()
	parse(payload, rounds-rounds/10)
	fmt.Println(time.Since(started).Nanoseconds() / int64(rounds-rounds/10))
}

func parse(payload []byte, rounds int) {
	for round := 0; round < rounds; round++ {
		if _, err := hooks.ParseEvent(payload); err != nil {
			panic(err)
		}
	}
}
