import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_FIELDS, CATALOGUE, EVENT_FIELDS, OUTSIDE_THE_CATALOGUE } from "@xcodex/hooks-schema";
import { describe, expect, it } from "vitest";
import { INPUT_CODES } from "../../packages/sdk-node/dist/index.mjs";
import { bad, captures, envelopes, events, hosts } from "./suite.ts";
import { CONFORMANCE } from "./vectors.ts";

describe("the vectors of events", () => {
  it("are of every event of the catalogue and of unknown ones", () => {
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

describe("the captures", () => {
  it.each(captures)("of $name say what every line is", ({ vector, lines }) => {
    expect(vector.map(({ line }) => line)).toEqual(lines.map((_, at) => at + 1));
  });

  it("know every event but those that the catalogue leaves out on purpose", () => {
    const known = new Set<string>(CATALOGUE.map((facts) => facts.type));
    const types = captures.flatMap(({ vector }) => vector.map((line) => line.expect.type));
    const unknown = new Set(types.filter((type) => !known.has(type)));
    expect([...unknown]).toEqual(["BeforeToolSelection"]);
    expect(OUTSIDE_THE_CATALOGUE).toContain("BeforeToolSelection");
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
    // These three take a process, a clock or a cap: every language has tests of its own for them.
    const others = ["input_too_large", "input_timeout", "input_unreadable"];
    expect([...seen, ...others].sort()).toEqual(Object.keys(INPUT_CODES).sort());
  });

  it("covers every defect of the original's SDKs and hosts", () => {
    const covered = new Set([...events, ...bad, ...envelopes, ...hosts].flatMap(({ vector }) => vector.covers ?? []));
    // W4 and W5 are about types, W6 is about late writers: every language has tests of its own for them.
    for (const defect of ["W1", "W2", "W3", "W6b", "W6c", "W6d", "W35"]) expect([...covered]).toContain(defect);
  });
});
