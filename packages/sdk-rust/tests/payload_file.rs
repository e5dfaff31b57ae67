//! Payload files that change while they are opened.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use support::event;
use xcodex_hooks::Options;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("xcodex-hooks-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("it can be made");
    folder
}

/// The session of the event in a file, or the code of the error.
fn follow(path: &Path) -> String {
    let envelope = json!({ "payload_path": path }).to_string();
    match Options::new().read_event_from(envelope.as_bytes()) {
        Ok(event) => event.session_id.clone(),
        Err(error) => error.code.to_string(),
    }
}

/// How long something is swapped, and how long it may take until the file and something
/// else were seen.
const AT_LEAST: Duration = Duration::from_millis(700);
const AT_MOST: Duration = Duration::from_secs(30);

/// Puts a file and something else under one path, in turn, as fast as it can, while the file is
/// read again and again.
fn swapped_for(name: &str, make: impl Fn(&Path)) {
    let folder = folder(name);
    let path = folder.join("payload.json");
    let (file, other) = (folder.join("file"), folder.join("other"));
    fs::write(&file, event(json!({ "session_id": "right" })).to_string())
        .expect("it can be written");
    make(&other);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for kind in [&file, &other] {
                    fs::rename(kind, &path).expect("it can be renamed");
                    fs::rename(&path, kind).expect("it can be renamed");
                }
            }
        });
        let started = Instant::now();
        let mut said = BTreeSet::new();
        // On a machine that is busy the file itself may be what is seen last.
        let is_seen = |said: &BTreeSet<String>| said.contains("right") && said.len() > 1;
        while started.elapsed() < AT_LEAST || (!is_seen(&said) && started.elapsed() < AT_MOST) {
            said.insert(follow(&path));
        }
        done.store(true, Ordering::Relaxed);
        assert!(said.remove("right"), "{said:?}");
        for other in said {
            assert!(
                other == "payload_file_missing" || other == "payload_file_not_regular",
                "{other}"
            );
        }
    });
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[test]
fn may_be_swapped_for_a_link_and_nobody_is_led_elsewhere() {
    swapped_for("link", |other| {
        let wrong = other.with_file_name("wrong");
        fs::write(&wrong, event(json!({ "session_id": "wrong" })).to_string())
            .expect("it can be written");
        symlink(wrong, other).expect("it can be made");
    });
}

#[test]
fn may_be_swapped_for_a_pipe_that_nobody_writes_to_and_nobody_waits() {
    swapped_for("pipe", |other| {
        let made = std::process::Command::new("mkfifo")
            .arg(other)
            .status()
            .expect("mkfifo");
        assert!(made.success());
    });
}

/// What the system makes up as it is read says that it is empty.
#[cfg(target_os = "linux")]
#[test]
fn may_be_longer_than_it_was() {
    assert_eq!(
        follow(Path::new("/proc/self/status")),
        "payload_file_mismatch"
    );
}

#[test]
fn is_unreadable_when_its_path_cannot_be_one() {
    assert_eq!(
        follow(Path::new(&format!("/{}", "x".repeat(5000)))),
        "payload_file_unreadable"
    );
}

#[test]
fn is_read_up_to_the_cap_of_an_option() {
    let folder = folder("cap");
    let path = folder.join("payload.json");
    let text = event(json!({})).to_string();
    fs::write(&path, &text).expect("it can be written");
    let envelope = json!({ "payload_path": path }).to_string();
    let read = |cap: usize| {
        Options::new()
            .max_payload_file_bytes(cap as u64)
            .read_event_from(envelope.as_bytes())
    };
    assert!(read(text.len()).is_ok());
    let error = read(text.len() - 1).expect_err("it is longer");
    assert_eq!(
        (error.code.as_str(), error.field),
        ("payload_file_too_large", Some("payload_path"))
    );
    fs::remove_dir_all(folder).expect("it can be removed");
}
