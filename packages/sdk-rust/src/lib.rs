//! Write a typed hook for a coding agent. The same program works under xcodex, Codex, Claude Code
//! and Gemini CLI, as the hook of one event and as a long-lived host.
//!
//! ```no_run
//! use xcodex_hooks::{block, run, HookEvent};
//!
//! fn main() {
//!     run(|event| {
//!         if let HookEvent::ToolCallStarted(call) = event {
//!             if call.tool_name == "shell" {
//!                 block(format!("No shell in {}", call.cwd));
//!             }
//!         }
//!     });
//! }
//! ```
//!
//! | function | does |
//! |---|---|
//! | [`run`] | [`read_event`] and the hook, or [`serve`], whichever the input asks for |
//! | [`read_event`] | reads stdin to its end, follows an envelope, returns one event |
//! | [`parse_event`] | the same for a text or bytes that are at hand; reads no file |
//! | [`block`] | stops what the agent is about to do; does not return |
//! | [`serve`] | is a host: calls the hook for every line until the input ends |
//!
//! [`Options`] has the same functions with other limits.
//!
//! A `match` over [`HookEvent`] is checked: this one forgets all events but one, and does not
//! compile.
//!
//! ```compile_fail,E0004
//! use xcodex_hooks::HookEvent;
//!
//! fn describe(event: &HookEvent) -> &str {
//!     match event {
//!         HookEvent::UserPromptSubmit(event) => &event.prompt,
//!     }
//! }
//! ```
//!
//! With an arm for all others it does:
//!
//! ```
//! use xcodex_hooks::HookEvent;
//!
//! fn describe(event: &HookEvent) -> &str {
//!     match event {
//!         HookEvent::UserPromptSubmit(event) => &event.prompt,
//!         other => &other.hook_event_name,
//!     }
//! }
//! ```
#![deny(unsafe_code)]
#![warn(missing_docs)]

// First, for its macros.
#[macro_use]
mod event;
mod block;
mod envelope;
mod errors;
mod fields;
mod generated;
mod json;
mod lifecycle;
mod options;
mod run;
mod serve;
mod sha256;
mod stdin;
mod sys;
mod to_event;

pub use block::{block, HookResult};
pub use errors::{HookInputError, InputCode};
pub use event::{Problem, ProblemCode, UnknownEvent};
pub use generated::*;
pub use json::JsonObject;
pub use options::{read_event, Options};
pub use run::run;
pub use serve::serve;
pub use to_event::parse_event;

/// The README's programs compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
