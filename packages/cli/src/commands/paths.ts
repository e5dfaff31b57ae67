import { type HooksPaths, hooksPaths, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import { addonPath } from "@xcodex/hooks-pyo3";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { pairs } from "../ui/table.ts";
import type { Verb } from "../verb.ts";

/** `paths`: where everything about hooks is. Nothing is created or looked at. */
export const verb: Verb<{ json?: true }> = {
  define(command: Command): void {
    command.option("--json", "print as JSON");
  },

  async run(_args, { json }, context: Context): Promise<number> {
    const paths = hooksPaths(resolveCodexHome(context.env));
    const addon = addonPath(paths.codex_home, context.env);
    context.print(json ? JSON.stringify({ ...paths, pyo3_addon: addon }, null, 2) : asText(paths, addon));
    return 0;
  },
};

/** @param addon where the addon of in-process Python is looked for */
function asText(paths: HooksPaths, addon: string): string {
  return pairs([
    ["CODEX_HOME", paths.codex_home],
    ["Configuration", paths.config],
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
