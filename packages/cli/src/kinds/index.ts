import type { Kind } from "./kind.ts";
import { samples } from "./samples.ts";
import { sdks } from "./sdks.ts";

/** What `install` can install: one line per kind. */
export const KINDS: Readonly<Record<string, Kind>> = { sdks, samples };
