/** Starts hooks as an agent would: as programs of their own, with the SDK as users get it. */
import { fileURLToPath } from "node:url";

/** The file that users get. */
export const SDK: string = fileURLToPath(new URL("../dist/xcodex_hooks_deno.mjs", import.meta.url));

/** How a process ended and what it said. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  ms: number;
}

/** What a process is fed: a text, or step by step; stdin stays open until the steps close it. */
export type Feed = string | ((stdin: Stdin, stdout: ReadableStreamDefaultReader<string>) => unknown);

/** Standard input of a process. */
export interface Stdin {
  write: (text: string | Uint8Array) => Promise<void>;
  end: () => Promise<void>;
}

/** Settings of a process. */
export interface Settings {
  env?: Record<string, string>;
  cwd?: string;
}

/** Runs a command to its end. */
export async function runProcess(argv: readonly string[], feed: Feed, settings: Settings = {}): Promise<Ended> {
  const [program = "", ...args] = argv;
  const startedAt = performance.now();
  const { XCODEX_HOOKS_REPLIES: _, ...inherited } = Deno.env.toObject();
  const child = new Deno.Command(program, {
    ...{ args, clearEnv: true, env: { ...inherited, NO_COLOR: "1", ...settings.env } },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    ...(settings.cwd === undefined ? {} : { cwd: settings.cwd }),
  } as const).spawn();
  const stdin = inputOf(child.stdin.getWriter());
  const [watched, kept] = child.stdout.pipeThrough(new TextDecoderStream()).tee();
  const said = Promise.all([collect(kept), collect(child.stderr.pipeThrough(new TextDecoderStream()))]);
  if (typeof feed === "string") {
    await stdin.write(feed);
    await stdin.end();
  } else await feed(stdin, watched.getReader());
  const [{ code }, [stdout, stderr]] = await Promise.all([child.status, said]);
  await stdin.end();
  return { code, stdout, stderr, ms: performance.now() - startedAt };
}

/** A hook that does not read to the end is no failure of the test. */
function inputOf(writer: WritableStreamDefaultWriter<Uint8Array>): Stdin {
  const encoder = new TextEncoder();
  return {
    write: (text) => writer.write(typeof text === "string" ? encoder.encode(text) : text).catch(() => {}),
    end: () => writer.close().catch(() => {}),
  };
}

async function collect(stream: ReadableStream<string>): Promise<string> {
  let text = "";
  for await (const piece of stream) text += piece;
  return text;
}

const folders: string[] = [];
globalThis.addEventListener("unload", () => {
  for (const folder of folders) Deno.removeSync(folder, { recursive: true });
});

/** A new folder, gone at the end. */
export function tempFolder(): string {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "xcodex-hooks-deno-" }));
  folders.push(folder);
  return folder;
}

/** A file with some text in it; returns its path. */
export function saved(text: string, name = "payload.json"): string {
  const file = `${tempFolder()}/${name}`;
  Deno.writeTextFileSync(file, text);
  return file;
}

/** The command of a hook as its author would write it. Without `permissions` it has none. */
export function hook(body: string, ...permissions: readonly string[]): readonly string[] {
  const names = "block, HookInputError, parseEvent, readEvent, run, serve";
  const file = saved(`import { ${names} } from ${JSON.stringify(`file://${SDK}`)};\n${body}\n`, "hook.ts");
  return [Deno.execPath(), "run", "--no-config", "--no-check", ...permissions, file];
}

/** A hook in a shell command, in which it is `$HOOK`. */
export function shell(command: string, argv: readonly string[]): readonly string[] {
  return ["sh", "-c", command.replaceAll("$HOOK", `"$0" "$@"`), ...argv];
}

/** One tool call, as the dispatcher sends it. */
export const EVENT = {
  schema_version: 1,
  event_id: "6f1f2a5e-3f0c-4b8e-9a53-0d3c9f5f2b11",
  timestamp: "2026-01-11T23:59:59Z",
  session_id: "session-1",
  cwd: "/home/dev/project",
  hook_event_name: "PreToolUse",
  xcodex_event_type: "tool-call-started",
  transcript_path: "",
  permission_mode: "default",
  tool_name: "shell",
  tool_input: { command: "echo äöü 漢字 🚀" },
};

/** The same as JSON. */
export const JSON_TEXT: string = JSON.stringify(EVENT);

/** A line for a host. */
export function line(seq: number, event: object = EVENT): string {
  return `${JSON.stringify({ schema_version: 1, type: "event", seq, event })}\n`;
}

/** Some time. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
