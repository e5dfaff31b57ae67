import { join } from "node:path";
import { type HooksPaths, hooksPaths, loadConfig, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import { addonPath } from "@xcodex/hooks-pyo3";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { loadOptions } from "../load-options.ts";
import { pairs } from "../ui/table.ts";
import type { Verb } from "../verb.ts";

/** `paths`: where everything about hooks is. Of the files, only those that say where hooks.toml is are looked at; nothing is created. */
export const verb: Verb<{ json?: true }> = {
  define(command: Command): void {
    command.option("--json", "print as JSON");
  },

  async run(_args, { json }, context: Context): Promise<number> {
    const paths = hooksPaths(resolveCodexHome(context.env));
    const { hooks_toml } = await loadConfig({ codexHome: paths.codex_home, ...loadOptions(context) });
    const hooksToml = hooks_toml?.file ?? join(paths.codex_home, "hooks.toml");
    const addon = addonPath(paths.codex_home, context.env);
    context.print(json ? asJson(paths, hooksToml, addon) : asText(paths, hooksToml, addon));
    return 0;
  },
};

function asJson({ codex_home, config, ...paths }: HooksPaths, hooksToml: string, addon: string): string {
  return JSON.stringify({ codex_home, config, hooks_toml: hooksToml, ...paths, pyo3_addon: addon }, null, 2);
}

/** @param addon where the addon of in-process Python is looked for */
function asText(paths: HooksPaths, hooksToml: string, addon: string): string {
  return pairs([
    ["CODEX_HOME", paths.codex_home],
    ["Configuration", paths.config],
    ["hooks.toml", hooksToml],
    ["Hooks", paths.hooks],
    ["Logs", paths.logs],
    ["Host logs", paths.host_logs],
    ["Python log", paths.python_log],
    ["Python addon", addon],
    ["Payloads", paths.payloads],
    ["Tool summaries", paths.tool_calls_log],
    ["Event log", paths.events_log],
    ["Records", paths.records],
    ["Launcher log", paths.launcher_log],
  ]);
}
