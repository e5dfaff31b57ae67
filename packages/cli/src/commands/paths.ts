import { hooksPaths, resolveCodexHome } from "@xcodex/hooks-dispatcher";
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
    if (json) {
      context.print(JSON.stringify(paths, null, 2));
      return 0;
    }
    context.print(
      pairs([
        ["CODEX_HOME", paths.codex_home],
        ["Configuration", paths.config],
        ["Hooks", paths.hooks],
        ["Logs", paths.logs],
        ["Payloads", paths.payloads],
        ["Records", paths.records],
        ["Launcher log", paths.launcher_log],
      ]),
    );
    return 0;
  },
};
