//! The interpreter: how it is started, and the functions of `python/bootstrap.py`.

use std::ffi::{c_ulong, CStr, CString};
use std::path::Path;

use pyo3::ffi;
use pyo3::prelude::*;

/// The interpreter that the addon was built for, as its `sys.executable`.
pub const EXECUTABLE: &str = env!("XCODEX_PYTHON");

/// Python's own code of the addon.
const BOOTSTRAP: &str = include_str!("../python/bootstrap.py");

/// The name that frames of it have in tracebacks.
const BOOTSTRAP_FILE: &CStr = c"<xcodex-pyo3>";

/// Version of libpython, as in "3.11.7". Python need not be started.
pub fn version() -> String {
    // SAFETY: a static text that may be asked for at any time.
    let text = unsafe { CStr::from_ptr(ffi::Py_GetVersion()) }.to_string_lossy();
    text.split(' ').next().unwrap_or_default().to_string()
}

/// A running interpreter. It lives as long as the process.
pub struct Interpreter {
    /// Python's number for the thread that it was started on.
    pub thread: c_ulong,
    pub write_to: Py<PyAny>,
    pub load: Py<PyAny>,
    pub unload: Py<PyAny>,
    pub refuse: Py<PyAny>,
    pub parse: Py<PyAny>,
    pub describe: Py<PyAny>,
    pub trace: Py<PyAny>,
    pub stands_at: Py<PyAny>,
    pub timeout: Py<PyAny>,
    pub stopped: Py<PyAny>,
}

/// Starts Python on this thread, which becomes its main thread, and lets go of the GIL.
///
/// # Errors
///
/// Why it cannot be started. It must not be tried again then.
pub fn start() -> Result<Interpreter, String> {
    if !Path::new(EXECUTABLE).is_file() {
        return Err(format!("the interpreter {EXECUTABLE} is gone"));
    }
    initialize()?;
    // SAFETY: this thread has just initialised Python and holds the GIL.
    unsafe { ffi::PyEval_SaveThread() };
    Python::attach(|py| bootstrap(py).map_err(|error| error.to_string()))
}

fn initialize() -> Result<(), String> {
    // SAFETY: nothing else in this process starts Python, and both structures are initialised before they are read.
    unsafe {
        let mut before = std::mem::zeroed::<ffi::PyPreConfig>();
        ffi::PyPreConfig_InitPythonConfig(&mut before);
        before.parse_argv = 0;
        // The locale and the environment belong to the agent, and its threads are reading them. What is left is
        // the C locale, in which Python uses UTF-8.
        before.configure_locale = 0;
        before.coerce_c_locale = 0;
        before.coerce_c_locale_warn = 0;
        check(ffi::Py_PreInitialize(&before))?;

        let mut config = std::mem::zeroed::<ffi::PyConfig>();
        ffi::PyConfig_InitPythonConfig(&mut config);
        config.parse_argv = 0;
        config.install_signal_handlers = 0;
        config.configure_c_stdio = 0;
        config.pathconfig_warnings = 0;
        let done = set_program(&mut config).and_then(|()| check(ffi::Py_InitializeFromConfig(&config)));
        ffi::PyConfig_Clear(&mut config);
        done
    }
}

/// # Safety
///
/// `config` is initialised.
unsafe fn set_program(config: &mut ffi::PyConfig) -> Result<(), String> {
    let program = CString::new(EXECUTABLE).map_err(|error| error.to_string())?;
    let raw: *mut ffi::PyConfig = config;
    unsafe {
        check(ffi::PyConfig_SetBytesString(raw, &raw mut (*raw).program_name, program.as_ptr()))?;
        check(ffi::PyConfig_SetBytesString(raw, &raw mut (*raw).executable, program.as_ptr()))
    }
}

fn check(status: ffi::PyStatus) -> Result<(), String> {
    // SAFETY: only looks at the structure.
    if unsafe { ffi::PyStatus_Exception(status) } == 0 {
        return Ok(());
    }
    if status.err_msg.is_null() {
        return Err(format!("it ended with {}", status.exitcode));
    }
    // SAFETY: a static text of libpython.
    Err(unsafe { CStr::from_ptr(status.err_msg) }.to_string_lossy().into_owned())
}

fn bootstrap(py: Python<'_>) -> PyResult<Interpreter> {
    let code = CString::new(BOOTSTRAP)?;
    let module = PyModule::from_code(py, &code, BOOTSTRAP_FILE, c"_xcodex_pyo3")?;
    module.getattr("silence")?.call0()?;
    let get = |name: &str| module.getattr(name).map(Bound::unbind);
    Ok(Interpreter {
        // SAFETY: may be asked on any thread.
        thread: unsafe { ffi::PyThread_get_thread_ident() },
        write_to: get("write_to")?,
        load: get("load")?,
        unload: get("unload")?,
        refuse: get("refuse")?,
        parse: get("parse")?,
        describe: get("describe")?,
        trace: get("trace")?,
        stands_at: get("stands_at")?,
        timeout: get("HookTimeout")?,
        stopped: get("HookStopped")?,
    })
}
