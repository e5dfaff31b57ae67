package hooks_test

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestRunEndsWith0WhenTheHookIsDone(t *testing.T) {
	run(t, command(t, "nothing"), payload).expect(t, ended{})
	run(t, command(t, "nothing"), strings.ReplaceAll(payload, ",", ",\n")+"\n\n").expect(t, ended{})
}

func TestWhatAHookPrintsGoesToStderr(t *testing.T) {
	run(t, command(t, "run-prints"), payload).expect(t, ended{stderr: "printed\nearly: logged\nsaid by a child\nafter\n"})
}

func TestRunSaysCodeAndMessageWhenThereIsNoEvent(t *testing.T) {
	result := run(t, command(t, "nothing"), payload[:50])
	result.expect(t, ended{code: 1, stderr: result.stderr})
	if !regexp.MustCompile(`^not_json: Cannot read an event from stdin as JSON: it looks cut off at byte 50\. .*\.\n$`).MatchString(result.stderr) {
		t.Error(result.stderr)
	}
}

func TestAnErrorOfTheHookEndsRunWith1(t *testing.T) {
	run(t, command(t, "run-fails"), payload).expect(t, ended{code: 1, stderr: "the hook failed: no disk\n"})
}

func TestAPanicOfTheHookEndsRunWith1AndItsStack(t *testing.T) {
	result := run(t, command(t, "run-panics"), payload)
	if result.code != 1 || !strings.HasPrefix(result.stderr, "panic: runtime error: invalid memory address") {
		t.Error(result)
	}
	contains(t, result.stderr, "hooks_test.panicking(")
}

func TestAHookThatLeavesItsGoroutineIsDone(t *testing.T) {
	run(t, command(t, "run-goexit"), payload).expect(t, ended{stderr: "after\n"})
}

// Go's exit code for what nobody can recover is the one that agents take for a block.
func TestACrashIsNoBlock(t *testing.T) {
	for program, said := range map[string]string{
		"run-stray":    "panic: runtime error: invalid memory address",
		"run-overflow": "stack overflow",
		"tell-panics":  "panic: runtime error: invalid memory address",
	} {
		result := run(t, command(t, program), payload)
		if result.code == 2 || result.code == 0 {
			t.Errorf("%s ended with %d", program, result.code)
		}
		contains(t, result.stderr, said)
	}
}

func TestRunDoesNotWaitForEverForTheFirstLine(t *testing.T) {
	finished := make(chan bool)
	result := feed(t, command(t, "run-250ms"), func(stdin io.WriteCloser) {
		_, _ = io.WriteString(stdin, "{")
		go func() {
			<-finished
			stdin.Close()
		}()
	})
	close(finished)
	result.expect(t, ended{code: 1, stderr: "input_timeout: Cannot read an event from stdin: it did not end within 250ms. " +
		"Close the input after the event, or use WithTimeout.\n"})
}

func TestTheFirstLineOfAHostIsReadLikeAnyOther(t *testing.T) {
	for _, before := range []string{"", "\n", " \n", "\ufeff", "\n\ufeff", "\ufeff\n"} {
		run(t, command(t, "serve-or-once"), before+line(1, "x")).expect(t, ended{stderr: "x\n"})
	}
	// A byte order mark that is not skipped is not JSON.
	for _, before := range []string{"\ufeff\ufeff", " \ufeff", "\ufeff \ufeff", "\n \ufeff"} {
		result := run(t, command(t, "serve-or-once"), before+line(1, "x"))
		if result.code != 1 || !strings.HasPrefix(result.stderr, "not_json: ") {
			t.Errorf("%q: %+q", before, result)
		}
	}
}

func TestRunHasACapBeforeTheFirstLineHasEnded(t *testing.T) {
	result := run(t, shell(t, `yes | tr -d '\n' | "$0"`, "run-cap"), "")
	if result.code != 1 || !strings.HasPrefix(result.stderr, "input_too_large: ") {
		t.Error(result)
	}
}

func TestTheCapOfAHostIsForEachLine(t *testing.T) {
	lines := line(1, "first") + line(2, "second, which is too long") + line(3, "third")
	result := run(t, command(t, "run-lines-cap"), lines)
	if result.code != 0 || !strings.Contains(result.stderr, "first") || !strings.Contains(result.stderr, "third") ||
		!strings.Contains(result.stderr, "line 2 skipped: input_too_large") {
		t.Errorf("got %+v", result)
	}
}

func TestAHostMayBeIdleBetweenLines(t *testing.T) {
	feed(t, command(t, "run-250ms"), func(stdin io.WriteCloser) {
		_, _ = io.WriteString(stdin, line(1, "first"))
		time.Sleep(600 * time.Millisecond)
		_, _ = io.WriteString(stdin, line(2, "second"))
		stdin.Close()
	}).expect(t, ended{stderr: "first\nsecond\n"})
}

func TestAHostMayBeIdleBeforeTheFirstLineWhenToldThatItIsOne(t *testing.T) {
	idle := func(stdin io.WriteCloser) {
		time.Sleep(600 * time.Millisecond)
		_, _ = io.WriteString(stdin, line(1, "first"))
		stdin.Close()
	}
	feed(t, command(t, "run-250ms", "XCODEX_HOOKS_REPLIES=0"), idle).expect(t, ended{stderr: "first\n"})
	if result := feed(t, command(t, "run-250ms"), idle); result.code != 1 {
		t.Error(result)
	}
}

func TestBlockEndsTheProcessAtOnce(t *testing.T) {
	run(t, command(t, "block"), payload).expect(t, ended{code: 2, stderr: "not here: äöü 🚀\n"})
	run(t, command(t, "block-caught"), payload).expect(t, ended{code: 2, stderr: "no\n"})
	run(t, command(t, "block-goroutine"), payload).expect(t, ended{code: 2, stderr: "no\n"})
}

func TestBlockNeedsNeitherRunNorAnEvent(t *testing.T) {
	run(t, command(t, "block-alone", "REASON=no"), "").expect(t, ended{code: 2, stderr: "no\n"})
	run(t, command(t, "block-alone", "REASON= \n\t"), "").expect(t, ended{code: 2, stderr: "Blocked by a hook.\n"})
}

func TestNothingOfALongReasonIsLost(t *testing.T) {
	for _, program := range []string{"block-long", "block-nonblocking"} {
		slow := `{ { "$0" 2>&1 >&3; echo "code $?" >&3; } | { sleep 0.3; wc -c; }; } 3>&1`
		result := run(t, shell(t, slow, program), "")
		contains(t, result.stdout, "code 2\n")
		contains(t, result.stdout, "1000001\n")
	}
}

func TestBlockBlocksAlthoughNobodyCanHearWhy(t *testing.T) {
	for _, redirection := range []string{"2>&-", "2>/dev/full"} {
		run(t, shell(t, `"$0" `+redirection, "block-long"), "").expect(t, ended{code: 2})
	}
	gone := `{ { "$0" 2>&1 >&3 3>&-; echo "code $?" >&3; } | true; } 3>&1`
	run(t, shell(t, gone, "block-long"), "").expect(t, ended{stdout: "code 2\n"})
}
