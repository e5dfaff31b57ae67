//! Stopping the agent (conformance/PROTOCOL.md, section 5), and hooks as what may do so.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::fmt::{Debug, Display};
use std::panic::{self, AssertUnwindSafe};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Once;

use crate::generated::HookEvent;
use crate::sys;

/// What `block` unwinds with in a host.
struct BlockSignal;

thread_local! {
    /// Why the event that a host's hook is looking at is blocked; `None` on the outside while there
    /// is no such event.
    static REASON: RefCell<Option<Option<String>>> = const { RefCell::new(None) };
    /// Whether something that the author wrote is running.
    static IN_HOOK: Cell<bool> = const { Cell::new(false) };
}

/// How many hosts are being served in this process.
static HOSTS: AtomicUsize = AtomicUsize::new(0);

/// Counts a host for as long as it lives.
pub(crate) struct Serving;

impl Serving {
    pub(crate) fn start() -> Self {
        HOSTS.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        HOSTS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Stops what the agent is about to do, and does not return. A blank reason becomes "Blocked by a
/// hook.".
///
/// As the hook of one event the reason goes to stderr and the process exits with code 2, at once:
/// that is what xcodex, Codex, Claude Code and Gemini CLI alike understand. In a host it becomes
/// the reply to the event: the hook is unwound, and the host goes on with the next event.
///
/// # Panics
///
/// In a host, when it is called anywhere but on the thread of the hook, while the hook runs:
/// nothing is blocked then.
///
/// Called by a `Drop` while the hook unwinds already, from `block` or a panic, it aborts the host, as
/// every panic does there. Block where the hook decides, not where it cleans up.
pub fn block(reason: impl Display) -> ! {
    let reason = Some(reason.to_string()).filter(|reason| !reason.trim().is_empty());
    let reason = reason.unwrap_or_else(|| "Blocked by a hook.".to_string());
    if note_block(&reason) {
        // Noted before anything unwinds: a hook that catches everything has blocked all the same.
        panic::resume_unwind(Box::new(BlockSignal));
    }
    if HOSTS.load(Ordering::SeqCst) > 0 {
        panic!(
            "Cannot block the event: its hook has returned already, or this is not the hook's thread. \
             Call `block` where the hook was called, before it returns."
        );
    }
    sys::write_stderr(&format!("{reason}\n"));
    process::exit(2);
}

/// Keeps the first reason. False where there is nothing to block.
fn note_block(reason: &str) -> bool {
    REASON.with(|scope| match &mut *scope.borrow_mut() {
        Some(first) => {
            first.get_or_insert_with(|| reason.to_string());
            true
        }
        None => false,
    })
}

/// Runs a hook so that `block` finds its event. Returns the reason, when there is one.
pub(crate) fn blockable(hook: impl FnOnce()) -> Option<String> {
    let before = REASON.with(|scope| scope.replace(Some(None)));
    hook();
    REASON.with(|scope| scope.replace(before)).flatten()
}

/// What a hook may return: nothing, or a result. An error is logged and, outside a host, ends the
/// process with exit code 1.
pub trait HookResult {
    /// What to log, when it went wrong.
    #[doc(hidden)]
    fn into_result(self) -> Result<(), String>;
}

impl HookResult for () {
    fn into_result(self) -> Result<(), String> {
        Ok(())
    }
}

/// As in `main`, errors are said with `Debug`: those of most libraries have their causes and a
/// stack in there.
impl<E: Debug> HookResult for Result<(), E> {
    fn into_result(self) -> Result<(), String> {
        self.map_err(|error| format!("Error: {error:?}"))
    }
}

/// Of a hook that does nothing but block. Its type, `!`, has no name of its own yet.
impl HookResult for <fn() -> ! as Returns>::Type {
    fn into_result(self) -> Result<(), String> {
        self
    }
}

/// What a function returns.
pub trait Returns {
    type Type;
}

impl<T> Returns for fn() -> T {
    type Type = T;
}

pub(crate) type Hook<'h> = &'h mut dyn FnMut(&HookEvent) -> Result<(), String>;

/// Runs what the author wrote; a panic goes no further. Never inlined: [`stack`] looks for it.
#[inline(never)]
pub(crate) fn isolated(run: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    trace_panics();
    let before = IN_HOOK.with(|in_hook| in_hook.replace(true));
    let ended = panic::catch_unwind(AssertUnwindSafe(run));
    IN_HOOK.with(|in_hook| in_hook.set(before));
    ended.unwrap_or_else(|payload| match payload.is::<BlockSignal>() {
        true => Ok(()),
        false => Err(format!("the hook panicked: {}", panic_message(&*payload))),
    })
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("something that is no text")
}

/// From now on a hook's panic is said with its stack, also where `RUST_BACKTRACE` is not set: it
/// may not happen again.
fn trace_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            before(info);
            let is_said = Backtrace::capture().status() == BacktraceStatus::Captured;
            if !is_said && IN_HOOK.with(Cell::get) {
                sys::write_stderr(&format!("{}\n", stack()));
            }
        }));
    });
}

/// The stack down to the hook: how that was called is nobody's business.
fn stack() -> String {
    let mut stack = Backtrace::force_capture().to_string();
    let caller = stack.find("xcodex_hooks::block::isolated");
    if let Some(end) = caller.and_then(|at| stack[..at].rfind('\n')) {
        stack.truncate(end);
    }
    stack
}
