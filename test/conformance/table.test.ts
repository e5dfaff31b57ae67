import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tableText } from "../../bench/table.mjs";
import { FUZZ_SIZE } from "./fuzz.ts";
import { LANGUAGES, ROOT } from "./language.ts";
import { bad, badInputs, captured, envelopes, events, hosts } from "./suite.ts";

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
    expect(readFileSync(join(ROOT, "docs/conformance.md"), "utf8")).toContain(tableText(["vectors", ...titles], rows));
  });
});
