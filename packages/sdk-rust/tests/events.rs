//! What vectors cannot say about events: types, and JSON at its edges.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{json, Value};
use xcodex_hooks::{event_type, parse_event, tool_alias};
use xcodex_hooks::{
    HookEvent, HookInputError, InputCode, Options, ProblemCode, ToolCallFinishedEvent,
};

fn parsed(text: &str) -> HookEvent {
    parse_event(text).expect("an event")
}

fn code(text: impl AsRef<[u8]>) -> &'static str {
    parse_event(text).expect_err("no event").code.as_str()
}

fn finished(event: HookEvent) -> ToolCallFinishedEvent {
    match event {
        HookEvent::ToolCallFinished(call) => call,
        other => panic!("not finished: {other:?}"),
    }
}

/// Compiles only as long as it names every event: there is no other arm.
fn stem(event: &HookEvent) -> &str {
    match event {
        HookEvent::SessionStart(_) | HookEvent::SessionEnd(_) => "session",
        HookEvent::UserPromptSubmit(event) => &event.prompt,
        HookEvent::ModelRequestStarted(_) | HookEvent::ModelResponseCompleted(_) => "model",
        HookEvent::ToolCallStarted(event) => &event.tool_name,
        HookEvent::ToolCallFinished(event) => event.status.as_deref().unwrap_or_default(),
        HookEvent::Notification(event) => &event.notification_type,
        HookEvent::ApprovalRequested(event) => event.kind.as_deref().unwrap_or_default(),
        HookEvent::PreCompact(_) => "compact",
        HookEvent::SubagentStart(_) | HookEvent::SubagentStop(_) => "subagent",
        HookEvent::AgentTurnComplete(_) => "turn",
        HookEvent::ErrorOccurred(event) => &event.error,
        HookEvent::Unknown(event) => &event.xcodex_event_type,
    }
}

#[test]
fn are_a_union_that_the_compiler_checks() {
    assert_eq!(
        stem(&parsed(r#"{"type":"UserPromptSubmit","prompt":"hi"}"#)),
        "hi"
    );
    assert_eq!(stem(&parsed(r#"{"type":"FileChanged"}"#)), "FileChanged");
}

#[test]
fn have_the_base_fields_whatever_they_are() {
    for name in [event_type::SESSION_END, "FileChanged"] {
        let event = parsed(&json!({ "type": name, "cwd": "/w", "new": 1 }).to_string());
        assert_eq!(
            (
                event.cwd.as_str(),
                &event.extra["new"],
                event.xcodex_event_type.as_str()
            ),
            ("/w", &json!(1), name)
        );
        assert_eq!(event.raw["type"], name);
    }
}

#[test]
fn are_written_as_their_typed_fields() {
    let call = json!({ "type": "PostToolUse", "session_id": "s", "cwd": "/w", "tool_name": "shell", "duration_ms": 3.0,
        "tool_input": null, "agent": { "name": "a", "new": [1] }, "unheard-of": 1 });
    let written = serde_json::to_value(parsed(&call.to_string())).expect("JSON");
    let expected = json!({ "schema_version": 1, "event_id": "", "timestamp": "", "session_id": "s", "cwd": "/w",
        "hook_event_name": "PostToolUse", "xcodex_event_type": "tool-call-finished", "transcript_path": "",
        "permission_mode": "default", "tool_name": "shell", "tool_alias": "Bash", "duration_ms": 3, "tool_input": null,
        "agent": { "name": "a", "new": [1] } });
    let (mut written, mut expected) = (written, expected);
    // The type is no field of ours.
    for value in [&mut written, &mut expected] {
        value.as_object_mut().expect("an object").remove("type");
    }
    assert_eq!(written, expected);
}

#[test]
fn tell_null_from_nothing_where_anything_may_stand() {
    let event = |text| finished(parsed(text));
    assert_eq!(
        event(r#"{"type":"PostToolUse","tool_response":null}"#).tool_response,
        Some(Value::Null)
    );
    assert_eq!(event(r#"{"type":"PostToolUse"}"#).tool_response, None);
}

#[test]
fn have_objects_inside_whose_fields_are_not_checked() {
    let event = parsed(
        r#"{"type":"AfterModel","schema_version":1,"token_usage":{"input_tokens":"many","output_tokens":2,"x":1}}"#,
    );
    let HookEvent::ModelResponseCompleted(event) = event else {
        panic!("{event:?}")
    };
    let usage = event.token_usage.as_ref().expect("it is there");
    assert_eq!(
        (usage.input_tokens, usage.output_tokens, &usage.raw["x"]),
        (0, 2, &json!(1))
    );
    assert!(event
        .problems
        .iter()
        .all(|problem| problem.field != "token_usage"));
}

#[test]
fn say_what_is_wrong_with_the_value_quoted_and_cut() {
    let long = "x".repeat(100);
    let event = parsed(
        &json!({ "type": "PostToolUse", "tool_name": "t", "duration_ms": long }).to_string(),
    );
    let problem = event
        .problems
        .iter()
        .find(|problem| problem.field == "duration_ms")
        .expect("it is wrong");
    assert_eq!(
        (problem.code, problem.code.as_str()),
        (ProblemCode::WrongType, "wrong_type")
    );
    let message = &problem.message;
    assert!(message.starts_with(
        "Cannot use field \"duration_ms\": it should be an integer and is the string \"xxx"
    ));
    assert!(
        message.contains("xxx…. ") && message.len() < 200,
        "{message}"
    );
}

#[test]
fn keep_integers_of_64_bits() {
    let numbers = "[9223372036854775807,-9223372036854775808,18446744073709551615,0.1,1e300]";
    let event = parsed(&format!(r#"{{"type":"x","n":{numbers}}}"#));
    assert_eq!(
        event.extra["n"].to_string(),
        numbers.replace("1e300", "1e+300")
    );
}

#[test]
fn may_hold_numbers_that_no_double_can_hold() {
    let event = parsed(
        r#"{"type":"PostToolUseFailure","tool_name":"t","duration_ms":1e400,"success":-1e999,"tool_input":[1e400,1.7e308],"x":{"y":1E400}}"#,
    );
    let wrong: Vec<_> = event
        .problems
        .iter()
        .map(|problem| (problem.field, problem.code))
        .collect();
    for field in ["duration_ms", "success"] {
        assert!(
            wrong.contains(&(field, ProblemCode::WrongType)),
            "{wrong:?}"
        );
    }
    assert_eq!(
        (&event.extra["x"], &event.raw["duration_ms"]),
        (&json!({ "y": null }), &Value::Null)
    );
    assert_eq!(finished(event).tool_input, Some(json!([null, 1.7e308])));
    assert_eq!(code(r#"{"type":"x","n":1.e400}"#), "not_json");
    assert_eq!(code(r#"{"type":"x","n":01e400}"#), "not_json");
    assert_eq!(code(r#"{"type":"x","n":1e400 "m":1}"#), "not_json");
}

#[test]
fn are_refused_for_what_is_wrong_and_not_for_what_can_be_mended() {
    for mended in [r#""\ud800""#, "1e400"] {
        for (rest, why) in [
            (r#","b":"#, "it looks cut off at byte "),
            (r#","b":01}"#, "invalid number"),
            (" x}", "expected `,` or `}`"),
        ] {
            let text = format!(r#"{{"a":{mended}{rest}"#);
            let message = parse_event(&text).expect_err("no JSON").message;
            assert!(message.contains(why), "{text}: {message}");
        }
    }
}

#[test]
fn keep_the_largest_double() {
    let event = parsed(r#"{"type":"x","n":1.7976931348623157e308}"#);
    assert_eq!(event.extra["n"], json!(f64::MAX));
}

#[test]
fn may_hold_halves_of_surrogate_pairs() {
    let event =
        parsed(r#"{"type":"x","\udc00":"\ud83d\ude80 \ud800 \\ud800 \ud800\ud83d\ude80 \uDFFF"}"#);
    assert_eq!(
        event.extra["\u{fffd}"],
        "🚀 \u{fffd} \\ud800 \u{fffd}🚀 \u{fffd}"
    );
    assert_eq!(code(r#"{"type":"\ud800"#), "not_json");
    assert_eq!(code(r#"{"type":"\ud800","x":}"#), "not_json");
    assert_eq!(code(r#"{"type":"\ud800\"#), "not_json");
}

#[test]
fn may_be_nested_deeply_and_not_without_end() {
    let nested = |depth: usize| {
        format!(
            r#"{{"type":"x","n":{}1{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    assert_eq!(parsed(&nested(100)).xcodex_event_type, "x");
    assert_eq!(code(nested(100_000)), "not_json");
    assert_eq!(code("[".repeat(1_000_000)), "not_json");
    assert_eq!(code("{\"a\":".repeat(1_000_000)), "not_json");
}

#[test]
fn are_made_of_parsed_json_too() {
    let event = HookEvent::try_from(json!({ "hook_event_name": "Stop", "session_id": "s" }))
        .expect("an event");
    assert_eq!(
        (event.xcodex_event_type.as_str(), event.session_id.as_str()),
        (event_type::AGENT_TURN_COMPLETE, "s")
    );
    assert_eq!(
        HookEvent::try_from(json!([1])).expect_err("no object").code,
        InputCode::NotObject
    );
    let envelope = HookEvent::try_from(json!({ "payload_path": "/p" })).expect_err("an envelope");
    assert_eq!(
        (envelope.code, envelope.field),
        (InputCode::UnexpectedEnvelope, Some("payload_path"))
    );
}

#[test]
fn are_read_from_any_reader() {
    let event = Options::new()
        .read_event_from(&br#"{"type":"Stop"}"#[..])
        .expect("an event");
    assert_eq!(event.hook_event_name, "Stop");
    let long = Options::new()
        .max_bytes(3)
        .read_event_from(&b"{\"a\":1}"[..]);
    assert_eq!(
        long.expect_err("it is longer").code,
        InputCode::InputTooLarge
    );
}

#[test]
fn have_constants_for_known_values() {
    let event = parsed(r#"{"type":"PreToolUse","tool_name":"apply_patch"}"#);
    let HookEvent::ToolCallStarted(event) = event else {
        panic!("{event:?}")
    };
    assert!(matches!(
        event.tool_alias.as_deref(),
        Some(tool_alias::EDIT)
    ));
    assert_eq!(tool_alias::ASK_USER_QUESTION, "AskUserQuestion");
}

#[test]
fn errors_are_errors() {
    let error: Box<dyn std::error::Error + Send + Sync> =
        Box::new(parse_event("").expect_err("nothing"));
    let said = "no_input: Cannot read an event from the event: it is empty. Run the hook from an agent or pipe an event into it.";
    assert_eq!(error.to_string(), said);
    assert!(error.downcast::<HookInputError>().is_ok());
}

/// The codes are those of the protocol, no more and no fewer: `errors.rs` says each of them once.
#[test]
fn codes_are_those_of_the_protocol() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).expect("it is there");
    let protocol = read("../../conformance/PROTOCOL.md");
    let codes = protocol
        .split("## 9. Codes")
        .nth(1)
        .expect("a section about codes");
    let listed: BTreeMap<_, _> = codes
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `")?
                .strip_suffix(" |")?
                .split_once("` | ")
        })
        .collect();
    let errors = read("src/errors.rs");
    let [docs, spellings] = [r"enum InputCode {", "match self {"].map(|start| {
        errors
            .split(start)
            .nth(1)
            .and_then(|rest| rest.split("}\n").next())
            .expect("a block")
            .lines()
            .map(str::trim)
    });
    let docs: Vec<_> = docs.collect();
    let meanings: BTreeMap<_, _> = docs
        .iter()
        .zip(docs.iter().skip(1))
        .filter_map(|(doc, name)| Some((name.strip_suffix(',')?, doc.strip_prefix("/// ")?)))
        .collect();
    let ours: BTreeMap<_, _> = spellings
        .filter_map(|arm| {
            arm.strip_prefix("Self::")?
                .strip_suffix("\",")?
                .split_once(" => \"")
        })
        .map(|(name, code)| (code, meanings[name]))
        .collect();
    assert_eq!(ours, listed);
    assert_eq!(ours.len(), 13);
}
