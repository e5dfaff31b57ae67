//! A program per event, started with nothing but `posix_spawn` (which is what the standard library uses here).
use std::error::Error;
use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{json, Value};

use crate::arguments::Arguments;

/// Starts a Python script again and again, one after the other, with the payload as its stdin.
pub fn measure(arguments: &Arguments) -> Result<Value, Box<dyn Error>> {
    let iterations: u32 = arguments.number("iterations")?;
    let mut times = Vec::new();
    let started = Instant::now();
    for _ in 0..iterations {
        times.push(once(arguments)?);
    }
    let seconds = started.elapsed().as_secs_f64();
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    Ok(json!({ "events": iterations, "seconds": seconds, "median_seconds": median.as_secs_f64() }))
}

fn once(arguments: &Arguments) -> Result<Duration, Box<dyn Error>> {
    let started = Instant::now();
    let status = Command::new(arguments.text("python")?)
        .arg(arguments.text("script")?)
        .stdin(File::open(arguments.text("payload")?)?)
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("the script ended with {status}").into());
    }
    Ok(started.elapsed())
}
