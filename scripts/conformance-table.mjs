// The table of conformance: how many of the vectors each language passes, from what vitest reports.
import { tableText } from "../bench/table.mjs";

/** The rows, by the title of their group of tests; the words are those of docs/conformance.md. */
const GROUPS = ["events", "events-bad", "envelopes", "captures", "hosts", "bad input as a process", "fuzz"];

/** One test may stand for many payloads; its title says so. */
function sizeOf([first]) {
  return Number(/on (\d+) mutated payloads/.exec(first?.title ?? "")?.[1] ?? 1);
}

function ran({ status }) {
  return status === "passed" || status === "failed";
}

/** A language's name and one cell for each row. Undefined for files that are about something else. */
function languageIn({ name, status: ofFile, assertionResults }) {
  if (!/packages[\\/]sdk-[^\\/]+[\\/]test[\\/]conformance\.test\.ts$/.test(name)) return undefined;
  const vectors = assertionResults.filter(({ ancestorTitles }) => ancestorTitles.length > 0);
  const title = vectors[0]?.ancestorTitles[0];
  if (title === undefined) return undefined;
  // Of a language that could not be built every test is a skip, and only the file has failed.
  const broken = ofFile === "failed" && !vectors.some(ran);
  const groups = GROUPS.map((group) => {
    const results = vectors.filter(({ ancestorTitles }) => ancestorTitles[1] === group);
    const passed = results.filter(({ status }) => status === "passed").length;
    return broken || results.some(ran) ? `${passed * sizeOf(results)}/${results.length * sizeOf(results)}` : "skipped";
  });
  return { title: title.replace(/ \(skipped: .*/, ""), groups };
}

/** The table as Markdown, a column per language; undefined when no language was tested. */
export function conformanceTable(report) {
  const languages = report.testResults.map(languageIn).filter(Boolean);
  if (languages.length === 0) return undefined;
  languages.sort((a, b) => (a.title < b.title ? -1 : 1));
  const rows = GROUPS.map((group, at) => [group, ...languages.map(({ groups }) => groups[at])]);
  return tableText(["vectors", ...languages.map(({ title }) => title)], rows);
}

/** What was skipped because a program is not on the machine: one sentence per program, with the number of tests. */
export function skippedToolchains(report) {
  const counts = new Map();
  for (const { ancestorTitles, title, status } of report.testResults.flatMap((file) => file.assertionResults)) {
    const [, programs] = /\(skipped: (.*) not found\)/.exec([...ancestorTitles, title].join("\n")) ?? [];
    if (programs && status !== "passed" && status !== "failed") counts.set(programs, (counts.get(programs) ?? 0) + 1);
  }
  return [...counts].map(
    ([programs, count]) =>
      `skipped: ${programs} not found, so ${count === 1 ? "1 test was" : `${count} tests were`} not run`,
  );
}
