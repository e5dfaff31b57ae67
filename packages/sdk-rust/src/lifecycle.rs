//! The lifecycle wire in our words (conformance/PROTOCOL.md, section 3.1).

use serde_json::Value;

use crate::event::{EventFacts, UnknownEvent};
use crate::fields::wire_name;
use crate::generated::HookEventBase;
use crate::json::JsonObject;

/// Keys by which every other payload says what it is.
const NAMED_BY: [&str; 3] = ["xcodex_event_type", "hook_event_name", "type"];

/// Whether a payload that is not of the kebab wire is of this one.
pub(crate) fn is_lifecycle(payload: &JsonObject) -> bool {
    payload
        .get("event")
        .and_then(|event| event.get("type"))
        .is_some_and(Value::is_string)
        && !NAMED_BY.iter().any(|key| payload.contains_key(*key))
}

/// What can be said before it is known which event it is: what stands in `event` and beside it in
/// one object, the fields of every event under our names.
pub(crate) fn flat(payload: &JsonObject) -> JsonObject {
    let mut fields = payload.clone();
    // A `context` that is no object says nothing about the agent: a field like any other.
    if payload.get("context").is_some_and(Value::is_object) {
        fields.remove("context");
    }
    if let Some(Value::Object(event)) = fields.remove("event") {
        fields.extend(event);
    }
    from_camel_case(&mut fields, HookEventBase::FIELDS);
    rename(&mut fields, "type", "hook_event_name");
    fields
}

/// The event's own fields, the keys of seed 003, and what the agent says of itself.
pub(crate) fn add_own_words(
    fields: &mut JsonObject,
    context: Option<&Value>,
    facts: Option<&EventFacts>,
) {
    let (own, keys) = facts.map_or((UnknownEvent::FIELDS, &[][..]), |facts| {
        (facts.fields, facts.lifecycle)
    });
    from_camel_case(fields, own);
    add_seed_keys(fields, keys);
    if let Some(Value::Object(context)) = context {
        add_context(fields, context.clone(), own);
    }
}

fn from_camel_case(fields: &mut JsonObject, names: &[&str]) {
    for name in names.iter().map(|name| wire_name(name)) {
        rename(fields, &camel_case(name), name);
    }
}

fn add_seed_keys(fields: &mut JsonObject, keys: &[(&str, &str)]) {
    // What is in a field that was sent has been said.
    let sent: Vec<&str> = keys
        .iter()
        .filter_map(|(_, path)| Some(path.split_once('.')?.0))
        .filter(|field| fields.contains_key(*field))
        .collect();
    for (key, path) in keys {
        match path.split_once('.') {
            None => rename(fields, key, path),
            Some((field, inside)) if !sent.contains(&field) => {
                if let Some(value) = fields.remove(*key) {
                    let made = fields
                        .entry(field)
                        .or_insert_with(|| Value::Object(JsonObject::new()));
                    made[inside] = value;
                }
            }
            Some(_) => {}
        }
    }
}

fn add_context(fields: &mut JsonObject, mut context: JsonObject, own: &[&str]) {
    for field in ["model", "provider"] {
        if let Some(value) = context.remove(field) {
            fields.entry(field).or_insert(value);
        }
    }
    let is_free = |name: &&str| {
        !fields.contains_key(*name) && !own.iter().any(|field| wire_name(field) == *name)
    };
    let free = ["context", "agent_context"].into_iter().find(is_free);
    if let Some(name) = free.filter(|_| !context.is_empty()) {
        fields.insert(name.to_string(), Value::Object(context));
    }
}

/// Of two spellings of one field the one in our words counts; the other one stays as it is.
fn rename(fields: &mut JsonObject, key: &str, field: &str) {
    if fields.contains_key(field) {
        return;
    }
    if let Some(value) = fields.remove(key) {
        fields.insert(field.to_string(), value);
    }
}

/// A field's name on this wire: `toolInput` for `tool_input`.
fn camel_case(field: &str) -> String {
    let mut parts = field.split('_');
    let mut name = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let mut letters = part.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(letters);
    }
    name
}
