//! How far one hand-over is. The Python thread writes it between calls; the watchdog reads it when a call is stuck.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::report::{Failure, Outbox, Report};

/// One array of events that was handed over.
pub struct HandOver {
    ticket: f64,
    count: u32,
    outbox: Arc<Outbox>,
    ok: AtomicU32,
    failed: Mutex<Vec<Failure>>,
}

impl HandOver {
    pub fn new(ticket: f64, count: u32, outbox: Arc<Outbox>) -> Self {
        Self { ticket, count, outbox, ok: AtomicU32::new(0), failed: Mutex::default() }
    }

    pub fn count(&self) -> u32 {
        self.count
    }

    /// Whether nobody wants to know any more.
    pub fn is_closed(&self) -> bool {
        self.outbox.is_closed()
    }

    /// Notes that `count` more events went well.
    pub fn succeed(&self, count: u32) {
        self.ok.store(self.ok.load(Ordering::Relaxed) + count, Ordering::Release);
    }

    /// Notes a failure. One that repeats the failure of the event before it becomes one with it.
    pub fn fail(&self, failure: Failure) {
        let mut failed = self.failed();
        match failed.last_mut() {
            Some(last) if repeats(last, &failure) => last.count += failure.count,
            _ => failed.push(failure),
        }
    }

    /// Whether a failure would only be counted, so that its traceback need not be made.
    pub fn is_repeated(&self, failure: &Failure) -> bool {
        self.failed().last().is_some_and(|last| repeats(last, failure))
    }

    /// How many events nothing is known of yet.
    pub fn rest(&self) -> u32 {
        let failed: u32 = self.failed().iter().map(|failure| failure.count).sum();
        self.count.saturating_sub(failed + self.ok.load(Ordering::Acquire))
    }

    /// Sends the report, once; every event has to be accounted for.
    pub fn report(&self) {
        let failed = std::mem::take(&mut *self.failed());
        self.outbox.send(Report { ticket: self.ticket, ok: self.ok.load(Ordering::Acquire), failed });
    }

    fn failed(&self) -> MutexGuard<'_, Vec<Failure>> {
        self.failed.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn repeats(last: &Failure, next: &Failure) -> bool {
    last.index + last.count == next.index
        && last.kind == next.kind
        && last.error == next.error
        && last.file == next.file
        && last.line == next.line
}
