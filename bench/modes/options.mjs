// What `node bench/modes.bench.mjs` may be told.
import { parseArgs } from "node:util";

/** Payloads of seed 001, in bytes of their JSON. */
const PAYLOADS = [373, 12_040, 20_040, 200_040];
const REPEAT = 3;
/** What one repetition may take with the original's host, roughly, in microseconds: enough to be measured, short enough for three. */
const BUDGET_US = 700_000;

const USAGE = `Usage: node bench/modes.bench.mjs [--mode NAME]… [--payload-bytes N]… [--events N] [--quick]
  --mode NAME        only these: external, host, pyo3, inproc, gate, memory
  --payload-bytes N  measure payloads of N bytes only; may be given several times
  --events N         events per repetition, instead of fewer for larger payloads
  --quick            one short repetition: to see that everything runs; its numbers are no verdict`;

/**
 * Reads the options.
 *
 * @returns `{ modes, sizes, repeat, quick, events(bytes) }`; `modes(name)` says whether a mode is wanted; ends the process when they cannot be read
 */
export function readOptions(argv) {
  const values = parse(argv);
  const quick = values.quick === true;
  const sizes = values["payload-bytes"]?.map(natural) ?? PAYLOADS;
  const wanted = values.events === undefined ? undefined : natural(values.events);
  const events = (bytes) => wanted ?? Math.round(BUDGET_US / (5 + bytes * 0.0023) / (quick ? 20 : 1));
  const modes = (name) => values.mode === undefined || values.mode.includes(name);
  return { modes, sizes, quick, repeat: quick ? 1 : REPEAT, events };
}

function parse(args) {
  const options = {
    mode: { type: "string", multiple: true },
    "payload-bytes": { type: "string", multiple: true },
    events: { type: "string" },
    quick: { type: "boolean" },
  };
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

function natural(text) {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : refuse(`"${text}" is not a number of at least 1.`);
}

function refuse(why) {
  console.error(`${why}\n${USAGE}`);
  process.exit(2);
}
