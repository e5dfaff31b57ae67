//! Envelopes and payload files (conformance/PROTOCOL.md, section 2).

use std::fmt::Display;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{json, Value};

use crate::errors::{HookInputError, InputCode, Outcome};
use crate::json::{parse_object, JsonObject, Parsed};
use crate::sha256;
use crate::sys::{self, Refusal};

/// Keys that a payload has and an envelope has not.
const SESSION_KEYS: [&str; 4] = ["session_id", "session-id", "thread_id", "thread-id"];

/// The path in an envelope; `None` when the object is a payload.
fn payload_path(object: &JsonObject) -> Option<&str> {
    if SESSION_KEYS.iter().any(|key| object.contains_key(*key)) {
        return None;
    }
    either(object, "payload_path")?.as_str()
}

/// A field of an envelope in either spelling.
fn either<'o>(object: &'o JsonObject, key: &str) -> Option<&'o Value> {
    object
        .get(key)
        .or_else(|| object.get(&key.replace('_', "-")))
}

/// The object itself, when it is a payload.
pub(crate) fn as_payload(parsed: Parsed, source: &str) -> Outcome<Parsed> {
    let Some(path) = payload_path(&parsed.object) else {
        return Ok(parsed);
    };
    let state = format!("it is an envelope that names the file {}", json!(path));
    let message =
        format!("Cannot read an event from {source}: {state}. Read the payload, not the envelope.");
    Err(HookInputError::of_field(
        InputCode::UnexpectedEnvelope,
        "payload_path",
        message,
    ))
}

/// Section 2: the object itself or, when it is an envelope, the one in its file.
pub(crate) fn follow_envelope(parsed: Parsed, max_bytes: u64) -> Outcome<Parsed> {
    let Some(path) = payload_path(&parsed.object) else {
        return Ok(parsed);
    };
    if !Path::new(path).is_absolute() {
        let state = "its path is not absolute. Write the whole path into the envelope";
        return Err(payload_file(InputCode::PayloadPathRelative, path, state));
    }
    let bytes = read_payload_file(path, max_bytes)?;
    must_be_promised(&bytes, &parsed.object, path)?;
    let source = format!("the payload file {}", json!(path));
    as_payload(parse_object(&bytes, &source)?, &source)
}

/// Opening a device may already do something, so it is looked at first; what counts is what was
/// opened.
fn read_payload_file(path: &str, max_bytes: u64) -> Outcome<Vec<u8>> {
    let failed = |error: io::Error| unopened(path, &error);
    must_be_file(&std::fs::symlink_metadata(path).map_err(failed)?, path)?;
    let file = sys::file_options().open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    must_be_file(&metadata, path)?;
    let size = metadata.len();
    if size > max_bytes {
        let state =
            format!("it has {size} bytes, more than {max_bytes}. Raise max_payload_file_bytes");
        return Err(payload_file(InputCode::PayloadFileTooLarge, path, &state));
    }
    // One byte more than it has: a file that is still growing is noticed.
    let mut bytes = Vec::with_capacity(size as usize + 1);
    file.take(size + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > size {
        let state = "it grew while it was read. Write it before the envelope is sent";
        return Err(payload_file(InputCode::PayloadFileMismatch, path, state));
    }
    Ok(bytes)
}

fn must_be_file(metadata: &std::fs::Metadata, path: &str) -> Outcome<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let state = format!("it is not a regular file. {READ_IT}");
    Err(payload_file(InputCode::PayloadFileNotRegular, path, &state))
}

/// What to do about most of it.
const READ_IT: &str = "Read it while the hook runs, as the user the agent runs as";

/// What the file system says, in our codes.
fn unopened(path: &str, error: &io::Error) -> HookInputError {
    let (code, state) = match sys::refusal(error) {
        Some(Refusal::Missing(state)) => (InputCode::PayloadFileMissing, state.to_string()),
        Some(Refusal::NotRegular(state)) => (InputCode::PayloadFileNotRegular, state.to_string()),
        None => (InputCode::PayloadFileUnreadable, error.to_string()),
    };
    payload_file(code, path, &format!("{state}. {READ_IT}"))
}

fn payload_file(code: InputCode, path: &str, state: &str) -> HookInputError {
    let message = format!("Cannot read the payload file {}: {state}.", json!(path));
    HookInputError::of_field(code, "payload_path", message)
}

/// Length and hash are compared when the envelope has them; old senders give neither.
fn must_be_promised(bytes: &[u8], envelope: &JsonObject, path: &str) -> Outcome<()> {
    let promised = |field| either(envelope, field).filter(|value| !value.is_null());
    if let Some(length) = promised("payload_bytes") {
        if length.as_f64() != Some(bytes.len() as f64) {
            return Err(mismatch(
                "payload_bytes",
                "length",
                path,
                &bytes.len(),
                length,
            ));
        }
    }
    if let Some(hash) = promised("payload_sha256") {
        let sha256 = sha256::hex(bytes);
        if !hash
            .as_str()
            .is_some_and(|hash| hash.eq_ignore_ascii_case(&sha256))
        {
            return Err(mismatch("payload_sha256", "SHA-256", path, &sha256, hash));
        }
    }
    Ok(())
}

fn mismatch(
    field: &'static str,
    what: &str,
    path: &str,
    is: &dyn Display,
    promised: &Value,
) -> HookInputError {
    let state =
        format!("its {what} is {is}, and the envelope says {promised}. Something else wrote to it");
    let message = format!("Cannot trust the payload file {}: {state}.", json!(path));
    HookInputError::of_field(InputCode::PayloadFileMismatch, field, message)
}
