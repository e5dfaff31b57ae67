package hooks_test

import (
	"bufio"
	"io"
	"os"
	"strings"
	"testing"
)

func TestServeHandlesALineWhenItComes(t *testing.T) {
	cmd := command(t, "serve-caught", repliesOn)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	replies := bufio.NewReader(stdout)
	for seq := 1; seq <= 2; seq++ {
		_, _ = io.WriteString(stdin, line(seq, "rm"))
		reply, err := replies.ReadString('\n')
		if err != nil || !strings.Contains(reply, `"decision":"block","reason":"no"}`) {
			t.Fatal(reply, err)
		}
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestServeGivesStdoutBack(t *testing.T) {
	run(t, command(t, "serve-prints"), line(1, "x")).
		expect(t, ended{stdout: "after\n", stderr: "printed\nearly: logged\nsaid by a child\n"})
}

func TestRepliesAreAnOption(t *testing.T) {
	run(t, command(t, "serve-replies"), line(1, "x")).expect(t, ended{stdout: `{"seq":1}` + "\n"})
	run(t, command(t, "serve-silent", repliesOn), line(1, "x")).expect(t, ended{})
}

func TestNothingThatAHookDoesEndsAHost(t *testing.T) {
	lines := line(1, "x") + line(2, "x")
	result := run(t, command(t, "serve-panics", repliesOn), lines)
	result.expect(t, ended{stdout: "{\"seq\":1}\n{\"seq\":2}\n", stderr: result.stderr})
	if strings.Count(result.stderr, "xcodex-hooks: panic: runtime error") != 2 {
		t.Error(result.stderr)
	}
	contains(t, result.stderr, "hooks_test.panicking(")
	run(t, command(t, "serve-fails"), lines).
		expect(t, ended{stderr: strings.Repeat("xcodex-hooks: the hook failed: no disk\n", 2)})
}

func TestAnErrorOfOnDroppedIsLogged(t *testing.T) {
	const dropped = `{"schema_version":1,"type":"events-dropped","from_seq":2,"to_seq":4,"count":3,"reason":"queue full"}` + "\n"
	run(t, command(t, "serve-dropped"), dropped+line(5, "x")).
		expect(t, ended{stderr: "xcodex-hooks: the hook failed: lost 3: queue full\nx\n"})
}

func TestAHostGoesOnWhenNobodyReadsItsReplies(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	defer writer.Close()
	cmd := command(t, "serve", repliesOn)
	stderr := new(strings.Builder)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(line(1, "first")+line(2, "second")), writer, stderr
	if err := cmd.Run(); err != nil || stderr.String() != "first\nsecond\n" {
		t.Error(err, stderr)
	}
}

func TestATypeOfLineThatIsNotKnownIsNamedOnce(t *testing.T) {
	result := run(t, command(t, "serve"), strings.Repeat(`{"type":"tick"}`+"\n{}\n", 3))
	if strings.Count(result.stderr, `the string "tick" skipped`) != 1 || strings.Count(result.stderr, "without a type") != 1 {
		t.Error(result.stderr)
	}
}

func TestHostsShareStdout(t *testing.T) {
	run(t, command(t, "serve-two", repliesOn), line(1, "x")).
		expect(t, ended{stdout: "{\"seq\":2}\n{\"seq\":1}\nafter\n", stderr: "inner\nouter\n"})
}

func TestServeSaysThatStdinCannotBeRead(t *testing.T) {
	result := run(t, shell(t, `"$0" </`, "serve-error"), "")
	contains(t, result.stdout, "input_unreadable: Cannot read an event from stdin: is a directory.")
}

func TestAHookThatCatchesEverythingHasBlockedAllTheSame(t *testing.T) {
	run(t, command(t, "serve-caught", repliesOn), line(1, "x")).
		expect(t, ended{stdout: `{"seq":1,"decision":"block","reason":"no"}` + "\n", stderr: "deferred\n"})
}

func TestAGoroutineOfTheHookCanBlock(t *testing.T) {
	blocked := ended{stdout: `{"seq":1,"decision":"block","reason":"no"}` + "\n"}
	// However Go is told to write a stack trace, from which Block knows the goroutine, and however long it is.
	for _, env := range []string{"GODEBUG=", "GODEBUG=tracebackancestors=10", "GODEBUG=tracebacklabels=1", "GOTRACEBACK=none", "GOTRACEBACK=crash"} {
		run(t, command(t, "serve-goroutine", repliesOn, env), line(1, "x")).expect(t, blocked)
	}
	run(t, command(t, "serve-long", repliesOn), line(1, "x")).expect(t, blocked)
}

func TestABlockThatComesTooLateHitsNoOtherEvent(t *testing.T) {
	result := run(t, command(t, "serve-late", repliesOn), line(1, "first")+line(2, "second")+line(3, "third"))
	result.expect(t, ended{stdout: "{\"seq\":1}\n{\"seq\":2}\n{\"seq\":3}\n", stderr: result.stderr})
	contains(t, result.stderr, "Cannot block the event: its hook has returned already")
}

func TestABlockOfAnUnknownGoroutineIsAnErrorThatEndsOnlyThat(t *testing.T) {
	result := run(t, command(t, "serve-distant", repliesOn), line(1, "x"))
	result.expect(t, ended{stdout: `{"seq":1}` + "\n", stderr: result.stderr})
	contains(t, result.stderr, "hooks_test.blockFromDistantGoroutine.func1.1")
}

func TestBlockEndsTheProcessAgainOnceTheHostIsDone(t *testing.T) {
	run(t, command(t, "serve-then-block"), line(1, "x")).expect(t, ended{code: 2, stderr: "after\n"})
}
