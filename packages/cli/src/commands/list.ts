import {
  type Config,
  EVERY_EVENT,
  type Hook,
  type InprocTarget,
  loadConfig,
  type McpServer,
  resolveCodexHome,
  shownConfig,
  type WebhookTarget,
} from "@xcodex/hooks-dispatcher";
import { CATALOGUE, defaultName, findEvent } from "@xcodex/hooks-schema";
import type { Command } from "commander";
import { isUnreadable, problemLine } from "../config-problems.ts";
import type { Context } from "../context.ts";
import { loadOptions } from "../load-options.ts";
import { printable } from "../ui/printable.ts";
import { pairs } from "../ui/table.ts";
import type { Verb } from "../verb.ts";

interface ListOptions {
  readonly all?: true;
  readonly json?: true;
}

/** An event and its hooks, in the order in which they run. */
interface Listed {
  /** `*` stands for every event. */
  readonly event_type: string;
  /** Whether it is in the catalogue; `*` stands for those too. */
  readonly known: boolean;
  readonly hooks: readonly Hook[];
}

const HELP = `
Hooks for every event come first, then events of the catalogue in the order of a session's life, then other configured names.
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
    const config = shownConfig(await loadConfig({ codexHome, ...loadOptions(context) }));
    const events = eventsOf(config, options.all === true);
    if (options.json) context.print(JSON.stringify(asJson(config, events, context), null, 2));
    else show(config, events, context);
    return isUnreadable(config) ? 1 : 0;
  },
};

/** Every event, the configured ones, and with `all` the others of the catalogue too: the catalogue's order, then the file's. */
function eventsOf(config: Config, all: boolean): readonly Listed[] {
  const configured = config.hooks.map((hook) => hook.event_type);
  const catalogue = [EVERY_EVENT, ...CATALOGUE.map((facts) => facts.type as string)];
  const types = [...catalogue, ...new Set(configured.filter((type) => !catalogue.includes(type)))];
  return types
    .map((type) => ({
      event_type: type,
      known: catalogue.includes(type),
      hooks: config.hooks.filter((hook) => hook.event_type === type),
    }))
    .filter(({ event_type, hooks }) => hooks.length > 0 || (all && event_type !== EVERY_EVENT));
}

function show(config: Config, events: readonly Listed[], context: Context): void {
  context.print(
    pairs([
      ["CODEX_HOME", config.codex_home],
      ["Configuration", config.file + (config.exists ? "" : " (missing)")],
      ...hooksTomlRow(config),
      ["Payloads", `up to ${config.limits.max_stdin_payload_bytes} bytes on stdin, larger ones in a file`],
      ["Kept", config.limits.keep_last_n_payloads === 0 ? "all payload files and logs" : keptText(config)],
    ]),
  );
  if (context.noHooks) context.print("\nEvery hook is switched off (--no-hooks).");
  context.print(`\nConfigured events: ${countText(events)}`);
  const none = events.some(isEvery) ? "  (none but those for every event)" : "  (none)";
  for (const event of events) context.print(`\n${eventText(event, none)}`);
  showDisabled(config, context);
  if (config.problems.length === 0) return;
  context.print(`\nProblems: ${config.problems.length}`);
  for (const problem of config.problems) context.print(`  ${printable(problemLine(problem))}`);
}

/** Where hooks.toml is, and whether it is read; nothing when nobody speaks of it. */
function hooksTomlRow({ hooks_toml }: Config): readonly (readonly [string, string])[] {
  if (!hooks_toml) return [];
  const { file, enabled, exists, named_by } = hooks_toml;
  const state = exists ? (enabled ? "" : " (not enabled)") : " (missing)";
  return [["hooks.toml", `${file}${state}${named_by === undefined ? "" : `, named by ${named_by}`}`]];
}

function showDisabled({ disabled }: Config, context: Context): void {
  if (disabled.length === 0) return;
  context.print(`\nSwitched off: ${disabled.length}`);
  for (const { hook, why } of disabled) {
    context.print(`  ${printable(targetText(hook))}\n    ${printable([...placeFacts(hook), why].join(" · "))}`);
  }
}

function keptText({ limits }: Config): string {
  return `the last ${limits.keep_last_n_payloads} payload files and logs`;
}

function isEvery({ event_type }: Listed): boolean {
  return event_type === EVERY_EVENT;
}

function countText(events: readonly Listed[]): string {
  const named = events.filter((event) => event.hooks.length > 0 && !isEvery(event)).length;
  if (!events.some(isEvery)) return String(named);
  return named === 0 ? "all" : `all, and ${named} by name`;
}

/** @param none what stands under an event without hooks of its own */
function eventText(event: Listed, none: string): string {
  const texts = event.hooks.length === 0 ? [none] : event.hooks.map(hookText);
  return [headingOf(event), ...texts].join("\n");
}

function headingOf(event: Listed): string {
  const { event_type: type } = event;
  if (isEvery(event)) return "every event";
  const facts = findEvent(type)?.facts;
  if (!facts) return `${printable(type)} (not in the catalogue)`;
  return defaultName(facts) === type ? type : `${type} (${defaultName(facts)})`;
}

function hookText(hook: Hook): string {
  const facts = [
    ...placeFacts(hook),
    ...(hook.key === EVERY_EVENT || hook.surface === "hooks-toml" ? [] : [`matcher ${hook.matcher.source}`]),
    ...(hook.tools ? [`${hook.tools} tools`] : []),
    ...Object.entries(hook.where ?? {}).map(([field, value]) => `${field} ${JSON.stringify(value)}`),
    ...(hook.conditions ?? []).map(({ name, values }) => `if ${name} is ${values.join(" or ")}`),
    hook.mode + (mayBlock(hook) ? ", may block" : "") + failureText(hook),
    ...ownFacts(hook),
    ...(hook.priority === undefined ? [] : [`priority ${hook.priority}`]),
    `timeout ${hook.timeout_ms / 1000} s`,
    `${hook.origin.file}:${hook.origin.line}`,
  ];
  return `  ${printable(targetText(hook))}\n    ${printable(facts.join(" · "))}`;
}

/** Where a hook is from, and for what. */
function placeFacts({ surface, key }: Hook): readonly string[] {
  return [surface, ...(key === EVERY_EVENT ? [] : [`key ${key}`])];
}

/** What its failure means, where that is not what it means for most. */
function failureText({ required, on_failure }: Hook): string {
  if (required) return ", required";
  return on_failure === "deny" ? ", deny on failure" : "";
}

/** A host that answers may, on every event that can be stopped, and is asked about the others too. */
function mayBlock({ may_gate, event_type }: Hook): boolean {
  return may_gate && (event_type === EVERY_EVENT || findEvent(event_type)?.facts.gate === true);
}

/** What is said of hooks of one kind only. */
function ownFacts(hook: Hook): readonly string[] {
  switch (hook.runner) {
    case "command":
      return [`wire ${hook.wire}`, ...(hook.cwd === undefined ? [] : [`in ${hook.cwd}`])];
    case "webhook":
      return [`wire ${hook.wire}`, ...webhookFacts(hook.webhook)];
    case "mcp_tool":
      return [serverText(hook.mcp_tool.server)];
    case "broken":
      return ["cannot be used, and stops the agent until it can"];
    case "host":
      return [hook.host.replies ? "replies" : "no replies", `lines ${hook.host.line_type}`];
    case "inproc":
      return [];
    case "pyo3":
      return [hook.pyo3.batch_size > 1 ? `batches of ${hook.pyo3.batch_size}` : "one event at a time"];
  }
}

function webhookFacts({ retry_count, ordered, signing_secret }: WebhookTarget): readonly string[] {
  const retries = retry_count === 1 ? "1 retry" : `${retry_count} retries`;
  return [retries, ...(ordered ? ["in order"] : []), ...(signing_secret === undefined ? [] : ["signed"])];
}

function serverText({ transport }: McpServer): string {
  return transport.kind === "stdio" ? argvText(transport.argv) : withoutSecrets(transport.url);
}

/** A URL as it is written; what it says after the path may be a secret. Variables in it are names, and stay. */
function withoutSecrets(url: string): string {
  const at = url.search(/[?#]/);
  return at === -1 ? url : `${url.slice(0, at)}…`;
}

/** What is delivered to. */
function targetText(hook: Hook): string {
  switch (hook.runner) {
    case "webhook":
      return `${hook.webhook.method} ${withoutSecrets(hook.webhook.url)}`;
    case "mcp_tool":
      return `tool ${hook.mcp_tool.tool} of MCP server ${hook.mcp_tool.server.name}`;
    case "broken":
      return hook.problem.message;
    case "command":
      return "shell" in hook.command ? hook.command.shell : argvText(hook.command.argv);
    case "host":
      return argvText(hook.host.argv);
    case "inproc":
      return inprocText(hook.inproc);
    case "pyo3":
      return `${hook.pyo3.script_path}:${hook.pyo3.callable}`;
  }
}

function inprocText(target: InprocTarget): string {
  if ("builtin" in target) return target.builtin;
  return "module" in target ? target.module : "a function of the agent's own program";
}

/** A command as one could type it, near enough; words with spaces are quoted. */
function argvText(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

function asJson(config: Config, events: readonly Listed[], context: Context): object {
  const { codex_home, file, exists, limits, problems, hooks_toml, disabled } = config;
  return {
    codex_home,
    config: file,
    exists,
    ...(hooks_toml ? { hooks_toml } : {}),
    no_hooks: context.noHooks,
    limits,
    events: events.map(({ hooks, ...event }) => ({ ...event, hooks: hooks.map(hookJson) })),
    disabled: disabled.map(({ hook, why }) => ({ ...hookJson(hook), event_type: hook.event_type, why })),
    problems,
  };
}

/** A hook as data: everything but functions. */
function hookJson({ matcher, event_type: _, ...hook }: Hook): object {
  return { ...hook, matcher: matcher.source };
}
