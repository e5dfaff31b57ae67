import { appendFileSync, closeSync, openSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder } from "../../../test/support/temp.ts";
import { type FileLine, LONGEST_LINE, linesBackward, linesForward } from "../dist/records/file-lines.js";
import { RecordFilter } from "../dist/records/filter.js";
import { RecordFollower } from "../dist/records/follow.js";
import { endOfLines, lastRecords, readRecords } from "../dist/records/read-records.js";
import { parseRecord } from "../dist/records/record.js";
import { closeRecordFiles, openRecordFiles, recordPaths } from "../dist/records/record-files.js";
import { parseSince } from "../dist/records/since.js";
import { Summary } from "../dist/records/summary.js";

/** A record as a line, told from others by its hook. */
function lineOf(hook: string, more: object = {}): string {
  return `${JSON.stringify({ at: "2026-01-31T12:00:00.000Z", outcome: "ok", hook, ...more })}\n`;
}

function newPaths(): ReturnType<typeof recordPaths> {
  return recordPaths(join(tempFolder("records"), "runs.jsonl"));
}

/** Opens a file with this content and reads its lines. */
function linesOf(content: string | Buffer, read: (fd: number, size: number) => Iterable<FileLine>): FileLine[] {
  const file = join(tempFolder("lines"), "file");
  writeFileSync(file, content);
  const fd = openSync(file, "r");
  try {
    return [...read(fd, statSync(file).size)];
  } finally {
    closeSync(fd);
  }
}

describe("lines of a file", () => {
  const long = "é".repeat(200_000);
  const texts = [
    ["nothing", ""],
    ["one line", "a\n"],
    ["a line that is not complete", "a"],
    ["empty lines at both ends", "\n\na\n\nb\n\n"],
    ["a last line that is not complete", "a\nbc"],
    ["lines longer than what is read at once", `${long}\nb\n${long}${long}\nc`],
    ["as long as what is read at once", `${"x".repeat(256 * 1024 - 1)}\n${"y".repeat(256 * 1024)}\nz\n`],
    ["many lines", Array.from({ length: 50_000 }, (_, at) => `line ${at} ${"é".repeat(at % 50)}\n`).join("")],
  ] as const;

  it.each(texts)("are the same from both ends: %s", (_, text) => {
    const forward = linesOf(text, (fd) => linesForward(fd));
    expect(linesOf(text, linesBackward).reverse()).toEqual(forward);
    const [last = ""] = text.split("\n").slice(-1);
    expect(forward.map((line) => line.text)).toEqual(text.split("\n").slice(0, last === "" ? -1 : undefined));
    expect(forward.every(({ complete }, at) => complete || at === forward.length - 1)).toBe(true);
  });

  it("say where the next one begins, so that reading can go on there", () => {
    const text = "é\n\nlast\nand a beginning";
    for (const { text: line, end, complete } of linesOf(text, (fd) => linesForward(fd))) {
      expect(
        Buffer.from(text)
          .subarray(0, end)
          .toString()
          .endsWith(`${line}${complete ? "\n" : ""}`),
      ).toBe(true);
    }
  });

  it("have no text when they are too long, and the next ones have theirs", () => {
    const text = `a\n${"x".repeat(LONGEST_LINE + 1)}\nb\n`;
    const wanted = ["a", undefined, "b"];
    expect(linesOf(text, (fd) => linesForward(fd)).map((line) => line.text)).toEqual(wanted);
    expect(linesOf(text, linesBackward).map((line) => line.text)).toEqual([...wanted].reverse());
  });
});

describe("a record", () => {
  it("keeps what it has of another type or another version out of the known fields, and whole", () => {
    const value = { at: "now", outcome: "new", hook: 7, duration_ms: "1", later: 503, exit_code: null, message: "m" };
    expect(parseRecord(JSON.stringify(value))).toEqual({ at: "now", outcome: "new", message: "m", value });
  });

  it.each(["", "{", "null", "[]", '"text"', "7", "{}", '{"at":"now"}', '{"at":1,"outcome":"ok"}'])(
    "is not %s",
    (line) => expect(parseRecord(line)).toBeUndefined(),
  );
});

describe("--since", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  it.each([
    ["90s", "2026-01-31T11:58:30Z"],
    ["1.5h", "2026-01-31T10:30:00Z"],
    ["7d", "2026-01-24T12:00:00Z"],
    ["2w", "2026-01-17T12:00:00Z"],
    ["2026-01-31", "2026-01-31T00:00:00Z"],
    ["2026-01-31 11:30", "2026-01-31T11:30:00Z"],
    ["2026-01-31t11:30:15.250z", "2026-01-31T11:30:15.250Z"],
    ["2026-01-31T11:30:15-02:00", "2026-01-31T13:30:15Z"],
  ])("%s is %s", (text, moment) => expect(parseSince(text, now)).toBe(Date.parse(moment)));

  it.each(["", "h", "5", "5 m", "-5m", "5x", "2026-13-01", "31.01.2026", "2026-01-31T25:00", "Jan 31 2026"])(
    "%s is refused",
    (text) => expect(() => parseSince(text, now)).toThrow(expect.objectContaining({ code: "bad_since", exitCode: 2 })),
  );
});

describe("the last records", () => {
  it("are read from the end: of two files of 32 MiB, no more records than are shown", () => {
    const paths = newPaths();
    const filler = lineOf("command:filler:1", { message: "x".repeat(900) });
    const file = filler.repeat(Math.ceil((32 * 1024 * 1024) / filler.length));
    writeFileSync(paths.older, file);
    writeFileSync(paths.current, file);
    const files = openRecordFiles(paths);
    const filter = new RecordFilter({}, 0);
    expect(lastRecords(files, filter, { skipped: 0 }, 20)).toHaveLength(20);
    expect(filter.looked).toBe(20);
    // Long before the time that is asked for, nothing is looked for.
    const recent = new RecordFilter({ since: "2026-02-01" }, 0);
    expect(lastRecords(files, recent, { skipped: 0 }, 20)).toEqual([]);
    expect(recent.looked).toBe(1);
    closeRecordFiles(files);
  });

  it("come from both files, in their order", () => {
    const paths = newPaths();
    writeFileSync(paths.older, lineOf("a") + lineOf("b"));
    writeFileSync(paths.current, lineOf("c") + lineOf("d"));
    const files = openRecordFiles(paths);
    const hooks = (limit: number): unknown =>
      lastRecords(files, new RecordFilter({}, 0), { skipped: 0 }, limit).map(({ hook }) => hook);
    expect([hooks(1), hooks(3), hooks(9)]).toEqual([["d"], ["b", "c", "d"], ["a", "b", "c", "d"]]);
    const all = readRecords(files, new RecordFilter({}, 0), { skipped: 0 });
    expect([...all].map(({ hook }) => hook)).toEqual(["a", "b", "c", "d"]);
    closeRecordFiles(files);
  });
});

describe("following", () => {
  /** Follows what is there now. */
  function following(paths: ReturnType<typeof recordPaths>): { fresh: () => unknown; skipped: () => number } {
    const tally = { skipped: 0 };
    const current = openRecordFiles(paths).find(({ path }) => path === paths.current);
    const follower = new RecordFollower(paths, current, current ? endOfLines(current) : 0, tally);
    return { fresh: () => [...follower.fresh()].map(({ hook }) => hook), skipped: () => tally.skipped };
  }

  it("finds a whole file that was written and put aside before it looked for the first time", () => {
    const paths = newPaths();
    const { fresh } = following(paths);
    writeFileSync(paths.older, lineOf("one") + lineOf("two"));
    writeFileSync(paths.current, lineOf("three"));
    expect(fresh()).toEqual(["one", "two", "three"]);
    expect(fresh()).toEqual([]);
  });

  it("passes over an older file that was there before", () => {
    const paths = newPaths();
    writeFileSync(paths.older, lineOf("long ago"));
    const { fresh } = following(paths);
    writeFileSync(paths.current, lineOf("new"));
    expect(fresh()).toEqual(["new"]);
  });

  it("waits for the file, and for the end of a line", () => {
    const paths = newPaths();
    const { fresh, skipped } = following(paths);
    expect(fresh()).toEqual([]);
    const line = lineOf("b");
    writeFileSync(paths.current, lineOf("a") + line.slice(0, 9));
    expect(fresh()).toEqual(["a"]);
    expect(fresh()).toEqual([]);
    appendFileSync(paths.current, line.slice(9));
    expect(fresh()).toEqual(["b"]);
    expect(skipped()).toBe(0);
  });

  it("begins behind the last complete line, and counts what is no record", () => {
    const paths = newPaths();
    const line = lineOf("b");
    writeFileSync(paths.current, lineOf("a") + line.slice(0, 9));
    const { fresh, skipped } = following(paths);
    appendFileSync(paths.current, `${line.slice(9)}no record\n${lineOf("c")}`);
    expect([fresh(), skipped()]).toEqual([["b", "c"], 1]);
  });

  it("goes on in the new file after a rotation, and hears who still wrote to the old one", () => {
    const paths = newPaths();
    writeFileSync(paths.current, lineOf("a"));
    const { fresh } = following(paths);
    appendFileSync(paths.current, lineOf("b"));
    renameSync(paths.current, paths.older);
    expect(fresh()).toEqual(["b"]);
    // Between two looks: somebody writes to the old file, and somebody else makes the new one.
    appendFileSync(paths.older, lineOf("still"));
    writeFileSync(paths.current, lineOf("c"));
    expect(fresh()).toEqual(["still", "c"]);
    appendFileSync(paths.older, lineOf("late"));
    appendFileSync(paths.current, lineOf("d"));
    expect(fresh()).toEqual(["late", "d"]);
  });

  it("finds the whole file that it slept through", () => {
    const paths = newPaths();
    writeFileSync(paths.older, lineOf("long ago"));
    writeFileSync(paths.current, lineOf("a"));
    const { fresh } = following(paths);
    appendFileSync(paths.current, lineOf("b"));
    renameSync(paths.current, paths.older);
    writeFileSync(paths.current, lineOf("c"));
    renameSync(paths.current, paths.older);
    writeFileSync(paths.current, lineOf("d"));
    expect(fresh()).toEqual(["b", "c", "d"]);
  });

  it("goes on when somebody removes the file, or empties it, and repeats nothing", () => {
    const paths = newPaths();
    writeFileSync(paths.older, lineOf("long ago"));
    writeFileSync(paths.current, lineOf("a"));
    const { fresh } = following(paths);
    renameSync(paths.current, `${paths.current}.aside`);
    writeFileSync(paths.current, lineOf("b"));
    expect(fresh()).toEqual(["b"]);
    truncateSync(paths.current, 0);
    expect(fresh()).toEqual([]);
    appendFileSync(paths.current, lineOf("c"));
    expect(fresh()).toEqual(["c"]);
  });
});

describe("the sums of a hook", () => {
  function summed(records: readonly object[]): ReturnType<Summary["hooks"]> {
    const summary = new Summary();
    for (const record of records) {
      const seen = parseRecord(lineOf("h", record));
      if (seen) summary.add(seen);
    }
    return summary.hooks();
  }

  it("have exact percentiles, in whatever order the runs came", () => {
    const shuffled = Array.from({ length: 1000 }, (_, at) => ((at * 617) % 1000) + 1);
    const [hook] = summed(shuffled.map((ms) => ({ duration_ms: ms, queued_ms: 1001 - ms })));
    expect(hook?.duration_ms).toEqual({ p50: 500, p95: 950, max: 1000 });
    expect(hook?.queued_ms).toEqual({ p50: 500, p95: 950, max: 1000 });
    expect(summed([{ duration_ms: 7 }])[0]?.duration_ms).toEqual({ p50: 7, p95: 7, max: 7 });
  });

  it("take neither what never ran nor how long a host lived for a duration", () => {
    const [hook] = summed([
      { outcome: "dropped", duration_ms: 0, queued_ms: 500 },
      { outcome: "not_started", duration_ms: 0, queued_ms: 0 },
      { event_type: "*", duration_ms: 100_000, exit_code: 0 },
    ]);
    expect(hook).toMatchObject({ runs: 2, ok: 1, failed: 1, drops: 1, duration_ms: null, queued_ms: null });
  });

  it("tell news about a hook from its runs", () => {
    const [hook] = summed([
      { outcome: "dropped", code: "breaker_open", count: 12 },
      { outcome: "failed", code: "breaker_open", duration_ms: 0.1 },
      { outcome: "dropped", code: "breaker_open", message: "it is left alone" },
      { outcome: "ok", message: "works again" },
    ]);
    expect(hook).toMatchObject({ runs: 1, ok: 0, failed: 1, drops: 12, breaker_trips: 1 });
  });

  it("keep outcomes that nobody knows, whatever they are called", () => {
    const [hook] = summed([{ outcome: "__proto__" }, { outcome: "toString" }, { outcome: "toString" }]);
    expect(hook).toMatchObject({ runs: 3, failed: 3 });
    expect(JSON.stringify(hook?.outcomes)).toBe('{"__proto__":1,"toString":2}');
  });
});
