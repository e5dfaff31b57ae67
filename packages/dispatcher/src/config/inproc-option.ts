import { CATALOGUE } from "@xcodex/hooks-schema";
import { EVERY_EVENT, type InprocFunction, type InprocHook, type Matcher, type Origin } from "../contracts.ts";
import { HooksError } from "../errors.ts";
import { type EventKey, readEventKey } from "./event-key.ts";
import { BUILTINS } from "./inproc-names.ts";
import { ANY, compileMatcher } from "./matcher.ts";
import { collectProblems, quote } from "./problems.ts";
import { DEFAULT_TIMEOUT_MS } from "./settings.ts";

/** A hook in JavaScript that an agent's own program hands over, instead of its user's configuration. */
export interface InprocModule {
  /** What it is called in records and decisions: `inproc:<name>`. Not two of one name, and none that `hooks.inproc` knows. */
  readonly name: string;
  /** Called once per event, with an object of its own; one call at a time, in order. */
  readonly onEvent: InprocFunction;
  /** Any accepted names of events. Default: every event, the unknown ones too. */
  readonly events?: readonly string[];
  /** Narrows tool events to tools (DESIGN section 5). Without `events`: to every event that is about a tool. */
  readonly matcher?: string;
  /** `sync`: `dispatch` waits for it, and it may stop the agent. Default `async`: it looks on. */
  readonly mode?: "async" | "sync";
  /** It has to say yes: `on_failure` is `deny` then. Default false. */
  readonly required?: boolean;
  /** What its failure means where it may stop the agent. Default `allow`, or `deny` when required. */
  readonly on_failure?: "allow" | "deny";
  /** How long a promise that it returns may take, in milliseconds. Default 30000. */
  readonly timeout_ms?: number;
}

const PROGRAM: Origin = { file: "<the agent's own program>", line: 1 };

/** Longest time a timer of Node can be set for. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * The hooks that an agent's program hands over. What is wrong with them is a mistake of who wrote it, not of its user.
 *
 * @throws HooksError `wrong_type`, `unknown_event`, `retired_event`, `bad_matcher`, `bad_timeout`, `unknown_mode`
 */
export async function inprocHooks(modules: readonly InprocModule[]): Promise<readonly InprocHook[]> {
  const names = new Set<string>();
  const hooks: InprocHook[] = [];
  for (const module of modules) {
    checkShape(module);
    if (names.has(module.name)) refuse("wrong_type", module.name, "two have this name. Give each its own");
    names.add(module.name);
    hooks.push(...(await hooksOf(module)));
  }
  return hooks;
}

function checkShape(module: InprocModule): void {
  const { name, onEvent, events, mode = "async", on_failure, timeout_ms = DEFAULT_TIMEOUT_MS } = module;
  if (typeof name !== "string" || name.trim() === "") refuse("wrong_type", String(name), "it has no name. Give it one");
  if (BUILTINS.some((builtin) => builtin === name) || /\.[cm]?js$/.test(name)) {
    refuse("wrong_type", name, "hooks.inproc of config.toml has such names. Call it something else");
  }
  if (typeof onEvent !== "function") refuse("wrong_type", name, "its onEvent is no function. Give one");
  if (events !== undefined && !Array.isArray(events)) {
    refuse("wrong_type", name, "its events are no list. Give a list of names, or none for every event");
  }
  if (mode !== "async" && mode !== "sync") {
    refuse("unknown_mode", name, `its mode is ${quote(String(mode))}. Give "async" or "sync"`);
  }
  if (on_failure !== undefined && on_failure !== "allow" && on_failure !== "deny") {
    refuse("unknown_policy", name, `its on_failure is ${quote(String(on_failure))}. Give "allow" or "deny"`);
  }
  if (!(Number.isFinite(timeout_ms) && timeout_ms > 0 && timeout_ms <= LONGEST_MS)) {
    refuse("bad_timeout", name, `its timeout_ms is ${String(timeout_ms)}. Give milliseconds, from 1 to ${LONGEST_MS}`);
  }
}

async function hooksOf(module: InprocModule): Promise<readonly InprocHook[]> {
  const { name, events, matcher: source } = module;
  const matcher = await readMatcher(name, source);
  if (events === undefined && matcher === ANY)
    return [hookOf(module, { key: EVERY_EVENT, event_type: EVERY_EVENT, narrowed: {} }, ANY, 1)];
  const keys = events?.map((event) => readEvent(name, event)) ?? toolEvents();
  const other = matcher === ANY ? undefined : keys.find(({ facts }) => !facts?.matches_on.length);
  if (other)
    refuse(
      "bad_matcher",
      name,
      `its matcher is for tools, and ${quote(other.key)} is not about one. Take one of them away`,
    );
  return keys.map((key, at) => hookOf(module, key, matcher, at + 1));
}

/** Every event that is about a tool. */
function toolEvents(): readonly EventKey[] {
  const about = CATALOGUE.filter(({ matches_on }) => matches_on.length > 0);
  return about.map((facts) => ({ key: facts.type, event_type: facts.type, facts, narrowed: {} }));
}

async function readMatcher(name: string, source = ""): Promise<Matcher> {
  if (typeof source !== "string") refuse("bad_matcher", name, "its matcher is no text. Give one, or none");
  const compiled = await compileMatcher(source);
  if (compiled.matcher) return compiled.matcher;
  return refuse("bad_matcher", name, `its matcher ${quote(source)} cannot be read: ${compiled.reason}. Mend it`);
}

/** What is only a problem in a configuration, a name that nobody knows, is an error here. */
function readEvent(name: string, event: string): EventKey {
  if (typeof event !== "string") refuse("wrong_type", name, "an entry of its events is no text. Give names of events");
  const at = { line: PROGRAM.line, column: 1 };
  const problems = collectProblems(PROGRAM.file);
  const found = readEventKey(
    { key: event, at, value: { kind: "string", at, value: event } },
    `inproc ${quote(name)}`,
    problems,
  );
  const [problem] = problems.all();
  if (problem) throw new HooksError(problem.code, problem.message);
  return found ?? refuse("unknown_event", name, `there is no event ${quote(event)}. Give another name`);
}

function hookOf(
  module: InprocModule,
  { key, event_type, narrowed }: EventKey,
  matcher: Matcher,
  n: number,
): InprocHook {
  const { name, onEvent, mode = "async", required = false, on_failure, timeout_ms = DEFAULT_TIMEOUT_MS } = module;
  return {
    id: `inproc:${name}:${n}`,
    surface: "inproc",
    origin: PROGRAM,
    runner: "inproc",
    key,
    event_type,
    ...narrowed,
    matcher,
    wire: "xcodex",
    mode,
    may_gate: mode === "sync",
    required,
    on_failure: on_failure ?? (required ? "deny" : "allow"),
    timeout_ms,
    target: `inproc:${name}`,
    inproc: { on_event: onEvent },
  };
}

function refuse(code: string, name: string, state: string): never {
  throw new HooksError(code, `Cannot run the in-process hook ${quote(name)}: ${state}.`);
}
