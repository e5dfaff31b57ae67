import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Config, ConfigProblem } from "@xcodex/hooks-dispatcher";
import type { Finding } from "../finding.ts";
import { fail, ok, type Patient } from "./section.ts";

const CHECK = "configuration";

/** The configuration files: readable, nobody else's to write, and every problem of them. */
export async function checkConfiguration({ config, context }: Patient): Promise<readonly Finding[]> {
  const { file, hooks, problems } = config;
  const files = filesOf(config);
  if (files.length === 0 && problems.length === 0) {
    return [ok(CHECK, "config.toml", `there is none at ${file}, so no hook is configured`)];
  }
  const looks = [
    ...sayingWhatRuns(config).map((path) => openToOthers(path, context.platform)),
    ...foldersOf(config).map((folder) => openFolder(folder, context.platform)),
  ];
  const open = await Promise.all(looks);
  const broken = [...problems.map(problemFinding), ...open.flat()];
  if (broken.length > 0) return broken;
  const state = `${files.join(" and ")}, ${working(hooks.length)}`;
  const subject = files.map((path) => basename(path)).join(" and ");
  return [ok(CHECK, subject, context.noHooks ? "every hook is switched off (--no-hooks)" : state)];
}

/** The files that are there and read. */
function filesOf({ file, exists, hooks_toml }: Config): readonly string[] {
  const own = exists ? [file] : [];
  return hooks_toml?.enabled && hooks_toml.exists ? [...own, hooks_toml.file] : own;
}

/** Those, and config.json: it names the hooks.toml that is read. */
function sayingWhatRuns(config: Config): readonly string[] {
  return [...filesOf(config), ...(config.hooks_toml ? [join(config.codex_home, "config.json")] : [])];
}

/** What others write there runs in the name of whoever runs the agent. */
async function openToOthers(file: string, platform: NodeJS.Platform): Promise<readonly Finding[]> {
  const mode = (await stat(file).catch(() => undefined))?.mode ?? 0;
  if (platform === "win32" || (mode & 0o022) === 0) return [];
  return [fail(CHECK, basename(file), `others may write to "${file}"`, `Run: chmod go-w '${file}'.`)];
}

/** Folders of files that are read from elsewhere than CODEX_HOME, which is looked at by itself. Their scripts run in them. */
function foldersOf({ codex_home, hooks_toml }: Config): readonly string[] {
  const folder = hooks_toml?.enabled && hooks_toml.exists ? dirname(hooks_toml.file) : codex_home;
  return folder === codex_home ? [] : [folder];
}

/** Who may write to a folder can put other files into the place of ours, unless its sticky bit forbids that. */
async function openFolder(folder: string, platform: NodeJS.Platform): Promise<readonly Finding[]> {
  const mode = (await stat(folder).catch(() => undefined))?.mode ?? 0;
  if (platform === "win32" || (mode & 0o022) === 0 || (mode & 0o1000) !== 0) return [];
  const state = `others may write to its folder "${folder}", and put another file in its place`;
  return [fail(CHECK, "hooks.toml", state, `Run: chmod go-w '${folder}'.`)];
}

function working(hooks: number): string {
  return hooks === 0 ? "no hooks" : hooks === 1 ? "1 hook" : `${hooks} hooks, all of them understood`;
}

/** A problem says what is wrong and what to do in one text. */
function problemFinding({ severity, message, origin }: ConfigProblem): Finding {
  const [, state = message, advice] = /^(.*?)\. ([A-Z].*)$/s.exec(message) ?? [];
  return {
    check: CHECK,
    level: severity === "error" ? "fail" : "warn",
    subject: "configuration",
    state: state.replace(/\.$/, ""),
    ...(advice === undefined ? {} : { advice }),
    origin,
  };
}
