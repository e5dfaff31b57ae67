//! Reading stdin (conformance/PROTOCOL.md, section 4).

use std::io::{self, BufReader, IsTerminal, Read};
use std::time::{Duration, Instant};

use crate::errors::{HookInputError, InputCode, Outcome};
use crate::sys::Input;

/// Standard input with a deadline.
pub(crate) struct Stdin {
    input: Input,
    pub(crate) deadline: Deadline,
}

pub(crate) enum Deadline {
    /// `None` is a time that never comes.
    At(Option<Instant>),
    /// The clock starts when something has come.
    FromFirstByte(Option<Duration>),
}

impl Deadline {
    pub(crate) fn in_time(timeout: Option<Duration>) -> Self {
        Self::At(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.deadline {
            Deadline::At(until) => self.input.read(buffer, until),
            Deadline::FromFirstByte(timeout) => {
                let length = self.input.read(buffer, None)?;
                self.deadline = Deadline::in_time(timeout);
                Ok(length)
            }
        }
    }
}

impl Stdin {
    pub(crate) fn open(deadline: Deadline) -> Outcome<BufReader<Self>> {
        if io::stdin().is_terminal() {
            let state = "it is a terminal. Run the hook from an agent or pipe an event into it";
            return Err(HookInputError::no_event(InputCode::NoInput, "stdin", state));
        }
        let input = Input::open().map_err(|error| unreadable(&error))?;
        Ok(BufReader::with_capacity(PIECE, Self { input, deadline }))
    }
}

/// How much is read at once, in bytes.
pub(crate) const PIECE: usize = 64 * 1024;

pub(crate) fn unreadable(error: &io::Error) -> HookInputError {
    let state = format!("{error}. Give the hook a pipe or a file as its input");
    HookInputError::no_event(InputCode::InputUnreadable, "stdin", state)
}

/// Whether there is nothing in bytes but blanks; a byte order mark counts as one, a part of it does
/// not.
pub(crate) fn is_blank(mut bytes: &[u8]) -> bool {
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] | [0xef, 0xbb, 0xbf, rest @ ..] = bytes {
        bytes = rest;
    }
    bytes.is_empty()
}
