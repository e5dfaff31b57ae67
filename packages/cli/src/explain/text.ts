import type { Config, ConfigProblem, ExplainedDelivery, ExplainedHook, Explanation } from "@xcodex/hooks-dispatcher";
import { defaultName, findEvent } from "@xcodex/hooks-schema";
import { problemLine } from "../config-problems.ts";
import { count, duration, printable } from "../ui/printable.ts";
import { shellLine } from "../ui/shell.ts";

/** Longer values are cut: whoever wants them whole asks for JSON. */
const LONGEST = 160;

/** An explanation as text: what runs and what it gets, what does not run and why, and the order. */
export function explanationText(explanation: Explanation, config: Config, from: string): string {
  const { hooks } = explanation;
  const running = hooks.filter(({ runs }) => runs);
  const others = hooks.filter(({ runs }) => !runs);
  return [
    headText(explanation, from),
    ...section(`Runs: ${count(running.length, "hook")}`, running.map(runningText)),
    ...section(`Does not run: ${count(others.length, "hook")}`, others.map(refusedText)),
    ...section(`Problems of the configuration: ${config.problems.length}`, config.problems.map(problemText)),
    ...section("Order", orderLines(explanation)),
  ].join("\n");
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", heading, ...lines];
}

function headText({ event_type, tool, gate }: Explanation, from: string): string {
  const facts = findEvent(event_type)?.facts;
  const named = facts && defaultName(facts) !== event_type ? ` (${defaultName(facts)})` : "";
  const known = facts ? "" : ", not in the catalogue";
  const lines = [
    `Event: ${event_type}${named}${known}, ${from}`,
    ...(tool.length > 0 ? [`Tool:  ${tool.join(", ")}`] : []),
    `Gate:  ${gate ? "a hook may stop it" : "nothing can stop it"}`,
  ];
  return lines.map(printable).join("\n");
}

function runningText(hook: ExplainedHook): string {
  const { id, origin, delivery = {}, may_stop, may_stop_why } = hook;
  const lines = [
    `  ${id}  ${origin}`,
    ...deliveryLines(delivery).map((line) => `    ${line}`),
    `    ${factsOf(hook)}`,
    `    stops the agent: ${may_stop ? "yes" : "no"}, ${may_stop_why}`,
  ];
  return lines.map(printable).join("\n");
}

function refusedText({ id, origin, rule, why }: ExplainedHook): string {
  return [`  ${id}  ${origin}`, `    [${rule}] ${why}`].map(printable).join("\n");
}

function problemText(problem: ConfigProblem): string {
  return `  ${printable(problemLine(problem))}`;
}

function factsOf({ delivery, timeout_ms, priority, mode, on_failure }: ExplainedHook): string {
  return [
    mode,
    ...(delivery?.wire ? [`wire ${delivery.wire}`] : []),
    ...(delivery?.payload === undefined ? [] : [`${Buffer.byteLength(delivery.payload)} bytes`]),
    `timeout ${duration(timeout_ms)}`,
    ...(priority ? [`priority ${priority}`] : []),
    `on failure ${on_failure}`,
  ].join(" · ");
}

function deliveryLines(delivery: ExplainedDelivery): readonly string[] {
  const { argv, cwd, env, request, call } = delivery;
  return [
    ...(argv ? [cut(shellLine(argv))] : []),
    ...(delivery.function === undefined ? [] : [delivery.function]),
    ...(request ? requestLines(request) : []),
    ...(call ? callLines(call) : []),
    ...(cwd === undefined ? [] : [`in ${cwd === "" ? "the dispatcher's own folder" : cwd}`]),
    ...Object.entries(env ?? {}).map(([name, value]) => cut(`${name}=${value}`)),
  ];
}

function requestLines(request: NonNullable<ExplainedDelivery["request"]>): readonly string[] {
  const { method, url, headers, retry_count, signed, ordered } = request;
  const facts = [`${retry_count} retries`, ...(signed ? ["signed"] : []), ...(ordered ? ["in order"] : [])];
  return [
    `${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => cut(`${name}: ${value}`)),
    facts.join(" · "),
  ];
}

function callLines({
  server,
  transport,
  tool,
  arguments: filled,
}: NonNullable<ExplainedDelivery["call"]>): readonly string[] {
  const where = transport.kind === "stdio" ? shellLine(transport.argv) : transport.url;
  return [`tool ${tool} of MCP server ${server} (${where})`, cut(`arguments ${JSON.stringify(filled)}`)];
}

/** Hooks of hooks.toml run stage by stage, beside the others. */
function orderLines({ plan }: Explanation): readonly string[] {
  const first = plan.findIndex(({ stage }) => stage !== null);
  return plan.map(({ stage, hooks }, at) => {
    const when = stage === null || at === first ? "at once" : "when those have ended";
    return printable(`  ${at + 1}. ${when}: ${hooks.join(", ")}`);
  });
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
