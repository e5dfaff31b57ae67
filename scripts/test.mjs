// `npm test`: install, build, every check, and one line of totals at the end.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformanceTable, skippedToolchains } from "./conformance-table.mjs";
import { has, installAndBuild, pnpm, step } from "./workspace.mjs";

const CHECKS = [
  ["format and lint", () => pnpm("exec", "biome", "ci", ".")],
  ["types of the tests", () => pnpm("run", "typecheck")],
  ["generated files", () => pnpm("run", "generate", "--check")],
];

function checks() {
  const results = CHECKS.map(([name, check]) => {
    step(name);
    return check();
  });
  return { passed: results.filter(Boolean).length, failed: results.filter((ok) => !ok).length, skipped: 0 };
}

function tests(args) {
  step("tests");
  const folder = mkdtempSync(join(tmpdir(), "xcodex-test-"));
  const report = join(folder, "report.json");
  try {
    const ok = pnpm(
      "exec",
      "vitest",
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...args,
    );
    const results = JSON.parse(readFileSync(report, "utf8"));
    return { ...totals(results, ok), table: conformanceTable(results), skips: skippedToolchains(results) };
  } catch (error) {
    console.error(`Cannot read the results of the tests: ${error.message}.`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function totals(report, ok) {
  const failed =
    report.numFailedTests +
    report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  // A run that failed without a failed test (an unhandled error, say) is still a failure.
  return {
    passed: report.numPassedTests,
    failed: ok ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

installAndBuild();
const checked = checks();
const { table, skips = [], ...tested } = tests(process.argv.slice(2));
const parts = [checked, tested];
const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
if (table) {
  step("conformance: vectors passed, by language");
  console.log(table);
}
for (const skip of skips) console.log(skip);
if (!has("python3")) console.log("skipped: python3 not found, so hooks in Python were not run");
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
