import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXTERNAL, forEachLanguage, installSamples } from "./support/install.ts";
import { toolCall } from "./support/payloads.ts";
import { forAll, read, runHook } from "./support/run.ts";
import { tempFolder } from "./support/temp.ts";

const HOOKS = EXTERNAL.files.filter(({ to }) => to.endsWith(".py")).filter(({ executable }) => executable);

function envelope(payload_path: string, more: object = {}): string {
  return JSON.stringify({
    schema_version: 1,
    event_id: "e",
    xcodex_event_type: "tool-call-started",
    payload_path,
    ...more,
  });
}

/** Inputs that are no event, by the code that says why. */
function inputs(): readonly (readonly [code: string, input: string])[] {
  const folder = tempFolder("bad");
  const good = join(folder, "good.json");
  const text = JSON.stringify(toolCall({ command: "rm -rf build" }));
  writeFileSync(good, text);
  symlinkSync(good, join(folder, "link.json"));
  mkdirSync(join(folder, "folder.json"));
  return [
    ["no_input", ""],
    ["no_input", " \r\n\t"],
    ["not_json", "rm -rf /"],
    ["not_json", '{"xcodex_event_type":"tool-call-started"'],
    ["not_json", '{"a":NaN}'],
    ["not_object", "[]"],
    ["not_object", "null"],
    ["payload_path_relative", envelope("payload.json")],
    ["payload_file_missing", envelope(join(folder, "nothing.json"))],
    ["payload_file_not_regular", envelope(join(folder, "folder.json"))],
    ["payload_file_not_regular", envelope(join(folder, "link.json"))],
    ["payload_file_not_regular", envelope("/dev/zero")],
    ["payload_file_mismatch", envelope(good, { payload_bytes: text.length + 1 })],
    ["payload_file_mismatch", envelope(good, { payload_sha256: createHash("sha256").update("x").digest("hex") })],
  ];
}

forEachLanguage((language) => {
  describe.each(HOOKS.map(({ to }) => to.replace(/\.py$/, "")))("%s", (name) => {
    it("says what is wrong with its input, exits with 1 and does nothing", async () => {
      const home = installSamples();
      await forAll(inputs(), async ([code, input]) => {
        const ran = await runHook(language, name, input, { home });
        expect(ran, input).toMatchObject({ code: 1, stdout: "" });
        expect(ran.stderr).toMatch(new RegExp(`^${code}: Cannot read|^${code}: Cannot trust`));
        expect(ran.stderr.trimEnd().split("\n"), "no stack").toHaveLength(1);
      });
      expect(read(home, "hooks.jsonl") + read(home, "hooks-tool-calls.log")).toBe("");
    });

    it("takes an object that says nothing for an event that it does not know", async () => {
      const home = installSamples();
      expect(await runHook(language, name, {}, { home })).toEqual({ code: 0, stdout: "", stderr: "" });
    });
  });

  it("refuses an input that is too large to be an event", async () => {
    const input = `{"a":"${"x".repeat(64 * 1024 * 1024)}"}`;
    const ran = await runHook(language, "log_all_jsonl", input, { home: installSamples() });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(/^input_too_large: /);
  });
});
