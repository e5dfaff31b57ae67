import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { type AnyEvent, completeEvent, type HookEventInput } from "@xcodex/hooks-schema";
import { resolveCodexHome } from "./config/home.ts";
import { type InprocModule, inprocHooks } from "./config/inproc-option.ts";
import { type LoadOptions, loadConfig } from "./config/load.ts";
import type {
  AgentContext,
  CloseReport,
  Config,
  Decision,
  HookReply,
  InprocHook,
  Launcher,
  Plan,
  Runner,
  RunnerTools,
  RunRecord,
  Wait,
} from "./contracts.ts";
import { DEPTH } from "./contracts.ts";
import { decide } from "./decide/decide.ts";
import { deliver, type Kinds, type Listeners } from "./deliver/deliver.ts";
import { subjectOf } from "./deliver/subject.ts";
import { planFor } from "./plan/plan.ts";
import { skippedHooks } from "./plan/skipped.ts";
import { createRedactor } from "./redact/redactor.ts";
import * as registry from "./runners/index.ts";
import { type Launched, launchedRunner } from "./runners/launched.ts";

/** How long `close` waits when nothing is said, in milliseconds. */
const DEFAULT_CLOSE_MS = 5_000;

/** An event as an agent hands it over: one of the catalogue, or anything else that is an object. */
export type EventInput = HookEventInput | { readonly [field: string]: unknown };

/** What a dispatcher may be told. Everything has a default. */
export interface DispatcherOptions {
  /** Folder of the configuration. Default: `CODEX_HOME`, else `~/.codex`. */
  readonly codexHome?: string;
  /** A configuration that is loaded already. */
  readonly config?: Config;
  /** Switches every hook of every surface off, like `--no-hooks`. */
  readonly noHooks?: boolean;
  /**
   * Runs commands from this very process instead of a helper. Only for small, short-lived programs such as a command line:
   * starting a process blocks a large one for tens of milliseconds.
   */
  readonly inProcess?: boolean;
  /** The agent whose events these are, when it is not xcodex. */
  readonly agent?: { readonly name: string; readonly version?: string };
  /** Environment to look things up in and to give to hooks. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Reads hooks.toml although config.json does not say so (seed 003, `--enable-hooks`). */
  readonly enableHooks?: boolean;
  /** Path of hooks.toml, before that of config.json (seed 003, `--hooks-config`). Relative to the working folder. */
  readonly hooksConfig?: string;
  /**
   * What conditions of hooks.toml are compared with before the event, and what its webhooks are told beside the event:
   * `{ environment: "production", user_type: "admin" }` (seed 003).
   */
  readonly context?: AgentContext;
  /** Hooks of the agent's own program, in JavaScript. They run before those of the configuration. */
  readonly inproc?: readonly InprocModule[];
}

/** Which hooks `dispatch` waits for: those that may gate, or every one. */
export interface DispatchOptions {
  /** Default `gates`. `all` is for programs that show what hooks did. */
  readonly wait?: Wait;
}

/** Delivers an agent's events to the hooks its user configured. */
export interface Dispatcher {
  /** The configuration in force, with its problems. */
  readonly config: Config;
  /** Delivers an event and returns at once: microseconds, whatever the hooks do. Never throws. */
  readonly emit: (event: EventInput) => void;
  /** Delivers an event, waits for the hooks that may stop it and says whether the agent may go on. Never rejects. */
  readonly dispatch: (event: EventInput, options?: DispatchOptions) => Promise<Decision>;
  /**
   * Waits up to `budgetMs` (default 5000) for what is still running. What is left then is finished by the launcher, after the
   * agent is gone if need be. Events that come later are not delivered.
   */
  readonly close: (budgetMs?: number) => Promise<CloseReport>;
}

/**
 * Makes a dispatcher for one agent. Make it early: the helper process that starts commands is started here, and only when there
 * are hooks that are processes. Problems of the configuration are in `config.problems`; the hooks beside them work.
 *
 * @throws HooksError `codex_home_missing` when CODEX_HOME is set to something that is not a folder; what `inprocHooks` throws when
 *   the hooks of the agent's own program are wrong
 */
export async function createDispatcher(options: DispatcherOptions = {}): Promise<Dispatcher> {
  const env = options.env ?? process.env;
  const codexHome = options.config?.codex_home ?? options.codexHome ?? resolveCodexHome(env);
  const loaded = options.config ?? (await loadConfig(loadOptionsOf(options, codexHome, env)));
  const config = withHooks(loaded, await inprocHooks(options.inproc ?? []), options);
  if (config.hooks.length === 0) return idle(config, options);
  if (insideHook(env)) return guarded(config, await startCore(config, env), options);
  const launcher = options.inProcess ? await startCore(config, env) : await startProcess(config, env);
  return running(config, { codex_home: config.codex_home, env, launcher }, options);
}

function loadOptionsOf(options: DispatcherOptions, codexHome: string, env: NodeJS.ProcessEnv): LoadOptions {
  const { enableHooks, hooksConfig } = options;
  const flags = { ...(enableHooks ? { enableHooks } : {}), ...(hooksConfig === undefined ? {} : { hooksConfig }) };
  return { codexHome, env, ...flags };
}

/** In-process comes first (DESIGN section 5). */
function withHooks(loaded: Config, own: readonly InprocHook[], { noHooks }: DispatcherOptions): Config {
  if (noHooks) return { ...loaded, hooks: [] };
  return own.length === 0 ? loaded : { ...loaded, hooks: [...own, ...loaded.hooks] };
}

/** Whether an environment is that of a hook: then a dispatcher starts none (DESIGN section 6). */
export function insideHook(env: NodeJS.ProcessEnv): boolean {
  return Number(env[DEPTH] ?? 0) >= 1;
}

async function startCore(config: Config, env: NodeJS.ProcessEnv): Promise<Launcher> {
  const { createCore } = await import("./launcher/core.ts");
  return createCore({ codex_home: config.codex_home, limits: config.limits, env, hand_over: true });
}

async function startProcess(config: Config, env: NodeJS.ProcessEnv): Promise<Launcher> {
  const { startLauncher } = await import("./launcher/client.ts");
  return startLauncher({ codex_home: config.codex_home, limits: config.limits, env });
}

const NOTHING_LEFT: CloseReport = { drained: true, left: 0, dropped: 0 };

/** No hooks: nothing is started, nothing is written. */
function idle(config: Config, options: DispatcherOptions): Dispatcher {
  return {
    config,
    emit: () => {},
    dispatch: async (input) => decide({ event: complete(input, options), gate: false, hooks: [] }, []),
    close: async () => NOTHING_LEFT,
  };
}

/** Inside a hook: nothing runs, and a record says why (a hook that calls its agent must not start itself again). */
function guarded(config: Config, launcher: Launcher, options: DispatcherOptions): Dispatcher {
  const skip = (input: EventInput): Plan => {
    const plan = planFor(config, complete(input, options), options.context);
    if (plan.hooks.length > 0) {
      const message = `Cannot run hooks for ${plan.event.xcodex_event_type}: this is inside a hook already. Unset ${DEPTH} if it is not.`;
      note(launcher, plan.event, { outcome: "skipped", code: "recursion_guard", message });
    }
    return { ...plan, hooks: [] };
  };
  return {
    config,
    emit: (event) => void skip(event),
    dispatch: async (event) => decide(skip(event), []),
    close: (budgetMs = DEFAULT_CLOSE_MS) => launcher.close(budgetMs),
  };
}

/** The pipeline: complete → plan → redact → encode → deliver → decide. Matchers see the event as it is, hooks without its secrets. */
function running(config: Config, tools: Omit<RunnerTools, "hooks">, options: DispatcherOptions): Dispatcher {
  const { launcher } = tools;
  const kinds = runnersFor(config, tools);
  const unreadable = (error: unknown): void => {
    const why = error instanceof Error ? error.message : "it threw something";
    const message = `Cannot read an event: ${why}. Emit plain data only.`;
    note(launcher, completeEvent({}), { outcome: "dropped", code: "not_encodable", message });
  };
  let lost = 0;
  const onLost = (record: RunRecord): void => {
    lost += 1;
    launcher.note(record);
  };
  const redactor = createRedactor(config.redaction);
  const plan = (input: EventInput): Plan => {
    const planned = planFor(config, complete(input, options, unreadable), options.context);
    noteSkipped(config, planned, launcher);
    return planned.hooks.length === 0 ? planned : { ...planned, event: redactor.redact(planned.event) };
  };
  let closing: Promise<CloseReport> | undefined;
  return {
    config,
    emit: (input) => {
      const planned = plan(input);
      if (planned.hooks.length > 0) deliver(kinds, planned, { onLost });
    },
    dispatch: (input, { wait = "gates" } = {}) => collect(kinds, plan(input), wait, onLost),
    close: (budgetMs = DEFAULT_CLOSE_MS) => {
      closing ??= closeAll(kinds, launcher, budgetMs);
      return closing.then((report) => ({ ...report, dropped: report.dropped + lost }));
    },
  };
}

type Entry = ((tools: RunnerTools) => Runner) | Launched<never>;

/** The runners that these hooks need. What the launcher carries out has one for all its kinds. */
function runnersFor(config: Config, tools: Omit<RunnerTools, "hooks">): Kinds {
  const entries = Object.entries<Entry>(registry);
  const launched = Object.fromEntries(
    entries.flatMap(([kind, entry]) => (typeof entry === "function" ? [] : [[kind, entry]])),
  );
  const groups = entries.flatMap(([kind, entry]) => (typeof entry === "function" ? [[[kind], entry] as const] : []));
  const launch = (own: RunnerTools): Runner => launchedRunner(own, launched);
  return [...groups, [Object.keys(launched), launch] as const].flatMap(([kinds, create]) => {
    const hooks = config.hooks.filter((hook) => kinds.includes(hook.runner));
    return hooks.length === 0 ? [] : [[kinds, create({ ...tools, hooks })] as const];
  });
}

/** Runners first, in parallel: what they end is then over for the launcher too. Within one budget. */
async function closeAll(kinds: Kinds, launcher: Launcher, budgetMs: number): Promise<CloseReport> {
  const until = performance.now() + budgetMs;
  const reports = await Promise.all(kinds.map(([, runner]) => runner.close?.(budgetMs) ?? { left: 0, dropped: 0 }));
  const last = await launcher.close(Math.max(0, until - performance.now()));
  const left = reports.reduce((sum, report) => sum + report.left, last.left);
  const dropped = reports.reduce((sum, report) => sum + report.dropped, last.dropped);
  return { drained: last.drained && left === 0, left, dropped };
}

/**
 * The event, complete, from whatever was handed over. What cannot even be read (a getter that throws) is nobody's event: an empty one
 * takes its place, for which no hook is configured.
 */
function complete(input: EventInput, { agent }: DispatcherOptions, onError?: (error: unknown) => void): AnyEvent {
  try {
    const event = completeEvent(typeof input === "object" && input !== null ? input : {});
    if (agent && event.agent === undefined) event.agent = { ...agent };
    return event;
  } catch (error) {
    onError?.(error);
    return completeEvent({});
  }
}

/** Delivers and resolves once every hook that is waited for has answered. The others go on by themselves. */
function collect(kinds: Kinds, plan: Plan, wait: Wait, onLost: Listeners["onLost"]): Promise<Decision> {
  const awaited = new Set(plan.hooks.filter((hook) => wait === "all" || hook.mode === "sync"));
  if (awaited.size === 0) {
    deliver(kinds, plan, { onLost });
    return Promise.resolve(decide(plan, []));
  }
  return new Promise((resolve) => {
    const replies: HookReply[] = [];
    const onReply = (reply: HookReply): void => {
      if (!awaited.delete(reply.hook)) return;
      replies.push(reply);
      if (awaited.size === 0) resolve(decide(plan, replies));
    };
    deliver(kinds, plan, { onLost, onReply, wait });
  });
}

/** Writes a record about an event that no hook was handed. */
function note(
  launcher: Launcher,
  event: AnyEvent,
  why: Pick<RunRecord, "hook" | "surface" | "origin" | "outcome" | "code" | "message">,
): void {
  const { timestamp: _, cwd: __, ...facts } = subjectOf(event);
  launcher.note({ schema_version: 1, at: new Date().toISOString(), run_id: randomUUID(), ...facts, ...why });
}

/** Writes a record about every hook of hooks.toml that does not run, where that file asks for it. */
function noteSkipped(config: Config, { event, context }: Plan, launcher: Launcher): void {
  for (const { hook, code, message } of skippedHooks(config, event, context)) {
    const origin = `${hook.origin.file}:${hook.origin.line}`;
    note(launcher, event, { hook: hook.id, surface: hook.surface, origin, outcome: "skipped", code, message });
  }
}
