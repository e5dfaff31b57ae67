import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PYTHON } from "./support/install.ts";
import { complete, onWire } from "./support/payloads.ts";
import { read, runProgram } from "./support/run.ts";
import { tempFolder } from "./support/temp.ts";

/** `turn_complete.py`, word for word as seed 002 prints it. */
const TURN_COMPLETE = `#!/usr/bin/env python3
import json
import pathlib
import sys

stdin_payload = sys.stdin.read()
payload = json.loads(stdin_payload)
payload_path = payload.get("payload-path")
if payload_path:
    payload = json.loads(pathlib.Path(payload_path).read_text())
out = pathlib.Path.home() / ".codex" / "hooks.log"
out.parent.mkdir(parents=True, exist_ok=True)

line = f"{payload.get('type')} cwd={payload.get('cwd')} last={payload.get('last-assistant-message')!r}\\n"
out.write_text(out.read_text() + line if out.exists() else line)
`;

describe.skipIf(!PYTHON.there)("the script of seed 002", () => {
  const payload = onWire(
    complete({
      xcodex_event_type: "agent-turn-complete",
      session_id: "s-1",
      cwd: "/home/dev/project",
      last_assistant_message: "All tests pass.",
    }),
    "kebab",
  );
  const LINE = "agent-turn-complete cwd=/home/dev/project last='All tests pass.'\n";

  async function run(inputs: readonly unknown[]): Promise<string> {
    const home = tempFolder("seed-002");
    const script = join(home, "turn_complete.py");
    writeFileSync(script, TURN_COMPLETE);
    for (const input of inputs) {
      const ran = await runProgram(PYTHON.program, [script], JSON.stringify(input), { HOME: home });
      expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
    }
    return read(home, ".codex/hooks.log");
  }

  it("works on a payload of the kebab wire, again and again", async () => {
    expect(await run([payload, payload])).toBe(LINE + LINE);
  });

  it("works on an envelope of the kebab wire", async () => {
    const file = join(tempFolder("seed-002-payload"), "payload.json");
    writeFileSync(file, JSON.stringify(payload));
    const { "schema-version": version, type, "event-id": id, timestamp } = payload;
    const envelope = { "schema-version": version, type, "event-id": id, timestamp, "payload-path": file };
    expect(await run([envelope])).toBe(LINE);
  });
});
