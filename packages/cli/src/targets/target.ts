import type { Config, Hook } from "@xcodex/hooks-dispatcher";
import type { Context } from "../context.ts";
import type { Example } from "../examples.ts";

/** Flags of `test`. */
export interface TestOptions {
  readonly event?: readonly string[];
  readonly configuredOnly?: true;
  readonly timeoutSeconds?: number;
  readonly json?: true;
}

/** What a target is tested with. */
export interface Testing {
  /** With the hooks of this target and no others: at least one. Its problems are those that are to be shown with the result. */
  readonly config: Config;
  readonly examples: readonly Example[];
  readonly options: TestOptions;
  readonly context: Context;
  /** Prints lines for people; with `--json` it does nothing. */
  readonly say: (text: string) => void;
}

/** How a test went. */
export interface Verdict {
  /** 0: every hook did its work; 1: not; above 128: a signal stopped it. */
  readonly code: number;
  /** The same as data, for `--json`. */
  readonly report: Readonly<Record<string, unknown>>;
}

/** Hooks of one kind, and how they are tested. */
export interface Target {
  readonly summary: string;
  /** Which hooks these are. */
  readonly runner: Hook["runner"];
  /** What they are called in errors: `external hooks`. */
  readonly what: string;
  /** What is said when none is configured and that is fine. */
  readonly skipped: string;
  /** What is wrong then when it is not fine, for an error: `none is configured`. */
  readonly missing: string;
  readonly run: (testing: Testing) => Promise<Verdict>;
}
