/** Runs the vectors of `conformance/runners/<kind>` on real hooks, each in a process of its own. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloseReport, ConfigProblem, Decision, HookReply } from "@xcodex/hooks-dispatcher";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { runProcess } from "../../../../test/support/process.ts";
import { makeHome, outside } from "./homes.ts";

/** What is read here; `test/fixtures/run-vector.mjs` reads the rest. */
interface Vector {
  readonly description: string;
  readonly toml?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly expect: {
    readonly ends: readonly (readonly { outcome: string; code?: string; message?: string }[])[];
    readonly decisions?: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
    readonly codes?: readonly string[];
  };
}

/** What came of it. */
interface Result {
  readonly problems: readonly ConfigProblem[];
  readonly decisions: readonly Decision[];
  readonly report: CloseReport;
}

const CONFORMANCE = join(import.meta.dirname, "..", "..", "..", "..", "conformance");
const AGENT = join(import.meta.dirname, "..", "fixtures", "run-vector.mjs");
const valid = new Ajv().compile(readJson(join(CONFORMANCE, "schemas", "runners.schema.json")));

function readJson(path: string) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** One test per vector of a runner. `env` is what its agent finds in its environment beside ours. */
export function runVectors(kind: string, env: Record<string, string> = {}): void {
  const folder = join(CONFORMANCE, "runners", kind);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const vector: Vector = readJson(path);
    it.concurrent(vector.description, async ({ onTestFinished }) => {
      expect(valid(vector), JSON.stringify(valid.errors)).toBe(true);
      const home = makeHome(vector.toml ?? "", onTestFinished);
      for (const [file, text] of Object.entries(vector.files ?? {})) home.write(file, text);
      const ended = await runProcess([process.execPath, AGENT, path, home.path], "", { env: outside(env) });
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      check(vector, JSON.parse(ended.stdout), home);
    });
  }
}

function check({ expect: wanted }: Vector, { problems, decisions, report }: Result, home: ReturnType<typeof makeHome>) {
  const { ends, decisions: told, files = {}, codes } = wanted;
  expect(problems).toEqual([]);
  expect(decisions.map(({ replies }) => replies.map(shortly))).toEqual(
    ends.map((event) => event.map(({ message: _, ...end }) => end)),
  );
  for (const [at, decision] of decisions.entries()) checkMessages(decision, ends[at] ?? [], home.path);
  if (told) expect(decisions.map(({ action, reason }) => reason ?? action)).toEqual(told);
  for (const [file, text] of Object.entries(files)) expect(home.read(file)).toBe(text);
  if (codes) expect(home.records().map(({ code }) => code)).toEqual(codes);
  expect(report).toMatchObject({ drained: true, left: 0 });
}

function shortly({ end }: HookReply): { outcome: string; code?: string } {
  return end.code === undefined ? { outcome: end.outcome } : { outcome: end.outcome, code: end.code };
}

function checkMessages({ replies }: Decision, ends: Vector["expect"]["ends"][number], home: string): void {
  for (const [at, { message }] of ends.entries()) {
    if (message === undefined) continue;
    expect(replies[at]?.end.message).toMatch(new RegExp(message.replaceAll("{{home}}", home)));
  }
}
