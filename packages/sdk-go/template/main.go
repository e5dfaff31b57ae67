// A hook to start from: appends every event as one line of JSON to CODEX_HOME/hooks.jsonl.
//
// Build it, and try it by hand (CODEX_HOME is ~/.codex unless it is set):
//
//	cd ~/.codex/hooks/templates/go
//	go build -o log_jsonl .
//	echo '{"hook_event_name":"SessionStart","session_id":"s-1","cwd":"/"}' | ./log_jsonl
//
// See what to put into CODEX_HOME/config.toml, to run it for one kind of event or as one long-lived host for all of them:
//
//	./log_jsonl --config
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"xcodex/hooks"
)

func main() {
	if slices.Contains(os.Args, "--config") {
		fmt.Println(config())
		return
	}
	hooks.Run(hook)
}

func hook(event hooks.Event) error {
	// The type tells which event it is, and so which fields it has.
	switch event := event.(type) {
	case *hooks.ToolCallFinishedEvent:
		took := "an unknown time"
		if event.DurationMS != nil {
			took = fmt.Sprintf("%d ms", *event.DurationMS)
		}
		// stderr is the hook's log: an agent takes what it finds on stdout for an answer.
		fmt.Fprintf(os.Stderr, "%s: %s took %s\n", event.XcodexEventType, event.ToolName, took)
	case *hooks.ToolCallStartedEvent:
		// Your own rule. It stops the agent where a hook may do so: with `mode = "sync"`, or in a host with `replies = true`.
		// if event.ToolAlias == hooks.ToolWebFetch {
		// 	hooks.Block("No web today: " + event.ToolName)
		// }
	}
	return appendLine(event.Base())
}

// appendLine writes the typed fields and extra with one write at the end of the file, so that hooks which run at the same
// time never mix their lines.
func appendLine(event *hooks.EventBase) error {
	fields := maps.Clone(event.Fields)
	fields["extra"] = event.Extra
	line, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	home, err := codexHome()
	if err != nil {
		return err
	}
	// Only you may read it: it holds what your agent sees and does.
	file, err := os.OpenFile(filepath.Join(home, "hooks.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(append(line, '\n'))
	return err
}

func codexHome() (string, error) {
	home := os.Getenv("CODEX_HOME")
	if home == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		home = filepath.Join(user, ".codex")
	}
	return home, os.MkdirAll(home, 0o700)
}

// config is what to put into config.toml.
func config() string {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return fmt.Sprintf(`# Into CODEX_HOME/config.toml. For one kind of event:
[[hooks.command.tool_call_finished]]
hooks = [{ argv = [%[1]q] }]

# Or for all of them, as one long-lived host; replies lets it block:
# [hooks.host]
# enabled = true
# command = [%[1]q]
# replies = true`, self)
}
