import { inspect } from "node:util";
import { readAnswer as readAny } from "../../answer.ts";
import type { Blocked, Trouble } from "../replies.ts";
import { placeOf, textOf } from "./thrown.ts";

/** What a function said: nothing, why it blocks, or what went wrong with it. */
export interface Answer {
  readonly blocked?: Blocked;
  /** What it asked for besides, that nobody can do here. */
  readonly ignored?: string;
  readonly trouble?: Trouble;
}

const SILENT: Answer = {};

/** Whether something is to be waited for. Throws what its getter throws. */
export function isThenable(said: unknown): said is PromiseLike<unknown> {
  if (said === null || (typeof said !== "object" && typeof said !== "function")) return false;
  return typeof (said as { then?: unknown }).then === "function";
}

/**
 * Reads what a function returned: nothing, or an object in any of the shapes of `answer.ts`, `{ decision: "block", reason }` before all.
 *
 * @param decides false when the answer does not count, whatever it is
 */
export function readAnswer(name: string, said: unknown, decides: boolean): Answer {
  if (!decides || said === undefined || said === null) return SILENT;
  try {
    const answer = readAny(said);
    if (answer.kind === "block") {
      return { blocked: { ...answer, reason: answer.reason ?? `Hook ${name} blocked this and gave no reason.` } };
    }
    if (answer.kind === "silent") return answer.ignored === undefined ? SILENT : { ignored: answer.ignored };
  } catch (error) {
    return threw(name, error);
  }
  const message = `Cannot read the answer of ${name}: it is ${shown(said)}. Return nothing, or { decision: "block", reason: "…" }.`;
  return { trouble: { outcome: "failed", code: "bad_answer", message } };
}

/** What a function threw, and where. */
export function threw(name: string, error: unknown): Answer {
  const place = placeOf(error);
  const message = `Cannot finish ${name}: it threw ${textOf(error)}${place ? ` at ${place}` : ""}. Mend it.`;
  return { trouble: { outcome: "failed", code: "hook_threw", message } };
}

const LONGEST_SHOWN = 120;

function shown(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: LONGEST_SHOWN });
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
