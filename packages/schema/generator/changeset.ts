import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SchemaComparison } from "../src/compat.ts";

/** How far a version goes up. */
export type Bump = "none" | "patch" | "minor" | "major";

const BUMPS: readonly Bump[] = ["none", "patch", "minor", "major"];

/**
 * The largest bump of a package among the pending changesets: files `.changeset/*.md` whose front matter has lines of the form
 * `"<package>": minor`. `none` when there is no such line.
 */
export function pendingBump(folder: string, packageName: string): Bump {
  const files = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
  const bumps = files.map((name) => bumpIn(readFileSync(join(folder, name), "utf8"), packageName));
  return bumps.reduce<Bump>((largest, bump) => (isSmaller(largest, bump) ? bump : largest), "none");
}

function bumpIn(changeset: string, packageName: string): Bump {
  const frontMatter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(changeset)?.[1] ?? "";
  for (const line of frontMatter.split(/\r?\n/)) {
    const [, name, bump] = /^\s*["']?([^"':]+)["']?\s*:\s*["']?(\w+)["']?\s*$/.exec(line) ?? [];
    if (name === packageName) return BUMPS.find((each) => each === bump) ?? "none";
  }
  return "none";
}

function isSmaller(a: Bump, b: Bump): boolean {
  return BUMPS.indexOf(a) < BUMPS.indexOf(b);
}

/**
 * The least bump for a change of the schema. Before 1.0.0 npm's `^0.1.0` takes in 0.1.1 and not 0.2.0, so what breaks readers is a
 * minor bump there and everything else a patch.
 */
export function neededBump(level: SchemaComparison["level"], version: string): Bump {
  if (!version.startsWith("0.")) return level;
  if (level === "major") return "minor";
  return level === "none" ? "none" : "patch";
}

/** What a release of the schema is judged by. */
export interface ReleaseFacts {
  /** The present schema compared with the last released one. */
  readonly comparison: SchemaComparison;
  /** Version of the package, before the pending changesets. */
  readonly version: string;
  /** Largest pending bump of the package. */
  readonly pending: Bump;
  /** SCHEMA_VERSION of the last released schema. */
  readonly releasedSchemaVersion: number;
  /** SCHEMA_VERSION now. */
  readonly schemaVersion: number;
}

/** Why the schema cannot be released as it is, one sentence each; none when it can. */
export function releaseProblems(facts: ReleaseFacts): readonly string[] {
  const { comparison, version, pending, releasedSchemaVersion, schemaVersion } = facts;
  const problems: string[] = [];
  if (comparison.level === "major" && schemaVersion <= releasedSchemaVersion) {
    problems.push(
      `Cannot release the schema: readers of schema_version ${releasedSchemaVersion} would not survive it. ` +
        `Raise SCHEMA_VERSION in packages/schema/src/base.ts, or undo:\n${listed(comparison, ["major"])}`,
    );
  }
  const needed = neededBump(comparison.level, version);
  if (isSmaller(pending, needed)) {
    problems.push(
      `Cannot release the schema: the pending changeset of @xcodex/hooks-schema is "${pending}", and ${version} needs "${needed}". ` +
        `Run \`pnpm changeset\` and choose ${needed}, because of:\n${listed(comparison, ["major", "minor", "patch"])}`,
    );
  }
  return problems;
}

function listed({ changes }: SchemaComparison, levels: readonly string[]): string {
  const told = changes.filter(({ level }) => levels.includes(level));
  return told.map(({ level, path, reason }) => `  ${level} ${path || "(document)"}: ${reason}`).join("\n");
}
