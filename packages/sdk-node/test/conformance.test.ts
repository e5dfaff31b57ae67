import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BASE_FIELDS, CATALOGUE, EVENT_FIELDS, OUTSIDE_THE_CATALOGUE } from "@xcodex/hooks-schema";
import { beforeAll, describe, expect, it } from "vitest";
import { INPUT_CODES } from "../dist/index.mjs";
import { type ExpectedEvent, expectEvent } from "./support/compare.ts";
import { askDriver, type DriverAnswer, type DriverRequest, runAsHook } from "./support/driver.ts";
import { type FileSpec, makeFiles } from "./support/files.ts";
import { CONFORMANCE, expand, loadVectors, textOf } from "./support/vectors.ts";

const DRIVER = [process.execPath, fileURLToPath(new URL("../conformance/driver.mjs", import.meta.url))];

interface Inputs {
  readonly covers?: readonly string[];
  readonly input?: unknown;
  readonly input_text?: unknown;
  readonly input_base64?: string;
}
interface EventVector extends Inputs {
  readonly expect: ExpectedEvent;
}
interface BadVector extends Inputs {
  readonly expect: { readonly error: { readonly code: string } };
}
interface EnvelopeVector extends Inputs {
  readonly files?: Record<string, FileSpec>;
  readonly options?: unknown;
  readonly expect: ExpectedEvent | BadVector["expect"];
}
interface HostVector extends Inputs {
  readonly start: "serve" | "run";
  readonly replies?: boolean;
  readonly files?: Record<string, FileSpec>;
  readonly lines?: readonly unknown[];
  readonly hook?: unknown;
  readonly expect: {
    readonly exit_code: number;
    readonly events: readonly ExpectedEvent[];
    readonly dropped: readonly unknown[];
    readonly replies: readonly unknown[];
    readonly stderr_includes: readonly string[];
  };
}

const events = loadVectors<EventVector>("events", "event");
const bad = loadVectors<BadVector>("events-bad", "event-bad");
const envelopes = loadVectors<EnvelopeVector>("envelopes", "envelope");
const hosts = loadVectors<HostVector>("hosts", "host");
const captures = loadVectors<readonly { line: number; expect: ExpectedEvent }[]>("captures", "capture").map(
  (capture) => ({
    ...capture,
    lines: readFileSync(join(CONFORMANCE, capture.name.replace(".expected.json", ".jsonl")), "utf8")
      .split("\n")
      .filter(Boolean),
  }),
);

function inputOf(vector: Inputs): Pick<DriverRequest, "input" | "input_base64"> {
  if (vector.input_base64 !== undefined) return { input_base64: vector.input_base64 };
  return { input: vector.input_text === undefined ? JSON.stringify(expand(vector.input)) : textOf(vector.input_text) };
}

function envelopeRequest(id: string, vector: EnvelopeVector): DriverRequest {
  const generators = makeFiles(vector.files);
  const options = expand(vector.options ?? {}, generators);
  return { id, kind: "envelope", input: JSON.stringify(expand(vector.input, generators)), options };
}

function captureRequests(): DriverRequest[] {
  return captures.flatMap(({ name, lines }) =>
    lines.map((line, at): DriverRequest => {
      const { stdin } = JSON.parse(line) as { stdin: unknown };
      return { id: `${name}:${at + 1}`, kind: "event", input: JSON.stringify(stdin) };
    }),
  );
}

let answers: ReadonlyMap<string, DriverAnswer>;
beforeAll(async () => {
  const plain = [...events, ...bad].map(
    ({ name, vector }): DriverRequest => ({ id: name, kind: "event", ...inputOf(vector) }),
  );
  const withFiles = envelopes.map(({ name, vector }) => envelopeRequest(name, vector));
  answers = await askDriver(DRIVER, [...plain, ...withFiles, ...captureRequests()]);
});

describe("events", () => {
  it.each(events)("$name", ({ name, vector }) => expectEvent(answers.get(name)?.event, vector.expect));

  it("has vectors of every event of the catalogue and of unknown ones", () => {
    const folders = new Set(events.map(({ name }) => name.split(/[\\/]/)[1]));
    expect([...folders].sort()).toEqual([...CATALOGUE.map((facts) => facts.type), "unknown"].sort());
  });

  it.each(CATALOGUE.map(({ type }) => type))("of %s that speak of every field do", (type) => {
    const fields = Object.keys({ ...BASE_FIELDS, ...EVENT_FIELDS[type] });
    for (const name of ["xcodex-full", "null", "wrong-types"]) {
      const found = events.find((event) => event.name === join("events", type, `${name}.json`));
      const input = found?.vector.input as Readonly<Record<string, unknown>>;
      expect(Object.keys(input), name).toEqual(expect.arrayContaining(fields));
    }
  });
});

describe("inputs that are no events", () => {
  it.each(bad)("$name", ({ name, vector }) => expect(answers.get(name)?.error?.code).toBe(vector.expect.error.code));
});

describe("envelopes", () => {
  it.each(envelopes)("$name", ({ name, vector }) => {
    const answer = answers.get(name);
    if ("error" in vector.expect) expect(answer?.error?.code).toBe(vector.expect.error.code);
    else expectEvent(answer?.event, vector.expect);
  });
});

describe("what real agents sent", () => {
  for (const { name, vector, lines } of captures) {
    it(`${name} says what every line is`, () => {
      expect(vector.map(({ line }) => line)).toEqual(lines.map((_, at) => at + 1));
    });
    it.each(vector)(`${name} line $line`, ({ line, expect: expected }) =>
      expectEvent(answers.get(`${name}:${line}`)?.event, expected),
    );
  }

  it("knows every event but those that the catalogue leaves out on purpose", () => {
    const known = new Set<string>(CATALOGUE.map((facts) => facts.type));
    const types = captures.flatMap(({ vector }) => vector.map((line) => line.expect.type));
    const unknown = new Set(types.filter((type) => !known.has(type)));
    expect([...unknown]).toEqual(["BeforeToolSelection"]);
    expect(OUTSIDE_THE_CATALOGUE).toContain("BeforeToolSelection");
  });
});

describe("hosts and hooks as processes", () => {
  it.concurrent.each(hosts)("$name", async ({ vector }) => {
    const generators = makeFiles(vector.files);
    const lines = vector.lines?.map(
      (line) => `${typeof line === "string" ? line : JSON.stringify(expand(line, generators))}\n`,
    );
    const input = lines ? lines.join("") : textOf(vector.input_text);
    const ran = await runAsHook(DRIVER, vector.start, input, vector);
    const { exit_code, events: expected, dropped, replies, stderr_includes } = vector.expect;
    expect(ran.code, ran.stderr).toBe(exit_code);
    expect(ran.events.length, ran.stderr).toBe(expected.length);
    for (const [at, event] of expected.entries()) expectEvent(ran.events[at], event);
    expect(ran.dropped).toEqual(dropped);
    expect(
      ran.stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(replies);
    for (const text of stderr_includes) expect(ran.stderr).toContain(text);
  });
});

describe("the protocol", () => {
  const protocol = readFileSync(join(CONFORMANCE, "PROTOCOL.md"), "utf8");

  it("lists exactly the codes that the catalogue has", () => {
    const listed = [...protocol.matchAll(/^\| `([a-z_]+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
    expect(Object.fromEntries(listed)).toEqual(INPUT_CODES);
  });

  it("has a vector for every code that a vector can bring about", () => {
    const seen = new Set<string>();
    for (const { vector } of [...bad, ...envelopes]) if ("error" in vector.expect) seen.add(vector.expect.error.code);
    // These three take a process, a clock or a cap: see stdin.test.ts.
    const others = ["input_too_large", "input_timeout", "input_unreadable"];
    expect([...seen, ...others].sort()).toEqual(Object.keys(INPUT_CODES).sort());
  });

  it("covers every defect of the original's SDKs and hosts", () => {
    const covered = new Set([...events, ...bad, ...envelopes, ...hosts].flatMap(({ vector }) => vector.covers ?? []));
    // W4 and W5 are about types, W6 is about late writers: consumer.test.ts and stdin.test.ts.
    for (const defect of ["W1", "W2", "W3", "W6b", "W6c", "W6d", "W35"]) expect([...covered]).toContain(defect);
  });
});
