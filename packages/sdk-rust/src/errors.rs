//! Everything that can be wrong with what a hook is given.

use std::fmt::{self, Display};

/// Why there is no event to be had. Codes are stable and the same in the SDK of every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InputCode {
    /// There is nothing to read: the input is empty or blank, or it is a terminal.
    NoInput,
    /// The input is not one JSON document.
    NotJson,
    /// The input is JSON, but not an object.
    NotObject,
    /// The input is longer than the cap.
    InputTooLarge,
    /// The input did not end in time.
    InputTimeout,
    /// The input failed while it was being read.
    InputUnreadable,
    /// There is an envelope where the payload itself should be.
    UnexpectedEnvelope,
    /// The envelope's path is not absolute.
    PayloadPathRelative,
    /// The payload file does not exist.
    PayloadFileMissing,
    /// The payload file is a link, a folder, a pipe or a device.
    PayloadFileNotRegular,
    /// The payload file is longer than the cap.
    PayloadFileTooLarge,
    /// The payload file does not have the length or the hash that the envelope promises.
    PayloadFileMismatch,
    /// The payload file exists and cannot be read.
    PayloadFileUnreadable,
}

impl InputCode {
    /// The code as every language spells it: `no_input`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoInput => "no_input",
            Self::NotJson => "not_json",
            Self::NotObject => "not_object",
            Self::InputTooLarge => "input_too_large",
            Self::InputTimeout => "input_timeout",
            Self::InputUnreadable => "input_unreadable",
            Self::UnexpectedEnvelope => "unexpected_envelope",
            Self::PayloadPathRelative => "payload_path_relative",
            Self::PayloadFileMissing => "payload_file_missing",
            Self::PayloadFileNotRegular => "payload_file_not_regular",
            Self::PayloadFileTooLarge => "payload_file_too_large",
            Self::PayloadFileMismatch => "payload_file_mismatch",
            Self::PayloadFileUnreadable => "payload_file_unreadable",
        }
    }
}

impl Display for InputCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a hook was given cannot be turned into an event at all. Wrong or missing fields are no
/// errors: they are listed in the event's `problems`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookInputError {
    /// What kind of error it is.
    pub code: InputCode,
    /// What is wrong and what to do, in one line. For people: its wording may change.
    pub message: String,
    /// The field of the envelope that led here, where one did: `payload_path`, `payload_bytes` or
    /// `payload_sha256`.
    pub field: Option<&'static str>,
}

impl HookInputError {
    pub(crate) fn new(code: InputCode, message: String) -> Self {
        Self {
            code,
            message,
            field: None,
        }
    }

    /// There is no event in `source`.
    pub(crate) fn no_event(code: InputCode, source: &str, state: impl Display) -> Self {
        Self::new(
            code,
            format!("Cannot read an event from {source}: {state}."),
        )
    }

    pub(crate) fn of_field(code: InputCode, field: &'static str, message: String) -> Self {
        Self {
            code,
            message,
            field: Some(field),
        }
    }
}

/// `<code>: <message>`.
impl Display for HookInputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for HookInputError {}

/// What reading comes to.
pub(crate) type Outcome<T> = Result<T, HookInputError>;
