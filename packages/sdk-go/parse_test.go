package hooks_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"xcodex/hooks"
)

// Every event is an Event: checked by the compiler.
var _ = []hooks.Event{
	new(hooks.SessionStartEvent), new(hooks.UserPromptSubmitEvent), new(hooks.ModelRequestStartedEvent),
	new(hooks.ModelResponseCompletedEvent), new(hooks.ToolCallStartedEvent), new(hooks.ToolCallFinishedEvent),
	new(hooks.NotificationEvent), new(hooks.ApprovalRequestedEvent), new(hooks.PreCompactEvent),
	new(hooks.SubagentStartEvent), new(hooks.SubagentStopEvent), new(hooks.AgentTurnCompleteEvent),
	new(hooks.ErrorOccurredEvent), new(hooks.SessionEndEvent), new(hooks.UnknownEvent),
}

// The driver tells Fields; this is about the structs.
func TestStructsSayWhatFieldsSay(t *testing.T) {
	vectors, err := filepath.Glob("../../conformance/events/*/*.json")
	if err != nil || len(vectors) < 100 {
		t.Fatal(len(vectors), err)
	}
	seen := map[string]bool{}
	for _, path := range vectors {
		var vector struct{ Input map[string]any }
		text, _ := os.ReadFile(path)
		if err := json.Unmarshal(text, &vector); err != nil || vector.Input == nil {
			continue
		}
		event := mustParse(t, vector.Input)
		structSaysWhatFieldsSay(t, path, event)
		for name := range event.Base().Fields {
			seen[reflect.TypeOf(event).Elem().Name()+"."+name] = true
		}
	}
	if len(seen) < 250 {
		t.Errorf("only %d fields of events were seen", len(seen))
	}
}

func structSaysWhatFieldsSay(t *testing.T, path string, event hooks.Event) {
	t.Helper()
	left := map[string]any{}
	for name, value := range event.Base().Fields {
		left[strings.ReplaceAll(name, "_", "")] = value
	}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(event).Elem()) {
		name := strings.ToLower(field.Name)
		is := reflect.ValueOf(event).Elem().FieldByIndex(field.Index)
		value, there := left[name]
		switch {
		case field.Anonymous || name == "fields" || name == "extra" || name == "raw" || name == "problems":
			continue
		case !there && !is.IsZero():
			t.Errorf("%s: %s is %v and not absent", path, field.Name, is)
		case there && asJSON(t, is.Interface()) != asJSON(t, value):
			t.Errorf("%s: %s is %v, not %v", path, field.Name, asJSON(t, is.Interface()), asJSON(t, value))
		}
		delete(left, name)
	}
	if len(left) > 0 {
		t.Errorf("%s: no field of the struct for %v", path, left)
	}
}

func TestAbsentAndEmptyDiffer(t *testing.T) {
	const started = `{"hook_event_name":"PostToolUse","session_id":"s","cwd":"/","tool_name":"shell"`
	without := mustParse(t, started+`}`).(*hooks.ToolCallFinishedEvent)
	with := mustParse(t, started+`,"exit_code":0,"success":false,"tool_response":null,"error":""}`).(*hooks.ToolCallFinishedEvent)
	if without.ExitCode != nil || without.Success != nil {
		t.Error("absent numbers and booleans are not nil")
	}
	if *with.ExitCode != 0 || *with.Success {
		t.Error("empty numbers and booleans are not empty")
	}
	for _, name := range []string{"tool_response", "error"} {
		if _, there := without.Fields[name]; there {
			t.Errorf("%s is there", name)
		}
		if _, there := with.Fields[name]; !there {
			t.Errorf("%s is not there", name)
		}
	}
}

func TestObjectsInsideEventsAreLenient(t *testing.T) {
	event := mustParse(t, `{"xcodex_event_type":"model-response-completed","session_id":"s","cwd":"/",
		"token_usage":{"input_tokens":"12","output_tokens":7,"new":[1]}}`).(*hooks.ModelResponseCompletedEvent)
	usage := event.TokenUsage
	if usage == nil || usage.InputTokens != 0 || usage.OutputTokens != 7 {
		t.Errorf("it is %+v", usage)
	}
	equal(t, usage, map[string]any{"input_tokens": "12", "output_tokens": 7, "new": []int{1}})
	if mustParse(t, `{"hook_event_name":"Stop","session_id":"s","cwd":"/"}`).Base().Agent != nil {
		t.Error("an absent object is not nil")
	}
}

func TestNestedObjectsAreTyped(t *testing.T) {
	event := mustParse(t, `{"hook_event_name":"PermissionRequest","session_id":"s","cwd":"/","sandbox_policy":
		{"type":"workspace-write","network_access":true,"read_only_access":{"type":"restricted","readable_roots":["/a"]}}}`)
	policy := event.(*hooks.ApprovalRequestedEvent).SandboxPolicy
	if policy.Type != "workspace-write" || policy.NetworkAccess != true || policy.ExcludeSlashTmp != nil || policy.Access != nil {
		t.Errorf("it is %+v", policy)
	}
	equal(t, policy.ReadOnlyAccess.ReadableRoots, []string{"/a"})
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	event := mustParse(t, `{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/","tool_name":"x",
		"tool_input":{"id":9223372036854775807,"far":1e400},"big":123456789012345678901234567890,"attempt":1e400}`)
	call := event.(*hooks.ToolCallStartedEvent)
	equal(t, call.ToolInput, json.RawMessage(`{"far":1e400,"id":9223372036854775807}`))
	equal(t, call.Extra, json.RawMessage(`{"big":123456789012345678901234567890}`))
	equal(t, call.Raw["attempt"], json.RawMessage(`1e400`))
	if call.Attempt != nil || len(call.Problems) != 1 || call.Problems[0].Code != hooks.WrongType {
		t.Errorf("problems are %v", call.Problems)
	}
}

func TestKeysAreCompared(t *testing.T) {
	event := mustParse(t, `{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/","Tool_Name":"x","TOOL_NAME":"y"}`)
	call := event.(*hooks.ToolCallStartedEvent)
	if call.ToolName != "" || call.Extra["Tool_Name"] != "x" || call.Extra["TOOL_NAME"] != "y" {
		t.Errorf("it is %+v", call)
	}
}

func TestParseEventTakesObjectsMadeByHand(t *testing.T) {
	event := mustParse(t, map[string]any{"hook_event_name": "PostToolUse", "session_id": "s", "cwd": "/",
		"tool_name": "x", "exit_code": 3, "tool_input": struct{ A []string }{[]string{"b"}}})
	call := event.(*hooks.ToolCallFinishedEvent)
	if *call.ExitCode != 3 {
		t.Error(call.ExitCode)
	}
	equal(t, call.ToolInput, map[string]any{"A": []string{"b"}})
	_, err := hooks.ParseEvent(map[string]any{"f": func() {}})
	if codeOf(err) != hooks.CodeNotJSON {
		t.Error(err)
	}
}

func TestParseEventDoesNotChangeWhatItIsGiven(t *testing.T) {
	given := map[string]any{"schema-version": 1, "type": "session-start", "session-id": "s"}
	event := mustParse(t, given)
	equal(t, given, map[string]any{"schema-version": 1, "type": "session-start", "session-id": "s"})
	equal(t, event.Base().Raw, given)
}

func TestAnEventIsOneJSONObject(t *testing.T) {
	event := mustParse(t, `{"xcodex_event_type":"x<y","session_id":"s","cwd":"/","other":[1.50]}`)
	equal(t, event, json.RawMessage(`{"cwd":"/","event_id":"","extra":{"other":[1.50]},"hook_event_name":"x<y",`+
		`"permission_mode":"default","problems":[],"schema_version":1,"session_id":"s","timestamp":"",`+
		`"transcript_path":"","xcodex_event_type":"x<y"}`))
}

func TestNesting(t *testing.T) {
	nested := func(levels int) string {
		return `{"session_id":"s","cwd":"/","x":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + "}"
	}
	for _, levels := range []int{100, 9000} {
		mustParse(t, nested(levels))
	}
	for _, absurd := range []string{nested(100_000), strings.Repeat("[", 1_000_000), strings.Repeat(`{"a":`, 1_000_000)} {
		_, err := hooks.ParseEvent(absurd)
		if codeOf(err) != hooks.CodeNotJSON {
			t.Error(err)
		}
	}
}

func TestBytesThatAreNotUTF8(t *testing.T) {
	// What is expected is what a TextDecoder makes of these bytes.
	for bytes, want := range map[string]string{
		"\x80\x80":             "��",
		"a\xe2\x82":            "a�",
		"\xe2\x82x":            "�x",
		"\xf0\x9f\x9a":         "�",
		"\xf0\x9f\x9a\xf0\x9f": "��",
		"\xed\xa0\x80":         "���",
		"\xc0\xaf":             "��",
		"\xf5\x80\x80\x80":     "����",
		"\xe0\x80\xff\xe4\xb8": "����",
		"é\xc3":                "é�",
	} {
		event := mustParse(t, `{"session_id":"`+bytes+`","cwd":"/"}`)
		if is := event.Base().SessionID; is != want {
			t.Errorf("%q is %q, not %q", bytes, is, want)
		}
	}
}

func TestMessagesSayWhatToDo(t *testing.T) {
	for input, want := range map[string]string{
		`{"a": "b`:   "not_json: Cannot read an event from the event as JSON: it looks cut off at byte 8. Check that its sender writes all of it and then closes the input.",
		`{"a": 1} x`: "not_json: Cannot read an event from the event as JSON: more follows after byte 8. Send exactly one JSON object.",
		`Welcome!`:   "not_json: Cannot read an event from the event as JSON: invalid character 'W' looking for beginning of value at byte 1. Send exactly one JSON object.",
		`"text"`:     `not_object: Cannot read an event from the event: it is the string "text", not an object. Send one JSON object per event.`,
		" \n":        "no_input: Cannot read an event from the event: it is empty. Run the hook from an agent or pipe an event into it.",
		`{"payload_path":"/p"}`: `unexpected_envelope: Cannot read an event from the event: it is an envelope that names the file "/p". ` +
			"Read the payload, not the envelope.",
	} {
		if _, err := hooks.ParseEvent(input); err == nil || err.Error() != want {
			t.Errorf("%q: it is\n%v, not\n%s", input, err, want)
		}
	}
}

func TestLongValuesAreCutInMessages(t *testing.T) {
	event := mustParse(t, `{"hook_event_name":"Stop","session_id":"s","cwd":"/","success":"`+strings.Repeat("ä", 10_000)+`"}`)
	message := event.Base().Problems[0].Message
	if len(message) > 400 || !strings.Contains(message, "…") {
		t.Error(message)
	}
}

func TestErrorsHaveTheirCause(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := hooks.ReadEvent(hooks.WithInput(strings.NewReader(asJSON(t, map[string]string{"payload_path": missing}))))
	bad := (*hooks.InputError)(nil)
	if !errors.As(err, &bad) || bad.Field != "payload_path" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is %#v", err)
	}
	contains(t, err.Error(), "Cannot read the payload file")
	broken := errors.New("broken")
	_, err = hooks.ReadEvent(hooks.WithInput(io.MultiReader(strings.NewReader("{"), failing{broken})))
	if codeOf(err) != hooks.CodeInputUnreadable || !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
