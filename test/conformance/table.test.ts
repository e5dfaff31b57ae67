import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tableText } from "../../bench/table.mjs";
import { conformanceTable, type Report, skippedToolchains } from "../../scripts/conformance-table.mjs";
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

describe("the table that a run prints", () => {
  type Results = Report["testResults"][number];
  const file = (folder: string, title: string, status: string, tests: Readonly<Record<string, string>>): Results => ({
    ...{ name: `/x/packages/${folder}/test/conformance.test.ts`, status },
    assertionResults: Object.entries(tests).map(([name, ended]) => {
      const [group = "", test = ""] = name.split(": ");
      return { ancestorTitles: [title, group], title: test, status: ended };
    }),
  });
  const cells = (...testResults: readonly Results[]): Record<string, string> => {
    const rows = conformanceTable({ testResults })?.split("\n") ?? [];
    return Object.fromEntries(
      rows
        .map((row) => row.split("|").map((cell) => cell.trim()))
        .map(([, group = "", ...more]) => [group, more.join(" ").trim()]),
    );
  };

  it("counts what passed, and the fuzz corpus by its payloads", () => {
    const tests = { "events: a": "passed", "events: b": "failed", "fuzz: agrees on 6000 mutated payloads": "passed" };
    expect(cells(file("sdk-go", "Go", "failed", tests))).toMatchObject({
      ...{ vectors: "Go", events: "1/2", fuzz: "6000/6000", hosts: "skipped" },
    });
  });

  it("has a column for every language, whatever its folder is called", () => {
    const found = cells(file("sdk-c-99", "C", "passed", { "events: a": "passed" }));
    expect(found).toMatchObject({ vectors: "C", events: "1/1" });
  });

  it("says `skipped` where a program is not there, and which", () => {
    const go = file("sdk-go", "Go (skipped: go not found)", "passed", {
      "events: a": "skipped",
      "events: b": "skipped",
    });
    expect(cells(go)).toMatchObject({ vectors: "Go", events: "skipped" });
    expect(skippedToolchains({ testResults: [go] })).toEqual(["skipped: go not found, so 2 tests were not run"]);
  });

  it("does not take a language that could not be built for a skipped one", () => {
    const go = file("sdk-go", "Go", "failed", { "events: a": "skipped", "events: b": "skipped" });
    expect(cells(go)).toMatchObject({ vectors: "Go", events: "0/2" });
  });
});
