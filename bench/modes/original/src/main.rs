//! How the Rust original delivers an event, rebuilt from its method and not from its code, so that `npm run bench modes` can
//! compare with it in the same run on the same machine. Each command prints one JSON object on stdout.
//!
//! ```text
//! bench-original host  --python P --loop LOOP.py --payload-bytes N --events E --warm-up W
//! bench-original pyo3  --folder F --module M --payload-bytes N --events E --warm-up W [--batch B]
//! bench-original spawn --python P --script S --payload FILE --iterations K
//! ```
mod arguments;
#[cfg(feature = "python")]
mod embedded;
mod host;
mod payload;
mod spawn;

use std::error::Error;
use std::process::ExitCode;

use arguments::Arguments;

fn main() -> ExitCode {
    match run(&Arguments::from_environment()) {
        Ok(result) => {
            println!("{result}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench-original: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<serde_json::Value, Box<dyn Error>> {
    match arguments.command() {
        "host" => host::measure(arguments),
        "spawn" => spawn::measure(arguments),
        #[cfg(feature = "python")]
        "pyo3" => embedded::measure(arguments),
        other => Err(format!("Cannot run \"{other}\": there is no such command in this build.").into()),
    }
}
