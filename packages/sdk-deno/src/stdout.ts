import type { ReservedStdout } from "@xcodex/hooks-sdk-core";
import { writeStderr } from "./stderr.ts";

/**
 * Takes stdout away: whatever a hook prints (`console.log`, `Deno.stdout`) goes to stderr instead, because what reads stdout takes
 * every line of it for a reply. Programs that the hook starts with an inherited stdout are not covered.
 */
export function reserveStdout(): ReservedStdout {
  const write = Deno.stdout.write.bind(Deno.stdout);
  const giveBackStream = redirectStream();
  const giveBackConsole = redirectConsole();
  return {
    write: (text) => writeAll(text, write),
    release: () => {
      giveBackConsole();
      giveBackStream();
    },
  };
}

async function writeAll(text: string, write: (bytes: Uint8Array) => Promise<number>): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length; ) at += await write(bytes.subarray(at));
  } catch {
    // A reader that is gone ends the replies, not the host.
  }
}

/** `Deno.stdout` has these from its class: own ones hide them, and are taken away again. */
function redirectStream(): () => void {
  const own = {
    write: { value: (bytes: Uint8Array) => Deno.stderr.write(bytes), configurable: true },
    writeSync: { value: (bytes: Uint8Array) => Deno.stderr.writeSync(bytes), configurable: true },
    writable: { get: () => Deno.stderr.writable, configurable: true },
  };
  Object.defineProperties(Deno.stdout, own);
  return () => Object.keys(own).forEach((name) => void Reflect.deleteProperty(Deno.stdout, name));
}

type Print = (...args: readonly unknown[]) => void;

/** `console.error` says the same as `console.log`, in the same groups, only to stderr. */
function redirectConsole(): () => void {
  const before = { ...console };
  const { error, group } = console;
  const intoGroup: Print = (...label) => {
    if (label.length > 0) error(...label);
    group();
  };
  Object.assign(console, {
    ...{ log: error, info: error, debug: error, dirxml: error, group: intoGroup, groupCollapsed: intoGroup },
    dir: (value: unknown, options?: Deno.InspectOptions) => error(Deno.inspect(value, options)),
  });
  for (const name of WHOLE) console[name] = (...args: readonly unknown[]) => (nodeConsole()[name] as Print)(...args);
  return () => void Object.assign(console, before);
}

/** What nothing but the whole of a console can say. */
const WHOLE = ["table", "count", "countReset", "time", "timeLog", "timeEnd"] as const;

let made: Console | undefined;

/** Node's console over stderr; Deno's cannot be given another stream. It takes 20 ms to load, for what hooks hardly ever print. */
function nodeConsole(): Console {
  const { process } = globalThis as unknown as { readonly process: Builtins };
  made ??= new (process.getBuiltinModule("node:console").Console)(STDERR);
  return made;
}

interface Builtins {
  readonly getBuiltinModule: (name: "node:console") => {
    readonly Console: new (stream: typeof STDERR) => Console;
  };
}

/** As much of a stream as a console takes. */
const STDERR = {
  write: (text: string): boolean => {
    writeStderr(text);
    return true;
  },
  on: (): void => {},
  once: (): void => {},
  removeListener: (): void => {},
  listenerCount: (): number => 0,
};
