import { constants } from "node:fs";
import { lstat, mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Failure } from "@xcodex/hooks-pyo3";
import type { About } from "../health.ts";

/** Size above which the file becomes `….1` when Python is started, in bytes. */
const ROTATE_BYTES: number = 10 * 1024 * 1024;

const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const APPEND: number = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

/** The file that Python prints to; the tracebacks of hooks stand there too. */
export interface PythonLog {
  readonly path: string;
  /** Puts a file that has grown too large aside. Never rejects. */
  readonly prepare: () => Promise<void>;
  /** Writes a traceback, in the background. */
  readonly append: (about: About, failure: Failure) => void;
  /** Settles when what was appended is written, or the budget is spent. Never rejects. */
  readonly flushed: (budgetMs: number) => Promise<void>;
}

/** Names the file; nothing is opened yet. */
export function openPythonLog(path: string): PythonLog {
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const text = waiting.join("");
      waiting = [];
      // The record tells the same in one line; an agent must not suffer from a full disk here.
      await appendTo(path, text).catch(() => {});
    }
    writing = undefined;
  }

  return {
    path,
    prepare: () => rotate(path).catch(() => {}),
    append: ({ hook, subject }, { error, traceback }) => {
      const what = `${hook.id}, event ${JSON.stringify(subject.event_id)}: ${error}`;
      waiting.push(`${new Date().toISOString()} ${what}\n${traceback.trimEnd()}\n`);
      writing ??= Promise.resolve().then(write);
    },
    flushed: async (budgetMs) => {
      if (writing === undefined) return;
      let timer: NodeJS.Timeout | undefined;
      const spent = new Promise<void>((settle) => {
        timer = setTimeout(settle, Math.max(0, budgetMs));
      });
      await Promise.race([writing, spent]);
      clearTimeout(timer);
    },
  };
}

async function appendTo(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, APPEND, 0o600);
  try {
    if ((await file.stat()).isFile()) await file.write(text);
  } finally {
    await file.close();
  }
}

async function rotate(path: string): Promise<void> {
  const stats = await lstat(path);
  if (stats.isFile() && stats.size > ROTATE_BYTES) await rename(path, `${path}.1`);
}
