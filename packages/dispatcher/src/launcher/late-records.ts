/**
 * Records that the agent's process writes itself, about runs that no launcher process could take or finish.
 *
 * Rare, and never in the way: what has come together is appended in the background, in one write.
 */
import { appendFile, mkdir } from "node:fs/promises";
import type { RunRecord } from "../contracts.ts";
import type { Folders } from "./folders.ts";

/** Appends in the background. */
export interface LateRecords {
  readonly append: (record: RunRecord) => void;
  /** Settles when everything so far is on disk, or cannot get there. Never rejects. */
  readonly flushed: () => Promise<void>;
}

/** Opens the records of one CODEX_HOME for appending in the background. */
export function openLateRecords(folders: Folders): LateRecords {
  let lines: string[] = [];
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (lines.length > 0) {
      const batch = lines.join("");
      lines = [];
      try {
        await mkdir(folders.root, { recursive: true, mode: 0o700 });
        await appendFile(folders.runs_file, batch, { mode: 0o600 });
      } catch {
        // The ends of the runs tell the same; an agent must not suffer from a full disk here.
      }
    }
    writing = undefined;
  }

  function append(record: RunRecord): void {
    lines.push(`${JSON.stringify(record)}\n`);
    writing ??= Promise.resolve().then(write);
  }

  return { append, flushed: () => writing ?? Promise.resolve() };
}
