//! `run` and `block` as processes.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{end, event, fed, feed, line, scenario, shell, start};

fn text() -> String {
    event(json!({})).to_string()
}

#[test]
fn ends_with_0_when_the_hook_is_done() {
    let ended = fed(&mut scenario(&["session"]), text());
    assert_eq!(
        (ended.code, ended.stdout.as_str(), ended.stderr.as_str()),
        (Some(0), "", "session-1\n")
    );
}

#[test]
fn keeps_an_exit_code_of_the_hook() {
    assert_eq!(fed(&mut scenario(&["exit"]), text()).code, Some(7));
}

#[test]
fn sends_everything_that_is_printed_to_stderr_also_by_child_processes() {
    let ended = fed(&mut scenario(&["print"]), text());
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    for said in ["a\n", "b", "c\n", "d\n"] {
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
    let ended = fed(&mut scenario(&["print-later"]), text());
    assert_eq!(
        (ended.stdout.as_str(), ended.stderr.as_str()),
        ("", "later\n")
    );
}

#[test]
fn says_code_and_message_and_no_stack_when_there_is_no_event() {
    let ended = fed(&mut scenario(&["nothing"]), &text()[..50]);
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(1), 1));
    assert!(
        ended
            .stderr
            .starts_with("not_json: Cannot read an event from stdin as JSON: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn says_message_place_and_stack_of_a_panic() {
    let ended = fed(&mut scenario(&["panic"]), text());
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    for said in [
        "boom",
        "tests/support/scenario.rs:",
        "scenario::main",
        "the hook panicked: boom\n",
    ] {
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
}

#[test]
fn says_the_stack_once_where_the_environment_asks_for_it() {
    let ended = fed(scenario(&["panic"]).env("RUST_BACKTRACE", "1"), text());
    assert_eq!(
        ended.stderr.matches("   0: ").count(),
        1,
        "{}",
        ended.stderr
    );
}

#[test]
fn says_that_a_panic_had_no_text() {
    let ended = fed(&mut scenario(&["panic-with-number"]), text());
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .stderr
            .ends_with("the hook panicked: something that is no text\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn says_an_error_as_main_does() {
    let ended = fed(&mut scenario(&["error"]), text());
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(1), "Error: ParseIntError { kind: InvalidDigit }\n")
    );
}

#[test]
fn has_a_deadline_and_a_cap_before_the_first_line_has_ended_too() {
    let (child, mut stdin) = start(&mut scenario(&["session-in-time", "200"]));
    stdin.write_all(b"{").expect("it reads");
    let ended = end(child, Instant::now());
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.starts_with("input_timeout: "),
        "{}",
        ended.stderr
    );
    drop(stdin);
    let ended = fed(&mut shell("yes | tr -d '\\n' | \"$0\" up-to 100000"), "");
    assert!(
        ended.stderr.starts_with("input_too_large: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn reads_one_event_that_is_spread_over_lines() {
    let pretty = serde_json::to_string_pretty(&event(json!({}))).expect("it is JSON");
    assert_eq!(
        fed(&mut scenario(&["session"]), format!("\n {pretty}\n\n")).stderr,
        "session-1\n"
    );
}

#[test]
fn refuses_two_events_without_a_line_around_them() {
    let ended = fed(
        &mut scenario(&["session"]),
        format!("{}\n{}\n", text(), text()),
    );
    assert!(ended.stderr.starts_with("not_json: "), "{}", ended.stderr);
}

#[test]
fn handles_a_hosts_line_when_it_comes_and_not_when_the_input_ends() {
    let (mut child, mut stdin) = start(scenario(&["block-rm"]).env("XCODEX_HOOKS_REPLIES", "1"));
    let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut reply = || {
        let mut reply = String::new();
        stdout.read_line(&mut reply).expect("a reply");
        reply
    };
    stdin
        .write_all(line(1, json!({})).as_bytes())
        .expect("it reads");
    assert_eq!(reply(), "{\"seq\":1}\n");
    stdin
        .write_all(line(2, json!({ "tool_name": "rm" })).as_bytes())
        .expect("it reads");
    assert_eq!(
        reply(),
        "{\"seq\":2,\"decision\":\"block\",\"reason\":\"no rm\"}\n"
    );
    drop(stdin);
    assert_eq!(reply(), "");
    assert_eq!(end(child, Instant::now()).code, Some(0));
}

#[test]
fn lets_a_host_be_idle_longer_than_the_deadline_between_lines() {
    let ended = feed(&mut scenario(&["session-in-time", "200"]), |stdin| {
        stdin
            .write_all(line(1, json!({})).as_bytes())
            .expect("it reads");
        sleep(Duration::from_millis(500));
        stdin
            .write_all(line(2, json!({})).as_bytes())
            .expect("it reads");
    });
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), "session-1\nsession-1\n")
    );
}

#[test]
fn lets_a_host_be_idle_before_its_first_line_when_the_dispatcher_says_that_it_is_one() {
    let idle = |stdin: &mut std::process::ChildStdin| {
        sleep(Duration::from_millis(600));
        // Without the dispatcher's word nobody reads any more.
        let _ = stdin.write_all(line(1, json!({})).as_bytes());
    };
    let told = feed(
        scenario(&["session-in-time", "200"]).env("XCODEX_HOOKS_REPLIES", "0"),
        idle,
    );
    assert_eq!(
        (told.code, told.stdout.as_str(), told.stderr.as_str()),
        (Some(0), "", "session-1\n")
    );
    let untold = feed(&mut scenario(&["session-in-time", "200"]), idle);
    assert_eq!(untold.code, Some(1));
    assert!(
        untold.stderr.starts_with("input_timeout: "),
        "{}",
        untold.stderr
    );
}

#[test]
fn block_ends_the_process_at_once_with_2_and_the_reason_on_stderr() {
    let ended = fed(&mut scenario(&["block-event"]), text());
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert_eq!(ended.stderr, "before not here: äöü 🚀\n");
}

#[test]
fn block_gives_a_reason_when_it_is_given_none() {
    for reason in ["", " \n"] {
        let ended = fed(&mut scenario(&["block", reason]), "");
        assert_eq!(
            (ended.code, ended.stderr.as_str()),
            (Some(2), "Blocked by a hook.\n")
        );
    }
}

#[test]
fn block_loses_nothing_of_a_long_reason_to_a_slow_reader() {
    let command = "{ { \"$0\" block-long; echo code $? >&3; } 2>&1 >/dev/null | { sleep 0.3; wc -c; }; } 3>&1";
    let said = fed(&mut shell(command), "").stdout;
    assert!(
        said.contains("code 2") && said.contains("1000001"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn block_loses_nothing_when_stderr_does_not_block() {
    let (mut read, write) = support::pipe();
    support::do_not_block(&write);
    let mut child = scenario(&["block-long"])
        .stderr(write)
        .spawn()
        .expect("it starts");
    sleep(Duration::from_millis(300));
    let mut said = Vec::new();
    read.read_to_end(&mut said).expect("it can be read");
    assert_eq!(
        (said.len(), child.wait().expect("it ends").code()),
        (1_000_001, Some(2))
    );
}

#[test]
fn block_blocks_although_nobody_can_hear_why() {
    for redirection in ["2>&-", "2>/dev/full"] {
        assert_eq!(
            fed(&mut shell(&format!("\"$0\" block no {redirection}")), "").code,
            Some(2),
            "{redirection}"
        );
    }
    let gone =
        "{ { sleep 0.2; \"$0\" block-long 2>&1 >/dev/null 3>&-; echo code $? >&3; } | true; } 3>&1";
    assert_eq!(fed(&mut shell(gone), "").stdout, "code 2\n");
}
