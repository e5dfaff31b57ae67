package hooks

import (
	"maps"
	"strings"
)

// lifecycleKey is a key of the lifecycle wire that is not simply a field's name in camelCase, and where its value belongs: a field,
// or a key in a field's object.
type lifecycleKey struct{ key, field, inside string }

// isLifecycle says whether a payload that is not of the kebab wire is of the lifecycle wire: an event beside its context, without
// a name of its own.
func isLifecycle(payload map[string]any) bool {
	event, _ := payload["event"].(map[string]any)
	if _, ok := event["type"].(string); !ok {
		return false
	}
	for _, key := range [...]string{"xcodex_event_type", "hook_event_name", "type"} {
		if _, named := payload[key]; named {
			return false
		}
	}
	return true
}

// fromLifecycle is event and what stands beside it in one map, the fields of every event under our names. It is what can be said
// before it is known which event it is.
func fromLifecycle(payload map[string]any) map[string]any {
	event := payload["event"].(map[string]any)
	fields := make(map[string]any, len(payload)+len(event)+4)
	maps.Copy(fields, payload)
	delete(fields, "event")
	// A context that is no object says nothing about the agent: a field like any other.
	if _, ok := payload["context"].(map[string]any); ok {
		delete(fields, "context")
	}
	maps.Copy(fields, event)
	for _, field := range baseFields {
		rename(fields, camelCase(field.name), field.name)
	}
	rename(fields, "type", "hook_event_name")
	return fields
}

// addOwnWords says the rest in our words: the event's own fields, the keys of seed 003, and what the agent says of itself.
func addOwnWords(fields map[string]any, context any, spec *eventSpec) {
	own := make(map[string]bool, len(spec.fields))
	for _, field := range spec.fields {
		own[field.name] = true
		rename(fields, camelCase(field.name), field.name)
	}
	addSeedKeys(fields, spec.lifecycle)
	if context, ok := context.(map[string]any); ok {
		addContext(fields, context, own)
	}
}

func addSeedKeys(fields map[string]any, keys []lifecycleKey) {
	made := map[string]map[string]any{}
	for _, key := range keys {
		if key.inside == "" {
			rename(fields, key.key, key.field)
			continue
		}
		value, sent := fields[key.key]
		_, there := fields[key.field]
		// What is in a field that was sent has been said.
		if !sent || there && made[key.field] == nil {
			continue
		}
		if made[key.field] == nil {
			made[key.field] = map[string]any{}
			fields[key.field] = made[key.field]
		}
		made[key.field][key.inside] = value
		delete(fields, key.key)
	}
}

func addContext(fields, context map[string]any, own map[string]bool) {
	rest := maps.Clone(context)
	for _, field := range [...]string{"model", "provider"} {
		value, said := context[field]
		delete(rest, field)
		if _, there := fields[field]; said && !there {
			fields[field] = value
		}
	}
	for _, name := range [...]string{"context", "agent_context"} {
		if _, taken := fields[name]; !taken && !own[name] && len(rest) > 0 {
			fields[name] = rest
			return
		}
	}
}

// rename moves a value to the field that it is of. Of two spellings of one field the one in our words counts; the other one stays
// as it is.
func rename(fields map[string]any, key, field string) {
	value, there := fields[key]
	if _, taken := fields[field]; there && !taken {
		delete(fields, key)
		fields[field] = value
	}
}

// camelCase is a field's name on the lifecycle wire: `toolInput` for `tool_input`.
func camelCase(field string) string {
	parts := strings.Split(field, "_")
	for at, part := range parts[1:] {
		if part != "" {
			parts[at+1] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "")
}
