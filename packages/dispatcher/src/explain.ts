/**
 * Why a hook runs, or does not: the answer to the question that everybody has about hooks. It asks the very functions that the dispatcher
 * asks, and runs nothing.
 */
import { type AnyEvent, findEvent, matchCandidates, TOOL_KINDS } from "@xcodex/hooks-schema";
import {
  type AgentContext,
  type Config,
  DEPTH,
  type DisabledHook,
  EVERY_EVENT,
  type Hook,
  type HookBase,
  type McpServer,
  type Plan,
} from "./contracts.ts";
import { payloadBook } from "./deliver/book.ts";
import { subjectOf } from "./deliver/subject.ts";
import { invocationOf } from "./launcher/platform.ts";
import { planFor } from "./plan/plan.ts";
import { conditionValue, failedCondition, type Rule, refusalOf, type Wanted } from "./plan/rules.ts";
import { createRedactor } from "./redact/redactor.ts";
import { type Show, showing } from "./redact/shown.ts";
import { eventEnv } from "./runners/event-env.ts";
import { fillArguments } from "./runners/mcp_tool/arguments.ts";

/** What said that a hook does not run, in the order in which it is asked. */
export type ExplainedRule =
  /** `--no-hooks` */
  | "no_hooks"
  /** This is inside a hook: the recursion guard. */
  | "depth"
  | "disabled"
  /** It is for another event. */
  | "event"
  | Rule
  /** A filter of a host or of Python in process lets the event not through. */
  | "filter"
  /** Another filter of the same target has let it through already: it is delivered once. */
  | "target"
  /** Its target failed again and again and is left alone for a while. */
  | "breaker";

/** What is to be explained, beside the configuration and the event. */
export interface ExplainOptions {
  /** As `createDispatcher` has it. */
  readonly context?: AgentContext;
  /** Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** `--no-hooks`. The configuration has to be loaded without it. Default false. */
  readonly noHooks?: boolean;
  /** Hooks whose breaker is open, by id, and what is known of it. */
  readonly breakers?: ReadonlyMap<string, string>;
}

/** What happens to one event. */
export interface Explanation {
  readonly event_type: string;
  /** Names of the event's tool that matchers are compared with. */
  readonly tool: readonly string[];
  /** Whether a hook may stop what the event announces. */
  readonly gate: boolean;
  /** Every configured hook: in the order of the configuration, switched off ones last. */
  readonly hooks: readonly ExplainedHook[];
  /** Ids of the hooks that run. Those of a stage begin when all of the stage before have ended; `null`: at once. */
  readonly plan: readonly { readonly stage: number | null; readonly hooks: readonly string[] }[];
}

/** One hook. */
export interface ExplainedHook extends Pick<HookBase, "id" | "surface" | "key" | "event_type" | "mode" | "on_failure"> {
  readonly runner: Hook["runner"];
  /** `file:line`. */
  readonly origin: string;
  readonly runs: boolean;
  /** What said no; absent when it runs. */
  readonly rule?: ExplainedRule;
  /** The same in words. */
  readonly why?: string;
  readonly timeout_ms: number;
  readonly priority?: HookBase["priority"];
  /** Whether it can stop the agent here, and why, or why not. */
  readonly may_stop: boolean;
  readonly may_stop_why: string;
  /** What it gets; absent when it does not run. */
  readonly delivery?: ExplainedDelivery;
}

/** What a hook gets. Templates are shown as they are written, and secrets that stand in the file are not: somebody pastes it somewhere. */
export interface ExplainedDelivery {
  /** A program, as it is started: without a shell, or the shell itself. */
  readonly argv?: readonly string[];
  /** The folder that it runs in. */
  readonly cwd?: string;
  /** Variables laid over the dispatcher's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly request?: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly retry_count: number;
    readonly signed: boolean;
    readonly ordered: boolean;
  };
  readonly call?: {
    readonly server: string;
    readonly transport: McpServer["transport"];
    readonly tool: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
  /** What is called in the agent's own process: a module, a script, a function. */
  readonly function?: string;
  readonly wire?: HookBase["wire"];
  /** The payload, as text. */
  readonly payload?: string;
}

/** Explains what every hook of a configuration does with an event. The event has to be complete (`completeEvent`). */
export function explain(config: Config, event: AnyEvent, options: ExplainOptions = {}): Explanation {
  const facts = findEvent(event.xcodex_event_type)?.facts;
  const names = matchCandidates(event, facts);
  const { context = {} } = options;
  const show = showing(config.redaction);
  const asked: Asked = { event, names, context, options, show, planned: planFor(config, event, context).hooks };
  const delivered: Plan = { ...planFor(config, event, context), event: createRedactor(config.redaction).redact(event) };
  const hooks = [
    ...config.hooks.map((hook) => explainHook(hook, asked, delivered, config)),
    ...config.disabled.map((off) => explainDisabled(off, asked, delivered)),
  ];
  const running = new Set(hooks.filter(({ runs }) => runs).map(({ id }) => id));
  return {
    event_type: event.xcodex_event_type,
    tool: names,
    gate: delivered.gate,
    hooks,
    plan: inStages(delivered.hooks.filter(({ id }) => running.has(id))),
  };
}

interface Asked extends Wanted {
  readonly options: ExplainOptions;
  readonly show: Show;
  /** The hooks that the plan has. */
  readonly planned: readonly Hook[];
}

interface No {
  readonly rule: ExplainedRule;
  readonly why: string;
}

function explainHook(hook: Hook, asked: Asked, plan: Plan, config: Config): ExplainedHook {
  const no = switchedOff(asked.options) ?? refusal(hook, asked) ?? afterTheRules(hook, asked);
  const base = describeHook(hook, plan);
  return no
    ? { ...base, runs: false, ...no }
    : { ...base, runs: true, delivery: deliveryOf(hook, plan, config, asked) };
}

function explainDisabled({ hook, why }: DisabledHook, asked: Asked, plan: Plan): ExplainedHook {
  const no: No = switchedOff(asked.options) ?? { rule: "disabled", why: `it is switched off: ${why}` };
  return { ...describeHook(hook, plan), runs: false, ...no };
}

function describeHook(hook: Hook, plan: Plan): Omit<ExplainedHook, "runs"> {
  const { id, surface, runner, key, event_type, mode, on_failure, timeout_ms, priority, origin } = hook;
  const named = { id, surface, runner, key, event_type, mode, on_failure, timeout_ms };
  return {
    ...named,
    ...(priority ? { priority } : {}),
    origin: `${origin.file}:${origin.line}`,
    ...stopping(hook, plan),
  };
}

function switchedOff({ noHooks, env = process.env }: ExplainOptions): No | undefined {
  if (noHooks) return { rule: "no_hooks", why: "--no-hooks switches every hook off" };
  const depth = Number(env[DEPTH] ?? 0);
  if (!(depth >= 1)) return undefined;
  return { rule: "depth", why: `this is inside a hook already (${DEPTH}=${depth}), where none is started` };
}

function refusal(hook: Hook, asked: Asked): No | undefined {
  const type = asked.event.xcodex_event_type;
  const filtered = (hook.runner === "host" || hook.runner === "pyo3") && hook.key !== EVERY_EVENT;
  if (hook.event_type !== type && hook.event_type !== EVERY_EVENT) {
    const why = hook.key === hook.event_type ? `"${hook.key}"` : `"${hook.key}" (${hook.event_type})`;
    return { rule: filtered ? "filter" : "event", why: `it is for ${why}` };
  }
  const rule = refusalOf(hook, asked);
  if (rule === undefined) return undefined;
  return { rule: filtered && rule !== "condition" ? "filter" : rule, why: WHY[rule](hook, asked) };
}

const KINDS = { command: "run commands", patch: "change files", mcp: "belong to MCP servers" } as const;

const WHY: Readonly<Record<Rule, (hook: Hook, asked: Asked) => string>> = {
  tools: ({ key, tools = "command" }, { names }) =>
    `here "${key}" is only for tools that ${KINDS[tools]} (${TOOL_KINDS[tools].join(", ")}), and ${toolText(names)}`,
  where: ({ key, where = {} }, { event }) => {
    const differs = Object.entries(where).find(([field, value]) => event[field] !== value) ?? ["", undefined];
    return `"${key}" is only for events whose ${differs[0]} is ${shown(differs[1])}, and here it is ${shown(event[differs[0]])}`;
  },
  matcher: ({ matcher }, { names }) => `its matcher "${matcher.source}" does not fit, as ${toolText(names)}`,
  condition: ({ conditions = [] }, { event, context }) => {
    const failed = failedCondition(conditions, event, context);
    if (failed === undefined) return "a condition does not hold";
    const { name, values } = failed;
    const found = conditionValue(name, event, context);
    const state = found === undefined ? "neither the agent's context nor the event says it" : `it is ${shown(found)}`;
    return `its condition ${name} = ${values.map(shown).join(" or ")} does not hold: ${state}`;
  },
};

function toolText(names: readonly string[]): string {
  return names.length === 0 ? "this event names no tool" : `the tool is ${names.join(", ")}`;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? "not there";
}

function afterTheRules(hook: Hook, { planned, options }: Asked): No | undefined {
  if (!planned.includes(hook)) {
    const first = planned.find(({ target }) => target === hook.target);
    return { rule: "target", why: `${first?.id ?? "another filter"} delivers this event to the same target already` };
  }
  const open = options.breakers?.get(hook.id);
  return open === undefined ? undefined : { rule: "breaker", why: open };
}

function stopping(hook: Hook, { gate, event }: Plan): Pick<ExplainedHook, "may_stop" | "may_stop_why"> {
  const no = (may_stop_why: string): ReturnType<typeof stopping> => ({ may_stop: false, may_stop_why });
  if (!gate) return no(`${event.xcodex_event_type} is no event that a hook can stop`);
  if (hook.may_gate) return { may_stop: true, may_stop_why: HOW[hook.runner](hook) };
  if (hook.runner === "host") return no("its host does not answer (replies = true would let it)");
  if (hook.surface === "argv-list" || hook.runner === "pyo3") return no(`hooks of ${hook.surface} only look on`);
  return no(`nobody waits for it: its mode is "${hook.mode}"`);
}

const HOW: Readonly<Record<Hook["runner"], (hook: Hook) => string>> = {
  command: (hook) =>
    hook.runner === "command" && hook.answers_on_stdout ? "by exit code 2, or an answer on stdout" : "by exit code 2",
  webhook: () => "by the answer of its server",
  mcp_tool: () => "by the result of the tool",
  host: () => "by an answer on its stdout",
  inproc: () => "by what it returns",
  pyo3: () => "",
  broken: () => "it cannot be used as it is written, and its failure stops the agent until it is mended",
};

function deliveryOf(planned: Hook, plan: Plan, config: Config, asked: Asked): ExplainedDelivery {
  const { event } = plan;
  const sent = { wire: planned.wire, payload: payloadBook(plan).payloadOf(planned).json };
  const hook = asked.show(planned);
  switch (hook.runner) {
    case "command": {
      const { file, args } = invocationOf(hook.command, textsOf(asked.options.env ?? process.env));
      const own = { CODEX_EVENT_TYPE: hook.key, ...hook.environment };
      const subject = subjectOf(event);
      const env = { CODEX_HOME: config.codex_home, ...eventEnv(event, subject), ...own, [DEPTH]: "1" };
      return { argv: [file, ...args], cwd: hook.cwd ?? subject.cwd, env, ...sent };
    }
    case "webhook": {
      const { url, method, headers, retry_count, ordered, signing_secret } = hook.webhook;
      const signed = signing_secret !== undefined;
      return { request: { method, url, headers, retry_count, signed, ordered }, ...sent };
    }
    case "mcp_tool": {
      const { server, tool } = hook.mcp_tool;
      const filled = fillArguments(hook.mcp_tool.arguments, event, hook.key);
      return { call: { server: server.name, transport: server.transport, tool, arguments: filled } };
    }
    case "broken":
      return {};
    case "host":
      return {
        argv: hook.host.argv,
        cwd: config.codex_home,
        env: { CODEX_HOME: config.codex_home, [DEPTH]: "1" },
        ...sent,
      };
    case "inproc":
      return { function: functionText(hook.inproc) };
    case "pyo3":
      return { function: `${hook.pyo3.script_path}:${hook.pyo3.callable}`, ...sent };
  }
}

function functionText(target: Extract<Hook, { runner: "inproc" }>["inproc"]): string {
  if ("builtin" in target) return target.builtin;
  return "module" in target ? target.module : "a function of the agent's own program";
}

function textsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function inStages(hooks: readonly Hook[]): Explanation["plan"] {
  const free = hooks.filter(({ stage }) => stage === undefined);
  const numbers = [...new Set(hooks.flatMap(({ stage }) => stage ?? []))].sort((a, b) => a - b);
  return [
    ...(free.length > 0 ? [{ stage: null, hooks: free.map(({ id }) => id) }] : []),
    ...numbers.map((stage) => ({ stage, hooks: hooks.filter((hook) => hook.stage === stage).map(({ id }) => id) })),
  ];
}
