import { hooksPaths, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { addFilterOptions, eventDoubts, type FilterOptions, RecordFilter } from "../records/filter.ts";
import { noRecords, skippedLines } from "../records/notes.ts";
import { readRecords, type Tally } from "../records/read-records.ts";
import { closeRecordFiles, openRecordFiles, type RecordPaths, recordPaths } from "../records/record-files.ts";
import { type HookSummary, Summary } from "../records/summary.ts";
import { count, fineDuration, printable, printableJson, shortened } from "../ui/printable.ts";
import { runLines } from "../ui/run-lines.ts";
import { table } from "../ui/table.ts";
import type { Verb } from "../verb.ts";

type StatsOptions = FilterOptions & { readonly json?: true };

/** In characters. */
const LONGEST_ID = 60;

const HELP = `
Hooks with the most failures first, then those that run most. RUNS is ok, blocked, failed and timed out together; DROPPED was given up
before it started. P50 and P95: half of the runs, and 95 of 100, took no longer. WAITED: 95 of 100 waited no longer for their turn.
Every command is recorded. Hooks in process and hosts are recorded only when something is wrong; a host also when it answers, and
when it ends, which is one more run.
The records are kept until they have grown to 32 MiB twice.
Exit codes: 0 done, also when nothing has failed or run; 1 the records cannot be read.`;

/** `stats`: runs, failures and times of every hook, from the records. */
export const verb: Verb<StatsOptions> = {
  define(command: Command): void {
    addFilterOptions(command).option("--json", "print as JSON").addHelpText("after", HELP);
  },

  async run(_args, options, context): Promise<number> {
    const paths = recordPaths(hooksPaths(resolveCodexHome(context.env)).records);
    const filter = new RecordFilter(options, Date.now());
    for (const doubt of eventDoubts(options.event)) context.note(printable(doubt));
    const files = openRecordFiles(paths);
    const tally: Tally = { skipped: 0 };
    const summary = new Summary();
    try {
      for (const record of readRecords(files, filter, tally)) summary.add(record);
    } finally {
      closeRecordFiles(files);
    }
    const hooks = summary.hooks();
    if (options.json) context.print(printableJson(asJson(paths, summary, hooks, tally), 2));
    else if (hooks.length === 0) context.note(noRecords(paths, files, filter));
    else show(hooks, summary, context);
    if (tally.skipped > 0) context.note(skippedLines(paths, tally));
    return 0;
  },
};

function show(hooks: readonly HookSummary[], summary: Summary, context: Context): void {
  context.print(hookTable(hooks));
  const failures = hooks.map((hook) => hook.last_failure).filter((record) => record !== null);
  if (failures.length > 0) context.print(`\nLast failures:\n${indented(runLines(failures, []))}`);
  context.print(`\n${totalsText(hooks, summary)}`);
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}

function hookTable(hooks: readonly HookSummary[]): string {
  const numbers = ["RUNS", "OK", "BLOCKED", "FAILED", "TIMEOUT", "DROPPED", "P50", "P95", "MAX", "WAITED"];
  const columns = [
    { heading: "HOOK" },
    ...numbers.map((heading) => ({ heading, align: "right" as const })),
    { heading: "LAST RUN" },
  ];
  return table(columns, hooks.map(cellsOf));
}

function cellsOf(hook: HookSummary): readonly string[] {
  const { runs, ok, blocked, failed, timeouts, drops, duration_ms: took, queued_ms: waited } = hook;
  return [
    shortened(hook.hook ?? "-", LONGEST_ID),
    ...[runs, ok, blocked, failed, timeouts, drops].map(String),
    ...[took?.p50, took?.p95, took?.max, waited?.p95].map((ms) => (ms === undefined ? "-" : fineDuration(ms))),
    hook.last_run ?? "-",
  ];
}

function totalsOf(hooks: readonly HookSummary[]): Readonly<Record<"runs" | "failed" | "timeouts" | "drops", number>> {
  const sum = (of: (hook: HookSummary) => number): number => hooks.reduce((total, hook) => total + of(hook), 0);
  return {
    runs: sum(({ runs }) => runs),
    failed: sum(({ failed }) => failed),
    timeouts: sum(({ timeouts }) => timeouts),
    drops: sum(({ drops }) => drops),
  };
}

function totalsText(hooks: readonly HookSummary[], { first, last }: Summary): string {
  const { runs, failed, timeouts, drops } = totalsOf(hooks);
  const many = `${count(runs, "run")} of ${count(hooks.filter(({ hook }) => hook !== null).length, "hook")}`;
  return printable(`${many}, ${failed} failed, ${timeouts} timed out, ${drops} dropped. From ${first} to ${last}.`);
}

function asJson(paths: RecordPaths, { first, last }: Summary, hooks: readonly HookSummary[], tally: Tally): object {
  return {
    records: paths.current,
    from: first ?? null,
    to: last ?? null,
    skipped_lines: tally.skipped,
    totals: totalsOf(hooks),
    hooks: hooks.map(({ last_failure: failure, ...hook }) => ({
      ...hook,
      last_failure: failure?.value ?? null,
    })),
  };
}
