import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SchemaComparison } from "@xcodex/hooks-schema/compat";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Bump, neededBump, pendingBump, type ReleaseFacts, releaseProblems } from "../generator/changeset.ts";

const NAME = "@xcodex/hooks-schema";

describe("the pending bump", () => {
  let folder: string;
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "changesets-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is none without changesets", () => {
    put("config.json", "{}");
    expect(pendingBump(folder, NAME)).toBe("none");
  });

  it("is none when the changesets are about other packages", () => {
    put("brave-cats.md", '---\n"@xcodex/hooks": minor\n---\n\nText.\n');
    expect(pendingBump(folder, NAME)).toBe("none");
  });

  it("is what the changeset says, whatever its quotes", () => {
    put("brave-cats.md", `---\n"@xcodex/hooks": patch\n'${NAME}': minor\n---\n\nText.\n`);
    expect(pendingBump(folder, NAME)).toBe("minor");
  });

  it("is the largest of several", () => {
    put("a.md", `---\n"${NAME}": patch\n---\n`);
    put("b.md", `---\r\n"${NAME}": major\r\n---\r\n`);
    put("c.md", `---\n"${NAME}": minor\n---\n`);
    expect(pendingBump(folder, NAME)).toBe("major");
  });

  it("is not taken from the text of a changeset or from the README", () => {
    put("a.md", `---\n---\n\n"${NAME}": major\n`);
    put("README.md", `---\n"${NAME}": major\n---\n`);
    expect(pendingBump(folder, NAME)).toBe("none");
  });
});

describe("the needed bump", () => {
  const table: readonly (readonly [SchemaComparison["level"], version: string, Bump])[] = [
    ["major", "0.4.0", "minor"],
    ["minor", "0.4.0", "patch"],
    ["patch", "0.4.0", "patch"],
    ["none", "0.4.0", "none"],
    ["major", "1.4.0", "major"],
    ["minor", "1.4.0", "minor"],
    ["patch", "1.4.0", "patch"],
    ["none", "1.4.0", "none"],
  ];
  it.each(table)("of a %s change of %s is %s", (level, version, bump) => {
    expect(neededBump(level, version)).toBe(bump);
  });
});

describe("a release", () => {
  const changed = (level: "patch" | "minor" | "major"): SchemaComparison => ({
    level,
    changes: [{ level, path: "SessionStartEvent.source", reason: "something changed" }],
  });
  const facts = (more: Partial<ReleaseFacts>): ReleaseFacts => ({
    comparison: changed("minor"),
    version: "0.1.0",
    pending: "patch",
    releasedSchemaVersion: 1,
    schemaVersion: 1,
    ...more,
  });

  it("may be made when the changeset is large enough", () => {
    expect(releaseProblems(facts({}))).toEqual([]);
    expect(releaseProblems(facts({ pending: "minor" }))).toEqual([]);
  });

  it("may be made without a changeset when nothing changed", () => {
    expect(releaseProblems(facts({ comparison: { level: "none", changes: [] }, pending: "none" }))).toEqual([]);
  });

  it("fails when the pending changeset is smaller than the change, and says which bump and why", () => {
    const [problem, ...others] = releaseProblems(facts({ pending: "none" }));
    expect(others).toEqual([]);
    expect(problem).toContain('is "none", and 0.1.0 needs "patch"');
    expect(problem).toContain("Run `pnpm changeset`");
    expect(problem).toContain("minor SessionStartEvent.source: something changed");
  });

  it("fails when readers of the same schema_version would break, whatever the changeset", () => {
    const [problem] = releaseProblems(facts({ comparison: changed("major"), pending: "major" }));
    expect(problem).toContain("readers of schema_version 1 would not survive it");
    expect(problem).toContain("Raise SCHEMA_VERSION");
  });

  it("may break readers with the next schema_version and a changeset that says so", () => {
    const next = { comparison: changed("major"), schemaVersion: 2 };
    expect(releaseProblems(facts({ ...next, pending: "minor" }))).toEqual([]);
    expect(releaseProblems(facts({ ...next, pending: "patch" }))).toHaveLength(1);
  });
});
