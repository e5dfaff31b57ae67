import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute } from "node:path";
import { pathOf } from "@xcodex/hooks-dispatcher";
import type { Finding } from "../finding.ts";
import { fail, ok, type Patient, warn } from "./section.ts";

const CHECK = "codex_home";
const SUBJECT = "CODEX_HOME";

/** Whoever else can write to the folder can have the agent run what they like. */
const WRITABLE_BY_OTHERS = 0o022;

/** The folder of everything: there, ours to write to, and nobody else's. */
export async function checkHome({ paths, context }: Patient): Promise<readonly Finding[]> {
  const folder = paths.codex_home;
  const found = await stat(folder).catch(() => undefined);
  if (!found) return [ok(CHECK, SUBJECT, `${folder}, which is not there yet and is made when it is needed`)];
  if (!found.isDirectory())
    return [fail(CHECK, SUBJECT, `"${folder}" is no folder`, "Move it away, or set CODEX_HOME.")];
  const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
  const open = context.platform !== "win32" && (found.mode & WRITABLE_BY_OTHERS) !== 0;
  if (open) return [fail(CHECK, SUBJECT, `others may write to "${folder}" (${mode})`, `Run: chmod go-w '${folder}'.`)];
  if (!(await mayUse(folder))) {
    return [fail(CHECK, SUBJECT, `you may not write to "${folder}" (${mode})`, "Make it yours, or set CODEX_HOME.")];
  }
  return [ok(CHECK, SUBJECT, `${folder}, writable by you alone (${mode})`)];
}

async function mayUse(folder: string): Promise<boolean> {
  return access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Where CODEX_HOME itself cannot be used, there is nothing else to look at. */
export function homeFinding(message: string): Finding {
  const [, state = message, advice = "Set CODEX_HOME to a folder."] = /^(.*?)\. (.*)$/.exec(message) ?? [];
  return fail(CHECK, SUBJECT, state, advice);
}

/** In a hook nothing is delivered: what one tries out there says nothing about the hooks. */
export async function checkDepth({ context }: Patient): Promise<readonly Finding[]> {
  const depth = context.env.XCODEX_HOOKS_DEPTH;
  if (!depth) return [];
  const state = `it is set (${JSON.stringify(depth)}): this is inside a hook, where no hook runs`;
  return [warn("depth", "XCODEX_HOOKS_DEPTH", state, "Unset it if that is not so.")];
}

/** A program that is found in "." is another one in every project: whoever wrote the project says what it does. */
export async function checkPath({ config, context }: Patient): Promise<readonly Finding[]> {
  const path = pathOf(context.env as Record<string, string>);
  const moving = path === "" ? [] : path.split(delimiter).filter((folder) => !isAbsolute(folder));
  if (context.platform === "win32" || moving.length === 0 || config.hooks.length === 0) return [];
  const state = `it holds ${JSON.stringify(moving[0])}, which is the folder that the agent works in, and programs of hooks are looked up there too`;
  return [warn("path", "PATH", state, "Take it out, or write absolute paths of programs.")];
}
