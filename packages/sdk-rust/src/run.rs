//! The same program as the hook of one event and as a host (conformance/PROTOCOL.md, section 6).

use std::io::{self, BufRead, BufReader, Read};
use std::{env, process};

use serde_json::Value;

use crate::block::{isolated, Hook, HookResult};
use crate::errors::{HookInputError, Outcome};
use crate::generated::HookEvent;
use crate::json::{parse_object, JsonObject, Parsed};
use crate::options::Options;
use crate::serve::reserve_stdout;
use crate::stdin::{is_blank, Deadline, Stdin};
use crate::sys::{self, ReservedStdout};

/// Runs a hook however it was started: once for the one event on stdin, or as a host when the first
/// line is a line for a host. So the same program works in every delivery mode, and only the
/// configuration says which.
///
/// Returns when the hook is done. Ends the process with exit code 1, and why on stderr, when there
/// is no event, the hook returns an error or panics; with 2 after [`block`](crate::block). What the
/// hook prints to stdout goes to stderr, from now on: agents take stdout for an answer.
pub fn run<R: HookResult>(hook: impl FnMut(&HookEvent) -> R) {
    Options::new().run(hook);
}

impl Options<'_> {
    /// [`run`] with these options.
    pub fn run<R: HookResult>(mut self, mut hook: impl FnMut(&HookEvent) -> R) {
        if let Err(message) = self.run_to_end(&mut |event| hook(event).into_result()) {
            sys::write_stderr(&format!("{message}\n"));
            process::exit(1);
        }
    }

    fn run_to_end(&mut self, hook: Hook<'_>) -> Result<(), String> {
        let mut stdout = reserve_stdout().map_err(|error| error.to_string())?;
        let ended = self.run_either(hook, &mut stdout);
        // For good, not only until the hook has returned: what it has started may print later.
        stdout.keep();
        ended
    }

    fn run_either(&mut self, hook: Hook<'_>, stdout: &mut ReservedStdout) -> Result<(), String> {
        let said = |error: HookInputError| error.to_string();
        // A host may be started long before its first event. What is read decides what this is;
        // here it is only made patient.
        let is_patient = self.replies.is_some() || env::var_os("XCODEX_HOOKS_REPLIES").is_some();
        let deadline = if is_patient {
            Deadline::FromFirstByte(self.timeout)
        } else {
            Deadline::in_time(self.timeout)
        };
        let mut stdin = Stdin::open(deadline).map_err(said)?;
        let (bytes, start) = self.read_first_line(&mut stdin).map_err(said)?;
        let first = parse_object(&bytes[start..], "stdin");
        if first
            .as_ref()
            .is_ok_and(|parsed| is_host_line(&parsed.object))
        {
            stdin.get_mut().deadline = Deadline::At(None);
            return self
                .serve_lines(io::Cursor::new(bytes).chain(stdin), hook, stdout)
                .map_err(said);
        }
        let event = self.event_after(first, bytes, start, stdin).map_err(said)?;
        isolated(|| hook(&event))
    }

    /// All lines up to the first one that is not blank, and where that one begins.
    fn read_first_line(&self, stdin: &mut BufReader<Stdin>) -> Outcome<(Vec<u8>, usize)> {
        let mut bytes = Vec::new();
        loop {
            let start = bytes.len();
            let room = self.room(&bytes);
            let read = stdin
                .take(room)
                .read_until(b'\n', &mut bytes)
                .map_err(|error| self.failed(&error))?;
            bytes = self.within_cap(bytes)?;
            if read == 0 || !is_blank(&bytes[start..]) {
                return Ok((bytes, start));
            }
        }
    }

    /// The event of an input of which the first line is parsed already: mostly that is all there
    /// is.
    fn event_after(
        &self,
        first: Outcome<Parsed>,
        bytes: Vec<u8>,
        start: usize,
        stdin: impl Read,
    ) -> Outcome<HookEvent> {
        let length = bytes.len();
        let bytes = self.read_to_end(stdin, bytes)?;
        match first {
            Ok(parsed)
                if start == 0 && bytes[length..].iter().all(|byte| b" \t\r\n".contains(byte)) =>
            {
                self.event_of(parsed)
            }
            _ => self.event_in(&bytes),
        }
    }
}

/// Whether an object is a line for a host: the first line decides whether a program that can do
/// both is one.
fn is_host_line(line: &JsonObject) -> bool {
    match line.get("type").and_then(Value::as_str) {
        Some("event" | "hook-event") => {
            line.get("seq").is_some_and(Value::is_number)
                && line.get("event").is_some_and(Value::is_object)
        }
        Some("events-dropped") => line.get("from_seq").is_some_and(Value::is_number),
        _ => false,
    }
}
