package hooks_test

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

const told = "tool-call-started echo äöü 漢字 🚀\n"

func TestALateWriterIsWaitedFor(t *testing.T) {
	for _, program := range []string{"tell", "tell-nonblocking", "tell-forever"} {
		t.Run(program, func(t *testing.T) {
			feed(t, command(t, program), func(stdin io.WriteCloser) {
				time.Sleep(300 * time.Millisecond)
				_, _ = io.WriteString(stdin, payload)
				stdin.Close()
			}).expect(t, ended{stdout: told})
		})
	}
}

func TestPiecesMaySplitCharacters(t *testing.T) {
	feed(t, command(t, "tell"), func(stdin io.WriteCloser) {
		for _, octet := range []byte(payload) {
			_, _ = stdin.Write([]byte{octet})
			if octet > 0x7f {
				time.Sleep(2 * time.Millisecond)
			}
		}
		stdin.Close()
	}).expect(t, ended{stdout: told})
}

func TestStdinIsAFile(t *testing.T) {
	runWith(t, command(t, "tell"), opened(t, saved(t, payload), os.O_RDONLY)).expect(t, ended{stdout: told})
}

func TestStdinThatIsNone(t *testing.T) {
	for redirection, code := range map[string]string{
		"<&-":                      "no_input",
		"</dev/null":               "no_input",
		"</":                       "input_unreadable",
		"0>'" + saved(t, "") + "'": "input_unreadable",
	} {
		run(t, shell(t, `"$0" `+redirection, "tell"), "").expect(t, ended{stdout: code + "\n"})
	}
}

func TestATerminalIsNoInputAtOnce(t *testing.T) {
	terminal := opened(t, "/dev/ptmx", os.O_RDWR)
	runWith(t, command(t, "message"), terminal).expect(t, ended{stdout: "no_input: Cannot read an event from stdin: it is a " +
		"terminal or the null device. Run the hook from an agent or pipe an event into it.\n"})
}

func TestAMegabyteIsRead(t *testing.T) {
	long := fmt.Sprintf(`{"session_id":"s","cwd":"/","text":"%s"}`, strings.Repeat("x", 1_000_000))
	run(t, command(t, "length"), long).expect(t, ended{stdout: "1000000\n"})
}

func TestAWriterThatNeverClosesIsNotWaitedForForEver(t *testing.T) {
	finished := make(chan bool)
	feed(t, command(t, "tell-250ms"), func(stdin io.WriteCloser) {
		_, _ = io.WriteString(stdin, payload)
		go func() {
			// Until the process has ended.
			<-finished
			stdin.Close()
		}()
	}).expect(t, ended{stdout: "input_timeout\n"})
	close(finished)
}

func TestAnInputLongerThanTheCapIsNotReadOn(t *testing.T) {
	run(t, shell(t, `yes | "$0"`, "tell-cap"), "").expect(t, ended{stdout: "input_too_large\n"})
	run(t, command(t, "tell-cap"), payload+" ").expect(t, ended{stdout: "input_too_large\n"})
	run(t, command(t, "tell-cap"), payload).expect(t, ended{stdout: told})
}

func TestImportingThePackageDoesNotTouchStdin(t *testing.T) {
	run(t, command(t, "untouched"), "hello").expect(t, ended{stdout: "hello\n"})
}

func TestALineLongerThanTheCapIsNotHeldInMemory(t *testing.T) {
	result := run(t, shell(t, `{ head -c 200000000 /dev/zero; echo; printf '%s' "$LINE"; } | "$0"`, "serve-cap", "LINE="+line(2, "second")), "")
	contains(t, result.stderr, "line 1 skipped: input_too_large: Cannot read a line of 200000000 bytes")
	contains(t, result.stderr, "\nsecond\n")
	if memory, err := strconv.Atoi(strings.TrimSpace(result.stdout)); err != nil || memory > 50_000_000 {
		t.Errorf("it took %d bytes", memory)
	}
}
