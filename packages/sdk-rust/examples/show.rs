use xcodex_hooks::{read_event, HookInputError};

fn main() -> Result<(), HookInputError> {
    let event = read_event()?;
    println!(
        "{}",
        serde_json::to_string_pretty(&event).unwrap_or_default()
    );
    println!(
        "extra {}",
        serde_json::to_string(&event.extra).unwrap_or_default()
    );
    for problem in &event.problems {
        println!("{} {}: {}", problem.code, problem.field, problem.message);
    }
    Ok(())
}
