import type { Context } from "../context.ts";
import { runProgram } from "../programs.ts";
import { lastLines } from "../ui/printable.ts";
import { progressBar } from "../ui/progress.ts";
import type { Profile } from "./settings.ts";
import type { Crate } from "./sources.ts";

/** What cargo is to compile, and how. */
export interface CargoBuild {
  readonly crate: Crate;
  readonly profile: Profile;
  /** `sys.executable` of the Python that the addon is for. */
  readonly python: string;
  readonly target_dir: string;
}

/** What came of it. */
export interface CargoResult {
  /** Absolute path of the library; absent when the build failed. */
  readonly library?: string;
  /** What cargo wrote, its end at least. */
  readonly output: string;
}

/** Name of the crate's library among what cargo makes. */
const LIBRARY = "xcodex_pyo3";
/** Lines of cargo's output that are shown when a build fails. */
const TAIL = 40;

/** The command, as it is run; a person would leave the two options for programs out. */
export function cargoCommand(profile: Profile): readonly string[] {
  const options = profile === "release" ? ["--release"] : [];
  return ["cargo", "build", "--locked", ...options, "--message-format", "json-render-diagnostics"];
}

/** The environment of it: which Python, where to, and no colours in what we read. */
export function cargoEnvironment({ python, target_dir }: CargoBuild, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    PYO3_PYTHON: python,
    CARGO_TARGET_DIR: target_dir,
    CARGO_TERM_COLOR: "never",
    CARGO_TERM_PROGRESS_WHEN: "never",
  };
}

/**
 * Runs cargo, and shows how far it is: on one line of a terminal, else line by line on standard error. On a terminal, the end of what it
 * said is shown when it failed.
 */
export async function runCargo(build: CargoBuild, context: Context, signal: AbortSignal): Promise<CargoResult> {
  const progress = progressBar(context, true);
  const seen: Seen = { compiling: new Set(), crates: 0 };
  const draw = (): void => progress.update(part(seen, build.crate), `Compiling ${[...seen.compiling].join(", ")}`);
  const ran = await runProgram(cargoCommand(build.profile), {
    env: cargoEnvironment(build, context.env),
    cwd: build.crate.folder,
    signal,
    onOutput: (line) => {
      onMessage(line, seen);
      draw();
    },
    onError: (line) => {
      const name = /^\s*Compiling (\S+) v/.exec(line)?.[1];
      if (name) seen.compiling.add(name);
      if (context.terminal) draw();
      else context.note(line);
    },
  });
  progress.done();
  const output = ran.trouble === undefined ? ran.stderr : `${ran.stderr}\n${ran.trouble}`;
  if (ran.code === 0 && seen.library !== undefined) return { library: seen.library, output };
  if (context.terminal && !signal.aborted) for (const line of lastLines(output, TAIL)) context.note(line);
  return { output };
}

/** What was read of cargo's messages so far. */
interface Seen {
  /** Crates that were begun and are not done. */
  readonly compiling: Set<string>;
  /** What is done; a crate with a build script counts more than once. */
  crates: number;
  library?: string;
}

/** What cargo tells programs, one JSON object per line. */
interface Message {
  readonly reason?: string;
  readonly package_id?: string;
  readonly target?: { readonly name?: string; readonly kind?: readonly string[] };
  readonly filenames?: readonly string[];
}

function onMessage(line: string, seen: Seen): void {
  const message = parse(line);
  if (message?.reason !== "compiler-artifact") return;
  seen.crates += 1;
  if (!message.target?.kind?.includes("custom-build")) seen.compiling.delete(crateOf(message.package_id ?? ""));
  if (message.target?.name !== LIBRARY || !message.target.kind?.includes("cdylib")) return;
  const library = message.filenames?.find((file) => /\.(so|dylib|dll)$/.test(file));
  if (library !== undefined) seen.library = library;
}

/** A build script may print what it likes. */
function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}

/** The name within `registry+…#name@version`, or `path+file:///…/name#version`. */
function crateOf(id: string): string {
  return /#([^#@]+)@[^#@]*$/.exec(id)?.[1] ?? /([^/]+)#[^#]*$/.exec(id)?.[1] ?? "";
}

/** How much is done. Not every crate of the lock file is for this system, and never mind: it is a guess. */
function part({ crates }: Seen, { crates: all }: Crate): number {
  return Math.min(crates / all, 0.99);
}
