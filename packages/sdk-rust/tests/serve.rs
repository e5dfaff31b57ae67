//! `serve` as a process.

mod support;

use std::io::Write;

use serde_json::json;
use support::{fed, feed, line, scenario, shell};

/// Lines with numbers from 1 to `count` inside.
fn numbered(count: u64) -> String {
    (1..=count)
        .map(|n| line(n, json!({ "tool_input": { "n": n } })))
        .collect()
}

#[test]
fn handles_events_in_order() {
    assert_eq!(
        fed(&mut scenario(&["number"]), numbered(3)).stderr,
        "1\n2\n3\n"
    );
}

#[test]
fn returns_at_the_end_of_the_input_and_gives_stdout_back() {
    let ended = fed(&mut scenario(&["print-in-host"]), line(1, json!({})));
    assert_eq!(
        (ended.stdout.as_str(), ended.stderr.as_str()),
        ("to stdout\n", "to stderr session-1 ")
    );
}

#[test]
fn skips_a_line_longer_than_the_cap_says_so_and_goes_on() {
    let long = line(2, json!({ "x": "x".repeat(300_000) }));
    let ended = fed(
        &mut scenario(&["lines-up-to", "1000"]),
        line(1, json!({})) + &long + &line(3, json!({})),
    );
    let said: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!((said[0], said[2]), ("session-1", "session-1"));
    assert!(
        said[1]
            .starts_with("xcodex-hooks: line 2 skipped: input_too_large: Cannot read a line of "),
        "{}",
        said[1]
    );
}

#[cfg(target_os = "linux")]
#[test]
fn does_not_hold_a_line_longer_than_the_cap_in_memory() {
    let ended = feed(&mut scenario(&["lines-up-to", "1000"]), |stdin| {
        let piece = [b'x'; 1_000_000];
        (0..200).for_each(|_| stdin.write_all(&piece).expect("it reads"));
    });
    assert!(
        ended.stderr.contains("a line of 200000000 bytes"),
        "{}",
        ended.stderr
    );
    let kilobytes: u64 = ended
        .stderr
        .lines()
        .last()
        .and_then(|line| line.parse().ok())
        .expect("a number");
    assert!(kilobytes < 20_000, "{kilobytes} kB");
}

#[test]
fn goes_on_when_on_dropped_panics() {
    let dropped = r#"{"schema_version":1,"type":"events-dropped","from_seq":2,"to_seq":4,"count":3,"reason":"queue full"}"#;
    let ended = fed(
        &mut scenario(&["on-dropped-panics"]),
        format!("{dropped}\n{}", line(5, json!({}))),
    );
    assert!(
        ended
            .stderr
            .contains("xcodex-hooks: the hook panicked: lost 3\n"),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.ends_with("session-1\n"), "{}", ended.stderr);
}

#[test]
fn takes_no_line_for_blank_that_only_begins_like_a_byte_order_mark() {
    let ended = fed(
        &mut scenario(&["number"]),
        format!("\u{fefb}\n\u{feff}\n{}", numbered(1)),
    );
    let said: Vec<&str> = ended.stderr.lines().collect();
    assert!(
        said[0].starts_with("xcodex-hooks: line 1 skipped: not_json: "),
        "{}",
        said[0]
    );
    assert_eq!(said[1..], ["1"]);
}

#[test]
fn says_of_dropped_events_what_was_sent() {
    let dropped = r#"{"type":"events-dropped","from_seq":1,"to_seq":2,"count":2,"far":[1e400]}"#;
    let ended = fed(&mut scenario(&["on-dropped"]), dropped);
    assert_eq!(
        ended.stderr,
        "{\"count\":2,\"far\":[null],\"from_seq\":1,\"to_seq\":2,\"type\":\"events-dropped\"}\n"
    );
}

#[test]
fn goes_on_when_nobody_reads_its_replies_any_more() {
    let mut command = shell("{ sleep 0.2; \"$0\" number; } | true");
    let ended = fed(command.env("XCODEX_HOOKS_REPLIES", "1"), numbered(3));
    assert_eq!(ended.stderr, "1\n2\n3\n");
}

#[test]
fn names_a_type_of_line_that_it_does_not_know_once() {
    let ended = fed(
        &mut scenario(&["replies", "0"]),
        "{\"type\":\"tick\"}\n".repeat(3),
    );
    assert_eq!(
        ended.stderr.matches("\"tick\" skipped").count(),
        1,
        "{}",
        ended.stderr
    );
}

#[test]
fn has_replies_when_an_option_says_so_whatever_the_environment() {
    assert_eq!(
        fed(&mut scenario(&["replies", "1"]), line(1, json!({}))).stdout,
        "{\"seq\":1}\n"
    );
    let ended = fed(
        scenario(&["replies", "0"]).env("XCODEX_HOOKS_REPLIES", "1"),
        line(1, json!({})),
    );
    assert_eq!(ended.stdout, "");
}

#[test]
fn block_has_blocked_although_the_hook_catches_everything_and_the_first_reason_counts() {
    let ended = fed(
        scenario(&["block-caught"]).env("XCODEX_HOOKS_REPLIES", "1"),
        numbered(2),
    );
    let reply = |seq| format!("{{\"seq\":{seq},\"decision\":\"block\",\"reason\":\"first\"}}\n");
    assert_eq!(ended.stdout, reply(1) + &reply(2));
    assert_eq!(ended.stderr, "went on true true\n".repeat(2));
}

#[test]
fn block_that_comes_late_is_an_error_and_blocks_no_other_event() {
    let ended = fed(
        scenario(&["block-late"]).env("XCODEX_HOOKS_REPLIES", "1"),
        numbered(2),
    );
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "{\"seq\":1}\n{\"seq\":2}\n")
    );
    assert!(
        ended.stderr.contains("its hook has returned already"),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.ends_with("late block failed: true\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn block_on_another_thread_is_an_error() {
    let ended = fed(
        scenario(&["block-elsewhere"]).env("XCODEX_HOOKS_REPLIES", "1"),
        numbered(1),
    );
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "{\"seq\":1}\n")
    );
    assert!(
        ended.stderr.contains("not the hook's thread"),
        "{}",
        ended.stderr
    );
}

#[test]
fn block_is_for_events_and_not_for_lines_about_dropped_ones() {
    let dropped = "{\"type\":\"events-dropped\",\"from_seq\":2,\"count\":3}\n";
    let ended = fed(&mut scenario(&["block-when-dropped"]), dropped);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    assert!(
        ended.stderr.contains("Cannot block the event: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn block_ends_the_process_again_once_the_host_is_done() {
    let ended = fed(&mut scenario(&["block-after"]), numbered(1));
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(2), "after\n"));
}
