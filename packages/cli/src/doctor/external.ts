import type { CommandHook, Hook, McpServer } from "@xcodex/hooks-dispatcher";
import type { Finding } from "../finding.ts";
import { checkCommand } from "./command.ts";
import { ok, type Patient, type Section } from "./section.ts";
import { shellLineFinding } from "./shell-line.ts";

/** Hooks that are commands, and MCP servers that are: their programs and scripts. */
export const external: Section = {
  summary: "hooks that are commands: their programs and scripts",

  async check(patient): Promise<readonly Finding[]> {
    const hooks = patient.config.hooks.filter(isCommand);
    const servers = patient.config.hooks.flatMap(serverOf);
    if (hooks.length === 0 && servers.length === 0) return [nothing(patient)];
    const different = firstOfEach(hooks, ({ command, cwd }) => JSON.stringify([command, cwd]));
    const checked = await Promise.all([
      ...different.map((hook) => checkHook(hook, patient)),
      ...firstOfEach(servers, ({ name }) => name).map((server) => checkServer(server, patient)),
    ]);
    // Several hooks have the same interpreter, or the same script: what is said of it is said once.
    return firstOfEach(checked.flat(), ({ check, subject, state }) => [check, subject, state].join("\n"));
  },
};

function isCommand(hook: Hook): hook is CommandHook {
  return hook.runner === "command";
}

function nothing({ context }: Patient): Finding {
  const subject = "external hooks";
  if (context.noHooks) return ok("external", subject, "every hook is switched off (--no-hooks)");
  return ok("external", subject, "none is configured", {
    advice: "To set some up: xcodex hooks init external --edit-config.",
  });
}

async function checkHook(
  { command, cwd, origin, surface }: CommandHook,
  { context }: Patient,
): Promise<readonly Finding[]> {
  if ("shell" in command) return [await shellLineFinding(command.shell, origin, context)];
  const where = cwd === undefined ? { folder: context.cwd || "/", moves: true } : { folder: cwd, moves: false };
  const samples = surface === "hooks-toml" ? "hooks-toml" : "external";
  const { findings } = await checkCommand(
    { argv: command.argv, ...where, files: "the first", folders: [], samples, origin },
    context,
  );
  return findings;
}

function serverOf(hook: Hook): readonly McpServer[] {
  return hook.runner === "mcp_tool" ? [hook.mcp_tool.server] : [];
}

/** Whether an MCP server that hooks name can be started. It is not: it is somebody else's program, and may do anything. */
async function checkServer(
  { transport, origin }: McpServer,
  { config, context }: Patient,
): Promise<readonly Finding[]> {
  if (transport.kind === "http") return [];
  const { argv, cwd: folder = config.codex_home } = transport;
  const { findings } = await checkCommand(
    { argv, folder, moves: false, files: "the first", folders: [], origin },
    context,
  );
  return findings;
}

function firstOfEach<Item>(items: readonly Item[], key: (item: Item) => string): readonly Item[] {
  const first = new Map<string, Item>();
  for (const item of items) if (!first.has(key(item))) first.set(key(item), item);
  return [...first.values()];
}
