//! `parse FILE ROUNDS`: prints the nanoseconds per parse. The first tenth of the rounds is for
//! warming up.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;
use std::{env, fs};

use xcodex_hooks::parse_event;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let payload = fs::read(args.next().ok_or("the payload's file is missing")?)?;
    let rounds: u32 = args
        .next()
        .ok_or("the number of rounds is missing")?
        .parse()?;
    let warm_up = rounds / 10;
    let mut started = Instant::now();
    for round in 0..rounds {
        if round == warm_up {
            started = Instant::now();
        }
        black_box(parse_event(black_box(&payload))?);
    }
    println!(
        "{}",
        started.elapsed().as_nanos() / u128::from((rounds - warm_up).max(1))
    );
    Ok(())
}
