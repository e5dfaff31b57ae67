//! A hook to start from: appends every event as one line of JSON to CODEX_HOME/hooks.jsonl.
//!
//! Build it and try it by hand (CODEX_HOME is ~/.codex unless it is set):
//!
//! ```sh
//! cd ~/.codex/hooks/templates/rust
//! cargo build --release
//! echo '{"hook_event_name":"SessionStart","session_id":"s-1","cwd":"/"}' | target/release/log_jsonl
//! ```
//!
//! See what to put into CODEX_HOME/config.toml, to run it for one kind of event or as one long-lived host for all of them:
//!
//! ```sh
//! target/release/log_jsonl --config
//! ```

use std::error::Error;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::{env, io};

use serde_json::json;
use xcodex_hooks::{run, HookEvent};

fn main() -> Result<(), Box<dyn Error>> {
    if env::args().any(|argument| argument == "--config") {
        println!("{}", config()?);
    } else {
        run(hook);
    }
    Ok(())
}

fn hook(event: &HookEvent) -> Result<(), Box<dyn Error>> {
    append(event)?;
    match event {
        HookEvent::ToolCallFinished(call) => {
            let took = call
                .duration_ms
                .map_or("an unknown time".to_string(), |ms| format!("{ms} ms"));
            eprintln!("{}: {} took {took}", call.xcodex_event_type, call.tool_name);
        }
        // To stop a tool before it runs, and tell the agent why:
        // HookEvent::ToolCallStarted(call) if call.tool_alias.as_deref() == Some("Bash") => {
        //     xcodex_hooks::block(format!("No shell in {}.", call.cwd));
        // }
        _ => {}
    }
    Ok(())
}

/// Adds one line: the typed fields, and under `extra` all the others.
fn append(event: &HookEvent) -> Result<(), Box<dyn Error>> {
    let mut line = serde_json::to_value(event)?;
    line["extra"] = json!(event.extra);
    let (mut folder, mut options) = (DirBuilder::new(), OpenOptions::new());
    folder.recursive(true);
    options.append(true).create(true);
    // Prompts and commands are nobody else's business.
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let home = codex_home()?;
    folder.create(&home)?;
    let mut file = options.open(home.join("hooks.jsonl"))?;
    // In one piece: other hooks may be writing too.
    Ok(file.write_all(format!("{line}\n").as_bytes())?)
}

/// `CODEX_HOME`, or `.codex` in the user's folder.
fn codex_home() -> io::Result<PathBuf> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("CODEX_HOME")
        .or_else(|| {
            set("HOME")
                .or_else(|| set("USERPROFILE"))
                .map(|home| home.join(".codex"))
        })
        .ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                "neither CODEX_HOME nor HOME is set",
            )
        })
}

/// What to put into config.toml.
fn config() -> Result<String, Box<dyn Error>> {
    let argv = json!([env::current_exe()?.to_string_lossy()]);
    Ok(format!(
        "# Into CODEX_HOME/config.toml. For one kind of event:
[[hooks.command.tool_call_finished]]
hooks = [{{ argv = {argv} }}]

# Or for all of them, as one long-lived host; `replies` lets it block:
# [hooks.host]
# enabled = true
# command = {argv}
# replies = true"
    ))
}
