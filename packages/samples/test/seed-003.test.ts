import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exampleHome, isThere, modeOf, runExample, SILENT } from "./support/example.ts";
import { read } from "./support/run.ts";

/** "Hook Script Template", word for word as seed 003 prints it. */
const TEMPLATE = `#!/bin/bash
# Custom Hook Template

# Configuration
LOG_FILE="\${HOME}/.codex/hooks.log"
TIMESTAMP="\${CODEX_TIMESTAMP:-$(date -Iseconds)}"

# Utility functions
log_info() {
    echo "[$TIMESTAMP] [INFO] $1" | tee -a "$LOG_FILE"
}

log_error() {
    echo "[$TIMESTAMP] [ERROR] $1" | tee -a "$LOG_FILE"
}

# Main logic
main() {
    log_info "Hook executed for event: $CODEX_EVENT_TYPE"
    
    # Add your custom logic here
    case "$CODEX_EVENT_TYPE" in
        "session_start")
            # Handle session start
            ;;
        "task_complete")
            # Handle task completion
            ;;
        *)
            log_error "Unknown event type: $CODEX_EVENT_TYPE"
            ;;
    esac
}

# Execute
main "$@"
`;

/** "Input Validation", and a line that shows what comes of it. */
const VALIDATION = `#!/bin/bash
# Validate required environment variables
if [ -z "$CODEX_SESSION_ID" ]; then
    echo "Error: CODEX_SESSION_ID not set" >&2
    exit 1
fi

# Sanitize inputs
SESSION_ID=$(echo "$CODEX_SESSION_ID" | tr -cd '[:alnum:]-_')
echo "$SESSION_ID"
`;

/** "Testing Hooks", but for the time, which is a fixed one. */
const BY_HAND = `
# Set environment variables
export CODEX_EVENT_TYPE="session_start"
export CODEX_SESSION_ID="test_session"
export CODEX_TIMESTAMP="2024-01-01T12:00:00Z"

# Run hook script
./examples/hooks/session-logging/log-session-start.sh
`;

describe.skipIf(!isThere("bash"))("what seed 003 prints", () => {
  it.each([
    ["session_start", ""],
    ["task_complete", ""],
    ["exec.before", "[2024-01-01T12:00:00Z] [ERROR] Unknown event type: exec.before\n"],
  ])("the template works for %s", async (event, more) => {
    const at = exampleHome();
    mkdirSync(join(at.user, ".codex"));
    writeFileSync(join(at.home, "hooks", "template.sh"), TEMPLATE);
    const said = `[2024-01-01T12:00:00Z] [INFO] Hook executed for event: ${event}\n${more}`;
    const ran = await runExample(["bash", "./template.sh"], at, { CODEX_EVENT_TYPE: event });
    expect(ran).toEqual({ code: 0, stdout: said, stderr: "" });
    expect(read(at.user, ".codex/hooks.log")).toBe(said);
  });

  it("the validation of input works", async () => {
    const at = exampleHome();
    writeFileSync(join(at.home, "hooks", "validate.sh"), VALIDATION);
    const validate = (id?: string) => runExample(["bash", "./validate.sh"], at, { CODEX_SESSION_ID: id });
    expect(await validate("session_1-a;$(x)\n")).toEqual({ code: 0, stdout: "session_1-ax\n", stderr: "" });
    expect(await validate()).toEqual({ code: 1, stdout: "", stderr: "Error: CODEX_SESSION_ID not set\n" });
  });

  it("a hook can be tried by hand", async () => {
    const at = exampleHome();
    expect(await runExample(["bash", "-c", BY_HAND], at, { CODEX_HOME: undefined })).toEqual(SILENT);
    expect(read(at.user, ".codex/session.log")).toBe(
      "2024-01-01T12:00:00Z session_start session=test_session model=- provider=-\n",
    );
  });
});

describe("our template", () => {
  const SCRIPT = "./examples/hooks/templates/basic-script.sh";
  const time = "[2024-01-01T12:00:00Z]";

  it.each([
    [{ CODEX_EVENT_TYPE: "session_start", CODEX_MODEL: "gpt-4" }, "Session session_abc123 begins with gpt-4"],
    [{ CODEX_EVENT_TYPE: "session_start" }, "Session session_abc123 begins with an unknown model"],
    [
      { CODEX_EVENT_TYPE: "task_complete", CODEX_TASK_ID: "task_456", CODEX_SUCCESS: "true", CODEX_DURATION: "5000" },
      "Task task_456 is complete: success=true, 5000 ms",
    ],
    [{ CODEX_EVENT_TYPE: "task_complete" }, "Task - is complete: success=-, - ms"],
  ])("logs for %j: %s", async (variables, said) => {
    const at = exampleHome();
    const text = `${time} [INFO] Hook executed for event: ${variables.CODEX_EVENT_TYPE}\n${time} [INFO] ${said}\n`;
    expect(await runExample([SCRIPT], at, variables)).toEqual({ code: 0, stdout: text, stderr: "" });
    expect(read(at.home, "hooks.log")).toBe(text);
    expect(modeOf(join(at.home, "hooks.log"))).toBe("600");
  });

  it("says which events it does not know, on one line", async () => {
    const at = exampleHome();
    const event = `a\n${time} [INFO] forged\r\u001b[2J $(touch forged) %s \\n`;
    const line = event.replaceAll(/\p{Cc}/gu, " ");
    const [info, error] = [
      `${time} [INFO] Hook executed for event: ${line}\n`,
      `${time} [ERROR] Unknown event type: ${line}\n`,
    ];
    expect(await runExample([SCRIPT], at, { CODEX_EVENT_TYPE: event })).toEqual({
      code: 0,
      stdout: info,
      stderr: error,
    });
    expect(read(at.home, "hooks.log")).toBe(info + error);
    expect(read(join(at.home, "hooks"), "forged")).toBe("");
  });

  it.each(["CODEX_EVENT_TYPE", "CODEX_SESSION_ID"])("fails and says so without %s", async (name) => {
    const at = exampleHome();
    const variables = { CODEX_EVENT_TYPE: "session_start", [name]: undefined };
    const ran = await runExample([SCRIPT], at, { ...variables, CODEX_HOME: undefined });
    const text = `${time} [ERROR] CODEX_EVENT_TYPE or CODEX_SESSION_ID is not set. Run this as a hook, or set them.\n`;
    expect(ran).toEqual({ code: 1, stdout: "", stderr: text });
    expect(read(at.user, ".codex/hooks.log")).toBe(text);
  });
});
