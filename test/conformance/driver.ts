import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, runProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";

/** One request of PROTOCOL.md, section 8. */
export interface DriverRequest {
  readonly id: string;
  readonly kind: "event" | "envelope";
  readonly input?: string;
  readonly input_base64?: string;
  readonly options?: unknown;
}

/** An event as a driver tells it. */
export interface ToldEvent {
  readonly type: string;
  readonly fields: Record<string, unknown>;
  readonly extra: Record<string, unknown>;
  readonly problems: readonly { readonly field: string; readonly code: string; readonly message?: string }[];
}

/** One answer. */
export interface DriverAnswer {
  readonly id: string;
  readonly event?: ToldEvent;
  readonly error?: { readonly code: string; readonly message?: string };
}

/** Asks a driver everything at once, in one process. */
export async function askDriver(
  argv: readonly string[],
  requests: readonly DriverRequest[],
  env: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, DriverAnswer>> {
  const ended = await runProcess(argv, requests.map((request) => `${JSON.stringify(request)}\n`).join(""), { env });
  if (ended.code !== 0) throw new Error(`Cannot use the driver: it exited with ${ended.code}.\n${ended.stderr}`);
  const answers = ended.stdout.split("\n").filter((line) => line !== "");
  return new Map(answers.map((line) => JSON.parse(line) as DriverAnswer).map((answer) => [answer.id, answer]));
}

/** What a driver did as a hook. */
export interface HookRun extends Ended {
  readonly events: readonly ToldEvent[];
  readonly dropped: readonly unknown[];
}

/** Starts a driver as a hook, `serve` or `run`, and feeds it. */
export async function runAsHook(
  argv: readonly string[],
  start: string,
  input: string | Uint8Array,
  settings: {
    readonly hook?: unknown;
    readonly replies?: boolean | undefined;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<HookRun> {
  const out = join(tempFolder("driver"), "notes.jsonl");
  writeFileSync(out, "");
  const ended = await runProcess([...argv, start], input, {
    env: {
      ...settings.env,
      CONFORMANCE_HOOK: JSON.stringify(settings.hook ?? []),
      CONFORMANCE_OUT: out,
      ...(settings.replies ? { XCODEX_HOOKS_REPLIES: "1" } : {}),
    },
  });
  const lines = readFileSync(out, "utf8").split("\n");
  const notes = lines
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { event?: ToldEvent; dropped?: unknown });
  return {
    ...ended,
    events: notes.flatMap((note) => (note.event ? [note.event] : [])),
    dropped: notes.flatMap((note) => (note.dropped === undefined ? [] : [note.dropped])),
  };
}
