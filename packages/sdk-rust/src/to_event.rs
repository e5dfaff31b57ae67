//! From an object to an event (conformance/PROTOCOL.md, section 3).

use std::collections::BTreeMap;

use serde_json::{json, Value};

use crate::envelope::as_payload;
use crate::errors::HookInputError;
use crate::event::{EventFacts, Found, Problem, ProblemCode, UnknownEvent};
use crate::fields::{wire_name, Field};
use crate::generated::catalogue::{
    agent_of, find_event, implied_by, tool_alias_of, AGENTS, SCHEMA_VERSION, SPELLED,
};
use crate::generated::HookEvent;
use crate::json::{
    describe, forget_beyond, is_beyond, not_object, parse_object, JsonObject, Parsed,
};
use crate::lifecycle;

/// The fields of one payload in our words, while an event is made of them.
pub(crate) struct Fields {
    /// Those that nobody has taken yet.
    named: JsonObject,
    raw: JsonObject,
    beyond: bool,
    /// Whether the payload comes from an agent and not from the dispatcher.
    foreign: bool,
    /// Whether it is of the lifecycle wire.
    lifecycle: bool,
    /// What stands in for a field that is not there, when that is not the empty value of its type.
    stand_ins: BTreeMap<&'static str, Value>,
    problems: Vec<Problem>,
}

/// Fields that follow from the event itself: never missing.
const DERIVED: [&str; 2] = ["xcodex_event_type", "hook_event_name"];

/// Fields that only the dispatcher fills in: not to be expected in a payload that comes straight
/// from an agent.
const FROM_THE_DISPATCHER: [&str; 5] = [
    "schema_version",
    "event_id",
    "timestamp",
    "permission_mode",
    "transcript_path",
];

/// Section 3. Shape is never an error: what is wrong is listed in `problems`.
pub(crate) fn to_event(parsed: Parsed) -> HookEvent {
    let lifecycle = !is_kebab(&parsed.object) && lifecycle::is_lifecycle(&parsed.object);
    let mut named = if lifecycle {
        lifecycle::flat(&parsed.object)
    } else {
        in_our_keys(&parsed.object)
    };
    let (facts, name) = identify(&named);
    if lifecycle {
        lifecycle::add_own_words(&mut named, parsed.object.get("context"), facts);
    }
    add_spelled(&mut named, facts.map_or(SPELLED, |facts| facts.spelled));
    add_implied(&mut named, &name);
    let (event_type, default_name) = facts.map_or((name.as_str(), name.as_str()), |facts| {
        (facts.event_type, facts.default_name)
    });
    // On the lifecycle wire the name is how a hook is configured, and tells nothing of the agent.
    let named_by_agent = if lifecycle { "" } else { &name };
    let mut stand_ins = stand_ins(&named, default_name, named_by_agent);
    stand_ins.insert("xcodex_event_type", json!(event_type));
    // By whatever name it was found.
    if let Some(Value::String(said)) = named.get_mut("xcodex_event_type") {
        *said = event_type.to_string();
    }
    let fields = Fields {
        foreign: !named.contains_key("schema_version"),
        lifecycle,
        stand_ins,
        problems: Vec::new(),
        named,
        raw: parsed.object,
        beyond: parsed.beyond,
    };
    match facts {
        Some(facts) => (facts.build)(fields),
        None => build::<UnknownEvent>(fields),
    }
}

pub(crate) fn build<E: From<Fields> + Into<HookEvent>>(fields: Fields) -> HookEvent {
    E::from(fields).into()
}

/// On the kebab wire every `-` in a key is a `_`. Of a key in both spellings the one with
/// underscores counts; the other stays.
fn in_our_keys(raw: &JsonObject) -> JsonObject {
    if !is_kebab(raw) {
        return raw.clone();
    }
    let ours = |key: &String| Some(key.replace('-', "_")).filter(|snake| !raw.contains_key(snake));
    let named = raw
        .iter()
        .map(|(key, value)| (ours(key).unwrap_or(key.clone()), value.clone()));
    let mut named: JsonObject = named.collect();
    if !named.contains_key("xcodex_event_type") && named.get("type").is_some_and(Value::is_string) {
        let event_type = named.remove("type").unwrap_or_default();
        named.insert("xcodex_event_type".to_string(), event_type);
    }
    named
}

fn is_kebab(raw: &JsonObject) -> bool {
    raw.contains_key("schema-version") || (raw.contains_key("event-id") && raw.contains_key("type"))
}

/// The event and the name that counts for it; of an event outside the catalogue the first name as
/// it was sent.
fn identify(named: &JsonObject) -> (Option<&'static EventFacts>, String) {
    let said = |key: &str| {
        named
            .get(key)
            .and_then(Value::as_str)
            .filter(|name| !name.is_empty())
    };
    let names = ["xcodex_event_type", "type", "hook_event_name"]
        .into_iter()
        .filter_map(said);
    let Some(((facts, _), name)) = names.clone().find_map(find) else {
        return (None, names.clone().next().unwrap_or_default().to_string());
    };
    // `PostToolUseFailure` says more than the canonical type beside it.
    let other_name = said("hook_event_name")
        .and_then(find)
        .filter(|((other, is_alias), _)| *is_alias && other.event_type == facts.event_type);
    (
        Some(facts),
        other_name.map_or(name, |(_, name)| name).to_string(),
    )
}

/// The event of a name, and the name without white space around it.
fn find(name: &str) -> Option<(Found, &str)> {
    let exactly = |name| find_event(name).map(|found| (found, name));
    // White space is what JSON takes for it.
    exactly(name).or_else(|| exactly(name.trim_matches([' ', '\t', '\r', '\n'])))
}

/// Fields that others spell differently are there under our names too.
fn add_spelled(named: &mut JsonObject, spelled: &[(&str, &str)]) {
    for (ours, theirs) in spelled {
        if named.contains_key(*ours) {
            continue;
        }
        if let Some(value) = value_at(named, theirs)
            .filter(|value| !value.is_null())
            .cloned()
        {
            named.insert(ours.to_string(), value);
        }
    }
}

fn value_at<'v>(object: &'v JsonObject, path: &str) -> Option<&'v Value> {
    match path.split_once('.') {
        None => object.get(path),
        Some((key, rest)) => value_at(object.get(key)?.as_object()?, rest),
    }
}

fn add_implied(named: &mut JsonObject, name: &str) {
    for (field, json) in implied_by(name) {
        if named.get(*field).map_or(true, Value::is_null) {
            named.insert(
                field.to_string(),
                serde_json::from_str(json).unwrap_or_default(),
            );
        }
    }
}

fn stand_ins(named: &JsonObject, default_name: &str, name: &str) -> BTreeMap<&'static str, Value> {
    let mut stand_ins = BTreeMap::from([
        ("schema_version", json!(SCHEMA_VERSION)),
        ("permission_mode", json!("default")),
        ("hook_event_name", json!(default_name)),
    ]);
    if let Some(agent) = agent(named, name) {
        stand_ins.insert("agent", json!({ "name": agent }));
    }
    if let Some(alias) = named
        .get("tool_name")
        .and_then(Value::as_str)
        .and_then(tool_alias)
    {
        stand_ins.insert("tool_alias", json!(alias));
    }
    stand_ins
}

fn agent<'n>(named: &'n JsonObject, name: &str) -> Option<&'n str> {
    if let Some(said) = named
        .get("agent")
        .and_then(|agent| agent.get("name"))
        .and_then(Value::as_str)
    {
        return Some(said);
    }
    if named.contains_key("schema_version") {
        return None;
    }
    agent_of(name).or_else(|| {
        let transcript = named.get("transcript_path")?.as_str()?.replace('\\', "/");
        AGENTS
            .iter()
            .find(|(_, folder)| transcript.contains(folder))
            .map(|(agent, _)| *agent)
    })
}

/// The first Claude-style name of a tool. Tools of MCP servers (`mcp__server__tool`) have one
/// between them.
fn tool_alias(tool: &str) -> Option<&'static str> {
    tool_alias_of(tool).or_else(|| tool.starts_with("mcp__").then_some("MCP"))
}

impl Fields {
    /// Takes a field out. Whatever it is, it is not left for `extra`.
    pub(crate) fn take<T: Field>(&mut self, name: &'static str) -> T {
        let name = wire_name(name);
        let sent = self.named.remove(name);
        let is_null = sent.as_ref().is_some_and(Value::is_null);
        let there = sent.filter(|value| T::TAKES_NULL || !value.is_null());
        match there.map(|value| self.typed(value)) {
            Some(Ok(field)) => field,
            Some(Err(value)) => {
                self.note_wrong_type(name, T::NAME, &value);
                self.stand_in(name)
            }
            None => {
                let field: T = self.stand_in(name);
                if T::REQUIRED && self.is_expected(name, is_null) {
                    self.note_missing(name, &field);
                }
                field
            }
        }
    }

    fn note_wrong_type(&mut self, field: &'static str, should_be: &str, value: &Value) {
        let state = format!("it should be {should_be} and is {}", describe(value));
        let message =
            format!("Cannot use field \"{field}\": {state}. Look in `raw` for all of it.");
        let code = ProblemCode::WrongType;
        self.problems.push(Problem {
            field,
            code,
            message,
        });
    }

    fn note_missing(&mut self, field: &'static str, stand_in: &impl Field) {
        let stand_in = serde_json::to_value(stand_in).unwrap_or_default();
        let state = format!("the payload does not have it. {stand_in} stands in for it");
        let message = format!("Cannot find field \"{field}\": {state}.");
        let code = ProblemCode::Missing;
        self.problems.push(Problem {
            field,
            code,
            message,
        });
    }

    fn typed<T: Field>(&self, mut value: Value) -> Result<T, Value> {
        if self.beyond {
            if is_beyond(&value) && !T::TAKES_NULL {
                return Err(value);
            }
            forget_beyond(&mut value);
        }
        T::read(value)
    }

    fn stand_in<T: Field>(&mut self, name: &str) -> T {
        self.stand_ins
            .remove(name)
            .and_then(|value| T::read(value).ok())
            .unwrap_or_default()
    }

    fn is_expected(&self, name: &str, is_null: bool) -> bool {
        // Codex says null for "there is no transcript".
        let no_transcript = name == "transcript_path" && is_null;
        let filled_in = self.foreign && FROM_THE_DISPATCHER.contains(&name);
        // That wire has no place for it.
        let no_folder = name == "cwd" && self.lifecycle;
        !DERIVED.contains(&name) && !no_transcript && !no_folder && !filled_in
    }

    /// Everything that nobody took, the payload as it was parsed, and what was wrong.
    pub(crate) fn rest(self) -> (JsonObject, JsonObject, Vec<Problem>) {
        let [extra, raw] = [self.named, self.raw].map(|mut object| {
            if self.beyond {
                object.values_mut().for_each(forget_beyond);
            }
            object
        });
        (extra, raw, self.problems)
    }
}

/// Turns the JSON of one event, text or UTF-8 bytes, into a typed event. Every wire and the
/// payloads of Codex, Claude Code and Gemini CLI are understood. For JSON that is parsed already
/// there is `HookEvent::try_from`.
///
/// # Errors
///
/// `no_input`, `not_json`, `not_object`; `unexpected_envelope`, because no file is read.
pub fn parse_event(json: impl AsRef<[u8]>) -> Result<HookEvent, HookInputError> {
    parse_object(json.as_ref(), "the event")
        .and_then(|parsed| as_payload(parsed, "the event"))
        .map(to_event)
}

/// [`parse_event`] for JSON that is parsed already.
impl TryFrom<Value> for HookEvent {
    type Error = HookInputError;

    fn try_from(json: Value) -> Result<Self, HookInputError> {
        match json {
            Value::Object(object) => as_payload(
                Parsed {
                    object,
                    beyond: false,
                },
                "the event",
            )
            .map(to_event),
            other => Err(not_object("the event", &other)),
        }
    }
}
