import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDispatcher, type Decision, type EventInput, type InprocModule } from "@xcodex/hooks-dispatcher";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";

interface Vector {
  readonly description: string;
  readonly toml: string;
  /** Hooks of the agent's own program, as text. */
  readonly functions?: readonly (Omit<InprocModule, "onEvent"> & { readonly source: string })[];
  readonly event: EventInput;
  readonly expect: {
    readonly action: string;
    readonly reason?: string;
    readonly reason_matches?: string;
    readonly decided_by?: readonly string[];
    readonly outcomes: readonly string[];
    readonly codes?: readonly string[];
  };
}

const CONFORMANCE = join(import.meta.dirname, "..", "..", "..", "conformance");
const read = (...path: string[]) => JSON.parse(readFileSync(join(CONFORMANCE, ...path), "utf8"));
const names = readdirSync(join(CONFORMANCE, "decisions"));
const valid = new Ajv().compile(read("schemas", "decision.schema.json"));
const homes: string[] = [];

afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

async function decideOn(vector: Vector, inProcess: boolean): Promise<Decision> {
  const codexHome = mkdtempSync(join(tmpdir(), "xcodex-decisions-"));
  homes.push(codexHome);
  writeFileSync(join(codexHome, "config.toml"), vector.toml);
  const env = { ...process.env };
  delete env.XCODEX_HOOKS_DEPTH;
  const inproc = vector.functions?.map(({ source, ...rest }) => ({
    ...rest,
    onEvent: new Function(`return (${source});`)(),
  }));
  const dispatcher = await createDispatcher({ codexHome, inProcess, env, inproc: inproc ?? [] });
  const decision = await dispatcher.dispatch(vector.event, { wait: "all" });
  await dispatcher.close(10_000);
  return decision;
}

for (const inProcess of [true, false]) {
  describe(
    inProcess ? "decisions, commands started by this process" : "decisions, commands started by the launcher",
    () => {
      for (const name of names) {
        const vector: Vector = read("decisions", name);
        it.concurrent(vector.description, async () => {
          expect(valid(vector), JSON.stringify(valid.errors)).toBe(true);
          const decision = await decideOn(vector, inProcess);
          expect(decision.replies.map((reply) => reply.end.outcome)).toEqual(vector.expect.outcomes);
          expect(decision.action).toBe(vector.expect.action);
          if (vector.expect.action === "continue") expect(decision).not.toHaveProperty("reason");
          if (vector.expect.reason !== undefined) expect(decision.reason).toBe(vector.expect.reason);
          if (vector.expect.reason_matches) expect(decision.reason).toMatch(new RegExp(vector.expect.reason_matches));
          if (vector.expect.decided_by) expect(decision.decided_by).toEqual(vector.expect.decided_by);
          const codes = decision.replies.flatMap(({ end }) => end.code ?? []);
          if (vector.expect.codes) expect(codes).toEqual(vector.expect.codes);
        });
      }
    },
  );
}
