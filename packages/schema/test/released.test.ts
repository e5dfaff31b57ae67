import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE, findEvent, SCHEMA_VERSION, toolAliases } from "@xcodex/hooks-schema";
import { compareSchemas } from "@xcodex/hooks-schema/compat";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pendingBump, releaseProblems } from "../generator/changeset.ts";
import { freeze, readRelease, releasedFolder, releasedVersions, touchedFiles } from "../generator/released.ts";

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), "..");
const json = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), "utf8"));

describe("the released schemas", () => {
  it("are there", () => {
    expect(releasedVersions(PACKAGE).length).toBeGreaterThan(0);
  });

  it.each(releasedVersions(PACKAGE))("of version %d are untouched", (version) => {
    expect(touchedFiles(releasedFolder(PACKAGE, version))).toEqual([]);
  });

  it("allow the present one with the pending changeset", () => {
    const releasedSchemaVersion = releasedVersions(PACKAGE).at(-1) ?? 0;
    const folder = releasedFolder(PACKAGE, releasedSchemaVersion);
    const comparison = compareSchemas(json(folder, "hooks.schema.json"), json(PACKAGE, "generated/hooks.schema.json"));
    const { name, version } = json(PACKAGE, "package.json") as { name: string; version: string };
    const pending = pendingBump(join(PACKAGE, "../../.changeset"), name);
    const problems = releaseProblems({
      comparison,
      version,
      pending,
      releasedSchemaVersion,
      schemaVersion: SCHEMA_VERSION,
    });
    expect(problems, problems.join("\n")).toEqual([]);
  });
});

/** The part of catalogue.json that users' configurations and scripts are written against. */
interface ReleasedCatalogue {
  readonly events: readonly {
    readonly type: string;
    readonly snake: string;
    readonly claude: string | null;
    readonly aliases: readonly { readonly name: string }[];
    readonly gate: boolean;
    readonly env: Readonly<Record<string, unknown>>;
  }[];
  readonly tool_aliases: Readonly<Record<string, readonly string[]>>;
}

describe.runIf(releasedVersions(PACKAGE).includes(SCHEMA_VERSION))(
  "what was released of this schema version still holds",
  () => {
    const released = json(releasedFolder(PACKAGE, SCHEMA_VERSION), "catalogue.json") as ReleasedCatalogue;

    it.each(released.events)("for the names, the gate and the variables of $type", (event) => {
      const names = [event.type, event.snake, event.claude, ...event.aliases.map(({ name }) => name)];
      for (const name of names) if (name !== null) expect(findEvent(name)?.facts.type, name).toBe(event.type);
      const facts = CATALOGUE.find(({ type }) => type === event.type);
      expect(facts?.gate).toBe(event.gate);
      expect(Object.keys(facts?.env ?? {})).toEqual(expect.arrayContaining(Object.keys(event.env)));
    });

    it("for the aliases of tools", () => {
      for (const [tool, aliases] of Object.entries(released.tool_aliases)) {
        expect(toolAliases(tool), tool).toEqual(expect.arrayContaining([...aliases]));
      }
    });
  },
);

describe("freezing", () => {
  let folder: string;
  const setVersion = (version: string): void =>
    writeFileSync(join(folder, "package.json"), JSON.stringify({ version }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "released-"));
    cpSync(join(PACKAGE, "generated"), join(folder, "generated"), { recursive: true });
    setVersion("0.1.0");
    freeze(folder, 1);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("keeps the schema and the catalogue with their hashes and the version of the package", () => {
    const release = readRelease(releasedFolder(folder, 1));
    expect(release.version).toBe("0.1.0");
    expect(Object.keys(release.sha256)).toEqual(["hooks.schema.json", "catalogue.json"]);
    expect(touchedFiles(releasedFolder(folder, 1))).toEqual([]);
  });

  it("does nothing when nothing changed", () => {
    expect(freeze(folder, 1)).toEqual([]);
  });

  it("refuses to freeze a version twice with other bytes", () => {
    writeFileSync(join(folder, "generated/catalogue.json"), "{}\n");
    expect(() => freeze(folder, 1)).toThrow("Cannot freeze catalogue.json: version 0.1.0 is frozen already");
    expect(freeze(folder, 1, true)).toEqual(["catalogue.json"]);
  });

  it("freezes anew with the next version", () => {
    writeFileSync(join(folder, "generated/catalogue.json"), "{}\n");
    setVersion("0.1.1");
    expect(freeze(folder, 1)).toEqual(["catalogue.json"]);
    expect(readRelease(releasedFolder(folder, 1)).version).toBe("0.1.1");
  });

  it("leaves the files of the schema version before alone", () => {
    freeze(folder, 2);
    expect(releasedVersions(folder)).toEqual([1, 2]);
  });

  it("lets nobody touch, remove or add a file unseen", () => {
    const released = releasedFolder(folder, 1);
    writeFileSync(join(released, "hooks.schema.json"), "{}\n");
    rmSync(join(released, "catalogue.json"));
    writeFileSync(join(released, "more.json"), "{}\n");
    expect(touchedFiles(released)).toEqual(["catalogue.json", "hooks.schema.json", "more.json"]);
  });
});
