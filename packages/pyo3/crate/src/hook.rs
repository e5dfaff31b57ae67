//! One script: loaded when it is first needed, and called with events.

use std::time::Duration;

use pyo3::exceptions::PyBaseException;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::handover::HandOver;
use crate::interpreter::Interpreter;
use crate::json::{self, Events};
use crate::reader::{Keys, Reader};
use crate::report::Failure;
use crate::text::Text;
use crate::watch::{Fate, Limit, Watch};

/// How long loading a script may take at least: imports are slow when nothing of them is cached.
const LOADING: Duration = Duration::from_secs(30);

/// A script, and how its function is called. Paths are absolute.
pub struct Script {
    pub codex_home: String,
    pub path: String,
    pub function: String,
    pub batch: bool,
    pub timeout: Duration,
    pub log: String,
}

/// What is called in a script that was loaded.
struct Target {
    function: Py<PyAny>,
    /// Whether it takes a list of events.
    batch: bool,
}

/// A script that was opened. It belongs to the Python thread.
pub struct Hook {
    script: Script,
    module: String,
    target: Option<Target>,
    flush: Option<Py<PyAny>>,
}

impl Hook {
    /// `module` is what the script is called among Python's modules.
    pub fn new(script: Script, module: String) -> Self {
        Self { script, module, target: None, flush: None }
    }

    pub fn module(&self) -> &str {
        &self.module
    }

    /// Sends what Python prints to this hook's log.
    pub fn take_output(&mut self, py: Python<'_>, python: &Interpreter) {
        self.flush = python.write_to.call1(py, (&self.script.log,)).ok();
    }

    /// Writes a line out that has no end yet.
    pub fn flush(&self, py: Python<'_>) {
        // A full disk is no reason to fail a hook that went well.
        let _ = self.flush.as_ref().map(|flush| flush.call0(py));
    }

    pub fn close(&self, py: Python<'_>, python: &Interpreter) {
        let _ = python.unload.call1(py, (&self.module,));
    }

    /// Calls the function with the events of a hand-over, and notes how it went.
    pub fn deliver(
        &mut self,
        py: Python<'_>,
        python: &Interpreter,
        watch: &Watch,
        hand_over: &HandOver,
        text: &mut Text,
        keys: &mut Keys,
    ) {
        let limit = Limit { time: self.script.timeout, loading: false };
        let Some(target) = self.loaded(py, python, watch, hand_over) else { return };
        let run = Run { py, python, watch, hand_over, limit };
        let (function, batch) = (target.function.bind(py), target.batch);
        if !batch && json::are_large(text.bytes(), hand_over.count()) {
            run.apart(function, Reader::new(py, text.bytes(), keys));
            return text.clear();
        }
        let events = json::read(py, python, text.bytes(), hand_over.count(), keys);
        text.clear();
        match events {
            Ok(events) if batch => run.all(function, &events),
            events => run.each(function, events, 0),
        }
    }

    /// What to call. A script that could not be loaded is tried again: the mistake may be mended.
    fn loaded(&mut self, py: Python<'_>, python: &Interpreter, watch: &Watch, hand_over: &HandOver) -> Option<&Target> {
        if self.target.is_none() {
            let limit = Limit { time: self.script.timeout.max(LOADING), loading: true };
            let load = || self.load(py, python).map_err(|error| Failed::new(py, python, hand_over, error, "load", 0));
            match watch.call(py, limit, 0, load) {
                (Ok(target), Fate::InTime) => self.target = Some(target),
                (_, Fate::Abandoned) => return None,
                (result, fate) => {
                    let failed = result.err().unwrap_or_default();
                    let failure = failed.into_failure(fate, limit, hand_over.count());
                    let file = failure.file.or_else(|| Some(self.script.path.clone()));
                    hand_over.fail(Failure { file, ..failure });
                    return None;
                }
            }
        }
        self.target.as_ref()
    }

    fn load(&self, py: Python<'_>, python: &Interpreter) -> PyResult<Target> {
        let script = &self.script;
        let args = (&self.module, &script.path, &script.codex_home, &script.function, script.batch);
        let (function, batch) = python.load.bind(py).call1(args)?.extract::<(Py<PyAny>, bool)>()?;
        Ok(Target { function, batch })
    }
}

/// The calls of one hand-over.
struct Run<'a, 'py> {
    py: Python<'py>,
    python: &'a Interpreter,
    watch: &'a Watch,
    hand_over: &'a HandOver,
    limit: Limit,
}

impl<'py> Run<'_, 'py> {
    /// One call for each event from `first` on.
    fn each(&self, function: &Bound<'py, PyAny>, events: PyResult<Events<'py>>, first: u32) {
        let events = match events {
            Ok(events) => events,
            Err(error) => return self.refuse_from(first, error),
        };
        let mut refused = events.refused.iter().peekable();
        for (at, event) in events.list.iter().enumerate() {
            let place = events.place(at);
            while let Some((before, error)) = refused.next_if(|(refused, _)| *refused < place) {
                self.refuse(*before, error);
            }
            if self.hand_over.is_closed() || !self.call(function, &event, place, 1) {
                return;
            }
        }
        for (place, error) in refused {
            self.refuse(*place, error);
        }
    }

    /// One call for each event, which is read when its turn comes: what is wrong with the array is found out there.
    fn apart(&self, function: &Bound<'py, PyAny>, mut array: Reader<'_, 'py>) {
        let count = self.hand_over.count();
        for index in 0..count {
            if self.hand_over.is_closed() {
                return;
            }
            let Some(event) = array.element() else {
                let others = array.other_elements();
                let events = json::read_slowly(self.py, self.python, &others, index, count - index);
                return self.each(function, events, index);
            };
            if !self.call(function, &event, index, 1) {
                return;
            }
        }
    }

    /// One call for all events.
    fn all(&self, function: &Bound<'py, PyAny>, events: &Events<'py>) {
        for (place, error) in &events.refused {
            self.refuse(*place, error);
        }
        let count = events.list.len() as u32;
        if count > 0 {
            self.call(function, events.list.as_any(), events.place(0), count);
        }
    }

    /// Nothing from `index` on can be read.
    fn refuse_from(&self, index: u32, error: PyErr) {
        let failure = describe(self.py, self.python, &error.into_value(self.py), "json");
        self.hand_over.fail(Failure { index, count: self.hand_over.count() - index, ..failure });
    }

    fn refuse(&self, index: u32, error: &str) {
        let (kind, error) = ("json".to_string(), error.to_string());
        self.hand_over.fail(Failure { kind, index, count: 1, error, ..Failure::default() });
    }

    /// Calls the function once, for `count` events. False when it was stuck: the hand-over is reported already.
    fn call(&self, function: &Bound<'py, PyAny>, argument: &Bound<'py, PyAny>, index: u32, count: u32) -> bool {
        let call = || {
            let result = function.call1((argument,)).and_then(|result| self.check(result));
            result.map_err(|error| Failed::new(self.py, self.python, self.hand_over, error, "exception", index))
        };
        match self.watch.call(self.py, self.limit, index, call) {
            (Ok(()), Fate::InTime) => self.hand_over.succeed(count),
            (_, Fate::Abandoned) => return false,
            (result, fate) => {
                let failed = result.err().unwrap_or_else(|| Failed::at(index));
                self.hand_over.fail(failed.into_failure(fate, self.limit, count));
            }
        }
        true
    }

    /// What a function that runs only when it is awaited, or asked for more, returns is no success.
    fn check(&self, result: Bound<'py, PyAny>) -> PyResult<()> {
        if result.is_none() || !runs_later(&result) {
            return Ok(());
        }
        self.python.refuse.bind(self.py).call1((result,)).map(drop)
    }
}

fn runs_later(result: &Bound<'_, PyAny>) -> bool {
    let result = result.as_ptr();
    // SAFETY: they look at the type of an object that is alive.
    unsafe {
        ffi::PyCoro_CheckExact(result) != 0
            || ffi::PyGen_CheckExact(result) != 0
            || ffi::PyAsyncGen_CheckExact(result) != 0
    }
}

/// An exception, said in words while the call is still watched: a hook's `__str__` may run for ever, too.
#[derive(Default)]
struct Failed(Failure);

impl Failed {
    fn new(py: Python<'_>, python: &Interpreter, hand_over: &HandOver, error: PyErr, kind: &str, index: u32) -> Self {
        // With its traceback, which older versions of Python keep apart.
        let error = error.into_value(py);
        let mut failure = Failure { index, count: 1, ..describe(py, python, &error, kind) };
        if !hand_over.is_repeated(&failure) {
            failure.traceback = text(python.trace.bind(py).call1((error,)));
        }
        Self(failure)
    }

    fn at(index: u32) -> Self {
        Self(Failure { index, ..Failure::default() })
    }

    fn into_failure(self, fate: Fate, limit: Limit, count: u32) -> Failure {
        match fate {
            Fate::Interrupted(place) => {
                Failure { traceback: self.0.traceback, ..place.timeout(limit, self.0.index, count) }
            }
            _ => Failure { count, ..self.0 },
        }
    }
}

fn describe(py: Python<'_>, python: &Interpreter, error: &Py<PyBaseException>, kind: &str) -> Failure {
    let described = python.describe.bind(py).call1((error,));
    let parts =
        described.and_then(|parts| parts.extract::<(Bound<'_, PyAny>, Option<Bound<'_, PyAny>>, Option<u32>)>());
    let (error, file, line) = match parts {
        Ok((error, file, line)) => (text(Ok(error)), file.map(|file| text(Ok(file))), line),
        Err(_) => ("Exception".to_string(), None, None),
    };
    Failure { kind: kind.to_string(), error, file, line, ..Failure::default() }
}

/// A text of Python. Halves of surrogate pairs in it are replaced.
fn text(value: PyResult<Bound<'_, PyAny>>) -> String {
    value.and_then(|value| value.str()).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}
