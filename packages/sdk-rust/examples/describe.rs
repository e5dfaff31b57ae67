use xcodex_hooks::{run, HookEvent};

fn describe(event: &HookEvent) -> String {
    match event {
        HookEvent::ToolCallFinished(call) => {
            format!("{} took {:?} ms", call.tool_name, call.duration_ms)
        }
        HookEvent::UserPromptSubmit(event) => event.prompt.clone(),
        other => other.hook_event_name.clone(), // every other event, and unknown ones
    }
}

fn main() {
    run(|event| println!("{}", describe(event)));
}
