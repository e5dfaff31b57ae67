//! Processes for the tests: how they are started, fed, and how they end.
#![allow(dead_code)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{json, Value};

/// A program of this package. Cargo builds its examples beside the tests.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    let target = test.ancestors().nth(2).expect("target/debug/deps/test");
    target
        .join("examples")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

/// A scenario with its arguments: `["tell-up-to", "1000"]`.
pub fn scenario(args: &[&str]) -> Command {
    let mut command = Command::new(program("scenario"));
    command
        .args(args)
        .env_remove("XCODEX_HOOKS_REPLIES")
        .env_remove("RUST_BACKTRACE");
    command
}

/// A shell command in which `$0` is the program with all scenarios.
pub fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(command)
        .arg(program("scenario"))
        .env_remove("XCODEX_HOOKS_REPLIES");
    shell
}

pub fn start(command: &mut Command) -> (Child, ChildStdin) {
    let piped = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped.spawn().expect("it starts");
    let stdin = child.stdin.take().expect("it is piped");
    (child, stdin)
}

pub fn end(child: Child, since: Instant) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ended {
        code: status.code(),
        stdout: text(stdout),
        stderr: text(stderr),
        took: since.elapsed(),
    }
}

/// Feeds a process from another thread, step by step, and waits for its end.
pub fn feed(command: &mut Command, steps: impl FnOnce(&mut ChildStdin) + Send) -> Ended {
    let since = Instant::now();
    let (child, mut stdin) = start(command);
    std::thread::scope(|scope| {
        scope.spawn(move || steps(&mut stdin));
        end(child, since)
    })
}

/// Feeds a process everything at once.
pub fn fed(command: &mut Command, input: impl AsRef<[u8]> + Send) -> Ended {
    // One that does not read to the end is no failure of the test.
    feed(command, move |stdin| drop(stdin.write_all(input.as_ref())))
}

/// One tool call, as the dispatcher sends it, with fields that are other ones.
pub fn event(with: Value) -> Value {
    let mut event = json!({
        "schema_version": 1,
        "event_id": "6f1f2a5e-3f0c-4b8e-9a53-0d3c9f5f2b11",
        "timestamp": "2026-01-11T23:59:59Z",
        "session_id": "session-1",
        "cwd": "/home/dev/project",
        "hook_event_name": "PreToolUse",
        "xcodex_event_type": "tool-call-started",
        "transcript_path": "",
        "permission_mode": "default",
        "tool_name": "shell",
        "tool_input": "äöü 漢字 🚀",
    });
    for (key, value) in with.as_object().expect("fields") {
        event[key] = value.clone();
    }
    event
}

/// A line for a host.
pub fn line(seq: u64, with: Value) -> String {
    format!(
        "{}\n",
        json!({ "schema_version": 1, "type": "event", "seq": seq, "event": event(with) })
    )
}

/// What `tell` says of [`event`].
pub const TOLD: &str = "session-1 \"äöü 漢字 🚀\"\n";

/// A pipe: what is written into the second comes out of the first. Neither is left open in child
/// processes.
#[cfg(unix)]
pub fn pipe() -> (std::fs::File, std::fs::File) {
    use std::os::fd::FromRawFd;
    let mut ends = [0; 2];
    // SAFETY: `pipe` fills both in, and nobody else owns them.
    let [read, write] = unsafe {
        assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
        ends.map(|end| {
            assert_eq!(libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC), 0);
            std::fs::File::from_raw_fd(end)
        })
    };
    (read, write)
}

/// From now on reading from it and writing to it wait for nothing.
#[cfg(unix)]
pub fn do_not_block(file: &std::fs::File) {
    use std::os::fd::AsRawFd;
    // SAFETY: it is an open file.
    assert_eq!(
        unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) },
        0
    );
}

/// The code blocks of a language: what follows the language on the first line, and the text.
pub fn blocks<'r>(readme: &'r str, language: &str) -> Vec<(&'r str, &'r str)> {
    let fences = readme.split("\n```").skip(1).step_by(2);
    let found = fences.filter_map(|fence| {
        fence
            .split_once('\n')?
            .0
            .strip_prefix(language)
            .map(|name| (name, fence))
    });
    found
        .map(|(name, fence)| (name.trim(), fence.split_once('\n').expect("lines").1))
        .collect()
}

/// Runs the commands of a block as a person would see them on a terminal, with the examples on the
/// PATH.
pub fn check_console(console: &str, folder: &Path) {
    let examples = program("guard");
    let path = format!(
        "{}:{}",
        examples.parent().expect("a folder").display(),
        std::env::var("PATH").expect("a PATH")
    );
    for session in console.split("$ ").skip(1) {
        let (command, said) = session
            .split_once('\n')
            .expect("a command and what it says");
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("{{ {command}\n}} 2>&1"))
            .current_dir(folder)
            .env("PATH", &path);
        let ended = shell
            .env_remove("XCODEX_HOOKS_REPLIES")
            .output()
            .expect("sh");
        assert_eq!(
            String::from_utf8_lossy(&ended.stdout).trim_end(),
            said.trim_end(),
            "{command}"
        );
    }
}
