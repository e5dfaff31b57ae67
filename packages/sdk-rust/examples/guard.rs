use xcodex_hooks::{block, run, tool_alias, HookEvent};

fn main() {
    run(|event| {
        let HookEvent::ToolCallStarted(call) = event else {
            return;
        };
        // Its keys differ from agent to agent.
        let input = call.tool_input.clone().unwrap_or_default().to_string();
        if call.tool_alias.as_deref() == Some(tool_alias::BASH) && input.contains("rm -rf") {
            block(format!("Not in {}: {input}", call.cwd));
        }
    });
}
