//! Everything that stdin can be.

mod support;

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::json;
use support::{end, event, fed, feed, scenario, shell, start, TOLD};

fn text() -> String {
    event(json!({})).to_string()
}

fn soon() {
    sleep(Duration::from_millis(300));
}

#[test]
fn is_a_pipe() {
    assert_eq!(fed(&mut scenario(&["tell"]), text()).stdout, TOLD);
}

#[test]
fn is_a_file() {
    let path = std::env::temp_dir().join(format!("xcodex-hooks-{}.json", std::process::id()));
    std::fs::write(&path, text()).expect("it can be written");
    let stdin = File::open(&path).expect("it was written");
    let said = scenario(&["tell"]).stdin(stdin).output().expect("it ends");
    std::fs::remove_file(&path).expect("it was written");
    assert_eq!(String::from_utf8_lossy(&said.stdout), TOLD);
}

#[cfg(unix)]
#[test]
fn is_a_socket() {
    let (mut ours, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair");
    let theirs = std::os::fd::OwnedFd::from(theirs);
    let child = scenario(&["tell"])
        .stdin(theirs)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    soon();
    ours.write_all(text().as_bytes()).expect("it reads");
    drop(ours);
    assert_eq!(end(child, std::time::Instant::now()).stdout, TOLD);
}

#[test]
fn comes_late() {
    let ended = feed(&mut scenario(&["tell"]), |stdin| {
        soon();
        stdin.write_all(text().as_bytes()).expect("it reads");
    });
    assert_eq!(ended.stdout, TOLD);
}

#[test]
fn comes_in_pieces_that_split_characters() {
    let ended = feed(&mut scenario(&["tell"]), |stdin| {
        for byte in text().as_bytes() {
            stdin.write_all(&[*byte]).expect("it reads");
            sleep(Duration::from_micros(500));
        }
    });
    assert_eq!(ended.stdout, TOLD);
}

#[cfg(unix)]
#[test]
fn may_have_been_made_non_blocking_by_somebody() {
    let (read, mut write) = support::pipe();
    support::do_not_block(&read);
    let child = scenario(&["tell"])
        .stdin(read)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    soon();
    write.write_all(text().as_bytes()).expect("it reads");
    drop(write);
    assert_eq!(end(child, std::time::Instant::now()).stdout, TOLD);
}

#[test]
fn is_a_megabyte() {
    let long = "x".repeat(1_000_000);
    let ended = fed(
        &mut scenario(&["tell"]),
        event(json!({ "tool_input": long })).to_string(),
    );
    assert_eq!(ended.stdout, format!("session-1 \"{long}\"\n"));
}

#[test]
fn is_empty_or_closed_or_a_folder() {
    for (redirection, code) in [
        ("</dev/null", "no_input"),
        ("<&-", "no_input"),
        ("</", "input_unreadable"),
    ] {
        let ended = fed(&mut shell(&format!("\"$0\" tell {redirection}")), "");
        assert_eq!(ended.stdout, format!("{code}\n"), "{redirection}");
    }
}

/// `script` gives a program a terminal.
#[cfg(target_os = "linux")]
#[test]
fn is_a_terminal() {
    let script = |name: &str| format!("script -qefc \"'$0' {name}\" /dev/null");
    let (child, stdin) = start(&mut shell(&script("tell")));
    assert_eq!(
        end(child, std::time::Instant::now()).stdout.trim_end(),
        "no_input"
    );
    drop(stdin);
    let (child, stdin) = start(&mut shell(&script("serve-terminal")));
    assert_eq!(
        end(child, std::time::Instant::now()).stdout.trim_end(),
        "no_input"
    );
    drop(stdin);
}

#[test]
fn may_never_end_and_the_process_does() {
    let since = std::time::Instant::now();
    let (child, mut stdin) = start(&mut scenario(&["tell-in-time", "250"]));
    stdin.write_all(text().as_bytes()).expect("it reads");
    let ended = end(child, since);
    assert_eq!(
        (ended.stdout.as_str(), ended.code),
        ("input_timeout\n", Some(0))
    );
    assert!(ended.took >= Duration::from_millis(250), "{:?}", ended.took);
    drop(stdin);
}

#[test]
fn may_drip_without_end() {
    let ended = fed(
        &mut shell("(while echo; do sleep 0.05; done) | \"$0\" tell-in-time 400"),
        "",
    );
    assert_eq!(ended.stdout, "input_timeout\n");
}

#[test]
fn is_waited_for_without_end_when_told_to() {
    let ended = feed(&mut scenario(&["tell-for-ever"]), |stdin| {
        soon();
        stdin.write_all(text().as_bytes()).expect("it reads");
    });
    assert_eq!(ended.stdout, TOLD);
}

#[test]
fn is_longer_than_the_cap_and_not_read_on() {
    assert_eq!(
        fed(&mut shell("yes | \"$0\" tell-up-to 1000"), "").stdout,
        "input_too_large\n"
    );
}

#[test]
fn is_exactly_as_long_as_the_cap() {
    let length = text().len();
    let told = |cap: usize| fed(&mut scenario(&["tell-up-to", &cap.to_string()]), text()).stdout;
    assert_eq!(told(length), TOLD);
    assert_eq!(told(length - 1), "input_too_large\n");
}

#[test]
fn is_not_touched_by_a_program_that_reads_it_itself() {
    assert_eq!(
        fed(&mut scenario(&["untouched"]), "hello\n").stdout,
        "hello\n"
    );
}

#[test]
fn says_what_is_wrong_with_it_so_that_it_can_be_mended() {
    for (input, said) in [
        (text()[..57].to_string(), "cut off at byte 57"),
        (
            "Welcome!".to_string(),
            "as JSON: expected value at line 1 column 1. Send",
        ),
        (
            json!({ "payload_path": "/nowhere/p" }).to_string(),
            "\"/nowhere/p\": it does not exist.",
        ),
        (" \n".to_string(), "it is empty. Run the hook from an agent"),
        ("[]".to_string(), "it is an array, not an object. Send"),
    ] {
        let ended = fed(&mut scenario(&["message"]), input);
        assert!(ended.stdout.starts_with("Cannot read "), "{}", ended.stdout);
        assert!(ended.stdout.contains(said), "{}", ended.stdout);
    }
}
