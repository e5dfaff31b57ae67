/**
 * The conformance driver of the Deno SDK (conformance/PROTOCOL.md, section 8). Without an argument it answers requests, one JSON
 * line each; as `driver.ts serve` or `driver.ts run` it is a hook.
 */
import {
  block,
  HookInputError,
  parseEvent,
  type ReadEvent,
  readEvent,
  run,
  serve,
} from "../dist/xcodex_hooks_deno.mjs";

interface Request {
  id: string;
  kind: "event" | "envelope";
  input?: string;
  input_base64?: string;
  options?: { max_payload_file_bytes?: number };
}

function read({ kind, input, input_base64 = "", options }: Request): ReadEvent | Promise<ReadEvent> {
  const given = input ?? Uint8Array.from(atob(input_base64), (char) => char.charCodeAt(0));
  const cap = options?.max_payload_file_bytes;
  return kind === "event"
    ? parseEvent(given)
    : readEvent({ input: given, ...(cap === undefined ? {} : { maxPayloadFileBytes: cap }) });
}

function written({ extra, problems, ...fields }: ReadEvent): unknown {
  return { type: fields.xcodex_event_type, fields, extra, problems };
}

async function answer(request: Request): Promise<unknown> {
  try {
    return { id: request.id, event: written(await read(request)) };
  } catch (error) {
    if (!(error instanceof HookInputError)) throw error;
    return { id: request.id, error: { code: error.code, message: error.message } };
  }
}

const steps: { on: number; do: string; text: string }[] = JSON.parse(Deno.env.get("CONFORMANCE_HOOK") ?? "[]");
let count = 0;

function note(what: unknown): void {
  Deno.writeTextFileSync(Deno.env.get("CONFORMANCE_OUT") ?? "", `${JSON.stringify(what)}\n`, { append: true });
}

function hook(event: ReadEvent): void {
  note({ event: written(event) });
  count++;
  for (const step of steps.filter(({ on }) => on === count)) {
    if (step.do === "print") console.log(step.text);
    if (step.do === "throw") throw new Error(step.text);
    if (step.do === "block") block(step.text);
  }
}

const options = { onDropped: (dropped: unknown) => note({ dropped }) };
if (Deno.args[0] === "serve") await serve(hook, options);
else if (Deno.args[0] === "run") await run(hook, options);
else {
  const stdout = Deno.stdout.writable.getWriter();
  const encoder = new TextEncoder();
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) await stdout.write(encoder.encode(`${JSON.stringify(await answer(JSON.parse(line)))}\n`));
  }
}
