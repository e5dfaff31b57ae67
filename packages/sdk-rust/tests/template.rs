//! The template as a user has it: installed where `language.json` says, built and run as it says.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{json, Value};
use support::{blocks, check_console, event, fed, line};

/// A CODEX_HOME with the SDK in it.
struct Home {
    folder: PathBuf,
    sdk: Value,
}

impl Home {
    fn install() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = fs::read(package.join("language.json")).expect("a manifest");
        let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
        // Not below /tmp: a program has to be allowed to run there.
        let name = format!("codex-home-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let home = Self {
            folder,
            sdk: manifest["sdks"][0].clone(),
        };
        for file in home.sdk["files"].as_array().expect("files") {
            let [from, to] = ["from", "to"].map(|key| file[key].as_str().expect("a path"));
            copy(&package.join(from), &home.hooks().join(to));
        }
        home
    }

    fn hooks(&self) -> PathBuf {
        self.folder.join("hooks")
    }

    /// A command of the manifest.
    fn command(&self, argv: &Value) -> Command {
        let hooks = self.hooks();
        let mut words = argv.as_array().expect("argv").iter().map(|word| {
            word.as_str()
                .expect("a word")
                .replace("{{hooks}}", hooks.to_str().expect("UTF-8"))
        });
        let mut command = Command::new(words.next().expect("a program"));
        command
            .args(words)
            .env("CODEX_HOME", &self.folder)
            .env_remove("XCODEX_HOOKS_REPLIES");
        command
    }

    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.join("hooks.jsonl")).expect("it was written");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
        return;
    }
    fs::create_dir_all(to.parent().expect("a folder")).expect("it can be made");
    fs::copy(from, to).expect("it can be copied");
}

#[test]
fn builds_and_works_as_the_hook_of_one_event_and_as_a_host() {
    let home = Home::install();
    for build in home.sdk["template"]["build"].as_array().expect("commands") {
        let built = home
            .command(build)
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .expect("it starts");
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{said}");
        assert!(!said.contains("warning"), "{said}");
    }
    let hook = || home.command(&home.sdk["template"]["run"]);
    let finished = json!({ "xcodex_event_type": "tool-call-finished", "tool_name": "exec_command", "duration_ms": 12, "new": 1 });

    let one = fed(&mut hook(), event(finished.clone()).to_string());
    assert_eq!((one.code, one.stdout.as_str()), (Some(0), ""));
    assert_eq!(one.stderr, "tool-call-finished: exec_command took 12 ms\n");

    let host = fed(&mut hook(), line(1, json!({})) + &line(2, finished));
    assert_eq!((host.code, host.stdout.as_str()), (Some(0), ""));
    assert_eq!(host.stderr, "tool-call-finished: exec_command took 12 ms\n");

    let new = home.folder.join("new/home");
    let elsewhere = fed(hook().env("CODEX_HOME", &new), event(json!({})).to_string());
    assert_eq!((elsewhere.code, elsewhere.stderr.as_str()), (Some(0), ""));
    assert!(new.join("hooks.jsonl").is_file());

    let folder = home.hooks().join("templates/rust");
    let readme = fs::read_to_string(folder.join("README.md")).expect("it is installed");
    let consoles = blocks(&readme, "console");
    assert_eq!(consoles.len(), 1);
    std::env::set_var("CODEX_HOME", &home.folder);
    check_console(consoles[0].1, &folder);

    let lines = home.lines();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        (&lines[0]["duration_ms"], &lines[0]["extra"]),
        (&json!(12), &json!({ "new": 1 }))
    );
    assert_eq!(
        (&lines[1]["tool_alias"], &lines[1]["extra"]),
        (&json!("Bash"), &json!({}))
    );
    let mode = fs::metadata(home.folder.join("hooks.jsonl"))
        .expect("it was written")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let source = home.sdk["template"]["source"].as_str().expect("a path");
    assert!(home.hooks().join(source).is_file());
    fs::remove_dir_all(home.folder).expect("it can be removed");
}
