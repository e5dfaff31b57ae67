import { spawn, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { installSamples } from "./install.ts";
import type { Ran } from "./run.ts";
import { tempFolder } from "./temp.ts";

/** A CODEX_HOME with the set hooks-toml in it, and somebody's home folder. */
export interface ExampleHome {
  readonly home: string;
  readonly user: string;
}

/** A new one. */
export function exampleHome(): ExampleHome {
  return { home: installSamples("hooks-toml"), user: tempFolder("user") };
}

/** Variables of a hook; one that is undefined is not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What every hook of hooks.toml gets. */
export const EVERY_HOOK: Variables = {
  CODEX_SESSION_ID: "session_abc123",
  CODEX_TIMESTAMP: "2024-01-01T12:00:00Z",
};

/** What a hook says that has done what it should. */
export const SILENT: Ran = { code: 0, stdout: "", stderr: "" };

/** Where the programs of the system are, and the Node that runs the tests. */
const PATH = [process.env.PATH, dirname(process.execPath)].join(delimiter);

/**
 * Runs a command as hooks.toml has it: without a shell, in the folder of that file. Nothing of the environment of the tests reaches it
 * but PATH. On standard input is the event, which none of the examples reads.
 */
export function runExample(argv: readonly string[], { home, user }: ExampleHome, variables: Variables): Promise<Ran> {
  const [program = "", ...args] = argv;
  const env: NodeJS.ProcessEnv = { PATH, HOME: user, LC_ALL: "C.UTF-8", CODEX_HOME: home, ...EVERY_HOOK, ...variables };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  return new Promise((settle, reject) => {
    const child = spawn(program, args, { cwd: join(home, "hooks"), env });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
    child.stdin.on("error", () => {}).end('{"xcodex_event_type":"session-start"}');
    child.on("error", reject).on("close", (code) => settle({ code, ...said }));
  });
}

/** Whether a program is there. In CI it has to be: there its tests run, and fail. */
export function isThere(program: string, args: readonly string[] = ["--version"]): boolean {
  if (process.env.CI || spawnSync(program, args).status === 0) return true;
  console.warn(`${program} not found: tests of the examples of hooks.toml that need it are skipped.`);
  return false;
}

/** Who may do what with a file, in octal: `600`. */
export function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}
