import { type FileStat, type FileSystem, HookInputError, type OpenFile } from "@xcodex/hooks-sdk-core";
import { after } from "./after.ts";
import { isAllowed } from "./permission.ts";

/** Deno's own file system: that of `node:fs` takes 20 ms to load. */
export const files: FileSystem = {
  isAbsolute: (path) => (Deno.build.os === "windows" ? /^(?:[A-Za-z]:)?[\\/]/.test(path) : path.startsWith("/")),
  look,
  open,
  sha256,
};

function look(path: string): FileStat {
  if (!isAllowed({ name: "read", path })) {
    throw failure(path, "Deno does not allow it. Start the hook with --allow-read, or with --allow-read=FOLDER");
  }
  const info = Deno.lstatSync(path);
  // Deno drops the slash at the end, which says that a folder should be there.
  if (info.isFile && path.endsWith("/")) throw Object.assign(new Deno.errors.NotADirectory(path), { code: "ENOTDIR" });
  return told(info);
}

function told({ isFile, size, dev, ino }: Deno.FileInfo): FileStat {
  return { isFile, size, id: `${dev}:${ino}` };
}

/** How long opening a file may take. */
const PATIENCE_MS = 5000;

/**
 * Opens a file. A pipe that took its place after it was looked at would wait for a writer, and Deno has no way to open without
 * waiting; so the waiting ends.
 */
async function open(path: string): Promise<OpenFile> {
  const opening = Deno.open(path);
  const file = await new Promise<Deno.FsFile>((resolve, reject) => {
    const stop = after(PATIENCE_MS, () => reject(failure(path, "it does not open. Check that it is still a file")));
    opening.then(resolve, reject).finally(stop);
  });
  return {
    stat: () => told(file.statSync()),
    read: (into) => file.readSync(into) ?? 0,
    close: () => file.close(),
  };
}

function failure(path: string, state: string): HookInputError {
  return new HookInputError(
    "payload_file_unreadable",
    `Cannot read the payload file ${JSON.stringify(path)}: ${state}.`,
    {
      field: "payload_path",
    },
  );
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
