//! Hosts (conformance/PROTOCOL.md, section 6).

use std::collections::HashSet;
use std::env;
use std::io::{self, BufRead, Read};

use serde_json::{json, Value};

use crate::block::{blockable, isolated, Hook, HookResult, Serving};
use crate::errors::{HookInputError, InputCode, Outcome};
use crate::fields::Field;
use crate::generated::{HookEvent, HostDroppedLine};
use crate::json::{describe, forget_beyond, parse_object, JsonObject, Parsed};
use crate::options::Options;
use crate::stdin::{is_blank, unreadable, Deadline, Stdin, PIECE};
use crate::sys::{self, ReservedStdout};

/// Serves as a long-lived host: calls the hook for every event line on stdin, one after the other,
/// and returns after the last one. Bad lines, errors and panics are logged to stderr and end
/// nothing. What the hook prints goes to stderr meanwhile.
///
/// # Errors
///
/// `no_input` when stdin is a terminal, `input_unreadable` when it fails.
pub fn serve<R: HookResult>(hook: impl FnMut(&HookEvent) -> R) -> Result<(), HookInputError> {
    Options::new().serve(hook)
}

pub(crate) fn reserve_stdout() -> Outcome<ReservedStdout> {
    ReservedStdout::take().map_err(|error| {
        let message =
            format!("Cannot take stdout for replies: {error}. Start the hook with a stdout.");
        HookInputError::new(InputCode::InputUnreadable, message)
    })
}

fn log(message: &str) {
    sys::write_stderr(&format!("xcodex-hooks: {message}\n"));
}

/// A host and what it is connected to.
struct Host<'h, 'a> {
    options: &'h mut Options<'a>,
    hook: Hook<'h>,
    /// Where replies go; `None` when nobody reads them.
    replies: Option<&'h mut ReservedStdout>,
    /// Types of lines that were said to be skipped.
    skipped: HashSet<String>,
}

impl Options<'_> {
    /// [`serve`] with these options.
    ///
    /// # Errors
    ///
    /// See [`serve`].
    pub fn serve<R: HookResult>(
        mut self,
        mut hook: impl FnMut(&HookEvent) -> R,
    ) -> Result<(), HookInputError> {
        let stdin = Stdin::open(Deadline::At(None))?;
        let mut stdout = reserve_stdout()?;
        self.serve_lines(stdin, &mut |event| hook(event).into_result(), &mut stdout)
    }

    pub(crate) fn serve_lines(
        &mut self,
        mut input: impl BufRead,
        hook: Hook<'_>,
        stdout: &mut ReservedStdout,
    ) -> Outcome<()> {
        let _serving = Serving::start();
        let is_heard = self
            .replies
            .unwrap_or_else(|| env::var_os("XCODEX_HOOKS_REPLIES").is_some_and(|is| is == "1"));
        let max_bytes = self.max_bytes;
        let mut host = Host {
            options: self,
            hook,
            replies: is_heard.then_some(stdout),
            skipped: HashSet::new(),
        };
        let mut line = Vec::new();
        for number in 1.. {
            let Some(length) =
                read_line(&mut input, &mut line, max_bytes).map_err(|error| unreadable(&error))?
            else {
                break;
            };
            let handled = if length > max_bytes {
                Err(line_too_large(length))
            } else {
                host.handle(&line)
            };
            if let Err(error) = handled {
                log(&format!("line {number} skipped: {error}"));
            }
        }
        Ok(())
    }
}

/// The length of the next line without its end, and the line itself, unless it is longer than the
/// cap: then only its length is kept. `None` at the end of the input.
fn read_line(
    input: &mut impl BufRead,
    line: &mut Vec<u8>,
    max_bytes: u64,
) -> io::Result<Option<u64>> {
    line.clear();
    let mut length = 0;
    loop {
        let read = input.by_ref().take(PIECE as u64).read_until(b'\n', line)? as u64;
        if read == 0 {
            return Ok(Some(length).filter(|length| *length > 0));
        }
        length += read;
        if line.last() == Some(&b'\n') {
            line.pop();
            return Ok(Some(length - 1));
        }
        if length > max_bytes {
            line.clear();
        }
    }
}

fn line_too_large(length: u64) -> HookInputError {
    let message = format!(
        "Cannot read a line of {length} bytes: it is longer than the cap. Raise max_bytes."
    );
    HookInputError::new(InputCode::InputTooLarge, message)
}

impl Host<'_, '_> {
    fn handle(&mut self, line: &[u8]) -> Outcome<()> {
        if is_blank(line) {
            return Ok(());
        }
        let Parsed { object, beyond } = parse_object(line, "the line")?;
        match object.get("type").and_then(Value::as_str) {
            Some("event" | "hook-event") => self.handle_event(object, beyond),
            Some("events-dropped") => self.handle_dropped(object, beyond),
            _ => self.note_type(object.get("type")),
        }
    }

    /// An event that could not be read is answered too: somebody may be waiting.
    fn handle_event(&mut self, mut line: JsonObject, beyond: bool) -> Outcome<()> {
        let seq = line.remove("seq").filter(Value::is_number);
        match self.event_of(line.remove("event"), beyond) {
            Ok(event) => {
                let reason = self.call(&event);
                self.answer(seq, reason);
                Ok(())
            }
            Err(error) => {
                self.answer(seq, None);
                Err(error)
            }
        }
    }

    fn event_of(&self, event: Option<Value>, beyond: bool) -> Outcome<HookEvent> {
        match event {
            Some(Value::Object(object)) => self.options.event_of(Parsed { object, beyond }),
            other => {
                let is = other.as_ref().map_or("not there".to_string(), describe);
                let state = format!("\"event\" is {is}, not an object. Send the event there");
                Err(HookInputError::no_event(
                    InputCode::NotObject,
                    "the line",
                    state,
                ))
            }
        }
    }

    /// Why the hook blocks, when it does.
    fn call(&mut self, event: &HookEvent) -> Option<String> {
        blockable(|| {
            if let Err(message) = isolated(|| (self.hook)(event)) {
                log(&message);
            }
        })
    }

    fn answer(&mut self, seq: Option<Value>, reason: Option<String>) {
        match (&mut self.replies, seq, reason) {
            (None, _, Some(_)) => log(
                "Cannot block the event: nobody reads the replies of this host. \
                 Set `replies = true` under [hooks.host].",
            ),
            (Some(stdout), Some(seq), None) => stdout.write(&format!("{{\"seq\":{seq}}}\n")),
            (Some(stdout), Some(seq), Some(reason)) => {
                let reason = json!(reason);
                let reply =
                    format!("{{\"seq\":{seq},\"decision\":\"block\",\"reason\":{reason}}}\n");
                stdout.write(&reply);
            }
            _ => {}
        }
    }

    fn handle_dropped(&mut self, mut line: JsonObject, beyond: bool) -> Outcome<()> {
        let Some(on_dropped) = &mut self.options.on_dropped else {
            return Ok(());
        };
        if beyond {
            line.values_mut().for_each(forget_beyond);
        }
        let line = HostDroppedLine::read(Value::Object(line)).unwrap_or_default();
        let call = || {
            on_dropped(&line);
            Ok(())
        };
        if let Err(message) = isolated(call) {
            log(&message);
        }
        Ok(())
    }

    /// Lines of other types may come one day; the first of each is worth a word, or a mix-up stays
    /// unseen.
    fn note_type(&mut self, line_type: Option<&Value>) -> Outcome<()> {
        let name = match line_type {
            None => "a line without a type".to_string(),
            Some(line_type) => format!("lines of the type {}", describe(line_type)),
        };
        if self.skipped.insert(name.clone()) {
            log(&format!(
                "{name} skipped: a host reads lines of the types \"event\" and \"hook-event\""
            ));
        }
        Ok(())
    }
}
