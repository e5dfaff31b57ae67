import { type Config, type Hook, loadConfig, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import { CATALOGUE, defaultName, findEvent } from "@xcodex/hooks-schema";
import type { Command } from "commander";
import { isUnreadable, problemLine } from "../config-problems.ts";
import type { Context } from "../context.ts";
import { printable } from "../ui/printable.ts";
import { pairs } from "../ui/table.ts";
import type { Verb } from "../verb.ts";

interface ListOptions {
  readonly all?: true;
  readonly json?: true;
}

/** An event and its hooks, in file order. */
interface Listed {
  readonly event_type: string;
  /** Whether it is in the catalogue. */
  readonly known: boolean;
  readonly hooks: readonly Hook[];
}

const HELP = `
Events of the catalogue come in the order of a session's life, other configured names after them.
Exit codes: 0 the configuration could be read, 1 it could not. Entries that do not work are shown below the hooks.`;

/** `list`: the configured hooks, and what is wrong with the others. */
export const verb: Verb<ListOptions> = {
  define(command: Command): void {
    command
      .option("--all", "also show the events that have no hook")
      .option("--json", "print as JSON")
      .addHelpText("after", HELP);
  },

  async run(_args, options, context): Promise<number> {
    const codexHome = resolveCodexHome(context.env);
    const config = await loadConfig({ codexHome, noHooks: context.noHooks });
    const events = eventsOf(config, options.all === true);
    if (options.json) context.print(JSON.stringify(asJson(config, events, context), null, 2));
    else show(config, events, context);
    return isUnreadable(config) ? 1 : 0;
  },
};

/** The configured events, and with `all` the others of the catalogue too: the catalogue's order, then the file's. */
function eventsOf(config: Config, all: boolean): readonly Listed[] {
  const configured = config.hooks.map((hook) => hook.event_type);
  const catalogue = CATALOGUE.map((facts) => facts.type as string);
  const types = [...catalogue, ...new Set(configured.filter((type) => !catalogue.includes(type)))];
  return types
    .map((type) => ({
      event_type: type,
      known: catalogue.includes(type),
      hooks: config.hooks.filter((hook) => hook.event_type === type),
    }))
    .filter(({ hooks }) => all || hooks.length > 0);
}

function show(config: Config, events: readonly Listed[], context: Context): void {
  context.print(
    pairs([
      ["CODEX_HOME", config.codex_home],
      ["Configuration", config.file + (config.exists ? "" : " (missing)")],
      ["Payloads", `up to ${config.limits.max_stdin_payload_bytes} bytes on stdin, larger ones in a file`],
      ["Kept", config.limits.keep_last_n_payloads === 0 ? "all payload files and logs" : keptText(config)],
    ]),
  );
  if (context.noHooks) context.print("\nEvery hook is switched off (--no-hooks).");
  context.print(`\nConfigured events: ${events.filter(({ hooks }) => hooks.length > 0).length}`);
  for (const event of events) context.print(`\n${eventText(event)}`);
  if (config.problems.length === 0) return;
  context.print(`\nProblems: ${config.problems.length}`);
  for (const problem of config.problems) context.print(`  ${printable(problemLine(problem))}`);
}

function keptText({ limits }: Config): string {
  return `the last ${limits.keep_last_n_payloads} payload files and logs`;
}

function eventText({ event_type: type, hooks }: Listed): string {
  const facts = findEvent(type)?.facts;
  const name = facts && defaultName(facts) !== type ? ` (${defaultName(facts)})` : "";
  const heading = facts ? `${type}${name}` : `${printable(type)} (not in the catalogue)`;
  const texts = hooks.length === 0 ? ["  (none)"] : hooks.map(hookText);
  return [heading, ...texts].join("\n");
}

function hookText(hook: Hook): string {
  const facts = [
    hook.surface,
    `key ${hook.key}`,
    `matcher ${hook.matcher.source}`,
    ...(hook.tools ? [`${hook.tools} tools`] : []),
    hook.mode + (hook.may_gate ? ", may block" : "") + (hook.required ? ", required" : ""),
    `wire ${hook.wire}`,
    `timeout ${hook.timeout_ms / 1000} s`,
    `${hook.origin.file}:${hook.origin.line}`,
  ];
  return `  ${printable(commandText(hook))}\n    ${printable(facts.join(" · "))}`;
}

/** A command as one could type it, near enough; words with spaces are quoted. */
function commandText({ command }: Hook): string {
  if ("shell" in command) return command.shell;
  return command.argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

function asJson(config: Config, events: readonly Listed[], context: Context): object {
  const { codex_home, file, exists, limits, problems } = config;
  return {
    codex_home,
    config: file,
    exists,
    no_hooks: context.noHooks,
    limits,
    events: events.map(({ hooks, ...event }) => ({ ...event, hooks: hooks.map(hookJson) })),
    problems,
  };
}

/** A hook as data: everything but the matcher's function. */
function hookJson({ matcher, event_type: _, ...hook }: Hook): object {
  return { ...hook, matcher: matcher.source };
}
