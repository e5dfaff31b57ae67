/** A CODEX_HOME of a test's own with a dispatcher, and what is left behind in it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  hooksPaths,
  type RunRecord,
} from "@xcodex/hooks-dispatcher";
import { onTestFinished } from "vitest";
import { type Ended, runProcess } from "../../../../test/support/process.ts";

/** A CODEX_HOME that goes when the test is over. */
export interface Home {
  readonly path: string;
  /** Absolute path of a file in it. */
  readonly file: (name: string) => string;
  /** Writes a file, and its folders. Returns its path. */
  readonly write: (name: string, text: string) => string;
  /** What is in a file; "" when there is none. */
  readonly read: (name: string) => string;
  readonly lines: (name: string) => readonly string[];
  readonly records: () => readonly RunRecord[];
}

/** Makes a CODEX_HOME with a configuration. Tests that run at the same time say when they are finished themselves. */
export function makeHome(toml: string, finished: (act: () => void) => void = onTestFinished): Home {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "xcodex-in-process-")));
  finished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  const file = (name: string): string => join(path, name);
  const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");
  const lines = (name: string): string[] =>
    read(name)
      .split("\n")
      .filter((line) => line !== "");
  const home: Home = {
    path,
    file,
    read,
    lines,
    write: (name, text) => {
      mkdirSync(dirname(file(name)), { recursive: true });
      writeFileSync(file(name), text);
      return file(name);
    },
    records: () => lines(hooksPaths("").records).map((line) => JSON.parse(line) as RunRecord),
  };
  home.write("config.toml", toml.replaceAll("{{home}}", path));
  return home;
}

/** An environment that is not that of a hook, whoever runs the tests. */
export function outside(more: Record<string, string> = {}): Record<string, string> {
  return { XCODEX_HOOKS_DEPTH: "", ...more };
}

/** A dispatcher of this process, with a launcher in it. What modules it loads are loaded by the test runner's means. */
export async function dispatcherFor({ path }: Home, options: DispatcherOptions = {}): Promise<Dispatcher> {
  const env = { ...process.env, ...outside(), ...options.env };
  return createDispatcher({ codexHome: path, inProcess: true, ...options, env });
}

/**
 * An agent that is plain Node and does what a program says: `agent` is its dispatcher, `event` a finished tool call, `said` tells how the
 * hooks of a decision ended, `ms` waits.
 */
export function runAgent({ path }: Home, body: string, env: Record<string, string> = {}): Promise<Ended> {
  const script = `
import { createDispatcher } from "@xcodex/hooks-dispatcher";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const agent = await createDispatcher({ codexHome: ${JSON.stringify(path)}, inProcess: true });
const event = { xcodex_event_type: "tool-call-finished", session_id: "s-1", cwd: "/", tool_name: "exec_command", success: true };
const said = ({ replies }) => replies.map(({ end }) => end.code ?? end.outcome).join();
const ms = (time) => new Promise((settle) => setTimeout(settle, time));
${body}`;
  const cwd = join(import.meta.dirname, "..", "..");
  return runProcess([process.execPath, "--expose-gc", "--input-type=module", "-e", script], "", {
    cwd,
    env: outside(env),
  });
}

/** Waits until something holds. */
export async function until(holds: () => boolean, what: string, ms = 20_000): Promise<void> {
  const last = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > last) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await new Promise((settle) => setTimeout(settle, 5));
  }
}
