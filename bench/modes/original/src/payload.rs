//! The event that is delivered: the same fields in the same order as `bench/modes/event.mjs` has them.
use std::error::Error;

use chrono::{SecondsFormat, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A finished tool call. What does not change from event to event is borrowed, which is kinder than the original: it owns its texts.
#[derive(Serialize)]
pub struct Payload<'a> {
    schema_version: u32,
    event_id: String,
    timestamp: String,
    session_id: &'a str,
    cwd: &'a str,
    hook_event_name: &'a str,
    xcodex_event_type: &'a str,
    transcript_path: &'a str,
    permission_mode: &'a str,
    tool_name: &'a str,
    tool_input: ToolInput<'a>,
    duration_ms: u64,
    success: bool,
    output_preview: &'a str,
}

#[derive(Serialize)]
struct ToolInput<'a> {
    cmd: &'a str,
}

/// Makes payloads of one size.
pub struct Payloads {
    cmd: String,
}

impl Payloads {
    /// Payloads whose JSON has exactly so many bytes.
    pub fn of_bytes(bytes: usize) -> Result<Self, Box<dyn Error>> {
        let mut payloads = Self { cmd: String::new() };
        let smallest = serde_json::to_string(&payloads.next())?.len();
        let padding = bytes.checked_sub(smallest);
        let padding =
            padding.ok_or_else(|| format!("Cannot make a payload of {bytes} bytes: the smallest has {smallest}."))?;
        payloads.cmd = "x".repeat(padding);
        Ok(payloads)
    }

    /// The next event, with an id and a time of its own.
    pub fn next(&self) -> Payload<'_> {
        Payload {
            schema_version: 1,
            event_id: Uuid::new_v4().to_string(),
            timestamp: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            session_id: "thread-1",
            cwd: "/tmp",
            hook_event_name: "PostToolUse",
            xcodex_event_type: "tool-call-finished",
            transcript_path: "",
            permission_mode: "default",
            tool_name: "view_image",
            tool_input: ToolInput { cmd: &self.cmd },
            duration_ms: 123,
            success: true,
            output_preview: "ok",
        }
    }
}
