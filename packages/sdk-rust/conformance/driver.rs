//! The conformance driver of the Rust SDK (conformance/PROTOCOL.md, section 8). Without an argument
//! it answers requests, one JSON line each; as `driver serve` or `driver run` it is a hook.

use std::fs::OpenOptions;
use std::io::{self, BufRead, Write};
use std::{env, error::Error};

use serde_json::{json, Value};
use xcodex_hooks::{block, parse_event, HookEvent, HookInputError, Options};

fn main() -> Result<(), Box<dyn Error>> {
    let steps: Vec<Value> =
        serde_json::from_str(&env::var("CONFORMANCE_HOOK").unwrap_or("[]".into()))?;
    let mut count = 0;
    let hook = |event: &HookEvent| -> Result<(), String> {
        note(&json!({ "event": written(event) }));
        count += 1;
        for step in steps.iter().filter(|step| step["on"] == count) {
            let text = step["text"].as_str().unwrap_or_default();
            match step["do"].as_str() {
                Some("print") => println!("{text}"),
                // Rust has two ways to throw.
                Some("throw") if count % 2 == 0 => panic!("{text}"),
                Some("throw") => return Err(text.to_string()),
                _ => block(text),
            }
        }
        Ok(())
    };
    let options = Options::new().on_dropped(|line| note(&json!({ "dropped": line })));
    match env::args().nth(1).as_deref() {
        Some("serve") => options.serve(hook)?,
        Some("run") => options.run(hook),
        _ => io::stdin().lock().lines().try_for_each(|line| {
            let request = serde_json::from_str(&line?)?;
            writeln!(io::stdout(), "{}", answer(&request))
        })?,
    }
    Ok(())
}

fn answer(request: &Value) -> Value {
    let input = match request["input"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => base64(request["input_base64"].as_str().unwrap_or_default()),
    };
    let read = if request["kind"] == "envelope" {
        read_envelope(&input, request)
    } else {
        parse_event(&input)
    };
    match read {
        Ok(event) => json!({ "id": request["id"], "event": written(&event) }),
        Err(HookInputError { code, message, .. }) => {
            json!({ "id": request["id"], "error": { "code": code.as_str(), "message": message } })
        }
    }
}

fn read_envelope(input: &[u8], request: &Value) -> Result<HookEvent, HookInputError> {
    let cap = request["options"]["max_payload_file_bytes"].as_u64();
    let options = Options::new().max_payload_file_bytes(cap.unwrap_or(64 << 20));
    options.read_event_from(input)
}

fn written(event: &HookEvent) -> Value {
    let (event_type, extra, problems) = (&event.xcodex_event_type, &event.extra, &event.problems);
    json!({ "type": event_type, "fields": event, "extra": extra, "problems": problems })
}

fn note(what: &Value) {
    let path = env::var("CONFORMANCE_OUT").expect("CONFORMANCE_OUT is set");
    let mut file = OpenOptions::new()
        .append(true)
        .open(path)
        .expect("it exists");
    file.write_all(format!("{what}\n").as_bytes())
        .expect("it can be written");
}

fn base64(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |digit| digits.iter().position(|known| *known == digit).unwrap_or(0) as u32;
    let bytes = |group: &[u8]| {
        let bits = group
            .iter()
            .fold(0, |bits, digit| bits << 6 | value(*digit));
        (bits << (6 * (4 - group.len()))).to_be_bytes()[1..group.len()].to_vec()
    };
    let text = text.trim_end_matches('=').as_bytes();
    text.chunks(4).flat_map(bytes).collect()
}
