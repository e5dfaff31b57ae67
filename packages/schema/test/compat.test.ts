import { readFileSync } from "node:fs";
import { type ChangeLevel, compareSchemas, type SchemaComparison } from "@xcodex/hooks-schema/compat";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const SCHEMA_URL = new URL("../generated/hooks.schema.json", import.meta.url);

/** The parts of a schema document that the cases below change. */
interface Node {
  [key: string]: unknown;
  description?: string;
  type?: unknown;
  required?: string[];
  properties: Record<string, Node>;
}
interface Document {
  [key: string]: unknown;
  oneOf: { $ref: string }[];
  definitions: Record<string, Node>;
}

const schema = (): Document => JSON.parse(readFileSync(SCHEMA_URL, "utf8"));

/** The named definition; the cases know what is in the schema. */
function definition(document: Document, name: string): Node {
  const found = document.definitions[name];
  if (!found) throw new Error(`no definition ${name}`);
  return found;
}

function field(document: Document, path: string): Node {
  const [name = "", key = ""] = path.split(".");
  const found = definition(document, name).properties[key];
  if (!found) throw new Error(`no field ${path}`);
  return found;
}

/** Compares the schema with itself after a change to one of the two. */
function after(change: (now: Document) => void, before: (old: Document) => void = () => {}): SchemaComparison {
  const [old, now] = [schema(), schema()];
  before(old);
  change(now);
  return compareSchemas(old, now);
}

type Change = (document: Document) => void;

/** Sets keywords of a field, or of a definition when the path has no dot; undefined takes one away. */
const set =
  (path: string, keywords: Record<string, unknown>): Change =>
  (document) => {
    const node = path.includes(".") ? field(document, path) : definition(document, path);
    for (const [key, value] of Object.entries(keywords)) {
      if (value === undefined) delete node[key];
      else node[key] = value;
    }
  };

const addField =
  (path: string, required = false): Change =>
  (document) => {
    const [name = "", key = ""] = path.split(".");
    const node = definition(document, name);
    node.properties[key] = { type: "string", description: "A text.", examples: ["a"], properties: {} };
    if (required) node.required?.push(key);
  };

const removeField =
  (path: string): Change =>
  (document) => {
    const [name = "", key = ""] = path.split(".");
    delete definition(document, name).properties[key];
    mayBeAbsent(path)(document);
  };

const mayBeAbsent =
  (path: string): Change =>
  (document) => {
    const [name = "", key = ""] = path.split(".");
    const node = definition(document, name);
    node.required = node.required?.filter((each) => each !== key) ?? [];
  };

const addEvent =
  (name: string, tag: string): Change =>
  (document) => {
    for (const union of [document, definition(document, "HookEvent")]) {
      (union.oneOf as unknown[]).push({ $ref: `#/definitions/${name}` });
    }
    document.definitions[name] = structuredClone(definition(document, "PreCompactEvent"));
    field(document, `${name}.xcodex_event_type`).const = tag;
  };

const removeEvent =
  (name: string): Change =>
  (document) => {
    for (const union of [document, definition(document, "HookEvent")]) {
      union.oneOf = (union.oneOf as { $ref: string }[]).filter((ref) => !ref.$ref.endsWith(`/${name}`));
    }
    delete document.definitions[name];
  };

const rename =
  (from: string, to: string): Change =>
  (document) => {
    Object.assign(document, JSON.parse(JSON.stringify(document).replaceAll(from, to)));
  };

interface Case {
  readonly change: Change;
  /** Made to the old schema first, for what the real one has no example of. */
  readonly before?: Change;
  readonly level: ChangeLevel;
  readonly path: string;
  readonly reason: RegExp;
}

const T = "PreCompactEvent.trigger";
const POLICY = "ApprovalRequestedEvent.sandbox_policy";
const OPEN = (known: readonly string[]): Record<string, unknown> => ({
  type: undefined,
  anyOf: [{ type: "string" }, { enum: known }],
});

/** What readers can live with: level, where, and why. */
const CASES: Readonly<Record<string, Case>> = {
  "another sentence": { change: set(T, { description: "Who?" }), level: "patch", path: T, reason: /description/ },
  "other examples": { change: set(T, { examples: ["manual"] }), level: "patch", path: T, reason: /examples/ },
  "another sentence about an event": {
    change: set("PreCompactEvent", { description: "Soon." }),
    level: "patch",
    path: "PreCompactEvent",
    reason: /description/,
  },
  "another sentence about all events": {
    change: set("HookEvent", { description: "All." }),
    level: "patch",
    path: "HookEvent",
    reason: /description/,
  },
  "another title": {
    change: (now) => Object.assign(now, { title: "Events" }),
    level: "patch",
    path: "",
    reason: /title/,
  },
  "an optional field more": {
    change: addField("PreCompactEvent.size"),
    level: "minor",
    path: "PreCompactEvent.size",
    reason: /optional field added/,
  },
  "a field more that is always there": {
    change: addField("PreCompactEvent.size", true),
    level: "minor",
    path: "PreCompactEvent.size",
    reason: /always there/,
  },
  "a required field less": {
    change: removeField("NotificationEvent.notification_type"),
    level: "major",
    path: "NotificationEvent.notification_type",
    reason: /required field removed/,
  },
  "an optional field less": { change: removeField(T), level: "minor", path: T, reason: /optional field removed/ },
  "a text that became an integer": {
    change: set(T, { type: "integer" }),
    level: "major",
    path: T,
    reason: /was string and is integer now/,
  },
  "an integer that may have a fraction now": {
    change: set("SessionEndEvent.duration_ms", { type: "number" }),
    level: "major",
    path: "SessionEndEvent.duration_ms",
    reason: /number/,
  },
  "a number that is always an integer now": {
    before: set("SessionEndEvent.duration_ms", { type: "number" }),
    change: () => {},
    level: "minor",
    path: "SessionEndEvent.duration_ms",
    reason: /always integer/,
  },
  "a field that may be null now": {
    change: set(T, { type: ["string", "null"] }),
    level: "major",
    path: T,
    reason: /may be null now/,
  },
  "a field that is never null now": {
    before: set(T, { type: ["null", "string"] }),
    change: () => {},
    level: "minor",
    path: T,
    reason: /never null/,
  },
  "an object that may be null now": {
    change: set(POLICY, { $ref: undefined, anyOf: [{ $ref: "#/definitions/SandboxPolicy" }, { type: "null" }] }),
    level: "major",
    path: POLICY,
    reason: /may be null now/,
  },
  "a required field that may be absent now": {
    change: mayBeAbsent("NotificationEvent.notification_type"),
    level: "major",
    path: "NotificationEvent.notification_type",
    reason: /became optional/,
  },
  "an optional field that is always there now": {
    change: set("PreCompactEvent", {
      required: [...(definition(schema(), "PreCompactEvent").required ?? []), "trigger"],
    }),
    level: "minor",
    path: T,
    reason: /always there now/,
  },
  "an event more": {
    change: addEvent("PlanUpdatedEvent", "plan-updated"),
    level: "minor",
    path: "plan-updated",
    reason: /event added/,
  },
  "an event less": {
    change: removeEvent("PreCompactEvent"),
    level: "major",
    path: "pre-compact",
    reason: /event removed/,
  },
  "an event under another tag": {
    change: set("PreCompactEvent.xcodex_event_type", { const: "compaction" }),
    level: "major",
    path: "pre-compact",
    reason: /event removed/,
  },
  "an event whose type has another name": {
    change: rename("PreCompactEvent", "CompactEvent"),
    level: "major",
    path: "pre-compact",
    reason: /CompactEvent/,
  },
  "another constant in a line": {
    change: set("HostDroppedLine.type", { const: "dropped" }),
    level: "major",
    path: "HostDroppedLine.type",
    reason: /"dropped"/,
  },
  "a helper type less": {
    change: (now) => {
      delete now.definitions.HostReply;
    },
    level: "major",
    path: "HostReply",
    reason: /type removed/,
  },
  "a helper type more": {
    change: (now) => {
      now.definitions.HostHello = { type: "object", properties: {} };
    },
    level: "minor",
    path: "HostHello",
    reason: /type added/,
  },
  "a required field of a helper type less": {
    change: removeField("TokenUsage.total_tokens"),
    level: "major",
    path: "TokenUsage.total_tokens",
    reason: /removed/,
  },
  "a new value in a closed set": {
    before: set(T, { enum: ["auto", "manual"] }),
    change: set(T, { enum: ["auto", "manual", "timer"] }),
    level: "major",
    path: T,
    reason: /"timer"/,
  },
  "a value less in a closed set": {
    before: set(T, { enum: ["manual", "auto"] }),
    change: set(T, { enum: ["auto"] }),
    level: "minor",
    path: T,
    reason: /never "manual"/,
  },
  "a closed set that was opened": {
    before: set(T, { enum: ["auto"] }),
    change: () => {},
    level: "major",
    path: T,
    reason: /any value/,
  },
  "a text that is one of a closed set now": {
    change: set(T, { enum: ["auto"] }),
    level: "minor",
    path: T,
    reason: /closed set now/,
  },
  "a new known value in an open set": {
    before: set(T, OPEN(["auto"])),
    change: set(T, OPEN(["timer", "auto"])),
    level: "minor",
    path: T,
    reason: /knows the value "timer"/,
  },
  "other items in an array": {
    change: set("AgentTurnCompleteEvent.input_messages", { items: { type: "integer" } }),
    level: "major",
    path: "AgentTurnCompleteEvent.input_messages[]",
    reason: /integer/,
  },
  "other values in a map": {
    change: set("PreCompactEvent.metadata", { additionalProperties: { type: ["string", "integer"] } }),
    level: "major",
    path: "PreCompactEvent.metadata{}",
    reason: /may be integer now/,
  },
  "a format that is not promised any more": {
    change: set("HookStdinEnvelope.timestamp", { format: undefined }),
    level: "major",
    path: "HookStdinEnvelope.timestamp",
    reason: /need not have the format "date-time"/,
  },
  "a format that is promised now": {
    change: set("HookStdinEnvelope.event_id", { format: "uuid" }),
    level: "minor",
    path: "HookStdinEnvelope.event_id",
    reason: /format "uuid"/,
  },
  "a lower least value": {
    change: set("HostLine.seq", { minimum: 0 }),
    level: "major",
    path: "HostLine.seq",
    reason: /least value/,
  },
  "a higher least value": {
    change: set("HostLine.seq", { minimum: 2 }),
    level: "minor",
    path: "HostLine.seq",
    reason: /least value/,
  },
  "a field that is anything now": { change: set(T, { type: undefined }), level: "major", path: T, reason: /anything/ },
  "a field that was anything and is a text now": {
    change: set("PreCompactEvent.tool_input", { type: "string" }),
    level: "minor",
    path: "PreCompactEvent.tool_input",
    reason: /always string/,
  },
  "a reference to a type that says something else": {
    change: set("ModelResponseCompletedEvent.token_usage", { $ref: "#/definitions/ReadAccess" }),
    level: "major",
    path: "ModelResponseCompletedEvent.token_usage.input_tokens",
    reason: /removed/,
  },
  "another schema version": {
    change: (now) => Object.assign(now, { $id: "urn:xcodex:hooks:schema:v2" }),
    level: "major",
    path: "",
    reason: /\$id/,
  },
  "a keyword that nobody here can judge": {
    change: set(T, { pattern: "^a" }),
    level: "major",
    path: T,
    reason: /cannot be judged/,
  },
};

describe("a change that is", () => {
  it.each(Object.entries(CASES))("%s", (_, { change, before, level, path, reason }) => {
    const comparison = after(change, before);
    expect(comparison.level, JSON.stringify(comparison.changes)).toBe(level);
    const found = comparison.changes.filter((each) => each.path === path && reason.test(each.reason));
    expect(
      found.map((each) => each.level),
      JSON.stringify(comparison.changes),
    ).toContain(level);
  });
});

describe("a comparison", () => {
  it("of a schema with itself finds nothing", () => {
    expect(compareSchemas(schema(), schema())).toEqual({ level: "none", changes: [] });
  });

  it("does not look at the order of keys, definitions, union members and required fields", () => {
    const turned = (value: unknown, key = ""): unknown => {
      if (Array.isArray(value))
        return key === "oneOf" || key === "required" ? value.map((item) => turned(item)).reverse() : value;
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, item]) => [name, turned(item, name)]),
      );
    };
    const now = turned(schema());
    expect(JSON.stringify(now)).not.toBe(JSON.stringify(schema()));
    expect(compareSchemas(schema(), now)).toEqual({ level: "none", changes: [] });
  });

  it("tells a change of every event once, for the base", () => {
    const comparison = after((now) => {
      for (const { properties } of Object.values(now.definitions))
        if (properties?.cwd) properties.cwd.description = "Where.";
    });
    expect(comparison.changes).toEqual([{ level: "patch", path: "HookEventBase.cwd", reason: "another description" }]);
  });

  it("tells what breaks readers first", () => {
    const comparison = after((now) => {
      field(now, "PreCompactEvent.trigger").description = "Who?";
      field(now, "SessionEndEvent.reason").type = "integer";
      delete definition(now, "SessionStartEvent").properties.source;
    });
    expect(comparison.changes.map(({ level }) => level)).toEqual(["major", "minor", "patch"]);
  });

  it("understands types that refer to themselves", () => {
    const recursive = (document: Document): void => {
      definition(document, "AgentInfo").properties.parent = { $ref: "#/definitions/AgentInfo" } as unknown as Node;
    };
    expect(after(recursive, recursive).level).toBe("none");
    const renamed = after((now) => {
      recursive(now);
      now.definitions.Parent = structuredClone(definition(now, "AgentInfo"));
      field(now, "Parent.parent").$ref = "#/definitions/Parent";
      field(now, "AgentInfo.parent").$ref = "#/definitions/Parent";
    }, recursive);
    expect(renamed.changes).toEqual([{ level: "minor", path: "Parent", reason: "type added" }]);
  });
});

describe("a document that is no hooks schema", () => {
  const documents: readonly (readonly [what: string, value: unknown, why: string])[] = [
    ["null", null, "it is the value null, not an object"],
    ["a number", 7, "it is the value 7, not an object"],
    ["an array", [schema()], "it is an array, not an object"],
    ["an empty object", {}, 'it has no "definitions"'],
    ["somebody else's schema", { definitions: { A: { type: "object" } } }, 'its "oneOf" names no definition'],
    ["one with definitions that are none", { definitions: 5, oneOf: "x" }, 'it has no "definitions"'],
  ];
  it.each(documents)("(%s) is a major change that says why", (_, value, why) => {
    const asOld = compareSchemas(value, schema());
    expect(asOld.level).toBe("major");
    expect(asOld.changes[0]?.reason).toContain(`the old document is no hooks schema: ${why}`);
    expect(compareSchemas(schema(), value).changes[0]?.reason).toContain("the new document is no hooks schema");
  });

  it("never throws, whatever JSON it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(compareSchemas(a, b).level).toBe("major");
      }),
    );
  });

  it("never throws when any part of a real schema is replaced by any JSON", () => {
    const paths = [...pathsOf(schema())];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const broken = replaced(schema(), path, value);
        for (const pair of [
          [schema(), broken],
          [broken, schema()],
        ]) {
          expect(["none", "patch", "minor", "major"]).toContain(compareSchemas(pair[0], pair[1]).level);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("may be nested deeper than a stack is high", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level++) deep = { items: deep, type: "array" };
    const comparison = after((now) => {
      definition(now, "PreCompactEvent").properties.trigger = deep as Node;
    });
    expect(comparison.level).toBe("major");
    expect(compareSchemas({ definitions: deep }, { definitions: deep }).level).toBe("major");
  });

  it("may use names that every object inherits", () => {
    const now = JSON.parse(
      JSON.stringify(schema()).replaceAll('"trigger"', '"__proto__"').replaceAll('"metadata"', '"constructor"'),
    );
    expect(compareSchemas(schema(), now).level).toBe("minor");
    expect(compareSchemas(now, now).level).toBe("none");
  });
});

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
}

function replaced(document: Document, path: readonly string[], value: unknown): unknown {
  let at: Record<string, unknown> = document;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ""] = value;
  return document;
}
