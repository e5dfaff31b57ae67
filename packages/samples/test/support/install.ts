import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { tempFolder } from "./temp.ts";

/** Folder of the samples package. */
export const SAMPLES: string = fileURLToPath(new URL("../../", import.meta.url));

/** A file of a set, as the manifest says it. */
export interface SampleFile {
  readonly from: string;
  readonly to: string;
  readonly executable: boolean;
}

/** A set, as the manifest says it. */
export interface SampleSet {
  readonly files: readonly SampleFile[];
  readonly notes: readonly string[];
  readonly snippet: string;
  readonly snippet_file?: string;
}

/** All sets, by name. */
export const SETS: Readonly<Record<"external" | "python-host" | "pyo3" | "hooks-toml", SampleSet>> = JSON.parse(
  readFileSync(join(SAMPLES, "manifest.json"), "utf8"),
).sets;

/** The set with a program per event. */
export const EXTERNAL: SampleSet = SETS.external;

/** A new CODEX_HOME with a set of samples in `hooks/`, as `install samples` leaves it. */
export function installSamples(set: keyof typeof SETS = "external"): string {
  const home = tempFolder("samples");
  for (const { from, to, executable } of SETS[set].files) {
    const target = join(home, "hooks", to);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(SAMPLES, from), target);
    chmodSync(target, executable ? 0o755 : 0o644);
  }
  return home;
}

/** A language that every sample is written in. */
export interface Language {
  readonly name: "python" | "node";
  readonly program: string;
  readonly ending: string;
  /** False where its tests are skipped. */
  readonly there: boolean;
}

/** The languages. Node is the one that runs the tests. */
export const LANGUAGES: readonly Language[] = [
  { name: "python", ending: "py", ...findPython() },
  { name: "node", program: process.execPath, ending: "mjs", there: true },
];

/** Python, for tests that are about nothing else. */
export const PYTHON: Language = LANGUAGES[0] as Language;

/** Tests for each language that is there. */
export function forEachLanguage(tests: (language: Language) => void): void {
  for (const language of LANGUAGES) describe.skipIf(!language.there)(language.name, () => tests(language));
}

/** The interpreter itself, which also runs when tests take PATH away; what is in PATH may be a script that looks for it. */
function findPython(): { readonly program: string; readonly there: boolean } {
  const script = "import sys; print(sys.executable); sys.exit(sys.version_info < (3, 9))";
  const { status, stdout } = spawnSync("python3", ["-c", script], { encoding: "utf8" });
  if (status === 0) return { program: stdout.trim(), there: true };
  // In CI their absence is a failure, not a reason to look away: the tests run and fail.
  if (process.env.CI) return { program: "python3", there: true };
  console.warn("python3 (3.9 or newer) not found: the tests of the Python samples are skipped.");
  return { program: "python3", there: false };
}
