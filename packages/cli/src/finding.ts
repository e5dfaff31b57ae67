import { basename } from "node:path";
import type { Origin } from "@xcodex/hooks-dispatcher";
import { printable } from "./ui/printable.ts";

/** What one check found. */
export interface Finding {
  /** Stable name of the check, for programs that read `--json`. */
  readonly check: string;
  /** `fail`: something cannot work. `warn`: it works, but perhaps not as one may think. */
  readonly level: "ok" | "warn" | "fail";
  /** What was looked at, for example `cargo` or `script /home/dev/hook.py`. */
  readonly subject: string;
  /** What is the case, without a full stop. */
  readonly state: string;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
  /** Where it was configured. */
  readonly origin?: Origin;
}

const LABELS: Readonly<Record<Finding["level"], string>> = { ok: "ok  ", warn: "warn", fail: "FAIL" };

/** A finding on one line: how bad it is, what, where it was configured, what is the case, what to do. */
export function findingLine({ level, subject, state, advice, origin }: Finding): string {
  const where = origin ? ` (${basename(origin.file)}:${origin.line})` : "";
  const todo = advice === undefined ? "" : `. ${advice}`;
  return printable(`${LABELS[level]}  ${subject}${where}: ${state}${todo}`);
}

/** Whether something of it cannot work. */
export function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === "fail");
}

/** `3 ok, 1 warning, 2 failed`. */
export function findingCounts(findings: readonly Finding[]): string {
  const of = (level: Finding["level"]): number => findings.filter((finding) => finding.level === level).length;
  const [ok, warn, fail] = [of("ok"), of("warn"), of("fail")];
  return [`${ok} ok`, ...(warn === 0 ? [] : [`${warn} warning${warn === 1 ? "" : "s"}`]), `${fail} failed`].join(", ");
}
