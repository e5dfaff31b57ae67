package hooks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// eventSpec is what the catalogue says of a kind of event.
type eventSpec struct {
	eventType   string
	defaultName string      // hook_event_name when the payload says none
	fields      []fieldSpec // beside those of every event
	spelled     []spelling
	lifecycle   []lifecycleKey
	make        func() Event
}

// fieldSpec is what the catalogue says of a field.
type fieldSpec struct {
	name     string
	kind     kind
	required bool
}

// spelling is how others spell a field: paths through objects, in the order they are tried.
type spelling struct {
	field string
	from  [][]string
}

// found is what the catalogue says of a name.
type found struct {
	spec    *eventSpec     // nil when it does not know it
	alias   bool           // whether it is one of the other names, which may say more than the event
	agent   string         // the agent that it belongs to; "" when several use it
	implies map[string]any // fields that the name itself says
}

// agentSign tells which agent's transcripts are in a folder.
type agentSign struct{ name, transcripts string }

// toEvent makes an event of a payload of any wire and any agent. Nothing in its shape is an error: what is wrong is listed.
func toEvent(payload map[string]any) Event {
	r := &reader{fields: make(map[string]any, len(payload)+4), problems: []Problem{}}
	r.canonical(payload)
	for _, field := range baseFields {
		r.take(field)
	}
	for _, field := range r.spec.fields {
		r.take(field)
	}
	r.derive()
	event := r.spec.make()
	event.fill(r.fields)
	event.Base().Reading = Reading{Fields: r.fields, Extra: r.rest, Raw: payload, Problems: r.problems}
	return event
}

// reader takes the typed fields of an event out of a payload.
type reader struct {
	found
	eventType string         // canonical, or as it was sent
	agentName string         // "" when it is not known
	foreign   bool           // whether the payload comes from an agent and not from the dispatcher
	lifecycle bool           // whether it is of the lifecycle wire
	rest      map[string]any // the payload in our words, without what was taken out
	fields    map[string]any
	problems  []Problem
}

// fromKebab is a copy of the payload, with `_` for `-` in the keys of the kebab wire. Of a key in both spellings the one with
// underscores counts; the other one stays as it is.
func fromKebab(payload map[string]any) map[string]any {
	fields := make(map[string]any, len(payload)+4)
	maps.Copy(fields, payload)
	if !isKebab(payload) {
		return fields
	}
	for _, key := range hyphened(payload) {
		snake := strings.ReplaceAll(key, "-", "_")
		if _, taken := payload[snake]; !taken {
			delete(fields, key)
			fields[snake] = payload[key]
		}
	}
	if _, there := fields["xcodex_event_type"]; !there {
		if name, ok := fields["type"].(string); ok {
			delete(fields, "type")
			fields["xcodex_event_type"] = name
		}
	}
	return fields
}

func isKebab(payload map[string]any) bool {
	_, version := payload["schema-version"]
	_, id := payload["event-id"]
	_, kind := payload["type"]
	return version || id && kind
}

// hyphened is the keys with a hyphen, sorted: two that get one name are settled the same way every time.
func hyphened(payload map[string]any) []string {
	var keys []string
	for key := range payload {
		if strings.Contains(key, "-") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// canonical says the payload in our words. It looks at names, not at values.
func (r *reader) canonical(payload map[string]any) {
	if r.lifecycle = !isKebab(payload) && isLifecycle(payload); r.lifecycle {
		r.rest = fromLifecycle(payload)
	} else {
		r.rest = fromKebab(payload)
	}
	r.identify()
	if r.lifecycle {
		addOwnWords(r.rest, payload["context"], r.spec)
	}
	for _, spelling := range r.spec.spelled {
		r.spell(spelling)
	}
	for field, value := range r.implies {
		if r.rest[field] == nil {
			r.rest[field] = value
		}
	}
	_, ours := r.rest["schema_version"]
	r.foreign = !ours
	r.agentName = r.whichAgent()
}

// identify finds the event by the first of its names that the catalogue knows.
func (r *reader) identify() {
	hookEventName, _ := r.rest["hook_event_name"].(string)
	for _, key := range [...]string{"xcodex_event_type", "type", "hook_event_name"} {
		name, _ := r.rest[key].(string)
		if r.eventType == "" {
			r.eventType = name
		}
		if r.found = findTrimmed(name); r.spec == nil {
			continue
		}
		// One of the other names may say more than the canonical type beside it.
		if other := findTrimmed(hookEventName); other.alias && other.spec == r.spec {
			r.found = other
		}
		r.eventType = r.spec.eventType
		return
	}
	r.spec = &eventSpec{defaultName: r.eventType, spelled: spelledBase, make: func() Event { return new(UnknownEvent) }}
}

func findTrimmed(name string) found {
	if exact := findEvent(name); exact.spec != nil {
		return exact
	}
	return findEvent(strings.Trim(name, jsonSpace))
}

func (r *reader) spell(spelling spelling) {
	if _, there := r.rest[spelling.field]; there {
		return
	}
	for _, path := range spelling.from {
		if value := follow(r.rest, path); value != nil {
			r.rest[spelling.field] = value
			return
		}
	}
}

func follow(value any, path []string) any {
	for _, key := range path {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	return value
}

func (r *reader) whichAgent() string {
	said, _ := r.rest["agent"].(map[string]any)
	if name, ok := said["name"].(string); ok {
		return name
	}
	if !r.foreign {
		return ""
	}
	if r.agent != "" && !r.lifecycle {
		return r.agent
	}
	transcript, _ := r.rest["transcript_path"].(string)
	transcript = strings.ReplaceAll(transcript, `\`, "/")
	for _, sign := range agents {
		if strings.Contains(transcript, sign.transcripts) {
			return sign.name
		}
	}
	return ""
}

// take takes a field out of the rest.
func (r *reader) take(field fieldSpec) {
	value, there := r.rest[field.name]
	delete(r.rest, field.name)
	isNull := there && value == nil
	if field.kind != kindAny && isNull {
		there = false
	}
	if there {
		if typed, ok := field.kind.read(value); ok {
			r.fields[field.name] = typed
			return
		}
		r.problem(field.name, WrongType, "Cannot use field %q: it should be %s and is %s. Look in Raw for all of it.",
			field.name, kindNames[field.kind], describe(value))
	}
	if !field.required {
		return
	}
	r.fields[field.name] = r.standIn(field)
	if !there && r.isExpected(field.name, isNull) {
		text, _ := marshal(r.fields[field.name])
		r.problem(field.name, Missing, "Cannot find field %q: the payload does not have it. %s stands in for it.",
			field.name, text)
	}
}

func (r *reader) problem(field, code, format string, values ...any) {
	r.problems = append(r.problems, Problem{Field: field, Code: code, Message: fmt.Sprintf(format, values...)})
}

// isExpected says whether a required field is missed when it is not there.
func (r *reader) isExpected(field string, isNull bool) bool {
	switch field {
	case "xcodex_event_type", "hook_event_name":
		return false // They follow from the event.
	case "cwd":
		return !r.lifecycle // That wire has no place for it.
	case "transcript_path":
		return !r.foreign && !isNull // Codex says null for "there is no transcript".
	case "schema_version", "event_id", "timestamp", "permission_mode":
		return !r.foreign // Only the dispatcher fills them in.
	}
	return true
}

// standIn is what a required field without a usable value gets.
func (r *reader) standIn(field fieldSpec) any {
	switch field.name {
	case "schema_version":
		return int64(SchemaVersion)
	case "permission_mode":
		return "default"
	case "hook_event_name":
		return r.spec.defaultName
	}
	return field.kind.empty()
}

// derive sets what can be said even when the payload does not say it, or not in a way that can be used.
func (r *reader) derive() {
	r.fields["xcodex_event_type"] = r.eventType
	if _, there := r.fields["agent"]; !there && r.agentName != "" {
		r.fields["agent"] = map[string]any{"name": r.agentName}
	}
	hasAlias := slices.ContainsFunc(r.spec.fields, func(field fieldSpec) bool { return field.name == "tool_alias" })
	if _, there := r.fields["tool_alias"]; there || !hasAlias {
		return
	}
	if tool, ok := r.fields["tool_name"].(string); ok {
		alias := toolAlias(tool)
		if alias == "" && strings.HasPrefix(tool, "mcp__") {
			alias = ToolMCP
		}
		if alias != "" {
			r.fields["tool_alias"] = alias
		}
	}
}
