import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { forEachLanguage, installSamples } from "./support/install.ts";
import { complete, onWire, type Payload } from "./support/payloads.ts";
import { read, runHook, runProgram } from "./support/run.ts";
import { tempFolder } from "./support/temp.ts";

const EVENT: Payload = complete({
  xcodex_event_type: "agent-turn-complete",
  session_id: "s-1",
  cwd: "/home/dev/project",
  last_assistant_message: "done",
});

/** An envelope on a wire, and its payload in a file. */
function envelope(payload: Payload, keys: { path: string; bytes: string; sha256: string }): Payload {
  const text = JSON.stringify(payload);
  const file = join(tempFolder("payload"), "payload.json");
  writeFileSync(file, text);
  return {
    [keys.path]: file,
    [keys.bytes]: Buffer.byteLength(text),
    [keys.sha256]: createHash("sha256").update(text).digest("hex"),
  };
}

const SNAKE = { path: "payload_path", bytes: "payload_bytes", sha256: "payload_sha256" };
const KEBAB = { path: "payload-path", bytes: "payload-bytes", sha256: "payload-sha256" };

forEachLanguage((language) => {
  const log = (home: string, input: unknown, env: Record<string, string | undefined> = {}) =>
    runHook(language, "log_all_jsonl", input, { home, env });
  const silent = { code: 0, stdout: "", stderr: "" };

  it("follows an envelope to a large payload", async () => {
    const home = installSamples();
    const large = { ...EVENT, last_assistant_message: "漢".repeat(400_000) };
    expect(await log(home, { ...onWire(EVENT, "xcodex"), session_id: undefined, ...envelope(large, SNAKE) })).toEqual(
      silent,
    );
    expect(read(home, "hooks.jsonl")).toBe(`${JSON.stringify(large)}\n`);
  });

  it("follows the envelope of the kebab wire", async () => {
    const home = installSamples();
    const payload = onWire(EVENT, "kebab");
    expect(await log(home, envelope(payload, KEBAB))).toEqual(silent);
    expect(read(home, "hooks.jsonl")).toBe(`${JSON.stringify(payload)}\n`);
  });

  it.each(["kebab", "codex"] as const)("keeps a payload of the %s wire as it is", async (wire) => {
    const home = installSamples();
    const payload = onWire(EVENT, wire);
    expect(await log(home, payload)).toEqual(silent);
    expect(read(home, "hooks.jsonl")).toBe(`${JSON.stringify(payload)}\n`);
  });

  it("keeps every character, on one line", async () => {
    const home = installSamples();
    const text = 'a\nb\r\u2028\u0085\u0000\u007f"\\ äöü 漢字 🚀 \ud83d halves \ude80';
    expect(await log(home, { ...EVENT, last_assistant_message: text, 漢: { "": [text] } })).toEqual(silent);
    const lines = read(home, "hooks.jsonl").split("\n");
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? "")).toEqual({ ...EVENT, last_assistant_message: text, 漢: { "": [text] } });
  });

  it("adds to what is there", async () => {
    const home = installSamples();
    writeFileSync(join(home, "hooks.jsonl"), '{"first":true}\n');
    await log(home, EVENT);
    expect(read(home, "hooks.jsonl")).toBe(`{"first":true}\n${JSON.stringify(EVENT)}\n`);
  });

  it("makes a file that only its owner may read, and the folder if need be, whatever the umask", async () => {
    const home = installSamples();
    const fresh = join(home, "new", "home");
    const file = join(home, "hooks", `log_all_jsonl.${language.ending}`);
    const script = 'umask 000; exec "$0" "$1"';
    const args = ["-c", script, language.program, file];
    const ran = await runProgram("/bin/sh", args, JSON.stringify(EVENT), { CODEX_HOME: fresh });
    expect(ran).toEqual(silent);
    expect(statSync(join(fresh, "hooks.jsonl")).mode & 0o777).toBe(0o600);
    expect(statSync(fresh).mode & 0o777).toBe(0o700);
  });

  it.each([undefined, ""])("writes to ~/.codex when CODEX_HOME is %j", async (CODEX_HOME) => {
    const home = installSamples();
    const user = tempFolder("user");
    expect(await log(home, EVENT, { CODEX_HOME, HOME: user })).toEqual(silent);
    expect(read(join(user, ".codex"), "hooks.jsonl")).toBe(`${JSON.stringify(EVENT)}\n`);
  });

  it("writes whole lines when twenty hooks write at once", async () => {
    const home = installSamples();
    const payloads = Array.from({ length: 20 }, (_, at) => ({
      ...EVENT,
      turn_id: `turn-${at}`,
      text: `${at}`.repeat(200_000),
    }));
    const ran = await Promise.all(payloads.map((payload) => log(home, payload)));
    for (const one of ran) expect(one).toEqual(silent);
    const lines = read(home, "hooks.jsonl").trimEnd().split("\n");
    expect(lines.sort()).toEqual(payloads.map((payload) => JSON.stringify(payload)).sort());
  });

  it("says so when it cannot write", async () => {
    const home = installSamples();
    const locked = join(home, "locked");
    mkdirSync(locked);
    symlinkSync(locked, join(locked, "hooks.jsonl"));
    const ran = await log(home, EVENT, { CODEX_HOME: locked });
    chmodSync(locked, 0o700);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("hooks.jsonl");
  });
});
