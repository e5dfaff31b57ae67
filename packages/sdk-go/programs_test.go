package hooks_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"xcodex/hooks"
)

// early holds os.Stdout from before any function of the SDK is called.
var early = log.New(os.Stdout, "early: ", 0)

// programs are what the tests start as processes.
var programs = map[string]func(){
	// What was read, or the code of the error.
	"tell":         func() { tell() },
	"tell-250ms":   func() { tell(hooks.WithTimeout(250 * time.Millisecond)) },
	"tell-forever": func() { tell(hooks.WithTimeout(0)) },
	"tell-cap":     func() { tell(hooks.WithMaxBytes(int64(len(payload)))) },
	"tell-nonblocking": func() {
		if err := syscall.SetNonblock(0, true); err != nil {
			panic(err)
		}
		tell()
	},
	"tell-panics": func() {
		tell()
		must(panicking())
	},
	"message": func() {
		_, err := hooks.ReadEvent()
		fmt.Println(err)
	},
	"length": func() {
		event, err := hooks.ReadEvent()
		must(err)
		fmt.Println(len(event.Base().Raw["text"].(string)))
	},
	"untouched": func() {
		text, err := io.ReadAll(os.Stdin)
		must(err)
		fmt.Println(string(text))
	},

	"nothing":       func() { hooks.Run(ignore) },
	"serve-or-once": func() { hooks.Run(sayTool) },
	"run-250ms":     func() { hooks.Run(sayTool, hooks.WithTimeout(250*time.Millisecond)) },
	"run-cap":       func() { hooks.Run(ignore, hooks.WithMaxBytes(100_000)) },
	"run-lines-cap": func() { hooks.Run(sayTool, hooks.WithMaxBytes(int64(len(line(1, "third"))))) },
	"run-prints":    func() { hooks.Run(prints); fmt.Println("after") },
	"run-fails":     func() { hooks.Run(func(hooks.Event) error { return errors.New("no disk") }) },
	"run-panics":    func() { hooks.Run(func(hooks.Event) error { return panicking() }) },
	"run-goexit":    func() { hooks.Run(func(hooks.Event) error { runtime.Goexit(); return nil }); fmt.Println("after") },
	"run-stray":     func() { hooks.Run(func(hooks.Event) error { go panicking(); select {} }) },
	"run-overflow":  func() { debug.SetMaxStack(1 << 20); hooks.Run(func(hooks.Event) error { overflow(1); return nil }) },

	"block": func() {
		hooks.Run(func(hooks.Event) error { hooks.Block("not here: äöü 🚀"); return panicking() })
	},
	"block-alone":     func() { hooks.Block(os.Getenv("REASON")) },
	"block-long":      func() { hooks.Block(strings.Repeat("x", 1_000_000)) },
	"block-caught":    func() { hooks.Run(caught) },
	"block-goroutine": func() { hooks.Run(blockInGoroutine) },
	"block-nonblocking": func() {
		if err := syscall.SetNonblock(2, true); err != nil {
			panic(err)
		}
		hooks.Block(strings.Repeat("x", 1_000_000))
	},

	"serve":           func() { must(hooks.Serve(sayTool)) },
	"serve-prints":    func() { must(hooks.Serve(prints)); fmt.Println("after") },
	"serve-replies":   func() { must(hooks.Serve(ignore, hooks.WithReplies(true))) },
	"serve-silent":    func() { must(hooks.Serve(ignore, hooks.WithReplies(false))) },
	"serve-cap":       func() { must(hooks.Serve(sayTool, hooks.WithMaxBytes(1000))); sayMemory() },
	"serve-panics":    func() { must(hooks.Serve(func(hooks.Event) error { return panicking() })) },
	"serve-fails":     func() { must(hooks.Serve(func(hooks.Event) error { return errors.New("no disk") })) },
	"serve-dropped":   func() { must(hooks.Serve(sayTool, hooks.WithOnDropped(dropped))) },
	"serve-caught":    func() { must(hooks.Serve(caught)) },
	"serve-goroutine": func() { must(hooks.Serve(blockInGoroutine)) },
	"serve-long":      func() { must(hooks.Serve(blockInGoroutineWithLongStack)) },
	"serve-late":      func() { must(hooks.Serve(blockLate())) },
	"serve-distant":   func() { must(hooks.Serve(blockFromDistantGoroutine)) },
	"serve-two": func() {
		must(hooks.Serve(func(hooks.Event) error {
			inner := strings.NewReader(line(2, "inner"))
			must(hooks.Serve(sayTool, hooks.WithInput(inner)))
			fmt.Println("outer")
			return nil
		}))
		fmt.Println("after")
	},
	"serve-then-block": func() {
		must(hooks.Serve(ignore))
		hooks.Block("after")
	},
	"serve-error": func() {
		fmt.Println(hooks.Serve(ignore))
	},
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func tell(options ...hooks.Option) {
	event, err := hooks.ReadEvent(options...)
	if call, ok := event.(*hooks.ToolCallStartedEvent); ok {
		fmt.Println(call.XcodexEventType, call.ToolInput.(map[string]any)["command"])
		return
	}
	fmt.Println(codeOf(err))
}

func ignore(hooks.Event) error { return nil }

func sayTool(event hooks.Event) error {
	fmt.Println(event.(*hooks.ToolCallStartedEvent).ToolName)
	return nil
}

func prints(hooks.Event) error {
	fmt.Println("printed")
	early.Println("logged")
	child := exec.Command("sh", "-c", "echo said by a child")
	child.Stdout = os.Stdout
	return child.Run()
}

func panicking() error {
	var none *hooks.EventBase
	fmt.Println(none.Cwd)
	return nil
}

func overflow(depth int) int { return overflow(depth+1) + depth }

func caught(hooks.Event) error {
	func() {
		defer func() {
			_ = recover()
			fmt.Println("deferred")
		}()
		hooks.Block("no")
	}()
	fmt.Println("went on")
	return nil
}

func blockInGoroutine(hooks.Event) error {
	var checks sync.WaitGroup
	for _, reason := range []string{"no", "no"} {
		checks.Add(1)
		go func(reason string) {
			defer checks.Done()
			hooks.Block(reason)
		}(reason)
	}
	checks.Wait()
	return nil
}

// blockFromDistantGoroutine blocks from a goroutine that a goroutine of the hook has started.
func blockFromDistantGoroutine(hooks.Event) error {
	done := make(chan bool)
	go func() {
		go func() {
			defer close(done)
			hooks.Block("distant")
		}()
	}()
	<-done
	return nil
}

// blockLate is a hook whose goroutine blocks the first event when the hook is at the second one.
func blockLate() hooks.Hook {
	second, done := make(chan bool), make(chan bool)
	return func(event hooks.Event) error {
		switch event.(*hooks.ToolCallStartedEvent).ToolName {
		case "first":
			go func() {
				defer close(done)
				<-second
				hooks.Block("late")
			}()
		case "second":
			close(second)
			<-done
		}
		return nil
	}
}

func dropped(dropped *hooks.HostDroppedLine) error {
	return fmt.Errorf("lost %d: %s", dropped.Count, dropped.Reason)
}

func sayMemory() {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Println(memory.Sys)
}
