import type { Platform, Scopes } from "@xcodex/hooks-sdk-core";
import { after } from "./after.ts";
import { files } from "./files.ts";
import { isAllowed } from "./permission.ts";
import { writeStderr } from "./stderr.ts";
import { openStdin } from "./stdin.ts";
import { reserveStdout } from "./stdout.ts";

/** Deno as the SDKs see it. */
export const deno: Platform = {
  openStdin,
  files,
  writeStderr,
  reserveStdout,
  env: (name) => (isAllowed({ name: "env", variable: name }) ? Deno.env.get(name) : undefined),
  after,
  exit,
  scopes,
  catchStray,
  onIdle: (callback) => listen("beforeunload", callback),
};

/** Whoever listens to the end of the process is told, and has no say in the code. */
function exit(code: number): never {
  listen("unload", () => {
    Deno.exitCode = code;
  });
  // What a listener throws would end the process with another one.
  listen("error", (event) => event.preventDefault());
  return Deno.exit(code);
}

async function scopes(): Promise<Scopes> {
  const { AsyncLocalStorage } = await import("node:async_hooks");
  return new AsyncLocalStorage();
}

/** A program that has dealt with it itself is left its say. */
function catchStray(callback: (error: unknown) => void): () => void {
  const stops = [
    listen("error", (event) => take(event, (event as ErrorEvent).error)),
    listen("unhandledrejection", (event) => take(event, (event as PromiseRejectionEvent).reason)),
  ];
  return () => stops.forEach((stop) => void stop());

  function take(event: Event, error: unknown): void {
    if (event.defaultPrevented) return;
    event.preventDefault();
    callback(error);
  }
}

function listen(type: string, listener: (event: Event) => void): () => void {
  globalThis.addEventListener(type, listener);
  return () => globalThis.removeEventListener(type, listener);
}
