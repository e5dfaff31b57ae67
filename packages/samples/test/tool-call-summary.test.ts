import { chmodSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { WireName } from "@xcodex/hooks-schema";
import { expect, it } from "vitest";
import { forEachLanguage, installSamples } from "./support/install.ts";
import { complete, onWire, type Payload } from "./support/payloads.ts";
import { read, runHook } from "./support/run.ts";

const LOG = "hooks-tool-calls.log";

/** Seed 001's example of a finished tool call. */
const FINISHED: Payload = complete({
  xcodex_event_type: "tool-call-finished",
  session_id: "thread-1",
  turn_id: "turn-1",
  cwd: "/path/to/repo",
  tool_name: "exec_command",
  tool_input: { cmd: 'rg -n "hooks" README.md' },
  status: "completed",
  duration_ms: 123,
  success: true,
  output_bytes: 2048,
  output_preview: "…",
});
const LINE =
  "type=tool-call-finished tool=exec_command status=completed success=true duration_ms=123 output_bytes=2048 cwd=/path/to/repo\n";

/** Keys and values of a line, read the way the README says. */
function parseLine(line: string): Record<string, string> {
  const pairs = [...line.matchAll(/([a-z_]+)=("(?:[^"\\]|\\.)*"|[^ "]*)(?: |$)/g)];
  expect(pairs.map((pair) => pair[0]).join("")).toBe(line);
  return Object.fromEntries(
    pairs.map(([, key, value = ""]) => [key, value.startsWith('"') ? JSON.parse(value) : value]),
  );
}

/** Values that try to end the line, forge a key, or hide. */
const NASTY = [
  "a b",
  "x\ntype=tool-call-finished tool=forged",
  "x success=true",
  'x" success="true',
  "\\",
  '"',
  "'",
  "=",
  "-",
  "tab\tbell\u0007escape\u001b[31m",
  "\u007f\u0085\u2028\u2029\u202e\u200b\ufeff\u00a0",
  "größe/漢字/🚀",
  "\ud83d half",
  "\u{e0041}\u{f0000} tags",
  "C:\\Users\\dev",
];

forEachLanguage((language) => {
  const sumUp = (home: string, input: unknown) => runHook(language, "tool_call_summary", input, { home });
  const silent = { code: 0, stdout: "", stderr: "" };

  it.each<WireName>(["xcodex", "kebab"])("writes the line for the %s wire", async (wire) => {
    const home = installSamples();
    expect(await sumUp(home, onWire(FINISHED, wire))).toEqual(silent);
    expect(read(home, LOG)).toBe(LINE);
  });

  it("writes what the codex wire says, which has neither status nor bytes", async () => {
    const home = installSamples();
    expect(await sumUp(home, onWire(FINISHED, "codex"))).toEqual(silent);
    expect(read(home, LOG)).toBe(
      LINE.replace("status=completed", "status=-").replace("output_bytes=2048", "output_bytes=-"),
    );
  });

  it("writes a failed and an aborted call", async () => {
    const home = installSamples();
    await sumUp(home, { ...FINISHED, success: false });
    await sumUp(home, { ...FINISHED, success: false, status: "aborted", duration_ms: 0, output_bytes: 0 });
    expect(read(home, LOG)).toBe(
      LINE.replace("success=true", "success=false") +
        LINE.replace("completed", "aborted")
          .replace("success=true", "success=false")
          .replace("duration_ms=123", "duration_ms=0")
          .replace("output_bytes=2048", "output_bytes=0"),
    );
  });

  it("writes - for what it is not told, and for what makes no sense", async () => {
    const home = installSamples();
    const { status, success, duration_ms, output_bytes, ...rest } = FINISHED;
    const unknown = LINE.replace(/(status|success|duration_ms|output_bytes)=\S+/g, "$1=-");
    await sumUp(home, rest);
    await sumUp(home, { ...rest, status: 7, success: "true", duration_ms: "1 cwd=/x", output_bytes: 1.5 });
    await sumUp(home, { ...rest, tool_name: null, cwd: "" });
    expect(read(home, LOG)).toBe(
      unknown + unknown + unknown.replace("tool=exec_command", "tool=-").replace("cwd=/path/to/repo", "cwd=-"),
    );
  });

  it("writes values that cannot be taken for anything else", async () => {
    const home = installSamples();
    for (const value of NASTY) {
      expect(await sumUp(home, { ...FINISHED, tool_name: value, status: value, cwd: value })).toEqual(silent);
    }
    const lines = read(home, LOG).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map(parseLine)).toEqual(
      NASTY.map((value) => ({
        type: "tool-call-finished",
        tool: value,
        status: value,
        success: "true",
        duration_ms: "123",
        output_bytes: "2048",
        cwd: value,
      })),
    );
    // Nothing invisible is left in the file, and nothing that moves the cursor.
    for (const line of lines) expect(line).not.toMatch(/[^\P{C} ]|[\p{Zl}\p{Zp}]|[^\P{Zs} ]/u);
  });

  it("writes the same bytes for a forged line in every language", async () => {
    const home = installSamples();
    await sumUp(home, { ...FINISHED, tool_name: "x\ny\u2028\u{e0041}", cwd: "/a b/ü\\" });
    expect(read(home, LOG)).toBe(
      'type=tool-call-finished tool="x\\ny\\u2028\\udb40\\udc41" status=completed success=true duration_ms=123 output_bytes=2048 cwd="/a b/ü\\\\"\n',
    );
  });

  it("says nothing about other events", async () => {
    const home = installSamples();
    for (const type of ["tool-call-started", "session-start", "SomethingNew"]) {
      expect(await sumUp(home, { ...FINISHED, xcodex_event_type: type, hook_event_name: type })).toEqual(silent);
    }
    expect(existsSync(join(home, LOG))).toBe(false);
  });

  it("makes a file that only its owner may read, and leaves the mode of one that is there", async () => {
    const home = installSamples();
    await sumUp(home, FINISHED);
    expect(statSync(join(home, LOG)).mode & 0o777).toBe(0o600);
    chmodSync(join(home, LOG), 0o640);
    await sumUp(home, FINISHED);
    expect(statSync(join(home, LOG)).mode & 0o777).toBe(0o640);
    expect(read(home, LOG)).toBe(LINE + LINE);
  });

  it("writes whole lines when twenty hooks write at once", async () => {
    const home = installSamples();
    const payloads = Array.from({ length: 20 }, (_, at) => ({ ...FINISHED, cwd: `/${at}/${"x".repeat(20_000)}` }));
    await Promise.all(payloads.map((payload) => sumUp(home, payload)));
    const lines = read(home, LOG).trimEnd().split("\n");
    expect(lines.sort()).toEqual(payloads.map(({ cwd }) => LINE.trimEnd().replace("/path/to/repo", cwd)).sort());
  });
});
