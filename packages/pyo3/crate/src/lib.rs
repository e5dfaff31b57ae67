//! Python inside a Node process, for hooks: what JavaScript sees of it.
//!
//! ```text
//!  JavaScript ── deliver ──► jobs ──► the Python thread (python.rs) ──► hook.rs ──► the user's function
//!      ▲                                   │  calls are watched (watch.rs)
//!      └── reports ◄── outbox (report.rs) ◄┘
//! ```
//!
//! The thread of JavaScript never waits for Python: it puts a copy into a queue and is woken when reports are there.

mod environment;
mod handover;
mod hook;
mod interpreter;
mod json;
mod python;
mod reader;
mod report;
mod text;
mod watch;

use std::sync::mpsc::Sender;
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::Function;
use napi::{Env, Result};
use napi_derive::napi;

use crate::hook::Script;
use crate::python::Job;
use crate::report::{Outbox, Report};
use crate::text::Json;

/// What the addon says about itself.
#[napi(object)]
pub struct Info {
    /// Version of this crate.
    pub version: String,
    /// Version of Python, as in "3.11.7".
    pub python: String,
    /// The interpreter that the addon was built for.
    pub executable: String,
}

/// Says what the addon is. Python is not started for it.
#[napi]
pub fn info() -> Info {
    Info {
        version: env!("CARGO_PKG_VERSION").to_string(),
        python: interpreter::version(),
        executable: interpreter::EXECUTABLE.to_string(),
    }
}

/// A script, and how its function is called. Paths are absolute.
#[napi(object)]
pub struct Options {
    pub codex_home: String,
    pub script_path: String,
    pub callable: String,
    pub batch: bool,
    pub timeout_ms: f64,
    pub log: String,
}

/// One script that was opened.
#[napi]
pub struct Handle {
    id: u64,
    jobs: Sender<Job>,
    outbox: Arc<Outbox>,
}

/// Opens a script. Python is started when there is something for it to do.
///
/// `wake` is called when reports are there to be fetched. It does not keep the process alive.
#[napi]
pub fn open(env: Env, options: Options, wake: Function<'_, (), ()>) -> Result<Handle> {
    environment::claim(&env)?;
    let outbox = Arc::new(Outbox::new(&wake)?);
    let jobs = python::jobs()?;
    let id = python::next_id();
    let script = Script {
        codex_home: options.codex_home,
        path: options.script_path,
        function: options.callable,
        batch: options.batch,
        timeout: Duration::from_millis(options.timeout_ms.max(1.0) as u64),
        log: options.log,
    };
    let _ = jobs.send(Job::Open { id, script });
    Ok(Handle { id, jobs, outbox })
}

#[napi]
impl Handle {
    /// Hands over a JSON array of `count` events: a string, or a Uint8Array of UTF-8, which is the caller's again at once.
    #[napi]
    pub fn deliver(&self, ticket: f64, events: Json, count: u32) {
        let outbox = Arc::clone(&self.outbox);
        let _ = self.jobs.send(Job::Deliver { id: self.id, ticket, events, count, outbox });
    }

    /// The reports that came since the last call.
    #[napi]
    pub fn reports(&self) -> Vec<Report> {
        self.outbox.take()
    }

    /// From now on no event is handed to Python and no report is made.
    #[napi]
    pub fn close(&self) {
        self.outbox.close();
        let _ = self.jobs.send(Job::Close { id: self.id });
    }
}
