import type { BigIntStats } from "node:fs";
import type { FileStat, FileSystem, OpenFile } from "@xcodex/hooks-sdk-core";
import { builtin } from "./builtin.ts";

/** Node's file system. All of it at once: a payload file is on this machine, and a hook has nothing else to do meanwhile. */
export const files: FileSystem = {
  isAbsolute: (path) => builtin("node:path").isAbsolute(path),
  look: (path) => told(builtin("node:fs").lstatSync(path, BIGINT)),
  open,
  sha256: (bytes) => builtin("node:crypto").createHash("sha256").update(bytes).digest("hex"),
};

const BIGINT = { bigint: true } as const;

function told(stat: BigIntStats): FileStat {
  return { isFile: stat.isFile(), size: Number(stat.size), id: `${stat.dev}:${stat.ino}` };
}

function open(path: string): OpenFile {
  const { closeSync, constants, fstatSync, openSync, readSync } = builtin("node:fs");
  // Never follow a link, never wait for the other end of a pipe, never become a terminal's process. Windows has none of the three.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  return {
    stat: () => told(fstatSync(fd, BIGINT)),
    read: (into) => readSync(fd, into),
    close: () => closeSync(fd),
  };
}
