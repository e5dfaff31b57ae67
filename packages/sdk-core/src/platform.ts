import type { BlockScope } from "./block.ts";
import type { FileSystem } from "./payload-file.ts";

/** Everything that a runtime has to bring along. There is one per runtime, and whatever is not in it is the same everywhere. */
export interface Platform {
  /** Opens stdin; undefined when it is a terminal. Not called before something is to be read. */
  readonly openStdin: () => Pieces | undefined;
  /** Where payload files are. */
  readonly files: FileSystem;
  /** Writes to stderr and returns when all of it is out: the process may be about to end. Gives up when nobody listens. */
  readonly writeStderr: (text: string) => void;
  /** Takes stdout away from the hook: what it prints goes to stderr, because what reads stdout takes it for replies. */
  readonly reserveStdout: () => ReservedStdout;
  /** A variable of the environment; undefined when there is none, or none that may be seen. */
  readonly env: (name: string) => string | undefined;
  /** Calls back after so many milliseconds, at most 2^31 - 1, while something else keeps the process alive; returns how to stop. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** Ends the process, at once. */
  readonly exit: (code: number) => never;
  /** Something that knows which event's hook a piece of code belongs to, also after an `await`. */
  readonly scopes: () => Scopes | Promise<Scopes>;
  /** Calls back for what is thrown where nobody can catch it, which then ends nothing; returns how to stop. */
  readonly catchStray: (callback: (error: unknown) => void) => () => void;
  /** Calls back when nothing is left to do and the process would end; returns how to stop. */
  readonly onIdle: (callback: () => void) => () => void;
}

/** Stdin, piece by piece. */
export interface Pieces {
  /** The next piece, at once where that does not mean waiting; undefined when there are no more. */
  readonly next: () => Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** No more is read, and stdin keeps the process alive no longer. */
  readonly close: () => void;
}

/** Standard output while it is not for everybody. */
export interface ReservedStdout {
  /** Writes to the real one; resolves when it is out, also when its reader is gone. */
  readonly write: (text: string) => Promise<void>;
  /** Gives it back. */
  readonly release: () => void;
}

/** A store that follows the flow of a program: `AsyncLocalStorage` of Node. */
export interface Scopes {
  /** The scope that the calling code runs in. */
  readonly getStore: () => BlockScope | undefined;
  /** Runs a function, and everything that it starts, in a scope. */
  readonly run: <T>(scope: BlockScope, run: () => T) => T;
}
