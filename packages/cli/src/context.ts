import type { Readable } from "node:stream";

/** What a verb needs of the world around it. Verbs touch `process` only through this. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  /** The working directory; "" when it has been removed. */
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Absolute path of the Node that runs us. */
  readonly node: string;
  readonly stdin: Readable;
  /** Whether someone sits at standard input and can be asked. */
  readonly interactive: boolean;
  /** Standard error, when it is a terminal that can redraw a line: for progress. */
  readonly terminal: { readonly columns: number; readonly write: (text: string) => void } | undefined;
  /** Writes one text and a newline to standard output. */
  readonly print: (text: string) => void;
  /** Writes bytes to standard output as they are. */
  readonly printBytes: (bytes: Uint8Array) => void;
  /** Writes one text and a newline to standard error. */
  readonly note: (text: string) => void;
  /** Writes a question to standard error: standard output is for results. */
  readonly prompt: (question: string) => void;
  /** Settles when standard output has taken what was printed: for who prints more than fits into memory. */
  readonly drained: () => Promise<void>;
  /** Whether nobody reads our standard output any more, as far as a write has shown it. */
  readonly outputClosed: boolean;
  /** `--no-hooks` was given. */
  readonly noHooks: boolean;
  /** `--enable-hooks` was given. */
  readonly enableHooks: boolean;
  /** What `--hooks-config` says. */
  readonly hooksConfig: string | undefined;
  /** What `--context` says, which conditions of hooks.toml are compared with. */
  readonly agentContext: Readonly<Record<string, string>>;
}

/**
 * The context of this process. Streams are opened when they are first used: `emit` mostly prints nothing, and Node takes
 * milliseconds to open one.
 */
export function processContext(): Context {
  let out: NodeJS.WriteStream | undefined;
  let err: NodeJS.WriteStream | undefined;
  let closed = false;
  // Node revives these streams: afterwards, they do not say themselves that they were closed.
  const onClosed = (): void => {
    closed = true;
  };
  const stdout = (): NodeJS.WriteStream => (out ??= quietWhenClosed(process.stdout, onClosed));
  const stderr = (): NodeJS.WriteStream => (err ??= quietWhenClosed(process.stderr));
  return {
    env: process.env,
    cwd: workingDirectory(),
    platform: process.platform,
    node: process.execPath,
    get stdin() {
      return process.stdin;
    },
    get interactive() {
      return process.stdin.isTTY === true;
    },
    get terminal() {
      const stream = stderr();
      if (!stream.isTTY || process.env.TERM === "dumb") return undefined;
      // A terminal that nobody told its size says 0.
      return { columns: stream.columns || 80, write: (text: string) => void stream.write(text) };
    },
    print: (text) => void stdout().write(`${text}\n`),
    printBytes: (bytes) => void stdout().write(bytes),
    note: (text) => void stderr().write(`${text}\n`),
    prompt: (question) => void stderr().write(question),
    drained: () => (out?.writableNeedDrain ? drainOf(out) : Promise.resolve()),
    get outputClosed() {
      return closed;
    },
    noHooks: false,
    enableHooks: false,
    hooksConfig: undefined,
    agentContext: {},
  };
}

/**
 * `xcodex hooks list | head -1` closes our output early: that is no error, and what was begun is still finished. Any other failure to
 * write is, but it says less than an exit code that is set already: a gate must hold where its reason cannot be told.
 */
function quietWhenClosed(stream: NodeJS.WriteStream, onClosed: () => void = () => {}): NodeJS.WriteStream {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") onClosed();
    else process.exitCode ||= 1;
  });
  return stream;
}

/** Settles when a stream has room again, or never will have. */
function drainOf(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
  });
}

/** An agent may have removed the folder it ran us in; its events still count. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return "";
  }
}
