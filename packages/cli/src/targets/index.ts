import { external } from "./external.ts";
import type { Target } from "./target.ts";

/** What `test` can test: one line per target. */
export const TARGETS: Readonly<Record<string, Target>> = { external };
