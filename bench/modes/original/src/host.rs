//! The long-lived host: one JSON line and one write per event. An event counts when Python has seen it.
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use serde::Serialize;
use serde_json::{json, Value};

use crate::arguments::Arguments;
use crate::payload::{Payload, Payloads};

#[derive(Serialize)]
struct HostMessage<'a> {
    schema_version: u32,
    r#type: &'a str,
    seq: u64,
    event: Payload<'a>,
}

/// Streams events to a host and waits until its hook says that it has seen the last one.
pub fn measure(arguments: &Arguments) -> Result<Value, Box<dyn Error>> {
    let payloads = Payloads::of_bytes(arguments.number("payload-bytes")?)?;
    let (events, warm_up): (u64, u64) = (arguments.number("events")?, arguments.number("warm-up")?);
    let mut child = start(arguments, &[warm_up, warm_up + events])?;
    let mut stdin = child.stdin.take().ok_or("the host has no stdin")?;
    let mut told = BufReader::new(child.stdout.take().ok_or("the host has no stdout")?);

    stream(&mut stdin, &payloads, 1..=warm_up)?;
    wait_for(&mut told, warm_up)?;
    let started = Instant::now();
    stream(&mut stdin, &payloads, warm_up + 1..=warm_up + events)?;
    wait_for(&mut told, warm_up + events)?;
    let seconds = started.elapsed().as_secs_f64();

    drop(stdin);
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("the host ended with {status}").into());
    }
    Ok(json!({ "events": events, "seconds": seconds }))
}

fn start(arguments: &Arguments, marks: &[u64]) -> Result<Child, Box<dyn Error>> {
    let marks: Vec<String> = marks.iter().map(u64::to_string).collect();
    let child = Command::new(arguments.text("python")?)
        .args(["-u", arguments.text("loop")?])
        .env("BENCH_MARKS", marks.join(","))
        .env("BENCH_TOLD", "/dev/stdout")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    Ok(child)
}

fn stream(
    stdin: &mut ChildStdin,
    payloads: &Payloads,
    numbers: impl Iterator<Item = u64>,
) -> Result<(), Box<dyn Error>> {
    for seq in numbers {
        let message = HostMessage { schema_version: 1, r#type: "hook-event", seq, event: payloads.next() };
        let mut line = serde_json::to_string(&message)?;
        line.push('\n');
        stdin.write_all(line.as_bytes())?;
    }
    Ok(())
}

/// The hook says `<events seen> <its clock>`, once per mark.
fn wait_for(told: &mut BufReader<ChildStdout>, events: u64) -> Result<(), Box<dyn Error>> {
    let mut line = String::new();
    told.read_line(&mut line)?;
    let seen: u64 = line.split(' ').next().unwrap_or_default().parse()?;
    if seen == events {
        Ok(())
    } else {
        Err(format!("Python has seen {seen} events of {events}").into())
    }
}
