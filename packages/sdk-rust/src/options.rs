//! Options, and the reading of one event.

use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use crate::envelope::follow_envelope;
use crate::errors::{HookInputError, InputCode, Outcome};
use crate::generated::{HookEvent, HostDroppedLine};
use crate::json::{parse_object, Parsed};
use crate::stdin::{unreadable, Deadline, Stdin};
use crate::to_event::to_event;

/// How input is read and a host serves, where the defaults do not fit.
///
/// ```no_run
/// use std::time::Duration;
/// use xcodex_hooks::Options;
///
/// Options::new()
///     .timeout(Duration::from_secs(5))
///     .on_dropped(|line| eprintln!("{} events were lost", line.count))
///     .run(|event| eprintln!("{}", event.hook_event_name));
/// ```
pub struct Options<'a> {
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_bytes: u64,
    pub(crate) max_payload_file_bytes: u64,
    pub(crate) replies: Option<bool>,
    pub(crate) on_dropped: Option<OnDropped<'a>>,
}

pub(crate) type OnDropped<'a> = Box<dyn FnMut(&HostDroppedLine) + 'a>;

const MIB: u64 = 1024 * 1024;

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            timeout: Some(Duration::from_secs(30)),
            max_bytes: 64 * MIB,
            max_payload_file_bytes: 64 * MIB,
            replies: None,
            on_dropped: None,
        }
    }
}

impl<'a> Options<'a> {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the input may take to end. Default 30 seconds; `None` waits for ever. It does not
    /// count once a host serves.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// The longest input, in bytes; of a host the longest line. Default 64 MiB.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// The longest payload file, in bytes. Default 64 MiB.
    pub fn max_payload_file_bytes(mut self, bytes: u64) -> Self {
        self.max_payload_file_bytes = bytes;
        self
    }

    /// Whether somebody reads a host's replies. By default what the dispatcher says: it sets
    /// `XCODEX_HOOKS_REPLIES=1` for hosts with `replies = true`.
    pub fn replies(mut self, replies: bool) -> Self {
        self.replies = Some(replies);
        self
    }

    /// Called by a host when events were dropped on the way to it.
    pub fn on_dropped(mut self, hook: impl FnMut(&HostDroppedLine) + 'a) -> Self {
        self.on_dropped = Some(Box::new(hook));
        self
    }

    /// [`read_event`] with these options.
    ///
    /// # Errors
    ///
    /// See [`read_event`].
    pub fn read_event(&self) -> Result<HookEvent, HookInputError> {
        let mut stdin = Stdin::open(Deadline::in_time(self.timeout))?;
        self.event_in(&self.read_to_end(&mut stdin, Vec::new())?)
    }

    /// [`read_event`] from another input than stdin, whose reader knows no deadline: `&bytes[..]`,
    /// a file.
    ///
    /// # Errors
    ///
    /// See [`read_event`].
    pub fn read_event_from(&self, input: impl Read) -> Result<HookEvent, HookInputError> {
        self.event_in(&self.read_to_end(input, Vec::new())?)
    }

    /// The event in the whole of an input.
    pub(crate) fn event_in(&self, bytes: &[u8]) -> Outcome<HookEvent> {
        self.event_of(parse_object(bytes, "stdin")?)
    }

    pub(crate) fn event_of(&self, parsed: Parsed) -> Outcome<HookEvent> {
        follow_envelope(parsed, self.max_payload_file_bytes).map(to_event)
    }

    pub(crate) fn read_to_end(&self, input: impl Read, mut bytes: Vec<u8>) -> Outcome<Vec<u8>> {
        input
            .take(self.room(&bytes))
            .read_to_end(&mut bytes)
            .map_err(|error| self.failed(&error))?;
        self.within_cap(bytes)
    }

    /// How much may still be read: one byte more than the cap, so that it is noticed.
    pub(crate) fn room(&self, bytes: &[u8]) -> u64 {
        self.max_bytes
            .saturating_add(1)
            .saturating_sub(bytes.len() as u64)
    }

    pub(crate) fn within_cap(&self, bytes: Vec<u8>) -> Outcome<Vec<u8>> {
        if bytes.len() as u64 <= self.max_bytes {
            return Ok(bytes);
        }
        let max = self.max_bytes;
        let state = format!("it is longer than {max} bytes. Raise max_bytes, or send an envelope");
        Err(HookInputError::no_event(
            InputCode::InputTooLarge,
            "stdin",
            state,
        ))
    }

    pub(crate) fn failed(&self, error: &io::Error) -> HookInputError {
        if error.kind() != ErrorKind::TimedOut {
            return unreadable(error);
        }
        let ms = self.timeout.unwrap_or_default().as_millis();
        let remedy = "Close the input after the event, or raise timeout";
        let state = format!("it did not end within {ms} ms. {remedy}");
        HookInputError::no_event(InputCode::InputTimeout, "stdin", state)
    }
}

/// Reads the one event that an agent writes to the hook's stdin, and follows an envelope to the
/// payload's file.
///
/// # Errors
///
/// When there is no event to be had: nothing there, not JSON, too large, too late, no good payload
/// file.
pub fn read_event() -> Result<HookEvent, HookInputError> {
    Options::new().read_event()
}
