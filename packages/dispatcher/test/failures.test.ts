/** What a failure means that takes more than one event, or a fault of ours, to happen: the others are vectors in `conformance/decisions`. */
import type { Decision, EventInput } from "@xcodex/hooks-dispatcher";
import { completeEvent } from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../dist/config/load.js";
import type { HookReply } from "../dist/contracts.js";
import { decide } from "../dist/decide/decide.js";
import { payloadBook } from "../dist/deliver/book.js";
import { subjectOf } from "../dist/deliver/subject.js";
import { createCore } from "../dist/launcher/core.js";
import { planFor } from "../dist/plan/plan.js";
import { command } from "../dist/runners/command/target.js";
import { launchedRunner } from "../dist/runners/launched.js";
import { dispatcherFor, makeHome } from "./runners/homes.ts";

const call: EventInput = {
  xcodex_event_type: "tool-call-started",
  session_id: "s-1",
  cwd: "/",
  tool_name: "exec_command",
  tool_input: { cmd: "rm -rf /" },
};

const policies = ["allow", "deny"] as const;
type Policy = (typeof policies)[number];

const hook = (argv: readonly string[], on_failure: Policy): string =>
  `[[hooks.command.PreToolUse.hooks]]\nargv = ${JSON.stringify(argv)}\nmode = "sync"\non_failure = "${on_failure}"\n`;

const host = (script: string, on_failure: Policy): string =>
  `[hooks.host]\nenabled = true\ncommand = ["sh", "-c", ${JSON.stringify(script)}]\nreplies = true\non_failure = "${on_failure}"\n`;

/** What a policy makes of a failure: the decision, and which hooks made it. */
function expectDecision({ action, reason, decided_by }: Decision, policy: Policy, by: string, words: RegExp): void {
  if (policy === "allow") {
    expect({ action, decided_by }).toEqual({ action: "continue", decided_by: [] });
  } else {
    expect({ action, decided_by }).toEqual({ action: "block", decided_by: [by] });
    expect(reason).toMatch(words);
  }
}

const codes = ({ replies }: Decision): readonly string[] =>
  replies.map(({ reply }) => (reply.kind === "failed" ? reply.code : reply.kind));

describe.each(policies)("on_failure = %s covers", (policy) => {
  it("a waiting line that is full", async () => {
    const { path } = makeHome(`[[hooks.command.PreToolUse]]\n${hook(["sleep", "0.2"], policy).repeat(2)}`);
    const config = await loadConfig({ codexHome: path });
    const launcher = createCore({ codex_home: path, limits: config.limits, max_concurrent: 1, max_queued: 0 });
    const runner = launchedRunner({ codex_home: path, env: {}, launcher, hooks: config.hooks }, { command });
    const plan = planFor(config, completeEvent(call));
    const subject = subjectOf(plan.event);
    const replies = await new Promise<HookReply[]>((settle) => {
      const got: HookReply[] = [];
      const onReply = (reply: HookReply) => void (got.push(reply) === 2 && settle(got));
      runner.deliver({ plan, subject, hooks: plan.hooks, book: payloadBook(plan), onReply });
    });
    const decision = decide(plan, replies);
    expect(codes(decision)).toEqual(["silent", "queue_full"]);
    expectDecision(decision, policy, "command:PreToolUse:2", /did not say yes: Cannot queue hook "sleep"/);
    await launcher.close(10_000);
  });

  it("a launcher that is gone", async () => {
    // The hook ends its own parent, which is the launcher.
    const home = makeHome(`[[hooks.command.PreToolUse]]\n${hook(["sh", "-c", "kill -9 $PPID"], policy)}`);
    const dispatcher = await dispatcherFor(home, { inProcess: false });
    const decision = await dispatcher.dispatch(call);
    expect(codes(decision)).toEqual(["launcher_lost"]);
    expectDecision(decision, policy, "command:PreToolUse:1", /did not say yes: Cannot finish hook "sh"/);
    await dispatcher.close(1_000);
  });

  it("a dispatcher that is closed", async () => {
    const home = makeHome(`[[hooks.command.PreToolUse]]\n${hook(["true"], policy)}`);
    const dispatcher = await dispatcherFor(home);
    await dispatcher.close(1_000);
    const decision = await dispatcher.dispatch(call);
    expect(codes(decision)).toEqual(["closed"]);
    expectDecision(decision, policy, "command:PreToolUse:1", /the dispatcher has been closed/);
  });

  it("an event that cannot be encoded", async () => {
    const home = makeHome(`[[hooks.command.PreToolUse]]\n${hook(["true"], policy)}`);
    const dispatcher = await dispatcherFor(home);
    const decision = await dispatcher.dispatch({ ...call, tool_input: { size: 1n } });
    expect(codes(decision)).toEqual(["not_encodable"]);
    expectDecision(decision, policy, "command:PreToolUse:1", /did not say yes: Cannot /);
    await dispatcher.close(1_000);
  });

  it("the breaker of a host that dies again and again", async () => {
    const home = makeHome(host("read -r line; exit 1", policy));
    const dispatcher = await dispatcherFor(home);
    let decision = await dispatcher.dispatch(call);
    for (let tries = 1; tries < 100 && codes(decision)[0] !== "breaker_open"; tries += 1) {
      decision = await dispatcher.dispatch(call);
    }
    expect(codes(decision)).toEqual(["breaker_open"]);
    expectDecision(decision, policy, "host:*:1", /did not say yes: Cannot ask host:\*:1: it failed too often/);
    await dispatcher.close(1_000);
  });

  it("the breaker of a function that throws again and again", async () => {
    const onEvent = () => {
      throw new Error("broken");
    };
    const guard = { name: "guard", onEvent, mode: "sync", on_failure: policy } as const;
    const dispatcher = await dispatcherFor(makeHome(""), { inproc: [guard] });
    for (let tries = 0; tries < 3; tries += 1) expect(codes(await dispatcher.dispatch(call))).toEqual(["hook_threw"]);
    const decision = await dispatcher.dispatch(call);
    expect(codes(decision)).toEqual(["breaker_open"]);
    expectDecision(decision, policy, "inproc:guard:1", /did not say yes: Cannot deliver to inproc:guard/);
    await dispatcher.close(1_000);
  });

  it("the waiting line of a function that does not come to an end", async () => {
    const guard = { name: "guard", onEvent: () => new Promise(() => {}), mode: "sync", on_failure: policy } as const;
    const dispatcher = await dispatcherFor(makeHome(""), { inproc: [guard] });
    for (let events = 0; events < 1_025; events += 1) void dispatcher.dispatch(call);
    const decision = await dispatcher.dispatch(call);
    expect(codes(decision)).toEqual(["queue_full"]);
    expectDecision(decision, policy, "inproc:guard:1", /did not say yes: Cannot deliver to inproc:guard/);
    await dispatcher.close(100);
  });
});

describe("on_failure = deny never stops", () => {
  it("an agent inside a hook: there the hook was not asked", async () => {
    const home = makeHome(`[[hooks.command.PreToolUse]]\n${hook(["false"], "deny")}`);
    const dispatcher = await dispatcherFor(home, { env: { XCODEX_HOOKS_DEPTH: "1" } });
    expect(await dispatcher.dispatch(call)).toMatchObject({ action: "continue", decided_by: [], replies: [] });
    await dispatcher.close(1_000);
    expect(home.records()).toMatchObject([{ outcome: "skipped", code: "recursion_guard" }]);
  });

  it("an agent whose user switched hooks off", async () => {
    const home = makeHome(`[[hooks.command.PreToolUse]]\n${hook(["false"], "deny")}`);
    const dispatcher = await dispatcherFor(home, { noHooks: true });
    expect(await dispatcher.dispatch(call)).toMatchObject({ action: "continue", replies: [] });
    await dispatcher.close(1_000);
  });
});
