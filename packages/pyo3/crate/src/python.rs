//! The one thread that Python runs on, and its queue.

use std::collections::HashMap;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

use crate::handover::HandOver;
use crate::hook::{Hook, Script};
use crate::interpreter::{self, Interpreter, EXECUTABLE};
use crate::reader::Keys;
use crate::report::{Failure, Outbox};
use crate::text::{Json, Text};
use crate::watch::Watch;

/// What the Python thread is asked to do.
pub enum Job {
    Open { id: u64, script: Script },
    Deliver { id: u64, ticket: f64, events: Json, count: u32, outbox: Arc<Outbox> },
    Close { id: u64 },
}

/// Twice of what Python's main thread usually has: what nests deeply is bounded by a count, not by this.
const STACK: usize = 16 * 1024 * 1024;

/// A hand-over of so many bytes or characters is large; after it, memory is given back when nothing comes for so long.
const LARGE: usize = 256 * 1024;
const IDLE: Duration = Duration::from_millis(500);

static JOBS: Mutex<Option<Sender<Job>>> = Mutex::new(None);
static IDS: AtomicU64 = AtomicU64::new(1);

/// A number that no other script has.
pub fn next_id() -> u64 {
    IDS.fetch_add(1, Ordering::Relaxed)
}

/// The queue of the Python thread, which is started by the first call.
///
/// # Errors
///
/// When the system gives no more threads.
pub fn jobs() -> std::io::Result<Sender<Job>> {
    let mut jobs = JOBS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(sender) = &*jobs {
        return Ok(sender.clone());
    }
    // A panic is a failure of the hand-over; its text must not get onto the agent's terminal.
    std::panic::set_hook(Box::new(|_| {}));
    let watch = Watch::start()?;
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name("xcodex-python".to_string())
        .stack_size(STACK)
        .spawn(move || serve(&receiver, watch))?;
    Ok(jobs.insert(sender).clone())
}

fn serve(jobs: &Receiver<Job>, watch: Arc<Watch>) {
    let (python, hooks, text, keys) = (None, HashMap::new(), Text::default(), Keys::default());
    let mut worker = Worker { watch, python, hooks, text, keys, writing: 0, large: false };
    loop {
        let job = if worker.large { jobs.recv_timeout(IDLE) } else { jobs.recv().map_err(Into::into) };
        match job {
            Ok(job) => drop(catch_unwind(AssertUnwindSafe(|| worker.work(job)))),
            Err(RecvTimeoutError::Timeout) => worker.return_memory(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

struct Worker {
    watch: Arc<Watch>,
    python: Option<Result<Arc<Interpreter>, String>>,
    hooks: HashMap<u64, Hook>,
    text: Text,
    keys: Keys,
    /// The hook whose log Python's output goes to.
    writing: u64,
    /// Whether something large was handed over since memory was given back.
    large: bool,
}

impl Worker {
    fn work(&mut self, job: Job) {
        match job {
            Job::Open { id, script } => {
                let name = self.free_name();
                self.hooks.insert(id, Hook::new(script, name));
            }
            Job::Deliver { outbox, .. } if outbox.is_closed() => {}
            Job::Deliver { id, ticket, events, count, outbox } => {
                let hand_over = Arc::new(HandOver::new(ticket, count, outbox));
                self.watch.begin(&hand_over);
                let done = catch_unwind(AssertUnwindSafe(|| self.deliver(id, &hand_over, events)));
                if let Err(panic) = done {
                    self.watch.end_call();
                    hand_over.fail(broken(&hand_over, panic_text(&*panic)));
                }
                if !self.watch.end() && !hand_over.is_closed() {
                    hand_over.report();
                }
            }
            Job::Close { id } => self.close(id),
        }
    }

    /// Names in the order in which scripts are opened; the first is the one that the original has.
    fn free_name(&self) -> String {
        let names =
            (1..).map(|n| if n == 1 { "xcodex_user_hook".to_string() } else { format!("xcodex_user_hook_{n}") });
        let mut free = names.filter(|name| self.hooks.values().all(|hook| hook.module() != name));
        free.next().unwrap_or_default()
    }

    fn deliver(&mut self, id: u64, hand_over: &HandOver, events: Json) {
        let python = match self.python() {
            Ok(python) => python,
            Err(reason) => return hand_over.fail(broken(hand_over, not_started(&reason))),
        };
        let Some(hook) = self.hooks.get_mut(&id) else { return };
        self.large |= events.len() >= LARGE;
        self.text.set(events);
        let (text, keys) = (&mut self.text, &mut self.keys);
        Python::attach(|py| {
            if self.writing != id {
                self.writing = id;
                hook.take_output(py, &python);
            }
            hook.deliver(py, &python, &self.watch, hand_over, text, keys);
            hook.flush(py);
        });
    }

    fn python(&mut self) -> Result<Arc<Interpreter>, String> {
        let watch = &self.watch;
        let started = self.python.get_or_insert_with(|| {
            let python = Arc::new(interpreter::start()?);
            watch.know(&python);
            Ok(python)
        });
        started.clone()
    }

    /// Of what large hand-overs needed, glibc keeps a part unless it is told. Only when there is nothing else to do: the
    /// next one would need it again, and meanwhile the agent's thread may have to wait for its own memory.
    fn return_memory(&mut self) {
        self.large = false;
        self.text.release();
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        // SAFETY: may be called at any time on any thread.
        unsafe {
            libc::malloc_trim(0)
        };
    }

    fn close(&mut self, id: u64) {
        let Some(hook) = self.hooks.remove(&id) else { return };
        if self.writing == id {
            self.writing = 0;
        }
        if let Some(Ok(python)) = &self.python {
            Python::attach(|py| hook.close(py, python));
        }
    }
}

/// A failure of all that is left of a hand-over, and none of the hook's.
fn broken(hand_over: &HandOver, error: String) -> Failure {
    let rest = hand_over.rest();
    Failure { kind: "load".to_string(), index: hand_over.count() - rest, count: rest, error, ..Failure::default() }
}

fn not_started(reason: &str) -> String {
    let todo = format!("Check {EXECUTABLE} and PYTHONHOME, or build the addon again: xcodex hooks build pyo3");
    format!("RuntimeError: Cannot start Python: {reason}. {todo}.")
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("RuntimeError: the addon failed: {}", text.unwrap_or("(no text)"))
}
