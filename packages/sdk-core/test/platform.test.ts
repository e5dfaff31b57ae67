import { describe, expect, it } from "vitest";
import {
  block,
  type FileStat,
  type FileSystem,
  HookInputError,
  type Pieces,
  type Platform,
  type ReadEvent,
  readEvent,
  run,
  type Scopes,
  serve,
} from "../dist/index.js";

const EVENT = { schema_version: 1, session_id: "s", cwd: "/w", xcodex_event_type: "session-end" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Ends a process that is none. */
class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** A runtime in memory, and what was done with it. */
function fake(pieces: readonly (string | Promise<Uint8Array>)[], settings: Partial<Platform> = {}) {
  const seen = { opened: 0, closed: 0, stderr: "", stdout: "", timers: 0, reserved: 0 };
  const rest = [...pieces];
  let scope: ReturnType<Scopes["getStore"]>;
  const stdin: Pieces = {
    next: () => {
      const piece = rest.shift();
      return typeof piece === "string" ? bytes(piece) : piece;
    },
    close: () => void seen.closed++,
  };
  const platform: Platform = {
    openStdin: () => {
      seen.opened++;
      return stdin;
    },
    files: NO_FILES,
    writeStderr: (text) => {
      seen.stderr += text;
    },
    reserveStdout: () => {
      seen.reserved++;
      const write = async (text: string): Promise<void> => {
        seen.stdout += text;
      };
      return { write, release: () => void seen.reserved-- };
    },
    env: () => undefined,
    after: (ms, callback) => {
      seen.timers++;
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    exit: (code) => {
      throw new Exit(code);
    },
    scopes: () => ({
      getStore: () => scope,
      run: (inside, call) => {
        scope = inside;
        return call();
      },
    }),
    catchStray: () => () => {},
    onIdle: () => () => {},
    ...settings,
  };
  return { platform, seen };
}

const NO_FILES: FileSystem = {
  isAbsolute: (path) => path.startsWith("/"),
  look: () => {
    throw Object.assign(new Error("nothing there"), { code: "ENOENT" });
  },
  open: () => {
    throw new Error("never");
  },
  sha256: () => "",
};

/** A file system with one file: what is seen under its path, and what is there when it is opened. */
function oneFile(text: string, seen: Partial<FileStat>, opened: Partial<FileStat> = seen): FileSystem {
  const stat = (about: Partial<FileStat>): FileStat => ({ isFile: true, size: text.length, id: "1", ...about });
  let rest = bytes(text);
  return {
    ...NO_FILES,
    look: () => stat(seen),
    open: async () => ({
      stat: () => stat(opened),
      read: (into) => {
        const part = rest.subarray(0, Math.min(3, into.length));
        rest = rest.subarray(part.length);
        into.set(part);
        return part.length;
      },
      close: () => {},
    }),
  };
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (event) => (event as ReadEvent).session_id,
    (error: unknown) => (error instanceof HookInputError ? error.code : error),
  );
}

describe("a runtime", () => {
  it("is asked for stdin when something is to be read and not before, and has it back afterwards", async () => {
    const { platform, seen } = fake([JSON.stringify(EVENT).slice(0, 9), JSON.stringify(EVENT).slice(9)]);
    expect((await readEvent(platform, { input: JSON.stringify(EVENT) })).session_id).toBe("s");
    expect(seen.opened).toBe(0);
    expect((await readEvent(platform, {})).session_id).toBe("s");
    expect(seen).toMatchObject({ opened: 1, closed: 1 });
  });

  it("needs no timer for what is there at once, and one for what is not", async () => {
    const atOnce = fake([JSON.stringify(EVENT)]);
    await readEvent(atOnce.platform, {});
    expect(atOnce.seen.timers).toBe(0);
    const late = fake([Promise.resolve(bytes(JSON.stringify(EVENT)))]);
    await readEvent(late.platform, {});
    expect(late.seen.timers).toBe(1);
  });

  it("that says nothing in time has no event", async () => {
    const { platform, seen } = fake([new Promise<never>(() => {})]);
    expect(await codeOf(readEvent(platform, { timeoutMs: 5 }))).toBe("input_timeout");
    expect(seen.closed).toBe(1);
  });

  it("whose stdin is a terminal has no event", async () => {
    const { platform } = fake([], { openStdin: () => undefined });
    expect(await codeOf(readEvent(platform, {}))).toBe("no_input");
  });

  it("whose stdin fails has no event, and the reason is kept", async () => {
    const { platform } = fake([Promise.reject(new Error("EIO"))]);
    expect(await readEvent(platform, {}).catch((error: Error) => error.message)).toContain("EIO");
  });

  it("ends with 2 after block, and with the reason", async () => {
    const { platform, seen } = fake([]);
    expect(() => block(platform, "no")).toThrow(new Exit(2));
    expect(seen.stderr).toBe("no\n");
  });

  it("runs one event, or serves, as the input says", async () => {
    const types: string[] = [];
    const hook = (event: ReadEvent): void => void types.push(event.xcodex_event_type);
    const one = fake([JSON.stringify(EVENT)]);
    await run(one.platform, hook, {});
    const line = `${JSON.stringify({ type: "event", seq: 1, event: EVENT })}\n`;
    const host = fake([line, line], { env: () => "1" });
    await run(host.platform, hook, {});
    expect(types).toEqual(["session-end", "session-end", "session-end"]);
    expect(host.seen).toMatchObject({ stdout: '{"seq":1}\n{"seq":1}\n', closed: 1 });
  });

  it("has its stdout back when a host is done", async () => {
    const { platform, seen } = fake([]);
    await serve(platform, () => {}, {});
    expect(seen.reserved).toBe(0);
  });
});

describe("a payload file", () => {
  const text = JSON.stringify(EVENT);
  const follow = (files: FileSystem): Promise<unknown> =>
    codeOf(readEvent(fake([], { files }).platform, { input: '{"payload_path":"/f"}', maxPayloadFileBytes: 1000 }));

  it.each<[string, FileSystem, string]>([
    ["is read, in however many pieces", oneFile(text, {}), "s"],
    ["that is not there", NO_FILES, "payload_file_missing"],
    ["that is no regular file", oneFile(text, { isFile: false }), "payload_file_not_regular"],
    ["that is none any more when it is opened", oneFile(text, {}, { isFile: false }), "payload_file_not_regular"],
    ["that is another one when it is opened", oneFile(text, {}, { id: "2" }), "payload_file_not_regular"],
    ["that is too large", oneFile(text, { size: 1001 }), "payload_file_too_large"],
    ["that has more in it than it says", oneFile(text, { size: 5 }), "payload_file_mismatch"],
  ])("%s", async (_, files, expected) => expect(await follow(files)).toBe(expected));
});
