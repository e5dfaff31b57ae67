import type { Platform, Scopes } from "@xcodex/hooks-sdk-core";
import { builtin } from "./builtin.ts";
import { files } from "./files.ts";
import { writeStderr } from "./stderr.ts";
import { openStdin } from "./stdin.ts";
import { reserveStdout } from "./stdout.ts";

/** Node as the SDKs see it. */
export const node: Platform = {
  openStdin,
  files,
  writeStderr,
  reserveStdout,
  env: (name) => process.env[name],
  after,
  exit,
  scopes: (): Scopes => new (builtin("node:async_hooks").AsyncLocalStorage)(),
  catchStray,
  onIdle,
};

/** Whoever listens to the end of the process is told, and has no say in the code. */
function exit(code: number): never {
  process.on("exit", () => {
    process.exitCode = code;
  });
  try {
    return process.exit(code);
  } finally {
    // A listener has thrown. The second time nobody is told any more.
    process.exit(code);
  }
}

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

/** A program with a say of its own in this keeps it. */
function catchStray(callback: (error: unknown) => void): () => void {
  const events = (["uncaughtException", "unhandledRejection"] as const).filter(
    (event) => process.listenerCount(event) === 0,
  );
  for (const event of events) process.on(event, callback);
  return () => events.forEach((event) => void process.off(event, callback));
}

function onIdle(callback: () => void): () => void {
  process.once("beforeExit", callback);
  return () => void process.off("beforeExit", callback);
}
