import type { ReservedStdout } from "@xcodex/hooks-sdk-core";

/**
 * Takes stdout away: whatever a hook prints (`console.log`, `process.stdout.write`) goes to stderr instead, because what reads
 * stdout takes every line of it for a reply. Programs that the hook starts with an inherited stdout are not covered.
 */
export function reserveStdout(): ReservedStdout {
  const property = Object.getOwnPropertyDescriptor(process, "stdout");
  return property?.get && property.configurable && !mayBeInUse()
    ? reserveAtFirstUse(property as Required<Pick<PropertyDescriptor, "get">>)
    : reserve(process.stdout);
}

/** Modules one of which Node loads to make `process.stdout`, whatever stdout is. */
const MADE_OF = ["net", "tty", "internal/fs/sync_write_stream"];

/** False only when it is certain that nobody has taken hold of `process.stdout` yet. To ask for it would make it. */
function mayBeInUse(): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: readonly string[] };
  return !moduleLoadList || MADE_OF.some((name) => moduleLoadList.includes(`NativeModule ${name}`));
}

function reserve(stdout: NodeJS.WriteStream): ReservedStdout {
  const write = stdout.write;
  // A reader that is gone ends the replies, not the host.
  const ignore = (): void => {};
  stdout.on("error", ignore);
  stdout.write = ((...args: Parameters<typeof write>) => process.stderr.write(...args)) as typeof write;
  return {
    write: (text) => new Promise((resolve) => write.call(stdout, text, "utf8", () => resolve())),
    release: () => {
      stdout.write = write;
      stdout.off("error", ignore);
    },
  };
}

/** Most hooks print nothing, and making `process.stdout` takes a millisecond or three. */
function reserveAtFirstUse(property: Required<Pick<PropertyDescriptor, "get">>): ReservedStdout {
  let reserved: ReservedStdout | undefined;
  const stdout = (): NodeJS.WriteStream => {
    const stream: NodeJS.WriteStream = property.get.call(process);
    reserved ??= reserve(stream);
    return stream;
  };
  Object.defineProperty(process, "stdout", { ...property, get: stdout });
  return {
    write: (text) => {
      stdout();
      return reserved?.write(text) ?? Promise.resolve();
    },
    release: () => {
      Object.defineProperty(process, "stdout", property);
      reserved?.release();
    },
  };
}
