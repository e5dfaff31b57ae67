/**
 * Large payloads as files, and the leases that keep them while a run uses them.
 *
 * Several launchers share one CODEX_HOME, and each prunes. So a launcher says which payload files it uses by an empty file
 * `leases/<payload name>.<pid>`, made before the payload file and removed after the last run that was given it.
 */
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { join } from "node:path";
import {
  closeFile,
  codeOf,
  createFile,
  type Folders,
  inFolders,
  namesIn,
  ownerOf,
  removeFile,
  safeName,
  writeAll,
} from "./folders.ts";
import { createKeptFolder, type KeptFolder } from "./kept-folder.ts";
import { processExists } from "./platform.ts";

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

/** Leases of this process, by path: several cores may live in it. */
const ourLeases = new Set<string>();

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
    endLease(claim.lease);
    throw error;
  } finally {
    closeFile(claim.fd);
  }
  kept.added(claim.name);
  kept.trim();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const release = (): void => {
    endLease(claim.lease);
    kept.trim();
  };
  return { path: claim.path, bytes: bytes.length, sha256, release };
}

interface Claim {
  readonly name: string;
  readonly path: string;
  readonly lease: string;
  readonly fd: number;
}

/** Finds a free name; two payloads of one event in one millisecond get a counter. */
function claimName(folders: Folders, stem: string): Claim {
  for (let n = 0; ; n += 1) {
    const name = n === 0 ? `${stem}.json` : `${stem}-${n}.json`;
    const path = join(folders.payloads, name);
    const lease = join(folders.leases, `${name}.${process.pid}`);
    if (ourLeases.has(lease)) continue;
    startLease(lease);
    try {
      return { name, path, lease, fd: createFile(path, constants.O_WRONLY) };
    } catch (error) {
      endLease(lease);
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
}

/** A lease of an earlier process with our pid may lie there; it is ours now. */
function startLease(lease: string): void {
  removeFile(lease);
  closeFile(createFile(lease, constants.O_WRONLY));
  ourLeases.add(lease);
}

function endLease(lease: string): void {
  ourLeases.delete(lease);
  removeFile(lease);
}

/** Which payload files are in use by a launcher that lives; leases of dead ones are removed on the way. */
function leased(folders: Folders): (name: string) => boolean {
  const live = new Set<string>();
  for (const lease of namesIn(folders.leases)) {
    const pid = ownerOf(lease);
    if (pid === undefined) continue;
    const path = join(folders.leases, lease);
    const held = pid === process.pid ? ourLeases.has(path) : processExists(pid);
    if (held) live.add(lease.slice(0, lease.lastIndexOf(".")));
    else removeFile(path);
  }
  return (name) => live.has(name);
}
