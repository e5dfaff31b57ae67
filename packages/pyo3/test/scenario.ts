import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runProcess } from "../../../test/support/process.ts";
import { pyo3Addon } from "../../../test/support/pyo3-addon.ts";
import { tempFolder } from "../../../test/support/temp.ts";
import type { PythonOptions, Report } from "../src/index.ts";

const built = await pyo3Addon();

/** The addon for the tests of this file; empty when it cannot be built, and then they are skipped. */
export const ADDON: string = "addon" in built ? built.addon : "";

/** A group of tests that need the addon. Where it cannot be built, its name says why. */
export function withAddon(name: string, tests: () => void): void {
  const title = "skipped" in built ? `${name} (skipped: ${built.skipped})` : name;
  describe.skipIf(ADDON === "")(title, { timeout: 60_000 }, tests);
}

/** A group of tests that need the addon, once for each form in which events are handed over. */
export function inEveryForm(name: string, tests: (run: (scenario: Scenario) => Promise<Outcome>) => void): void {
  for (const as of FORMS)
    withAddon(`${name} (handed over as ${as})`, () => tests((scenario) => run({ ...scenario, as })));
}

/** An array that is handed over. */
export interface Delivery {
  readonly events?: readonly unknown[];
  /** Instead of `events`: the text itself; `@DEEP@` in it is an array in an array, 200,000 times. */
  readonly text?: string;
  /** Instead of `events`: bytes, in base64. */
  readonly base64?: string;
  /** Instead of `events`: so many, with so many letters each. */
  readonly make?: { readonly count: number; readonly bytes: number };
  /** How many events are said to be in it; what is in it by default. */
  readonly count?: number;
  /** How often it is handed over. */
  readonly times?: number;
  /** Which of `opens` it is for. */
  readonly at?: number;
  /** Whether the next is handed over only when this one was reported. */
  readonly wait?: boolean;
  /** A file that is written after it. */
  readonly write?: { readonly file: string; readonly text: string };
}

/** What events are handed over as: a string, or bytes in memory that is written over as soon as `deliver` has returned. */
export type Form = "a string" | "bytes";

/** Every form, for tests that concern all of them. */
export const FORMS: readonly Form[] = ["a string", "bytes"];

/** What `fixtures/scenario.mjs` does. */
export interface Scenario {
  /** The script's text; it stands in CODEX_HOME/hook.py. */
  readonly script?: string;
  /** Other files of CODEX_HOME: path to text. */
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Partial<PythonOptions>;
  /** Instead of one script: several. */
  readonly opens?: readonly (Partial<PythonOptions> & { readonly label: string })[];
  readonly deliver?: readonly Delivery[];
  /** A string by default. */
  readonly as?: Form;
  readonly hold?: boolean | "released";
  /** Budget in milliseconds; without it nothing is closed. Default 30 seconds. */
  readonly close?: number | "never";
  /** What the process does when it has closed: it exits, hands over once more, or stays for a while and tells then. */
  readonly afterwards?: "exit" | "deliver" | "linger";
  readonly env?: Readonly<Record<string, string>>;
}

/** How it went. */
export interface Outcome {
  readonly reports: readonly (Report & { readonly ticks: number; readonly label?: string })[];
  /** After everything was handed over, per script. */
  readonly pending: readonly number[];
  /** What `close` resolved to, per script. */
  readonly drained: readonly boolean[];
  readonly left: readonly number[];
  /** How often a timer of 10 ms fired. */
  readonly ticks: number;
  /** Megabytes that the process grew by. */
  readonly grown: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** What the process wrote to its own stdout, without the line that says how it went, and to its stderr. */
  readonly stdout: string;
  readonly stderr: string;
  readonly home: string;
  /** What stands in the script's log. */
  readonly log: string;
}

const DRIVER = fileURLToPath(new URL("./fixtures/scenario.mjs", import.meta.url));

/** A new CODEX_HOME with files in it. */
export function makeHome(files: Readonly<Record<string, string>> = {}): string {
  const home = tempFolder("pyo3");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  return home;
}

/** Options for the script of a CODEX_HOME. */
export function optionsIn(home: string, options: Partial<PythonOptions> = {}): PythonOptions {
  return {
    addon: ADDON,
    codex_home: home,
    script_path: join(home, "hook.py"),
    callable: "on_event",
    batch: false,
    timeout_ms: 10_000,
    log: logIn(home),
    ...options,
  };
}

/** Where the log of `optionsIn` is. */
export function logIn(home: string): string {
  return join(home, "tmp", "hooks", "logs", "pyo3.log");
}

/** Runs a scenario in a process of its own. */
export async function run(scenario: Scenario, home: string = makeHome()): Promise<Outcome> {
  const { script, files = {}, options, opens, deliver, as, hold, close = 30_000, afterwards, env } = scenario;
  const all = { ...files, ...(script !== undefined && { "hook.py": script }) };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  const what = {
    options: optionsIn(home, options),
    ...(opens && { opens: opens.map((each) => ({ ...optionsIn(home, inside(home, each)), label: each.label })) }),
    ...{ deliver, as, hold, afterwards },
    ...(close !== "never" && { close }),
  };
  const argv = [process.execPath, "--expose-gc", DRIVER, JSON.stringify(what)];
  const ended = await runProcess(argv, "", env === undefined ? {} : { env });
  const lines = ended.stdout.split("\n");
  const at = lines.findIndex((line) => line.startsWith('{"reports"'));
  expect(at, ended.stderr).toBeGreaterThanOrEqual(0);
  const said = JSON.parse(lines[at] ?? "") as Outcome;
  const stdout = lines.filter((_, n) => n !== at).join("\n");
  return { ...said, ...ended, stdout: stdout.trim(), home, log: readLog(home) };
}

function inside(home: string, options: Partial<PythonOptions>): Partial<PythonOptions> {
  const { script_path, log } = options;
  return {
    ...options,
    ...(script_path && { script_path: join(home, script_path) }),
    ...(log && { log: join(home, log) }),
  };
}

function readLog(home: string): string {
  try {
    return readFileSync(logIn(home), "utf8");
  } catch {
    return "";
  }
}

/** The one report of a scenario that hands over once. */
export function only(outcome: Outcome): Outcome["reports"][number] {
  expect(outcome.reports, outcome.stderr).toHaveLength(1);
  return outcome.reports[0] as Outcome["reports"][number];
}

export { expect, it };
