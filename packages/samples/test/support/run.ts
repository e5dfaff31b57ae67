import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Language } from "./install.ts";
import { tempFolder } from "./temp.ts";

/** How a hook ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a hook is run with, beside its input. */
export interface RunOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs an installed sample as a process of its own. An input that is no text is written as JSON. */
export function runHook(language: Language, name: string, input: unknown, options: RunOptions): Promise<Ran> {
  const file = join(options.home, "hooks", `${name}.${language.ending}`);
  return runProgram(language.program, [file], typeof input === "string" ? input : JSON.stringify(input), {
    CODEX_HOME: options.home,
    HOME: "/home/dev",
    // No notification on the screen of whoever runs the tests.
    XCODEX_NOTIFY_BIN: join(options.home, "no-such-notifier"),
    ...options.env,
  });
}

/** Runs a program to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
    // A hook that ends without reading is no failure of the test.
    child.stdin.on("error", () => {}).end(input);
    child.on("error", reject).on("close", (code) => resolve({ code, ...said }));
  });
}

/** What a file under CODEX_HOME holds; "" when it is not there. */
export function read(home: string, name: string): string {
  return existsSync(join(home, name)) ? readFileSync(join(home, name), "utf8") : "";
}

/** Does something with every item, a few at a time: the machine may have two cores. */
export async function forAll<T, R>(items: readonly T[], action: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await action(items[at] as T, at);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return results;
}

/** A program that writes down what it was called with, by the name it is called by. */
export function fakeNotifier(name: string, exitCode = 0): { path: string; calls: () => readonly Call[] } {
  const path = join(tempFolder("notifier"), name);
  const log = `${path}.calls`;
  writeFileSync(
    path,
    `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const call = { args: process.argv.slice(2), input: readFileSync(0, "utf8") };
appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + "\\n");
console.log("not for the agent");
process.exit(${exitCode});
`,
    { mode: 0o755 },
  );
  const calls = (): Call[] =>
    (existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : []).map((line) => JSON.parse(line) as Call);
  return { path, calls };
}

/** One call of the fake notifier. */
export interface Call {
  readonly args: readonly string[];
  readonly input: string;
}
