//! The clock of the calls into hooks. A call that takes too long is interrupted; one that cannot be interrupted is
//! reported while it is still running, so that JavaScript knows what it waits for.

use std::ffi::c_long;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use pyo3::ffi;
use pyo3::prelude::*;

use crate::handover::HandOver;
use crate::interpreter::Interpreter;
use crate::report::Failure;

/// How often a call is interrupted that goes on all the same.
const AGAIN: Duration = Duration::from_millis(100);

/// How long the watchdog stays awake when there is nothing to watch, so that it need not be woken for every hand-over.
const AWAKE: Duration = Duration::from_secs(1);

/// How a call ended.
pub enum Fate {
    InTime,
    /// It was interrupted. Where it stood then.
    Interrupted(Place),
    /// Its hand-over was reported before it ended.
    Abandoned,
}

/// Where a call stood in the user's files.
#[derive(Clone, Default)]
pub struct Place {
    file: Option<String>,
    line: Option<u32>,
}

/// What is watched: a limit, and what to say when it is passed.
#[derive(Clone, Copy)]
pub struct Limit {
    pub time: Duration,
    pub loading: bool,
}

/// The call that runs, as the watchdog sees it. Written by the Python thread alone, but for the mark in `state`.
pub struct Watch {
    began: Instant,
    /// Twice the number of the call that runs, and 1 more when it was abandoned; 0 between calls.
    state: AtomicU64,
    /// The last number that a call got.
    calls: AtomicU64,
    /// When the call began and how long it may take, in nanoseconds.
    started: AtomicU64,
    limit: AtomicU64,
    loading: AtomicBool,
    /// Where in its hand-over the call's first event stands.
    index: AtomicU32,
    /// The hand-over that the call is of. Held while it is abandoned, so that its report comes before the next one's.
    current: Mutex<Option<Arc<HandOver>>>,
    abandoned: AtomicBool,
    /// Whether a hand-over is being worked on, and whether the watchdog has to be woken for it.
    busy: AtomicBool,
    asleep: AtomicBool,
    /// The shortest limit so far, in nanoseconds: how long the watchdog may look away.
    shortest: AtomicU64,
    /// The call that was interrupted last, and where it stood.
    interrupted: Mutex<(u64, Place)>,
    last_interrupted: AtomicU64,
    /// Whether a thread is about to interrupt; it may have to wait for the GIL as long as the call takes.
    interrupting: AtomicBool,
    python: OnceLock<Arc<Interpreter>>,
    watchdog: OnceLock<Thread>,
}

impl Watch {
    /// Starts the watchdog. It never takes the GIL.
    pub fn start() -> std::io::Result<Arc<Self>> {
        let watch = Arc::new(Self {
            began: Instant::now(),
            state: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            started: AtomicU64::new(0),
            limit: AtomicU64::new(0),
            loading: AtomicBool::new(false),
            index: AtomicU32::new(0),
            current: Mutex::new(None),
            abandoned: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            shortest: AtomicU64::new(nanos(AWAKE)),
            interrupted: Mutex::default(),
            last_interrupted: AtomicU64::new(0),
            interrupting: AtomicBool::new(false),
            python: OnceLock::new(),
            watchdog: OnceLock::new(),
        });
        let own = Arc::clone(&watch);
        let started = thread::Builder::new().name("xcodex-watch".to_string()).spawn(move || own.run())?;
        let _ = watch.watchdog.set(started.thread().clone());
        Ok(watch)
    }

    /// Python is there, and can be interrupted.
    pub fn know(&self, python: &Arc<Interpreter>) {
        let _ = self.python.set(Arc::clone(python));
    }

    /// A hand-over is being worked on.
    pub fn begin(&self, hand_over: &Arc<HandOver>) {
        *lock(&self.current) = Some(Arc::clone(hand_over));
        self.abandoned.store(false, Ordering::Relaxed);
        self.busy.store(true, Ordering::SeqCst);
        if self.asleep.swap(false, Ordering::SeqCst) {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(watchdog) = self.watchdog.get() {
            watchdog.unpark();
        }
    }

    /// The hand-over is done. True when it was abandoned, so that its report is sent already.
    pub fn end(&self) -> bool {
        self.busy.store(false, Ordering::SeqCst);
        *lock(&self.current) = None;
        self.abandoned.load(Ordering::Acquire)
    }

    /// Makes a call, watched, with the GIL held. `index` is the place of its first event in the hand-over.
    pub fn call<R>(&self, py: Python<'_>, limit: Limit, index: u32, call: impl FnOnce() -> R) -> (R, Fate) {
        let number = self.calls.load(Ordering::Relaxed) + 1;
        let time = nanos(limit.time);
        self.calls.store(number, Ordering::Relaxed);
        self.index.store(index, Ordering::Relaxed);
        self.limit.store(time, Ordering::Relaxed);
        self.loading.store(limit.loading, Ordering::Relaxed);
        self.started.store(self.now(), Ordering::Relaxed);
        self.state.store(number << 1, Ordering::Release);
        if time < self.shortest.load(Ordering::Relaxed) {
            // The watchdog may be looking away for longer than this call may take.
            self.shortest.store(time, Ordering::Relaxed);
            self.wake();
        }
        let result = call();
        let state = self.state.swap(0, Ordering::AcqRel);
        (result, self.fate(py, number, state))
    }

    /// A call ended with a panic.
    pub fn end_call(&self) {
        self.state.store(0, Ordering::Release);
    }

    fn fate(&self, py: Python<'_>, number: u64, state: u64) -> Fate {
        let interrupted = self.last_interrupted.load(Ordering::Relaxed) == number;
        if interrupted {
            self.clear(py);
        }
        if state & 1 == 1 {
            return Fate::Abandoned;
        }
        if !interrupted {
            return Fate::InTime;
        }
        Fate::Interrupted(self.place(number))
    }

    /// Takes back an exception that was meant for a call that has ended.
    fn clear(&self, _: Python<'_>) {
        let Some(python) = self.python.get() else { return };
        // SAFETY: the GIL is held; a null takes back what is pending.
        unsafe { ffi::PyThreadState_SetAsyncExc(python.thread as c_long, std::ptr::null_mut()) };
    }

    fn place(&self, number: u64) -> Place {
        let interrupted = lock(&self.interrupted);
        if interrupted.0 == number {
            interrupted.1.clone()
        } else {
            Place::default()
        }
    }

    fn now(&self) -> u64 {
        nanos(self.began.elapsed())
    }

    // What the watchdog does --------------------------------------------------------------------------------------

    fn run(self: Arc<Self>) {
        let mut seen = Instant::now();
        let mut overdue = Overdue { call: 0, since: seen };
        loop {
            let state = self.state.load(Ordering::Acquire);
            if state != 0 || self.busy.load(Ordering::SeqCst) {
                seen = Instant::now();
            } else if seen.elapsed() > AWAKE {
                self.sleep();
                seen = Instant::now();
                continue;
            }
            thread::park_timeout(self.look(state, &mut overdue));
        }
    }

    /// Until there is something to watch.
    fn sleep(&self) {
        self.asleep.store(true, Ordering::SeqCst);
        while self.asleep.load(Ordering::SeqCst) {
            if self.busy.load(Ordering::SeqCst) {
                self.asleep.store(false, Ordering::SeqCst);
                return;
            }
            thread::park();
        }
    }

    /// Looks at the call that runs. Returns how long nothing has to be done.
    fn look(self: &Arc<Self>, state: u64, overdue: &mut Overdue) -> Duration {
        // However long this call may take: the next one may have less time.
        let shortest = Duration::from_nanos(self.shortest.load(Ordering::Relaxed));
        if state == 0 {
            return shortest;
        }
        let limit = Duration::from_nanos(self.limit.load(Ordering::Relaxed));
        let ran = Duration::from_nanos(self.now().saturating_sub(self.started.load(Ordering::Relaxed)));
        if ran < limit {
            return shortest.min(limit - ran);
        }
        // From now on, and not from the end of its time: a busy machine must not keep a call from being interrupted.
        let waited = overdue.waited(state >> 1);
        let abandoned = state & 1 == 1 || (waited >= limit && self.abandon(state, limit));
        self.interrupt(state >> 1, abandoned);
        if abandoned {
            return AGAIN;
        }
        limit.saturating_sub(waited).clamp(Duration::from_millis(1), AGAIN)
    }

    /// Reports the hand-over of a call that is stuck. False when the call has just ended.
    fn abandon(&self, state: u64, limit: Duration) -> bool {
        let current = lock(&self.current);
        let Some(hand_over) = &*current else { return false };
        if self.state.compare_exchange(state, state | 1, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return false;
        }
        self.abandoned.store(true, Ordering::Release);
        let limit = Limit { time: limit, loading: self.loading.load(Ordering::Relaxed) };
        let place = self.place(state >> 1);
        hand_over.fail(place.timeout(limit, self.index.load(Ordering::Relaxed), hand_over.rest()));
        hand_over.report();
        true
    }

    /// Raises an exception in the call, from a thread of its own: it has to wait for the GIL.
    fn interrupt(self: &Arc<Self>, number: u64, harder: bool) {
        let Some(python) = self.python.get() else { return };
        if self.interrupting.swap(true, Ordering::AcqRel) {
            return;
        }
        let (watch, python) = (Arc::clone(self), Arc::clone(python));
        let started = thread::Builder::new().name("xcodex-interrupt".to_string()).spawn(move || {
            Python::attach(|py| watch.raise(py, &python, number, harder));
            watch.interrupting.store(false, Ordering::Release);
        });
        if started.is_err() {
            self.interrupting.store(false, Ordering::Release);
        }
    }

    fn raise(&self, py: Python<'_>, python: &Interpreter, number: u64, harder: bool) {
        if self.running() != number {
            return;
        }
        let stands = python.stands_at.bind(py).call1((python.thread,));
        let place = stands.and_then(|at| at.extract::<Option<(String, Option<u32>)>>()).ok().flatten();
        let exception = if harder { &python.stopped } else { &python.timeout };
        // Asked again: while Python looked where it stands, the call may have gone on. From here on the GIL is held.
        if self.running() != number {
            return;
        }
        if let Some((file, line)) = place {
            *lock(&self.interrupted) = (number, Place { file: Some(file), line });
        }
        self.last_interrupted.store(number, Ordering::Relaxed);
        // SAFETY: the GIL is held, and the class lives as long as the interpreter.
        unsafe { ffi::PyThreadState_SetAsyncExc(python.thread as c_long, exception.as_ptr()) };
    }

    fn running(&self) -> u64 {
        self.state.load(Ordering::Acquire) >> 1
    }
}

/// The call that is overdue, and since when the watchdog knows.
struct Overdue {
    call: u64,
    since: Instant,
}

impl Overdue {
    fn waited(&mut self, call: u64) -> Duration {
        if self.call != call {
            *self = Self { call, since: Instant::now() };
        }
        self.since.elapsed()
    }
}

impl Place {
    /// The failure of a call that stood here when its time was up.
    pub fn timeout(self, limit: Limit, index: u32, count: u32) -> Failure {
        let what = if limit.loading { "loading the script" } else { "the call" };
        let error = format!("TimeoutError: {what} took longer than {} ms", limit.time.as_millis());
        let Self { file, line } = self;
        Failure { kind: "timeout".to_string(), index, count, error, file, line, traceback: String::new() }
    }
}

fn nanos(time: Duration) -> u64 {
    time.as_nanos().try_into().unwrap_or(u64::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
