//! Hooks as their authors might write them, for the tests that start them as processes: `scenario
//! NAME`.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;
use std::{env, io, thread};

use serde_json::json;
use xcodex_hooks::{block, read_event, run, serve, HookEvent, HookInputError, Options};

fn main() {
    let name = env::args().nth(1).unwrap_or_default();
    let number = env::args()
        .nth(2)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let short = Options::new().timeout(Duration::from_millis(number));
    match name.as_str() {
        // Reading.
        "tell" => tell(read_event()),
        "tell-in-time" => tell(short.read_event()),
        "tell-up-to" => tell(Options::new().max_bytes(number).read_event()),
        "tell-for-ever" => tell(Options::new().timeout(None).read_event()),
        "message" => println!("{}", read_event().expect_err("no event").message),
        "untouched" => print!("{}", io::read_to_string(io::stdin()).expect("text")),

        // One event or a host.
        "nothing" => run(|_| {}),
        "session" => run(|event| eprintln!("{}", event.session_id)),
        "session-in-time" => short.run(|event| eprintln!("{}", event.session_id)),
        "up-to" => Options::new().max_bytes(number).run(|_| {}),
        "print" => run(|_| {
            println!("a");
            print!("b");
            Command::new("echo").arg("c").status().expect("echo");
            println!("d");
        }),
        "print-later" => {
            run(|_| {});
            println!("later");
        }
        "panic" => run(|_| panic!("boom")),
        "panic-with-number" => run(|_| std::panic::panic_any(7)),
        "error" => run(|_| "x".parse::<u8>().map(|_| ())),
        "exit" => run(|_| std::process::exit(7)),

        // Blocking.
        "block" => block(env::args().nth(2).unwrap_or_default()),
        "block-long" => block("x".repeat(1_000_000)),
        "block-event" => run(|event| {
            eprint!("before ");
            if event.session_id != "s" {
                block("not here: äöü 🚀");
            }
            eprintln!("never");
        }),
        "block-caught" => host(|_| {
            let caught = catch_unwind(AssertUnwindSafe(|| block("first")));
            let again = catch_unwind(AssertUnwindSafe(|| block("second")));
            eprintln!("went on {} {}", caught.is_err(), again.is_err());
        }),
        "block-rm" => host(|event| {
            if event.raw.get("tool_name").is_some_and(|name| name == "rm") {
                block("no rm")
            }
        }),
        "block-late" => block_late(),
        "block-elsewhere" => host(|_| {
            let elsewhere = thread::spawn(|| block("from another thread")).join();
            eprintln!("went on {}", elsewhere.is_err());
        }),
        "block-after" => {
            host(|_| {});
            block("after");
        }
        "block-when-dropped" => {
            Options::new()
                .on_dropped(|_| block("dropped"))
                .serve(|_| {})
                .expect("a host");
        }

        // Hosts.
        "print-in-host" => {
            host(|event| print!("to stderr {} ", event.session_id));
            println!("to stdout");
        }
        "lines-up-to" => {
            let options = Options::new().max_bytes(number);
            options
                .serve(|event| eprintln!("{}", event.session_id))
                .expect("a host");
            eprintln!("{}", peak_memory());
        }
        "replies" => Options::new()
            .replies(number == 1)
            .serve(|_| {})
            .expect("a host"),
        "number" => host(|event| eprintln!("{}", number_of(event))),
        "on-dropped" => Options::new()
            .on_dropped(|line| eprintln!("{}", json!(line)))
            .serve(|_| {})
            .expect("a host"),
        "on-dropped-panics" => Options::new()
            .on_dropped(|line| panic!("lost {}", line.count))
            .serve(|event| eprintln!("{}", event.session_id))
            .expect("a host"),
        "serve-terminal" => eprintln!("{}", serve(|_| {}).expect_err("no host").code),
        other => panic!("no scenario {other:?}"),
    }
}

fn tell(read: Result<HookEvent, HookInputError>) {
    match read {
        Ok(event) => println!(
            "{} {}",
            event.session_id,
            event.raw.get("tool_input").unwrap_or_default()
        ),
        Err(error) => println!("{}", error.code),
    }
}

fn host(hook: impl FnMut(&HookEvent)) {
    serve(hook).expect("a host");
}

fn number_of(event: &HookEvent) -> u64 {
    event.raw["tool_input"]["n"].as_u64().expect("a number")
}

/// The first event's thread blocks while the second event's hook runs, and says how that went.
fn block_late() {
    let (go, wait) = channel::<()>();
    let mut wait = Some(wait);
    let mut late = None;
    host(|event| match number_of(event) {
        1 => {
            let wait = wait.take().expect("one first event");
            late = Some(thread::spawn(move || {
                wait.recv().expect("a sign");
                block("late");
            }));
        }
        _ => {
            go.send(()).expect("a thread");
            let ended = late.take().expect("a thread").join();
            eprintln!("late block failed: {}", ended.is_err());
        }
    });
}

/// In kB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .expect("VmHWM");
    line.split_whitespace()
        .nth(1)
        .and_then(|kb| kb.parse().ok())
        .expect("a number")
}
