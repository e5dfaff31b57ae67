/** Large payloads as files: private, leased as long as a run uses them, pruned by keep-last-N. */
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { join } from "node:path";
import { closeFile, codeOf, createFile, type Folders, inFolders, removeFile, safeName, writeAll } from "./folders.ts";
import { createKeptFolder, type KeptFolder } from "./kept-folder.ts";
import { leased, takeLease } from "./leases.ts";

/** A payload file in use. */
export interface PayloadFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** No run uses it any more. */
  readonly release: () => void;
}

/** The payload files of one CODEX_HOME. */
export interface PayloadFiles {
  /** Writes a payload. Throws when it cannot be written. */
  readonly write: (eventId: string, bytes: Buffer) => PayloadFile;
  readonly rescan: () => void;
}

/** Opens the payload folder of one CODEX_HOME. */
export function openPayloadFiles(folders: Folders, keep: number): PayloadFiles {
  const kept = createKeptFolder(folders.payloads, keep, () => leased(folders));
  return {
    write: (eventId, bytes) => inFolders(folders, () => writePayload(folders, kept, eventId, bytes)),
    rescan: kept.rescan,
  };
}

function writePayload(folders: Folders, kept: KeptFolder, eventId: string, bytes: Buffer): PayloadFile {
  const claim = claimName(folders, `${Date.now()}-${safeName(eventId) ?? randomUUID()}`);
  try {
    writeAll(claim.fd, bytes);
  } catch (error) {
    removeFile(claim.path);
    claim.endLease();
    throw error;
  } finally {
    closeFile(claim.fd);
  }
  kept.added(claim.name);
  kept.trim();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const release = (): void => {
    claim.endLease();
    kept.trim();
  };
  return { path: claim.path, bytes: bytes.length, sha256, release };
}

interface Claim {
  readonly name: string;
  readonly path: string;
  readonly endLease: () => void;
  readonly fd: number;
}

/** Finds a free name; two payloads of one event in one millisecond get a counter. */
function claimName(folders: Folders, stem: string): Claim {
  for (let n = 0; ; n += 1) {
    const name = n === 0 ? `${stem}.json` : `${stem}-${n}.json`;
    const path = join(folders.payloads, name);
    const endLease = takeLease(folders, name);
    if (endLease === undefined) continue;
    try {
      return { name, path, endLease, fd: createFile(path, constants.O_WRONLY) };
    } catch (error) {
      endLease();
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
}
