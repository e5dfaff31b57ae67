package hooks

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// scope is what one run of a hook in a host has decided.
type scope struct {
	blocked bool
	reason  string
}

// serving is who serves in this process: while somebody does, Block is a reply and not the end of it.
var serving struct {
	sync.Mutex
	hosts  int
	scopes map[string]*scope // by the goroutine that the hook runs in
}

func startHost() (end func()) {
	serving.Lock()
	defer serving.Unlock()
	serving.hosts++
	return func() {
		serving.Lock()
		defer serving.Unlock()
		serving.hosts--
	}
}

// open makes Block find the scope from the calling goroutine until close is called.
func (s *scope) open() (close func()) {
	head := make([]byte, 64)
	id := goroutineIn(string(head[:runtime.Stack(head, false)]))
	serving.Lock()
	defer serving.Unlock()
	if serving.scopes == nil {
		serving.scopes = map[string]*scope{}
	}
	serving.scopes[id] = s
	return func() {
		serving.Lock()
		defer serving.Unlock()
		delete(serving.scopes, id)
	}
}

// callersScope is the scope of the hook in whose goroutine, or in a goroutine of which, it is called; nil when there is none.
func callersScope() *scope {
	stack := string(debug.Stack())
	if s := serving.scopes[goroutineIn(stack)]; s != nil {
		return s
	}
	return serving.scopes[creatorIn(stack)]
}

// goroutineIn says which goroutine a stack trace is of. Go tells that nowhere else: its first line is
// `goroutine 7 [running]:`. An id is never used again.
func goroutineIn(stack string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " ")
	return id
}

// creatorIn says which goroutine has started the one that a stack trace is of; "" when Go does not tell. The last entry is
// `created by main.main in goroutine 1`; after it may come those of goroutines before (GODEBUG=tracebackancestors).
func creatorIn(stack string) string {
	_, created, _ := strings.Cut(stack, "\ncreated by ")
	created, _, _ = strings.Cut(created, "\n")
	if at := strings.LastIndex(created, " in goroutine "); at >= 0 {
		return created[at+len(" in goroutine "):]
	}
	return ""
}

// failure is what a hook returned or panicked with.
type failure struct{ text string }

func (f *failure) Error() string { return f.text }

// call runs what the author of a hook wrote, to its end, in a goroutine of its own: so that Block can end it in a way that
// no recover stops. A panic becomes an error that says its stack.
func call(s *scope, hook func() error) (err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if s != nil {
			defer s.open()()
		}
		defer func() {
			if thrown := recover(); thrown != nil {
				err = &failure{fmt.Sprintf("panic: %v\n\n%s", thrown, bytes.TrimSpace(debug.Stack()))}
			}
		}()
		if failed := hook(); failed != nil {
			err = &failure{"the hook failed: " + failed.Error()}
		}
	}()
	<-done
	return err
}

// host reads lines and answers them.
type host struct {
	hook    Hook
	options *options
	replies *os.File        // nil when nobody reads them
	unknown map[string]bool // types of lines that were skipped already
}

func newHost(hook Hook, o *options, stdout *os.File) *host {
	h := &host{hook: hook, options: o, unknown: map[string]bool{}}
	if o.replies == nil && os.Getenv(repliesEnv) == "1" || o.replies != nil && *o.replies {
		h.replies = stdout
	}
	return h
}

func (h *host) serve(input io.Reader) error {
	lines := bufio.NewReaderSize(input, pieceSize)
	for number := 1; ; number++ {
		line, length, err := readLine(lines, h.options.maxBytes)
		if length > 0 && (err == nil || err == io.EOF) {
			if bad := h.handle(line, length); bad != nil {
				log(fmt.Sprintf("line %d skipped: %v", number, bad))
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLine reads one line, without its end. Of a line longer than the cap only the length is kept.
func readLine(lines *bufio.Reader, maxBytes int64) (line []byte, length int64, err error) {
	for {
		piece, err := lines.ReadSlice('\n')
		piece = bytes.TrimSuffix(piece, []byte("\n"))
		if length += int64(len(piece)); length > maxBytes {
			line = nil
		} else {
			line = append(line, piece...)
		}
		if err != bufio.ErrBufferFull {
			return line, length, err
		}
	}
}

func (h *host) handle(line []byte, length int64) error {
	if length > h.options.maxBytes {
		return &InputError{Code: CodeInputTooLarge, Message: fmt.Sprintf(
			"Cannot read a line of %d bytes: it is longer than the cap. Use WithMaxBytes to raise it.", length)}
	}
	if len(bytes.Trim(line, blanks)) == 0 {
		return nil
	}
	object, err := parseObject(line, "the line")
	if err != nil {
		return err
	}
	switch object["type"] {
	case "event", "hook-event":
		return h.handleEvent(object)
	case "events-dropped":
		if h.options.onDropped != nil {
			logFailure(call(nil, func() error { return h.options.onDropped(newHostDroppedLine(object)) }))
		}
	default:
		h.noteType(object)
	}
	return nil
}

// noteType says that lines of a type are skipped, once: such lines may come one day, but a mix-up should not stay unseen.
func (h *host) noteType(line map[string]any) {
	what := "a line without a type"
	if kind, ok := line["type"]; ok {
		what = "lines of the type " + describe(kind)
	}
	if !h.unknown[what] {
		h.unknown[what] = true
		log(what + ` skipped: a host reads lines of the types "event" and "hook-event"`)
	}
}

func (h *host) handleEvent(line map[string]any) error {
	var s scope
	event, err := h.eventOf(line["event"])
	if err == nil {
		logFailure(call(&s, func() error { return h.hook(event) }))
	}
	// An event that could not be read is answered too: somebody may be waiting.
	h.answer(line["seq"], &s)
	return err
}

func (h *host) eventOf(value any) (Event, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, &InputError{Code: CodeNotObject, Message: fmt.Sprintf(
			`Cannot read an event from the line: "event" is %s, not an object. Send the event there.`, describe(value))}
	}
	return eventOf(object, h.options)
}

func (h *host) answer(seq any, s *scope) {
	if h.replies == nil {
		if s.blocked {
			log("Cannot block the event: nobody reads the replies of this host. Set `replies = true` under [hooks.host].")
		}
		return
	}
	number, ok := seq.(json.Number)
	if !ok {
		return
	}
	reply := `{"seq":` + number.String() + `}`
	if s.blocked {
		reason, _ := marshal(s.reason)
		reply = fmt.Sprintf(`{"seq":%s,"decision":"block","reason":%s}`, number, reason)
	}
	// A reader that is gone ends the replies, not the host.
	writeAll(h.replies, reply+"\n")
}

// isHostLine says whether an object is a line for a host: the first line decides whether a program that can be both is one.
func isHostLine(line map[string]any) bool {
	switch line["type"] {
	case "event", "hook-event":
		_, numbered := line["seq"].(json.Number)
		_, ok := line["event"].(map[string]any)
		return numbered && ok
	case "events-dropped":
		_, numbered := line["from_seq"].(json.Number)
		return numbered
	}
	return false
}

func log(message string) { writeAll(os.Stderr, "xcodex-hooks: "+message+"\n") }

func logFailure(err error) {
	if err != nil {
		log(err.Error())
	}
}
