// The conformance driver of the Go SDK (conformance/PROTOCOL.md, section 8). Without an argument it answers requests, one
// JSON line each; as `driver serve` or `driver run` it is a hook.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"xcodex/hooks"
)

type object = map[string]any

type request struct {
	ID, Kind, Input string
	InputBase64     []byte `json:"input_base64"`
	Options         struct {
		MaxPayloadFileBytes *int64 `json:"max_payload_file_bytes"`
	}
}

func written(event hooks.Event) object {
	base := event.Base()
	return object{"type": base.XcodexEventType, "fields": base.Fields, "extra": base.Extra, "problems": base.Problems}
}

func read(r request) (hooks.Event, error) {
	input := append([]byte(r.Input), r.InputBase64...)
	if r.Kind == "event" {
		return hooks.ParseEvent(input)
	}
	options := []hooks.Option{hooks.WithInput(bytes.NewReader(input))}
	if r.Options.MaxPayloadFileBytes != nil {
		options = append(options, hooks.WithMaxPayloadFileBytes(*r.Options.MaxPayloadFileBytes))
	}
	return hooks.ReadEvent(options...)
}

func answer(r request) object {
	event, err := read(r)
	if bad := (*hooks.InputError)(nil); errors.As(err, &bad) {
		return object{"id": r.ID, "error": object{"code": bad.Code, "message": bad.Message}}
	}
	return object{"id": r.ID, "event": written(event)}
}

func answerAll() {
	requests, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var r request
		if err := requests.Decode(&r); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		if err := answers.Encode(answer(r)); err != nil {
			panic(err)
		}
	}
}

func note(what object) {
	line, _ := json.Marshal(what)
	file, err := os.OpenFile(os.Getenv("CONFORMANCE_OUT"), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = file.Write(append(line, '\n'))
	}
	if err != nil {
		panic(err)
	}
	file.Close()
}

func main() {
	var steps []struct {
		On       int
		Do, Text string
	}
	_ = json.Unmarshal([]byte(os.Getenv("CONFORMANCE_HOOK")), &steps)
	count := 0
	hook := func(event hooks.Event) error {
		note(object{"event": written(event)})
		count++
		for _, step := range steps {
			switch {
			case step.On != count:
			case step.Do == "print":
				fmt.Println(step.Text)
			case step.Do == "throw":
				panic(step.Text)
			case step.Do == "block":
				hooks.Block(step.Text)
			}
		}
		return nil
	}
	onDropped := hooks.WithOnDropped(func(dropped *hooks.HostDroppedLine) error {
		note(object{"dropped": dropped})
		return nil
	})
	switch {
	case len(os.Args) < 2:
		answerAll()
	case os.Args[1] == "serve":
		if err := hooks.Serve(hook, onDropped); err != nil {
			panic(err)
		}
	case os.Args[1] == "run":
		hooks.Run(hook, onDropped)
	}
}
