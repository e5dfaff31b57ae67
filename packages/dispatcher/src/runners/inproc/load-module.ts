import { stat } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { InprocFunction } from "../../contracts.ts";
import { HooksError } from "../../errors.ts";
import { placeOf, textOf } from "./thrown.ts";

/** Names under which a module exports its function; the first that is one counts. */
const NAMES: readonly string[] = ["on_event", "onEvent", "default"];

/**
 * The function of a module of the user's: its export `on_event`, else `onEvent`, else its default.
 *
 * @param path absolute
 * @param attempt from 1. Node keeps modules that failed; each attempt after the first has a new address, so that a mended one loads.
 *   What the module itself imports is kept nevertheless.
 * @param timeoutMs how long it may take, waiting for what it awaits at its top included
 * @param holds whether the process stays alive meanwhile
 * @throws HooksError `module_not_loaded`, with the file and, if it is known, the line
 */
export async function loadModule(
  path: string,
  attempt: number,
  timeoutMs: number,
  holds: boolean,
): Promise<InprocFunction> {
  await mustBeFile(path);
  const url = pathToFileURL(path);
  if (attempt > 1) url.searchParams.set("attempt", String(attempt));
  const exported = await inTime(importOf(url, path), path, timeoutMs, holds);
  const found = functionOf(exported);
  if (found) return found;
  const names = NAMES.slice(0, -1).join(" or ");
  throw notLoaded(path, `it exports no function ${names}, and none as its default`);
}

/** Not left to `import`: it would wait for somebody to write into a pipe. */
async function mustBeFile(path: string): Promise<void> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? error.message);
  if (stats === "ENOENT") throw notLoaded(path, "there is no such file");
  if (typeof stats === "string") throw notLoaded(path, stats);
  if (!stats.isFile()) throw notLoaded(path, "it is no file");
}

async function importOf(url: URL, path: string): Promise<unknown> {
  try {
    return await import(url.href);
  } catch (error) {
    const place = placeOf(error);
    throw notLoaded(path, `${textOf(error)}${place ? ` at ${place}` : ""}`);
  }
}

async function inTime<T>(loading: Promise<T>, path: string, timeoutMs: number, holds: boolean): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(notLoaded(path, `it has not loaded within ${timeoutMs} ms`)), timeoutMs);
    if (!holds) timer.unref();
  });
  return Promise.race([loading, late]).finally(() => clearTimeout(timer));
}

/** A CommonJS module has its exports in `default`; Node finds only some of them by name. */
function functionOf(exported: unknown): InprocFunction | undefined {
  const namespace = exported as Readonly<Record<string, unknown>>;
  for (const place of [namespace, namespace.default as typeof namespace | undefined]) {
    for (const name of NAMES) {
      const found = place?.[name];
      if (typeof found === "function") return found as InprocFunction;
    }
  }
  return undefined;
}

function notLoaded(path: string, state: string): HooksError {
  const message = `Cannot load the module "${path}": ${state}. Mend it, or take it out of hooks.inproc.`;
  return new HooksError("module_not_loaded", message);
}
