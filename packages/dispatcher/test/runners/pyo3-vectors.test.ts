import { describe } from "vitest";
import { pyo3Addon } from "../../../../test/support/pyo3-addon.ts";
import { runVectors } from "./vectors.ts";

const built = await pyo3Addon();
if ("skipped" in built) console.warn(`Python within the agent's process is not tested: ${built.skipped}.`);

describe.skipIf("skipped" in built)("hooks in Python within the agent's process", () => {
  runVectors("pyo3", { XCODEX_HOOKS_PYO3: "addon" in built ? built.addon : "" });
});
