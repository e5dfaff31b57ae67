package hooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xcodex/hooks"
)

// programEnv makes the test's own program be one of programs: that is how hooks are tested as processes.
const programEnv = "HOOKS_TEST_PROGRAM"

func TestMain(m *testing.M) {
	name := os.Getenv(programEnv)
	if name == "" {
		os.Exit(m.Run())
	}
	program, ok := programs[name]
	if !ok {
		panic("no program " + name)
	}
	program()
}

// payload is an event as Claude Code spells one.
const payload = `{"hook_event_name":"PreToolUse","session_id":"session-1","cwd":"/w","tool_name":"shell",` +
	`"tool_input":{"command":"echo äöü 漢字 🚀"}}`

const repliesOn = "XCODEX_HOOKS_REPLIES=1"

// line is a line for a host about payload, of the tool that is named.
func line(seq int, tool string) string {
	event := strings.Replace(payload, `"shell"`, fmt.Sprintf("%q", tool), 1)
	return fmt.Sprintf(`{"schema_version":1,"type":"event","seq":%d,"event":%s}`+"\n", seq, event)
}

// ended is how a process ended.
type ended struct {
	code           int // -1 when a signal ended it
	stdout, stderr string
}

// command is a process that is one of programs.
func command(t *testing.T, program string, env ...string) *exec.Cmd {
	return withEnv(t, exec.CommandContext(patience(t), os.Args[0]), append(env, programEnv+"="+program))
}

// shell is a process of sh in which "$0" is one of programs.
func shell(t *testing.T, script, program string, env ...string) *exec.Cmd {
	sh := exec.CommandContext(patience(t), "sh", "-c", script, os.Args[0])
	return withEnv(t, sh, append(env, programEnv+"="+program))
}

// patience ends what hangs, so that a test fails and does not hang with it.
func patience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func withEnv(t *testing.T, cmd *exec.Cmd, env []string) *exec.Cmd {
	t.Helper()
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "XCODEX_HOOKS_") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// run runs a process to its end. Its stdin is text on a pipe.
func run(t *testing.T, cmd *exec.Cmd, stdin string) ended {
	t.Helper()
	return runWith(t, cmd, strings.NewReader(stdin))
}

func runWith(t *testing.T, cmd *exec.Cmd, stdin io.Reader) ended {
	t.Helper()
	cmd.Stdin = stdin
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// A program may end without having read everything.
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return ended{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// feed runs a process whose stdin is written by a function, piece by piece.
func feed(t *testing.T, cmd *exec.Cmd, write func(stdin io.WriteCloser)) ended {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		write(writer)
	}()
	result := runWith(t, cmd, reader)
	reader.Close()
	writer.Close()
	<-done
	return result
}

func (e ended) expect(t *testing.T, want ended) {
	t.Helper()
	if e != want {
		t.Errorf("ended as\n%+q, not as\n%+q", e, want)
	}
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q is not in\n%s", part, text)
	}
}

func equal(t *testing.T, is, want any) {
	t.Helper()
	if is, want := asJSON(t, is), asJSON(t, want); is != want {
		t.Errorf("it is\n%s, not\n%s", is, want)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// saved is a file with a text in it.
func saved(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "payload.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func opened(t *testing.T, path string, flags int) *os.File {
	t.Helper()
	file, err := os.OpenFile(path, flags, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func mustParse[JSON string | []byte | map[string]any](t *testing.T, payload JSON) hooks.Event {
	t.Helper()
	event, err := hooks.ParseEvent(payload)
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// codeOf is the code of an error, "" when it has none.
func codeOf(err error) string {
	if bad := (*hooks.InputError)(nil); errors.As(err, &bad) {
		return bad.Code
	}
	return ""
}
