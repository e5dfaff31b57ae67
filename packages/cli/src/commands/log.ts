import { setTimeout } from "node:timers/promises";
import { hooksPaths, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import { type Command, InvalidArgumentError } from "commander";
import type { Context } from "../context.ts";
import { addFilterOptions, append, eventDoubts, type FilterOptions, RecordFilter } from "../records/filter.ts";
import { RecordFollower } from "../records/follow.ts";
import { noRecords, skippedLines } from "../records/notes.ts";
import { endOfLines, lastRecords, readRecords, type Tally } from "../records/read-records.ts";
import type { SeenRecord } from "../records/record.ts";
import {
  closeRecordFiles,
  openRecordFiles,
  type RecordFile,
  type RecordPaths,
  recordPaths,
} from "../records/record-files.ts";
import { exitCode, interrupted, untilSignal } from "../signals.ts";
import { printable, printableJson } from "../ui/printable.ts";
import { runLines } from "../ui/run-lines.ts";
import type { Verb } from "../verb.ts";

interface LogOptions extends FilterOptions {
  /** 0: all. */
  readonly limit: number;
  readonly follow?: true;
  readonly json?: true;
}

const DEFAULT_LIMIT = 20;

/** Between two looks at the file while following, in milliseconds. */
const LOOK_MS = 200;

/** Records that are written at once, and aligned with each other. */
const AT_ONCE = 500;

const HELP = `
One line per run, the newest last: time (UTC), outcome, event ("*" for the life of a host), hook, duration, exit code, signal
or status of HTTP; below it what went wrong, and where the output of the hook is. Every command, webhook and call of a tool is
recorded when it ends; a host when it ends and when it answers; of hooks in process, and of a host's other events, only what went wrong.
--failed leaves out ok, skipped (not wanted, inside a hook) and blocked: a guard that blocks has done its work.
--follow goes on with what is recorded from now on, until Ctrl-C.
Exit codes: 0 done, also when there is nothing to show; 1 the records cannot be read.`;

/** `log`: how hooks have run, from the records. */
export const verb: Verb<LogOptions> = {
  define(command: Command): void {
    addFilterOptions(command.option("--failed", "only what went wrong"))
      .option("--session <id>", "only this session; may be given again", append)
      .option("--limit <n>", "how many, from the end; 0 shows all", wholeNumber, DEFAULT_LIMIT)
      .option("--follow", "go on with what is recorded from now on")
      .option("--json", "print the records as they are, one JSON object per line")
      .addHelpText("after", HELP);
  },

  async run(_args, options, context): Promise<number> {
    const paths = recordPaths(hooksPaths(resolveCodexHome(context.env)).records);
    const filter = new RecordFilter(options, Date.now());
    for (const doubt of eventDoubts(options.event)) context.note(printable(doubt));
    const out = new RecordPrinter(options.json === true, context);
    if (!options.follow) return showOnce(paths, filter, options, out, context);
    return untilSignal(async (signal) => {
      await follow(paths, filter, options, out, context, signal);
      return interrupted(signal) ? 0 : exitCode(signal, 0);
    });
  },
};

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number; 0 shows all.");
}

async function showOnce(
  paths: RecordPaths,
  filter: RecordFilter,
  { limit }: LogOptions,
  out: RecordPrinter,
  context: Context,
): Promise<number> {
  const files = openRecordFiles(paths);
  const tally: Tally = { skipped: 0 };
  try {
    if ((await out.print(wanted(files, filter, tally, limit))) === 0) context.note(noRecords(paths, files, filter));
    noteSkipped(paths, tally, context);
    return 0;
  } finally {
    closeRecordFiles(files);
  }
}

function wanted(files: readonly RecordFile[], filter: RecordFilter, tally: Tally, limit: number): Iterable<SeenRecord> {
  return limit === 0 ? readRecords(files, filter, tally) : lastRecords(files, filter, tally, limit);
}

async function follow(
  paths: RecordPaths,
  filter: RecordFilter,
  { limit }: LogOptions,
  out: RecordPrinter,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const files = openRecordFiles(paths);
  const current = files.find(({ path }) => path === paths.current);
  const from = current === undefined ? 0 : endOfLines(current);
  const tally: Tally = { skipped: 0 };
  // The rest of the current file is the follower's.
  const before = files.map((file) => (file === current ? { ...file, size: from } : file));
  const follower = new RecordFollower(paths, current, from, tally);
  try {
    const shown = await out.print(wanted(before, filter, tally, limit));
    closeRecordFiles(files.filter((file) => file !== current));
    if (shown === 0) context.note(`${noRecords(paths, files, filter)} Waiting for more; Ctrl-C ends it.`);
    while (!signal.aborted && !context.outputClosed) {
      noteSkipped(paths, tally, context);
      await setTimeout(LOOK_MS, undefined, { signal }).catch(() => undefined);
      await out.print(chosen(follower.fresh(), filter));
    }
    noteSkipped(paths, tally, context);
  } finally {
    follower.close();
  }
}

function* chosen(records: Iterable<SeenRecord>, filter: RecordFilter): Generator<SeenRecord, void, undefined> {
  for (const record of records) if (filter.wants(record)) yield record;
}

/** Says how many lines were passed over since it was last said. */
function noteSkipped(paths: RecordPaths, tally: Tally, context: Context): void {
  if (tally.skipped > 0) context.note(skippedLines(paths, tally));
  tally.skipped = 0;
}

/** Writes records to standard output, later ones aligned with earlier ones. */
class RecordPrinter {
  readonly #json: boolean;
  readonly #context: Context;
  readonly #widths: number[] = [];

  constructor(json: boolean, context: Context) {
    this.#json = json;
    this.#context = context;
  }

  /** Returns how many there were. Stops early when nobody reads any more. */
  async print(records: Iterable<SeenRecord>): Promise<number> {
    let batch: SeenRecord[] = [];
    let shown = 0;
    for (const record of records) {
      batch.push(record);
      shown += 1;
      if (batch.length < AT_ONCE) continue;
      await this.#write(batch);
      batch = [];
      if (this.#context.outputClosed) return shown;
    }
    if (batch.length > 0) await this.#write(batch);
    return shown;
  }

  async #write(records: readonly SeenRecord[]): Promise<void> {
    const lines = this.#json ? records.map(({ value }) => printableJson(value)) : runLines(records, this.#widths);
    this.#context.print(lines.join("\n"));
    await this.#context.drained();
  }
}
