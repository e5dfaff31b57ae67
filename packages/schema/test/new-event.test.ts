import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), "..");
const TSX = createRequire(import.meta.url).resolve("tsx/cli");

const EVENT_FILE = `import type { HookEventBase } from "../base.ts";
import type { EventFacts } from "../facts.ts";

/** The agent wrote down what it is going to do. */
export interface PlanUpdatedEvent extends HookEventBase {
  xcodex_event_type: "plan-updated";
  /**
   * Steps of the plan.
   * @examples [["Read the parser"]]
   */
  steps: string[];
}

/** Facts of \`plan-updated\`. */
export const planUpdated: EventFacts<PlanUpdatedEvent> = {
  type: "plan-updated",
  order: 45,
  summary: "the agent has a plan",
  snake: "plan_updated",
  aliases: [],
  retired: [],
  gate: false,
  matches_on: [],
  spelled: {},
  env: {},
  examples: { "": { steps: ["Read the parser"] } },
};
`;

// Every generator here is a process of its own, started while others use the machine too.
describe("adding a fifteenth event touches one file and one registry line", { timeout: 120_000 }, () => {
  let root: string;
  const inPackage = (...path: string[]): string => join(root, "packages/schema", ...path);
  const generate = (...args: string[]): { readonly status: number | null; readonly said: string } => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [TSX, join(root, "packages/codegen/src/main.ts"), ...args],
      {
        encoding: "utf8",
      },
    );
    return { status, said: stdout + stderr };
  };
  const generated = (name: string): string => readFileSync(inPackage("generated", name), "utf8");

  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "fifteenth-")));
    mkdirSync(inPackage(), { recursive: true });
    for (const part of ["src", "generator", "generated", "package.json"]) {
      cpSync(join(PACKAGE, part), inPackage(part), { recursive: true });
    }
    symlinkSync(join(PACKAGE, "node_modules"), inPackage("node_modules"));
    // Without any language: what a language makes of a new event is a test of packages/codegen.
    mkdirSync(join(root, "packages/codegen"));
    for (const part of ["src", "package.json"]) {
      cpSync(join(PACKAGE, "../codegen", part), join(root, "packages/codegen", part), { recursive: true });
    }
    symlinkSync(join(PACKAGE, "../codegen/node_modules"), join(root, "packages/codegen/node_modules"));
    writeFileSync(inPackage("src/events/plan-updated.ts"), EVENT_FILE);
    appendFileSync(inPackage("src/events/index.ts"), 'export * from "./plan-updated.ts";\n');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("and `generate --check` sees that the files are out of date, and says what to do", () => {
    const { status, said } = generate("--check");
    expect(status).toBe(1);
    for (const path of [
      "generated/hooks.schema.json",
      "generated/catalogue.json",
      "generated/validate.js",
      "src/generated/fields.ts",
    ]) {
      expect(said).toContain(`changed packages/schema/${path}`);
    }
    expect(said).toContain("Run `pnpm generate`");
  });

  it("and `generate` writes them", () => {
    expect(generate().status).toBe(0);
    expect(generate("--check")).toEqual({ status: 0, said: "5 generated files are up to date.\n" });
  });

  it("with the event in the schema, between its neighbours", () => {
    const { oneOf, definitions } = JSON.parse(generated("hooks.schema.json"));
    expect(oneOf[4]).toEqual({ $ref: "#/definitions/PlanUpdatedEvent" });
    expect(definitions.PlanUpdatedEvent.properties.steps).toMatchObject({ type: "array", items: { type: "string" } });
  });

  it("in the catalogue", () => {
    const { events } = JSON.parse(generated("catalogue.json"));
    expect(events).toHaveLength(15);
    expect(events[4]).toMatchObject({
      type: "plan-updated",
      default_name: "plan-updated",
      fields: { steps: { type: "strings", required: true } },
    });
  });

  it("in the table of fields", () => {
    expect(readFileSync(inPackage("src/generated/fields.ts"), "utf8")).toContain(
      '  "plan-updated": {\n    steps: { type: "strings", required: true },\n  },',
    );
  });

  it("and in the validator", () => {
    const script = `import { validateEvent } from ${JSON.stringify(pathToFileURL(inPackage("generated/validate.js")).href)};
      validateEvent({ xcodex_event_type: "plan-updated", steps: "x" });
      console.log(JSON.stringify(validateEvent.errors.map((e) => e.instancePath).filter(Boolean)));`;
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
    expect(JSON.parse(said)).toEqual(["/steps"]);
  });

  it("while a field without a sentence stops the generator with its path", () => {
    writeFileSync(inPackage("src/events/plan-updated.ts"), EVENT_FILE.replace("Steps of the plan.", ""));
    const { status, said } = generate();
    expect(status).toBe(1);
    expect(said).toContain('Cannot generate the schema of "PlanUpdatedEvent.steps": it has no description');
    expect(said).not.toContain("    at ");
  });

  it("and the table of fields can be made anew when it is gone", () => {
    writeFileSync(inPackage("src/events/plan-updated.ts"), EVENT_FILE);
    rmSync(inPackage("src/generated"), { recursive: true });
    expect(generate()).toEqual({ status: 0, said: "written packages/schema/src/generated/fields.ts\n" });
  });
});
