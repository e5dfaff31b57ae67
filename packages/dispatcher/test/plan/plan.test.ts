import { completeEvent } from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { type Config, EVERY_EVENT, type Hook, type Matcher } from "../../dist/contracts.js";
import { planFor } from "../../dist/plan/plan.js";

const ANY: Matcher = { source: "*", matches: () => true };

/** Wants tools of this name. */
function only(name: string): Matcher {
  return { source: name, matches: (candidates) => candidates.includes(name) };
}

function hook(id: string, event_type: string, more: Partial<Hook> = {}): Hook {
  const base = { surface: "command", origin: { file: "config.toml", line: 1 }, runner: "command" } as const;
  const rest = { wire: "xcodex", mode: "async", may_gate: false, required: false, timeout_ms: 1000 } as const;
  return { ...base, ...rest, id, key: event_type, event_type, matcher: ANY, command: { argv: ["a"] }, ...more } as Hook;
}

function config(...hooks: Hook[]): Config {
  const limits = { max_stdin_payload_bytes: 1, keep_last_n_payloads: 1 };
  const redaction = { enabled: true, allow: [], patterns: [] };
  const rest = { disabled: [], problems: [], limits, redaction };
  return { codex_home: "/", file: "/config.toml", exists: true, hooks, ...rest };
}

function idsFor(hooks: Config, type: string, fields: object = {}): readonly string[] {
  const event = completeEvent({ xcodex_event_type: type, session_id: "s", cwd: "/", ...fields });
  return planFor(hooks, event).hooks.map(({ id }) => id);
}

describe("hooks of one target", () => {
  const several = config(
    hook("before", "tool-call-started"),
    hook("bash", "tool-call-started", { target: "host", matcher: only("Bash") }),
    hook("write", "tool-call-started", { target: "host", matcher: only("Write") }),
    hook("commands", "tool-call-started", { target: "host", tools: "command" }),
    hook("other target", "tool-call-started", { target: "pyo3" }),
    hook("no target", "tool-call-started"),
    hook("no target either", "tool-call-started"),
    hook("failures", "tool-call-finished", { target: "host", where: { success: false } }),
    hook("any end", "tool-call-finished", { target: "host" }),
  );

  it("get an event that several of them fit once, by the first that fits", () => {
    const others = ["other target", "no target", "no target either"];
    expect(idsFor(several, "tool-call-started", { tool_name: "Bash" })).toEqual(["before", "bash", ...others]);
    expect(idsFor(several, "tool-call-started", { tool_name: "Write" })).toEqual(["before", "write", ...others]);
    expect(idsFor(several, "tool-call-started", { tool_name: "Read" })).toEqual(["before", ...others]);
  });

  it("are passed over when an earlier one does not fit", () => {
    expect(idsFor(several, "tool-call-finished", { tool_name: "Read", success: false })).toEqual(["failures"]);
    expect(idsFor(several, "tool-call-finished", { tool_name: "Read", success: true })).toEqual(["any end"]);
  });

  it("get an event once also when none of them has a condition", () => {
    const twice = config(hook("a", "session-start", { target: "t" }), hook("b", "session-start", { target: "t" }));
    expect(idsFor(twice, "session-start")).toEqual(["a"]);
  });

  it("get an event once when one of them wants every event", () => {
    const both = config(
      hook("every", EVERY_EVENT, { target: "t" }),
      hook("this", "session-start", { target: "t" }),
      hook("else", "session-end", { target: "t" }),
    );
    for (const type of ["session-start", "session-end", "SomethingNew"]) expect(idsFor(both, type)).toEqual(["every"]);
  });
});

describe("hooks for every event", () => {
  const mixed = config(
    hook("first", EVERY_EVENT),
    hook("named", "session-start"),
    hook("new", "SomethingNew"),
    hook("last", EVERY_EVENT),
  );

  it("stand among the others in the order of the configuration", () => {
    expect(idsFor(mixed, "session-start")).toEqual(["first", "named", "last"]);
    expect(idsFor(mixed, "SomethingNew")).toEqual(["first", "new", "last"]);
  });

  it("get events that no hook names and nobody knows, whatever they are called", () => {
    for (const type of ["session-end", "AnythingElse", EVERY_EVENT, "__proto__", "constructor"]) {
      expect(idsFor(mixed, type)).toEqual(["first", "last"]);
    }
  });

  it("may have a matcher, which then counts for every event", () => {
    const bash = config(hook("bash", EVERY_EVENT, { matcher: only("Bash") }));
    expect(idsFor(bash, "tool-call-started", { tool_name: "Bash" })).toEqual(["bash"]);
    expect(idsFor(bash, "tool-call-started", { tool_name: "Read" })).toEqual([]);
    expect(idsFor(bash, "session-start")).toEqual([]);
  });
});

describe("a plan", () => {
  it("has no hooks when nobody wants the event", () => {
    expect(idsFor(config(), "session-start")).toEqual([]);
    expect(idsFor(config(hook("a", "session-end")), "session-start")).toEqual([]);
  });

  it("says of the event whether it may be gated, whoever wants it", () => {
    const every = config(hook("a", EVERY_EVENT));
    const gate = (type: string): boolean =>
      planFor(every, completeEvent({ xcodex_event_type: type, session_id: "s", cwd: "/" })).gate;
    expect([gate("tool-call-started"), gate("session-start"), gate("SomethingNew")]).toEqual([true, false, false]);
  });
});
