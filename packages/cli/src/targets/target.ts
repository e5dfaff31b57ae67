import type { Context } from "../context.ts";

/** Flags of `test`. */
export interface TestOptions {
  readonly event?: readonly string[];
  readonly configuredOnly?: true;
  readonly timeoutSeconds?: number;
  readonly json?: true;
}

/** Hooks of one kind, and how they are tested. */
export interface Target {
  readonly summary: string;
  /** Returns the exit code. */
  readonly test: (options: TestOptions, context: Context) => Promise<number>;
}
