import { external } from "./external.ts";
import { pyo3 } from "./pyo3.ts";
import { pythonHost } from "./python-host.ts";
import type { Section } from "./section.ts";

/** What `doctor` can look at: one line per section, in the order of `doctor all`. */
export const SECTIONS: Readonly<Record<string, Section>> = { external, "python-host": pythonHost, pyo3 };
