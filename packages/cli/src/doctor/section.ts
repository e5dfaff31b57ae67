import type { Config, HooksPaths } from "@xcodex/hooks-dispatcher";
import type { Context } from "../context.ts";
import type { Finding } from "../finding.ts";

/** Flags of `doctor`. */
export interface DoctorOptions {
  readonly json?: true;
  readonly python?: string;
  readonly installDir?: string;
  readonly binName?: string;
}

/** What is looked at. */
export interface Patient {
  readonly config: Config;
  readonly paths: HooksPaths;
  readonly options: DoctorOptions;
  readonly context: Context;
}

/** A group of checks about one thing. They read and run; nothing is written. */
export interface Section {
  readonly summary: string;
  /** In the order in which one would mend things. */
  readonly check: (patient: Patient) => Promise<readonly Finding[]>;
}

/** Shortens findings. */
export function ok(check: string, subject: string, state: string, more: Partial<Finding> = {}): Finding {
  return { check, level: "ok", subject, state, ...more };
}

/** It works, but perhaps not as one may think. */
export function warn(
  check: string,
  subject: string,
  state: string,
  advice: string,
  more: Partial<Finding> = {},
): Finding {
  return { check, level: "warn", subject, state, advice, ...more };
}

/** It cannot work. */
export function fail(
  check: string,
  subject: string,
  state: string,
  advice: string,
  more: Partial<Finding> = {},
): Finding {
  return { check, level: "fail", subject, state, advice, ...more };
}
