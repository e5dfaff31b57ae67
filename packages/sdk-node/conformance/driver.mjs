#!/usr/bin/env node
/**
 * The conformance driver of the Node SDK (conformance/PROTOCOL.md, section 8). Without an argument it answers requests, one JSON
 * line each; as `driver.mjs serve` or `driver.mjs run` it is a hook.
 */
import { appendFileSync } from "node:fs";
import { block, HookInputError, parseEvent, readEvent, run, serve } from "../dist/index.mjs";

const READERS = {
  event: (input) => parseEvent(input),
  envelope: (input, options) => readEvent({ input, maxPayloadFileBytes: options?.max_payload_file_bytes }),
};

function written({ extra, problems, ...fields }) {
  return { type: fields.xcodex_event_type, fields, extra, problems };
}

async function answer({ id, kind, input, input_base64, options }) {
  try {
    return { id, event: written(await READERS[kind](input ?? Buffer.from(input_base64, "base64"), options)) };
  } catch (error) {
    if (!(error instanceof HookInputError)) throw error;
    return { id, error: { code: error.code, message: error.message } };
  }
}

const steps = JSON.parse(process.env.CONFORMANCE_HOOK ?? "[]");
const note = (what) => appendFileSync(process.env.CONFORMANCE_OUT, `${JSON.stringify(what)}\n`);
let count = 0;

function hook(event) {
  note({ event: written(event) });
  count++;
  for (const step of steps.filter(({ on }) => on === count)) {
    if (step.do === "print") console.log(step.text);
    if (step.do === "throw") throw new Error(step.text);
    if (step.do === "block") block(step.text);
  }
}

const options = { onDropped: (dropped) => note({ dropped }) };
if (process.argv[2] === "serve") await serve(hook, options);
else if (process.argv[2] === "run") await run(hook, options);
else {
  let rest = "";
  // Not `readline`: it takes U+2028, which JSON may hold as it is, for the end of a line.
  for await (const text of process.stdin.setEncoding("utf8")) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
}
