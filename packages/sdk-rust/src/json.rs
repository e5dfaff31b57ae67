//! From bytes to an object (conformance/PROTOCOL.md, section 1).

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::errors::{HookInputError, InputCode, Outcome};

/// A JSON object, as parsed.
pub type JsonObject = Map<String, Value>;

/// An object that may be a payload, an envelope or a line for a host.
pub(crate) struct Parsed {
    pub(crate) object: JsonObject,
    /// Whether numbers are in it that no double can hold: see [`BEYOND`].
    pub(crate) beyond: bool,
}

/// Section 1. `source` is where the bytes came from, for messages.
pub(crate) fn parse_object(bytes: &[u8], source: &str) -> Outcome<Parsed> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    // Only the white space of JSON: a text of other invisible characters is not "nothing".
    if text.bytes().all(|byte| b" \t\r\n".contains(&byte)) {
        let state = "it is empty. Run the hook from an agent or pipe an event into it";
        return Err(HookInputError::no_event(InputCode::NoInput, source, state));
    }
    match parse(text) {
        Ok((Value::Object(object), beyond)) => Ok(Parsed { object, beyond }),
        Ok((other, _)) => Err(not_object(source, &other)),
        Err(error) => Err(not_json(source, text, &error)),
    }
}

pub(crate) fn not_object(source: &str, value: &Value) -> HookInputError {
    let is = describe(value);
    let state = format!("it is {is}, not an object. Send one JSON object per event");
    HookInputError::no_event(InputCode::NotObject, source, state)
}

fn not_json(source: &str, text: &str, error: &serde_json::Error) -> HookInputError {
    let state = if error.is_eof() {
        let check = "Check that its sender writes all of it and then closes the input";
        format!("it looks cut off at byte {}. {check}", text.len())
    } else {
        format!("{error}. Send exactly one JSON object")
    };
    HookInputError::no_event(InputCode::NotJson, &format!("{source} as JSON"), state)
}

/// JSON, and whether [`BEYOND`] stands for anything in it. What serde_json refuses may be JSON all
/// the same.
fn parse(text: &str) -> serde_json::Result<(Value, bool)> {
    serde_json::from_str(text)
        .map(|value| (value, false))
        .or_else(|error| {
            let (mended, beyond) = mend(text);
            serde_json::from_str(&mended)
                .map(|value| (value, beyond))
                // What is wrong with the text, when that is not what was mended.
                .map_err(|also| if mended == text { error } else { also })
        })
}

/// Stands for every number that no double can hold, while the event is made; what is left of it
/// then is null, which is how serde_json writes an infinite double. Only a text that holds such a
/// number has its meaning, so the double itself can be sent.
const BEYOND: f64 = f64::MAX;

/// [`BEYOND`] as JSON.
const BEYOND_JSON: &str = "1.7976931348623157e308";

/// A text of JSON as serde_json can read it: escaped halves of surrogate pairs, which no `String`
/// can hold, are U+FFFD, and numbers that no double can hold are [`BEYOND`]. The second value says
/// whether there were any.
fn mend(mut text: &str) -> (String, bool) {
    let (mut mended, mut beyond, mut in_string) = (String::with_capacity(text.len()), false, false);
    while let Some(first) = text.chars().next() {
        let (length, instead) = match first {
            '\\' if in_string => mend_escape(text),
            '-' | '0'..='9' if !in_string => mend_number(text),
            _ => (first.len_utf8(), None),
        };
        in_string ^= first == '"';
        beyond |= instead.is_some() && !in_string;
        let (token, rest) = text.split_at(length);
        mended.push_str(instead.unwrap_or(token));
        text = rest;
    }
    (mended, beyond)
}

/// The length of the escape at the start of a text, and what to put in its place.
fn mend_escape(text: &str) -> (usize, Option<&'static str>) {
    let unit =
        |at: usize| u16::from_str_radix(text.get(at..)?.strip_prefix("\\u")?.get(..4)?, 16).ok();
    match (unit(0), unit(6)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
        (Some(0xd800..=0xdfff), _) => (6, Some("\\ufffd")),
        _ => (1 + text.chars().nth(1).map_or(0, char::len_utf8), None),
    }
}

/// The length of what looks like a number at the start of a text, and what to put in its place.
fn mend_number(text: &str) -> (usize, Option<&'static str>) {
    let length = text
        .find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'))
        .unwrap_or(text.len());
    let number = &text[..length];
    // Rust takes more for a number than JSON does, and serde_json does not look at the size of what
    // it ignores.
    let is_beyond = number.parse().is_ok_and(f64::is_infinite)
        && serde_json::from_str::<IgnoredAny>(number).is_ok();
    (length, is_beyond.then_some(BEYOND_JSON))
}

pub(crate) fn is_beyond(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number == BEYOND)
}

/// Makes null of every [`BEYOND`].
pub(crate) fn forget_beyond(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_beyond),
        Value::Object(object) => object.values_mut().for_each(forget_beyond),
        other if is_beyond(other) => *other = Value::Null,
        _ => {}
    }
}

/// A value in a few words, for messages: `the string "12"`, `an array`, `null`.
pub(crate) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_string(),
        Value::Array(_) => "an array".to_string(),
        Value::Object(_) => "an object".to_string(),
        Value::String(_) => format!("the string {}", cut(value)),
        Value::Number(_) => format!("the number {}", cut(value)),
        Value::Bool(_) => format!("the boolean {value}"),
    }
}

/// A value as JSON, cut when it is long.
fn cut(value: &Value) -> String {
    let mut text = value.to_string();
    if let Some((end, _)) = text.char_indices().nth(60) {
        text.truncate(end);
        text.push('…');
    }
    text
}
