import { join } from "node:path";
import type { HooksPaths } from "@xcodex/hooks-dispatcher";
import { inHooks, type Sdk } from "../sdks.ts";
import { shellLine } from "./shell.ts";
import { snippetText } from "./snippet.ts";
import { pairs } from "./table.ts";
import { tomlArray } from "./toml.ts";

/** What to do with SDKs that are installed: everything about one, and where the templates are of several. */
export function sdkSteps(sdks: readonly Sdk[], paths: HooksPaths): string {
  const [only] = sdks;
  if (only && sdks.length === 1) return stepsOf(only, paths);
  const rows = sdks.map(({ id, template }) => [`  ${id}`, join(paths.hooks, template.source)] as const);
  return `Templates; how to build and configure one: xcodex hooks install sdks <sdk>\n${pairs(rows)}`;
}

function stepsOf({ template, notes }: Sdk, paths: HooksPaths): string {
  const commands = template.build.map((argv) => `  ${shellLine(inHooks(argv, paths.hooks))}`);
  const run = inHooks(template.run, paths.hooks);
  return [
    `Template: ${join(paths.hooks, template.source)}`,
    "Start your own hook as a copy of it: what you edit is kept, but no longer brought up to date.",
    ...(commands.length === 0 ? [] : ["", "Build it:", "", ...commands]),
    "",
    snippetText(configFor(run), paths.config, []),
    "",
    "Or this instead, for the same program as a host: one process that gets every event as a line.",
    "",
    hostConfigFor(run),
    ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `Note: ${note}`)]),
    "",
    "Next: xcodex hooks test all",
  ].join("\n");
}

/** The configuration of a hook that is started for one event, in TOML. */
export function configFor(run: readonly string[]): string {
  return [
    "# For one event; `xcodex hooks list --all` names them all.",
    "[[hooks.command.tool_call_finished]]",
    "  [[hooks.command.tool_call_finished.hooks]]",
    `  argv = ${tomlArray(run)}`,
  ].join("\n");
}

/** The configuration of the same program as a host, in TOML. There is one host at most. */
export function hostConfigFor(run: readonly string[]): string {
  return ["[hooks.host]", "enabled = true", `command = ${tomlArray(run)}`].join("\n");
}
