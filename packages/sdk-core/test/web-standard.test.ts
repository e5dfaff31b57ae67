import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const SRC = new URL("../src/", import.meta.url);
const sources = readdirSync(SRC).map((name) => ({ name, text: readFileSync(new URL(name, SRC), "utf8") }));

describe("sdk-core", () => {
  it.each(sources)("imports nothing but the schema and itself: $name", ({ text }) => {
    const imported = [...text.matchAll(/\bfrom "([^"]+)"/g)].map(([, from]) => from ?? "");
    expect(imported.filter((from) => !from.startsWith("./") && from !== "@xcodex/hooks-schema")).toEqual([]);
  });

  it("reads an event in a world without process, Buffer and require", () => {
    const program = `
      for (const name of ["process", "Buffer", "require", "global"]) delete globalThis[name];
      const { parseEvent } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
      console.log(parseEvent('{"hook_event_name":"Stop"}').xcodex_event_type);`;
    const ended = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    expect(ended).toMatchObject({ status: 0, stdout: "agent-turn-complete\n" });
  });
});
