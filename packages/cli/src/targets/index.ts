import { external } from "./external.ts";
import { pyo3 } from "./pyo3.ts";
import { pythonHost } from "./python-host.ts";
import type { Target } from "./target.ts";

/** What `test` can test: one line per target, in the order of seed 001. The names are those of the modes of `init`. */
export const TARGETS: Readonly<Record<string, Target>> = { external, "python-host": pythonHost, pyo3 };
