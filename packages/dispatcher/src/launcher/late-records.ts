/**
 * Records that the agent's process writes itself, about runs that no launcher process could take or finish.
 *
 * Rare, and never in the way: what has come together is appended in the background, in one write, so that it does not mix with
 * what launchers append. Only an agent that exits writes at once.
 */
import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import type { RunRecord } from "../contracts.ts";
import { atExit } from "./at-exit.ts";
import type { Folders } from "./folders.ts";
import { openRecords, rotateIfLong } from "./records.ts";

/** Appends in the background. */
export interface LateRecords {
  readonly append: (record: RunRecord) => void;
  /** Settles when everything so far is on disk, or cannot get there. Never rejects. */
  readonly flushed: () => Promise<void>;
}

const APPEND: number = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;

/** Opens the records of one CODEX_HOME for appending in the background. */
export function openLateRecords(folders: Folders): LateRecords {
  let waiting: RunRecord[] = [];
  let batch: RunRecord[] = [];
  let writing: Promise<void> | undefined;
  let forget: (() => void) | undefined;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      [batch, waiting] = [waiting, []];
      try {
        await mkdir(folders.root, { recursive: true, mode: 0o700 });
        rotateIfLong(folders);
        const file = await open(folders.runs_file, APPEND, 0o600);
        // Not `appendFile`: it cuts what is long into several writes.
        await file.write(linesOf(batch)).finally(() => file.close());
      } catch {
        // The ends of the runs tell the same; an agent must not suffer from a full disk here.
      }
      batch = [];
    }
    writing = undefined;
    forget?.();
  }

  /** What is being written may be there already; a record that is there twice is better than one that is not. */
  function writeNow(): void {
    const records = openRecords(folders, () => {});
    for (const record of [...batch, ...waiting]) records.append(record);
  }

  function append(record: RunRecord): void {
    waiting.push(record);
    if (writing !== undefined) return;
    forget = atExit(writeNow);
    writing = Promise.resolve().then(write);
  }

  return { append, flushed: () => writing ?? Promise.resolve() };
}

function linesOf(records: readonly RunRecord[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
}
