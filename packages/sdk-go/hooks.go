// Package hooks is the typed way to write a hook for a coding agent: read the event, look at it, block it or let it go on.
// The same program works as the hook of one event and as a long-lived host, under xcodex, Codex, Claude Code and Gemini CLI.
//
//	func main() {
//		hooks.Run(func(event hooks.Event) error {
//			if call, ok := event.(*hooks.ToolCallStartedEvent); ok && call.ToolName == "rm" {
//				hooks.Block("not here")
//			}
//			return nil
//		})
//	}
//
// Optional numbers and booleans of an event are pointers, nil when absent. Optional texts, lists and objects are empty
// when absent; where that matters, EventBase.Fields says what was there.
package hooks

import (
	"bytes"
	"io"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Event is one event: a pointer to the struct of its kind, or an [*UnknownEvent]. Tell them apart with a type switch. Only
// this package makes events.
type Event interface {
	// Base returns the fields that every event has, and what reading it has added.
	Base() *EventBase

	fill(fields map[string]any)
}

// Reading is what reading adds to an event.
type Reading struct {
	// The typed fields that are there, by their names on the wire. This is where an absent field differs from an empty one,
	// and an absent ToolResponse from null. Integers are int64, other numbers float64; in objects and lists, and wherever
	// anything may stand, numbers are [json.Number], so that none loses a digit.
	Fields map[string]any
	// Fields that the catalogue does not describe for this event, with their values untouched. Never a typed field.
	Extra map[string]any
	// The whole payload as it was parsed, whatever its spelling.
	Raw map[string]any
	// Fields that were wrong or missing; empty when all is well.
	Problems []Problem
}

// UnknownEvent is an event outside the catalogue. Its type is its name as sent, the fields of every event are checked, and
// everything else is in Extra.
type UnknownEvent struct {
	EventBase
}

// Problem is something about one field that is not as the catalogue says. The event is usable all the same.
type Problem struct {
	// Name of the field on the wire, for example `duration_ms`.
	Field string `json:"field"`
	// [WrongType] or [Missing].
	Code string `json:"code"`
	// What is wrong, with the value quoted. For people: its wording may change.
	Message string `json:"message"`
}

// Codes of a [Problem].
const (
	// The field was there with a value of another type, and is left out.
	WrongType = "wrong_type"
	// The field has to be there and is not. It is empty.
	Missing = "missing"
)

// Base returns what every event has.
func (base *EventBase) Base() *EventBase { return base }

// MarshalJSON writes the event as one JSON object: its typed fields as they were sent, extra and problems. Raw is left
// out: it would say everything twice.
func (base *EventBase) MarshalJSON() ([]byte, error) {
	object := make(map[string]any, len(base.Fields)+2)
	maps.Copy(object, base.Fields)
	object["extra"], object["problems"] = base.Extra, base.Problems
	return marshal(object)
}

// InputError says why there is no event to be had. Wrong or missing fields are no errors: they are in Problems.
type InputError struct {
	// One of the constants that begin with Code. It is stable and the same in every language.
	Code string
	// What is the matter and what to do about it. For people: its wording may change.
	Message string
	// The field of the envelope that led here, where one did: `payload_path`, `payload_bytes` or `payload_sha256`.
	Field string
	// What the system said, where it said something.
	Cause error
}

// Error returns the code and the message.
func (e *InputError) Error() string { return e.Code + ": " + e.Message }

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Cause }

// Codes of an [InputError].
const (
	// There is nothing to read: the input is empty or blank, or it is a terminal.
	CodeNoInput = "no_input"
	// The input is not one JSON document.
	CodeNotJSON = "not_json"
	// The input is JSON, but not an object.
	CodeNotObject = "not_object"
	// The input is longer than the cap.
	CodeInputTooLarge = "input_too_large"
	// The input did not end in time.
	CodeInputTimeout = "input_timeout"
	// The input failed while it was being read.
	CodeInputUnreadable = "input_unreadable"
	// There is an envelope where the payload itself should be.
	CodeUnexpectedEnvelope = "unexpected_envelope"
	// The envelope's path is not absolute.
	CodePayloadPathRelative = "payload_path_relative"
	// The payload file does not exist.
	CodePayloadFileMissing = "payload_file_missing"
	// The payload file is a link, a folder, a pipe or a device.
	CodePayloadFileNotRegular = "payload_file_not_regular"
	// The payload file is longer than the cap.
	CodePayloadFileTooLarge = "payload_file_too_large"
	// The payload file does not have the length or the hash that the envelope promises.
	CodePayloadFileMismatch = "payload_file_mismatch"
	// The payload file exists and cannot be read.
	CodePayloadFileUnreadable = "payload_file_unreadable"
)

// Hook looks at an event. Returning nil lets the agent go on; an error says that the hook failed, which stops nothing. To
// stop the agent call [Block].
type Hook func(event Event) error

// Option changes how [ReadEvent], [Serve] and [Run] work; each takes no notice of options that have no meaning for it.
type Option func(*options)

type options struct {
	input               io.Reader
	timeout             time.Duration
	maxBytes            int64
	maxPayloadFileBytes int64
	replies             *bool
	onDropped           func(*HostDroppedLine) error
}

// WithTimeout sets how long the input may take to end; 0 or less waits for ever. Default 30 seconds. A host has no
// deadline once it serves.
func WithTimeout(timeout time.Duration) Option { return func(o *options) { o.timeout = timeout } }

// WithMaxBytes sets the longest input, of a host the longest line, in bytes. Default 64 MiB.
func WithMaxBytes(bytes int64) Option { return func(o *options) { o.maxBytes = bytes } }

// WithMaxPayloadFileBytes sets the longest payload file that an envelope may name, in bytes. Default 64 MiB.
func WithMaxPayloadFileBytes(bytes int64) Option {
	return func(o *options) { o.maxPayloadFileBytes = bytes }
}

// WithReplies says whether somebody reads the replies of a host. By default what the dispatcher says, which sets
// XCODEX_HOOKS_REPLIES=1 for hosts with `replies = true`.
func WithReplies(replies bool) Option { return func(o *options) { o.replies = &replies } }

// WithOnDropped sets what a host calls when events were dropped on the way to it. An error is logged.
func WithOnDropped(onDropped func(dropped *HostDroppedLine) error) Option {
	return func(o *options) { o.onDropped = onDropped }
}

// WithInput sets what is read instead of stdin.
func WithInput(input io.Reader) Option { return func(o *options) { o.input = input } }

const (
	mebibyte   = 1 << 20
	repliesEnv = "XCODEX_HOOKS_REPLIES"
)

func gather(list []Option) *options {
	o := &options{
		input:               os.Stdin,
		timeout:             30 * time.Second,
		maxBytes:            64 * mebibyte,
		maxPayloadFileBytes: 64 * mebibyte,
	}
	for _, option := range list {
		option(o)
	}
	return o
}

// ReadEvent reads stdin to its end and returns the one event in it. An envelope is followed to the payload's file, whose
// length and hash are checked. The error is an [*InputError].
//
// Once it has been called for stdin, a panic that nobody recovers ends the process with SIGABRT: Go's exit code for it is 2,
// which agents take for a block.
func ReadEvent(list ...Option) (Event, error) {
	o := gather(list)
	if o.input == os.Stdin {
		crashWithSignal()
	}
	in, err := openInput(o)
	if err != nil {
		return nil, err
	}
	in.startDeadline()
	data, err := in.rest(nil)
	if err != nil {
		return nil, err
	}
	return eventIn(data, o)
}

// ParseEvent turns the JSON of one event that is at hand into an event: text, UTF-8 bytes or a parsed object. It reads no
// file, so an envelope is refused. The error is an [*InputError].
func ParseEvent[JSON string | []byte | map[string]any](payload JSON) (Event, error) {
	const source = "the event"
	var data []byte
	switch payload := any(payload).(type) {
	case string:
		data = []byte(payload)
	case []byte:
		data = payload
	default:
		// By way of JSON, so that an object made by hand is what it would be on the wire.
		var err error
		if data, err = marshal(payload); err != nil {
			return nil, notJSON(source, err.Error()+". Hand over what JSON can say", err)
		}
	}
	object, err := parseObject(data, source)
	if err == nil {
		err = mustBePayload(object, source)
	}
	if err != nil {
		return nil, err
	}
	return toEvent(object), nil
}

// Run runs a hook however the program was started: once for the one event on stdin or, when the first line is a line for a
// host, as a host until stdin ends. So the same program works in every delivery mode.
//
// It returns when the hook is done, and ends the process with exit code 1 when there is no event (`<code>: <message>` on
// stderr), when the hook returns an error, or when it panics (its stack on stderr). [Block] ends it with 2.
//
// What the hook prints to os.Stdout goes to stderr, also after Run has returned: agents take stdout for an answer.
func Run(hook Hook, list ...Option) {
	stdout, _ := reserveStdout()
	err := run(hook, gather(list), stdout)
	if err == nil {
		return
	}
	writeAll(os.Stderr, err.Error()+"\n")
	os.Exit(1)
}

func run(hook Hook, o *options, stdout *os.File) error {
	in, err := openInput(o)
	if err != nil {
		return err
	}
	// A host may have been started long before its first event. What it reads decides what it is; this only makes it patient.
	if _, toldToBeHost := os.LookupEnv(repliesEnv); !toldToBeHost && o.replies == nil {
		in.startDeadline()
	}
	data, line, err := in.firstLine()
	if err != nil {
		return err
	}
	first, err := parseObject(line, "stdin")
	if err == nil && isHostLine(first) {
		in.stopDeadline()
		startHost()
		return newHost(hook, o, stdout).serve(io.MultiReader(bytes.NewReader(data), in))
	}
	if data, err = in.rest(data); err != nil {
		return err
	}
	event, err := oneEvent(first, line, data, o)
	if err != nil {
		return err
	}
	crashWithSignal()
	return call(nil, func() error { return hook(event) })
}

// crashWithSignal makes the process of one event end with SIGABRT when it panics where nobody recovers. It would end with Go's
// exit code 2, which agents take for a block.
func crashWithSignal() { debug.SetTraceback("crash") }

// oneEvent is the event in data. Most payloads are one line, which has been parsed already.
func oneEvent(first map[string]any, line, data []byte, o *options) (Event, error) {
	if first == nil || len(trimmed(line)) != len(trimmed(data)) {
		return eventIn(data, o)
	}
	return eventOf(first, o)
}

// Serve serves as a long-lived host: it calls the hook for every line of stdin that holds an event, one after the other, and
// returns when stdin ends. Bad lines, and hooks that return an error or panic, are logged to stderr and end nothing. The
// error is an [*InputError]: stdin itself cannot be read.
//
// What the hook prints to os.Stdout goes to stderr until Serve returns: stdout is for replies.
func Serve(hook Hook, list ...Option) error {
	o := gather(list)
	in, err := openInput(o)
	if err != nil {
		return err
	}
	stdout, release := reserveStdout()
	defer release()
	defer startHost()()
	return newHost(hook, o, stdout).serve(in)
}

// Block stops what the agent is about to do, and does not return.
//
// As the hook of one event it writes the reason to stderr and ends the process with exit code 2, at once: that is what
// xcodex, Codex, Claude Code and Gemini CLI alike understand.
//
// In a host it becomes the reply to the event, and the host goes on with the next one: the calling goroutine is ended like
// [runtime.Goexit] does it, which runs deferred functions and which no recover stops. It works in the goroutine that the
// hook runs in and in those that the hook itself has started. From anywhere else, or after the hook has returned, it blocks
// nothing, not even the event of another hook: an error is logged, and the calling goroutine ends.
//
// A blank reason becomes "Blocked by a hook."
func Block(reason string) {
	if strings.TrimSpace(reason) == "" {
		reason = "Blocked by a hook."
	}
	serving.Lock()
	if serving.hosts == 0 {
		// The lock is kept: of several reasons the first one is said, and it is said whole.
		survivePipes()
		writeAll(os.Stderr, reason+"\n")
		os.Exit(2)
	}
	s := callersScope()
	if s != nil && !s.blocked {
		s.blocked, s.reason = true, reason
	}
	serving.Unlock()
	if s == nil {
		log("Cannot block the event: its hook has returned already, or has not started this goroutine. " +
			"Call Block before the hook returns, from its goroutine.\n" + string(debug.Stack()))
	}
	runtime.Goexit()
}
