/** Runs the vectors of `conformance/runners/mcp_tool`: hooks.toml, config.toml, a dispatcher and a real server of tools. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EventInput } from "@xcodex/hooks-dispatcher";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { processesWith } from "../launcher/support.ts";
import { dispatcherFor, makeHome } from "./homes.ts";

interface Vector {
  readonly description: string;
  readonly files: Readonly<Record<string, string>>;
  readonly events: readonly EventInput[];
  readonly expect: {
    readonly ends: readonly (readonly { readonly message?: string }[])[];
    readonly decisions: readonly string[];
    readonly calls?: readonly object[];
  };
}

const CONFORMANCE = join(import.meta.dirname, "..", "..", "..", "..", "conformance");
const FOLDER = join(CONFORMANCE, "runners", "mcp_tool");
const SERVER = join(import.meta.dirname, "..", "fixtures", "mcp-server.mjs");
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const valid = new Ajv().compile(read(join(CONFORMANCE, "schemas", "runners.schema.json")));

async function play(vector: Vector, inProcess: boolean): Promise<void> {
  const home = makeHome("");
  const known: Record<string, string> = { home: home.path, node: process.execPath, server: SERVER };
  const filled = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (whole, name) => known[name] ?? whole);
  for (const [file, text] of Object.entries(vector.files)) home.write(file, filled(text));
  const dispatcher = await dispatcherFor(home, { inProcess });
  expect(dispatcher.config.problems).toEqual([]);
  for (const [at, event] of vector.events.entries()) {
    const { action, reason, replies } = await dispatcher.dispatch(event, { wait: "all" });
    const wanted = vector.expect.ends[at] ?? [];
    expect(replies.map(({ end }) => end)).toMatchObject(wanted.map(({ message: _, ...end }) => end));
    for (const [n, { message = "" }] of wanted.entries()) {
      expect(replies[n]?.end.message ?? "").toMatch(new RegExp(filled(message)));
    }
    const told = vector.expect.decisions[at] ?? "";
    expect(action).toBe(told === "continue" ? "continue" : "block");
    if (action === "block") expect(reason).toMatch(new RegExp(told, "s"));
  }
  expect(await dispatcher.close(20_000)).toMatchObject({ drained: true, left: 0 });
  const trace = home.lines("trace").map((line) => JSON.parse(line));
  const started = trace.filter((line) => line.started);
  if (vector.expect.calls) {
    expect(trace.flatMap((line) => (line.tool === undefined ? [] : [line.arguments]))).toEqual(vector.expect.calls);
    expect(started).toHaveLength(1);
  }
  if (inProcess) expect(processesWith(home.file("trace"))).toEqual([]);
}

for (const inProcess of [true, false]) {
  describe(inProcess ? "tools, called by this process" : "tools, called by the launcher", () => {
    for (const name of readdirSync(FOLDER)) {
      const vector: Vector = read(join(FOLDER, name));
      it(vector.description, async () => {
        expect(valid(vector), JSON.stringify(valid.errors)).toBe(true);
        await play(vector, inProcess);
      });
    }
  });
}
