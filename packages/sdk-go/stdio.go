package hooks

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// reserved is the real stdout, while somebody has taken it away.
var reserved struct {
	sync.Mutex
	takers int
	stdout os.File
}

// reserveStdout takes stdout away: whatever holds os.Stdout, loggers made earlier included, writes to stderr until the last
// release is called. It returns the real one.
func reserveStdout() (stdout *os.File, release func()) {
	forgetPipes := survivePipes()
	reserved.Lock()
	defer reserved.Unlock()
	if reserved.takers == 0 {
		reserved.stdout, *os.Stdout = *os.Stdout, *os.Stderr
	}
	reserved.takers++
	return &reserved.stdout, func() {
		reserved.Lock()
		defer reserved.Unlock()
		if reserved.takers--; reserved.takers == 0 {
			*os.Stdout = reserved.stdout
		}
		forgetPipes()
	}
}

// survivePipes makes writing to a stdout or stderr whose reader is gone an error; otherwise Go ends the process.
func survivePipes() (end func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGPIPE)
	return func() { signal.Stop(signals) }
}

// writeAll writes a text and returns when it is out: the process may be about to end. When nobody listens, nobody is told.
func writeAll(file *os.File, text string) {
	written, err := file.WriteString(text)
	if errors.Is(err, syscall.EAGAIN) {
		_, _ = waiting(file).WriteString(text[written:])
	}
}

// kept holds files that are not to be forgotten: a forgotten os.File closes what it stands for.
var kept sync.Map

// waiting is a file of which Go knows that it does not block, and for which it therefore waits: another program that
// shares it has made it so after this one was started.
func waiting(file *os.File) *os.File {
	file = os.NewFile(file.Fd(), file.Name())
	kept.Store(file, true)
	return file
}

// pieceSize is how much is read at once: what fits into a pipe.
const pieceSize = 64 << 10

// input is what is read: a reader whose reads end in time.
type input struct {
	reader   io.Reader
	options  *options
	deadline <-chan time.Time // nil when there is none
}

func openInput(o *options) (*input, error) {
	if file, ok := o.input.(*os.File); ok {
		info, err := file.Stat()
		if err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return nil, noInput("stdin", "it is a terminal or the null device")
		}
	}
	return &input{reader: o.input, options: o}, nil
}

// startDeadline gives the input its time from now on. A second call changes nothing.
func (in *input) startDeadline() {
	if in.deadline == nil && in.options.timeout > 0 {
		in.deadline = time.After(in.options.timeout)
	}
}

func (in *input) stopDeadline() { in.deadline = nil }

// Read reads a piece. After the deadline it is not to be called again: a read that hangs cannot be called off.
func (in *input) Read(piece []byte) (int, error) {
	if in.deadline == nil {
		return in.read(piece)
	}
	type result struct {
		length int
		err    error
	}
	done := make(chan result, 1)
	go func() {
		length, err := in.read(piece)
		done <- result{length, err}
	}()
	select {
	case r := <-done:
		return r.length, r.err
	case <-in.deadline:
		return 0, &InputError{Code: CodeInputTimeout, Message: fmt.Sprintf("Cannot read an event from stdin: it did not end "+
			"within %v. Close the input after the event, or use WithTimeout.", in.options.timeout)}
	}
}

func (in *input) read(piece []byte) (int, error) {
	length, err := in.reader.Read(piece)
	if file, ok := in.reader.(*os.File); ok && errors.Is(err, syscall.EAGAIN) {
		in.reader = waiting(file)
		length, err = in.reader.Read(piece)
	}
	if err == nil || err == io.EOF {
		return length, err
	}
	if errors.Is(err, os.ErrClosed) {
		return length, noInput("stdin", "it is closed")
	}
	return length, &InputError{Code: CodeInputUnreadable, Cause: err, Message: fmt.Sprintf(
		"Cannot read an event from stdin: %v. Give the hook a pipe or a file as its input.", reasonOf(err))}
}

// rest reads to the end of the input, and returns it after what had been read before.
func (in *input) rest(before []byte) ([]byte, error) {
	maxBytes := in.options.maxBytes
	data := bytes.NewBuffer(before)
	data.Grow(4 << 10)
	left := min(maxBytes, math.MaxInt64-1) + 1 - int64(len(before))
	if _, err := data.ReadFrom(io.LimitReader(in, left)); err != nil {
		return nil, err
	}
	return data.Bytes(), in.mustFit(data.Len())
}

// firstLine reads until the first line that is not blank is complete, or to the end of the input. It returns all that it has
// read, and that line.
func (in *input) firstLine() (data, line []byte, err error) {
	piece := make([]byte, pieceSize)
	// Where the line begins, where its text does, and how far the search for its end has come.
	start, text, seen := 0, 0, 0
	for {
		length, err := in.Read(piece)
		if err != nil && err != io.EOF {
			return nil, nil, err
		}
		in.startDeadline()
		data = append(data, piece[:length]...)
		blank := data[text : len(data)-len(bytes.TrimLeft(data[text:], blanks))]
		if end := bytes.LastIndexByte(blank, '\n'); end >= 0 {
			start = text + end + 1
		}
		text += len(blank)
		seen = max(text, seen)
		if end := bytes.IndexByte(data[seen:], '\n'); end >= 0 {
			return data, data[start : seen+end], nil
		}
		if err == io.EOF {
			return data, data[start:], nil
		}
		// Not before: the piece that ends a line may hold many more, and of a host the cap is for each.
		if tooLarge := in.mustFit(len(data)); tooLarge != nil {
			return nil, nil, tooLarge
		}
		seen = len(data)
	}
}

func (in *input) mustFit(length int) error {
	if int64(length) <= in.options.maxBytes {
		return nil
	}
	return &InputError{Code: CodeInputTooLarge, Message: fmt.Sprintf("Cannot read an event from stdin: it is longer than "+
		"%d bytes. Use WithMaxBytes, or send an envelope.", in.options.maxBytes)}
}
