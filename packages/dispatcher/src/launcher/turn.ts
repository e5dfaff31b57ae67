/** A run on its way through the launcher. */
import type { Job, Run, RunEnd } from "../contracts.ts";
import type { JobFacts, RunFacts } from "./records.ts";
import type { SharedPayload } from "./shared-payload.ts";

/** A run whose turn may come. */
export interface Turn<R extends Run = Run> {
  readonly job: JobFacts & Pick<Job, "cwd" | "env">;
  readonly run: R;
  readonly payload: SharedPayload | undefined;
  readonly onEnd: ((end: RunEnd) => void) | undefined;
  /** Of `performance.now()`, when it arrived. */
  readonly since: number;
}

/** What a run says: `over` and `gone` once each, in any order, never from within the call that starts it. */
export interface RunEvents {
  readonly over: (end: RunEnd, facts: RunFacts) => void;
  /** Its files are free and nothing of it runs any more. */
  readonly gone: () => void;
}

/** A run that goes on. */
export interface ActiveRun {
  /** Ends it, because the launcher is being closed. */
  readonly stop: () => void;
  /** Leaves what its process left behind to somebody who outlives us. Only when it is over. */
  readonly handOver: () => void;
}
