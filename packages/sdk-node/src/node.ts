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
  exit: (code) => process.exit(code),
  scopes: (): Scopes => new (builtin("node:async_hooks").AsyncLocalStorage)(),
  catchStray,
  onIdle,
};

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
