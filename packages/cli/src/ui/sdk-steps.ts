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
  return [
    `Template: ${join(paths.hooks, template.source)}`,
    "Start your own hook as a copy of it: what you edit is kept, but no longer brought up to date.",
    ...(commands.length === 0 ? [] : ["", "Build it:", "", ...commands]),
    "",
    snippetText(configFor(inHooks(template.run, paths.hooks)), paths.config, notes),
    "",
    "Next: xcodex hooks test external --configured-only",
  ].join("\n");
}

/** The configuration of a hook, in TOML: for one event, and as a host, which this version does not deliver to. */
export function configFor(run: readonly string[]): string {
  return [
    "# For one event; `xcodex hooks list --all` names them all.",
    "[[hooks.command.tool_call_finished]]",
    "  [[hooks.command.tool_call_finished.hooks]]",
    `  argv = ${tomlArray(run)}`,
    "",
    "# The same command is a host as well: one process that gets every event as a line. This version of xcodex hooks",
    "# delivers nothing to hosts yet; for an agent that does:",
    "# [hooks.host]",
    "# enabled = true",
    `# command = ${tomlArray(run)}`,
  ].join("\n");
}
