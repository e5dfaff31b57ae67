//! What the README shows is what happens.
#![cfg(unix)]

mod support;

use std::fs;
use std::path::Path;

use support::{blocks, check_console};

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is there")
}

#[test]
fn shows_the_examples() {
    let readme = file("README.md");
    let shown = blocks(&readme, "rust,no_run");
    assert_eq!(
        shown.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["guard.rs", "describe.rs", "show.rs"]
    );
    for (name, text) in shown {
        assert_eq!(
            format!("{text}\n"),
            file(&format!("examples/{name}")),
            "{name}"
        );
    }
}

#[test]
fn shows_what_they_say() {
    let readme = file("README.md");
    let folder = std::env::temp_dir().join(format!("xcodex-hooks-{}-readme", std::process::id()));
    fs::create_dir_all(&folder).expect("it can be made");
    let [(name, event)] = blocks(&readme, "json")[..] else {
        panic!("one event")
    };
    fs::write(folder.join(name), event).expect("it can be written");
    let consoles = blocks(&readme, "console");
    assert_eq!(consoles.len(), 3);
    consoles
        .iter()
        .for_each(|(_, console)| check_console(console, &folder));
    fs::remove_dir_all(folder).expect("it can be removed");
}
