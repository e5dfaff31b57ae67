import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { performance } from "node:perf_hooks";
import { writeAtomically } from "../files.ts";
import { lastLines, printable } from "../ui/printable.ts";
import { shellLine } from "../ui/shell.ts";

/** Lines of cargo's output in a report. */
const TAIL = 200;

/** Collects what a build did, for the file that one sends along when it went wrong. */
export interface BuildReport {
  /** Notes a fact. A second one of the same name stands beside the first. */
  readonly note: (name: string, value: string) => void;
  readonly command: (argv: readonly string[]) => void;
  /** Does a step, and notes how long it took, whether it went well or not. */
  readonly step: <Value>(name: string, body: () => Promise<Value>) => Promise<Value>;
  /** Notes the end of a program's output. */
  readonly output: (text: string) => void;
  /** Writes the file, 0600. `error`: why the build failed; without it, it was a success. */
  readonly write: (file: string, error?: string) => Promise<void>;
}

/** Starts a report: lines `name=value`, no value longer than its line. */
export function buildReport(): BuildReport {
  const lines: string[] = [];
  let tail: readonly string[] = [];
  const note = (name: string, value: string): void => void lines.push(`${name}=${printable(value)}`);
  note("time", new Date().toISOString());
  return {
    note,
    command: (argv) => note("command", shellLine(argv)),
    step: async (name, body) => {
      const started = performance.now();
      try {
        return await body();
      } finally {
        note(`step.${name}`, `${((performance.now() - started) / 1000).toFixed(1)} s`);
      }
    },
    output: (text) => {
      tail = lastLines(text, TAIL);
    },
    write: async (file, error) => {
      const end = error === undefined ? "success=1" : `error=${printable(error)}`;
      const text = [...lines, end, ...tail.map((line) => `output=${line}`), ""].join("\n");
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeAtomically(file, Buffer.from(text), { mode: 0o600 });
    },
  };
}
