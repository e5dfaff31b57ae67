//! What JavaScript is told of a hand-over, and the way there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;

/// Events that did not go well: `count` of them, from `index` of their hand-over on.
#[napi(object)]
#[derive(Clone, Default)]
pub struct Failure {
    /// "load", "exception", "timeout" or "json".
    pub kind: String,
    pub index: u32,
    pub count: u32,
    /// `ValueError: …`, one line.
    pub error: String,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub traceback: String,
}

/// How one hand-over went.
#[napi(object)]
pub struct Report {
    pub ticket: f64,
    pub ok: u32,
    pub failed: Vec<Failure>,
}

type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// Reports that JavaScript has not fetched yet. Its lock is never held while Python runs.
pub struct Outbox {
    waiting: Mutex<Vec<Report>>,
    wake: Wake,
    closed: AtomicBool,
}

impl Outbox {
    /// `wake` is called on JavaScript's thread after the first of any number of reports.
    pub fn new(wake: &Function<'_, (), ()>) -> Result<Self> {
        let wake = wake.build_threadsafe_function::<()>().weak::<true>().build()?;
        Ok(Self { waiting: Mutex::default(), wake, closed: AtomicBool::new(false) })
    }

    pub fn send(&self, report: Report) {
        if self.is_closed() {
            return;
        }
        let first = {
            let mut waiting = self.lock();
            waiting.push(report);
            waiting.len() == 1
        };
        if first {
            self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    pub fn take(&self) -> Vec<Report> {
        std::mem::take(&mut *self.lock())
    }

    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Report>> {
        self.waiting.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
