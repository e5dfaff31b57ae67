import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missing, runAll } from "../../../test/conformance/language.ts";
import { installSamples, SAMPLES } from "./support/install.ts";

const CONFIG = ["--config", join(SAMPLES, "..", "sdk-python", "pyproject.toml")];
const FOLDERS = ["external", "python-host", "pyo3", "test/support", "../../examples"];

/** Annotated files: what stays loaded, and what it imports. */
const TYPED = {
  "python-host": ["host/python/host.py", "host/python/example_hook.py", "hooks_log.py", "tool_call_line.py"],
  pyo3: ["pyo3_hook.py"],
  "hooks-toml": ["examples/hooks/security/scan-commands.py", "examples/hooks/analytics/performance-metrics.py"],
} as const;

/** Skipped on a user's machine where a tool is missing; in CI that is a failure. */
function withTool(program: string, sentence: string, test: () => void): void {
  const absent = missing([{ program }], SAMPLES);
  const skipped = absent.length > 0 && !process.env.CI;
  it.skipIf(skipped)(skipped ? `${sentence} (skipped: ${program} not found)` : sentence, { timeout: 300_000 }, () => {
    expect(absent).toEqual([]);
    test();
  });
}

describe("the samples in Python", () => {
  withTool("ruff", "are formatted and have nothing that ruff complains about", () => {
    runAll(
      [
        ["ruff", "format", "--no-cache", "--check", ...CONFIG, ...FOLDERS],
        ["ruff", "check", "--no-cache", ...CONFIG, ...FOLDERS],
      ],
      SAMPLES,
    );
  });

  for (const set of ["python-host", "pyo3", "hooks-toml"] as const) {
    withTool("mypy", `of the set ${set} type-check with mypy --strict, where they are installed`, () => {
      runAll([["mypy", "--strict", "--python-version", "3.10", ...TYPED[set]]], join(installSamples(set), "hooks"));
    });
  }
});
