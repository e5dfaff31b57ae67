import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tableText } from "../../bench/table.mjs";
import { FUZZ_SIZE } from "./fuzz.ts";
import { LANGUAGES, ROOT } from "./language.ts";
import { bad, badInputs, captured, envelopes, events, hosts } from "./suite.ts";

const FILE = join(ROOT, "docs/conformance.md");
const TABLE = /(<!-- table: .*-->\n)[\s\S]*?(\n<!-- \/table -->)/;
const read = (): string => readFileSync(FILE, "utf8");

describe("docs/conformance.md", () => {
  it("has the table that a run prints in which every language passes everything", () => {
    const titles = LANGUAGES.map(({ manifest }) => manifest.title).sort();
    const rows = [
      ["events", events.length],
      ["events-bad", bad.length],
      ["envelopes", envelopes.length],
      ["captures", captured.length],
      ["hosts", hosts.length],
      ["bad input as a process", badInputs.length],
      ["fuzz", FUZZ_SIZE],
    ].map(([group, total]) => [group, ...titles.map(() => `${total}/${total}`)]);
    const table = tableText(["vectors", ...titles], rows);
    if (process.env.UPDATE_DOCS)
      writeFileSync(
        FILE,
        read().replace(TABLE, (_, start, end) => start + table + end),
      );
    expect(TABLE.exec(read())?.[0]).toContain(`\n${table}\n`);
  });
});
