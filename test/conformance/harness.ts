import { beforeAll, describe, expect, it } from "vitest";
import { type Allowances, expectEvent } from "./compare.ts";
import { askDriver, type DriverAnswer, runAsHook } from "./driver.ts";
import { comparable, FUZZ_SIZE, fuzzRequests } from "./fuzz.ts";
import { environment, LANGUAGES, languageIn, located, missing, runAll } from "./language.ts";
import { bad, badInputs, captured, envelopes, events, hostInput, hosts, requests } from "./suite.ts";

/** Building a language from nothing takes its time, and two cores may be busy with another. */
const BUILD_MS = 600_000;

/** How many disagreements are shown; one is a failure. */
const SHOWN = 5;

/** The language that the others are compared with: its reader is the one that the rules were first written for. */
const REFERENCE = "node";

/**
 * The tests of a language: every vector and the fuzz corpus through its driver, and the checks of its manifest. On a user's machine a
 * missing toolchain is a skip whose name says what is missing; where `CI` is set it is a failure.
 *
 * @param folder the language's folder
 */
export function conformance(folder: URL): void {
  const language = languageIn(folder);
  const { manifest } = language;
  const absent = missing(manifest.requires, language.folder);
  const title = absent.length > 0 ? `${manifest.title} (skipped: ${absent.join(", ")} not found)` : manifest.title;
  const driver = located(manifest.driver, language.folder);
  const env = environment(language.folder);
  const allowed: Allowances = {
    nullIsAbsent: manifest.allowances?.includes("null_is_absent") ?? false,
    noLoneSurrogates: manifest.allowances?.includes("no_lone_surrogates") ?? false,
  };

  if (process.env.CI) it(`${manifest.title} has its toolchain here`, () => expect(absent).toEqual([]));

  describe.skipIf(absent.length > 0)(title, () => {
    let answers: ReadonlyMap<string, DriverAnswer>;
    beforeAll(async () => {
      runAll(manifest.build, language.folder);
      answers = await askDriver(driver, requests(), env);
    }, BUILD_MS);

    describe("events", () => {
      it.each(events)("$name", ({ name, vector }) => expectEvent(answers.get(name)?.event, vector.expect, allowed));
    });

    describe("events-bad", () => {
      it.each(bad)("$name", ({ name, vector }) => expectError(answers.get(name), vector.expect.error.code));
    });

    describe("envelopes", () => {
      it.each(envelopes)("$name", ({ name, vector }) => {
        if ("error" in vector.expect) expectError(answers.get(name), vector.expect.error.code);
        else expectEvent(answers.get(name)?.event, vector.expect, allowed);
      });
    });

    describe("captures", () => {
      it.each(captured)("$name", ({ name, expect: expected }) =>
        expectEvent(answers.get(name)?.event, expected, allowed),
      );
    });

    describe("hosts", () => {
      it.concurrent.each(hosts)(
        "$name",
        async ({ vector }) => {
          const ran = await runAsHook(driver, vector.start, hostInput(vector), { ...vector, env });
          const { exit_code, events: expected, dropped, replies, stderr_includes } = vector.expect;
          expect(ran.code, ran.stderr).toBe(exit_code);
          expect(ran.events.length, ran.stderr).toBe(expected.length);
          for (const [at, event] of expected.entries()) expectEvent(ran.events[at], event, allowed);
          expect(ran.dropped).toEqual(dropped);
          const lines = ran.stdout.split("\n").filter(Boolean);
          expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(replies);
          for (const text of stderr_includes) expect(ran.stderr).toContain(text);
        },
        60_000,
      );
    });

    describe("bad input as a process", () => {
      // What a user sees: the code first, one line, no stack, exit code 1.
      it.concurrent.each(badInputs)(
        "$name",
        async ({ feed, code }) => {
          const ran = await runAsHook(driver, "run", feed(), { env });
          expect(ran.code, ran.stderr).toBe(1);
          expect(ran.stdout).toBe("");
          expect(ran.stderr).toMatch(new RegExp(`^${code}: [^\\n]+\\n$`));
        },
        60_000,
      );
    });

    describe("fuzz", () => {
      it(`agrees with ${REFERENCE} on ${FUZZ_SIZE} mutated payloads`, { timeout: BUILD_MS }, async () => {
        const corpus = fuzzRequests();
        const [mine, theirs] = await Promise.all([askDriver(driver, corpus, env), askReference(corpus)]);
        const differ = corpus.filter(({ id }) => !same(mine.get(id), theirs.get(id)));
        const shown = differ.slice(0, SHOWN).map((request) => ({
          input: request.input ?? Buffer.from(request.input_base64 ?? "", "base64").toString("latin1"),
          mine: comparable(mine.get(request.id)),
          [REFERENCE]: comparable(theirs.get(request.id)),
        }));
        expect({ disagreements: differ.length, shown }).toEqual({ disagreements: 0, shown: [] });
        expect(mine.size).toBe(FUZZ_SIZE);
      });
    });

    describe.runIf(manifest.checks.length > 0)("checks", () => {
      for (const { name, run, requires = [] } of manifest.checks) {
        const without = missing(requires, language.folder);
        const skipped = without.length > 0 && !process.env.CI;
        const sentence = skipped ? `${name} (skipped: ${without.join(", ")} not found)` : name;
        it.skipIf(skipped)(sentence, { timeout: BUILD_MS }, () => {
          expect(without).toEqual([]);
          runAll(run, language.folder);
        });
      }
    });
  });
}

function expectError(answer: DriverAnswer | undefined, code: string): void {
  expect(answer?.error?.code).toBe(code);
  expect(answer?.error?.message).toMatch(/^Cannot [^\n]+\.$/);
}

function same(mine: DriverAnswer | undefined, theirs: DriverAnswer | undefined): boolean {
  try {
    expect(comparable(mine)).toStrictEqual(comparable(theirs));
    return true;
  } catch {
    return false;
  }
}

async function askReference(corpus: ReturnType<typeof fuzzRequests>): Promise<ReadonlyMap<string, DriverAnswer>> {
  const reference = LANGUAGES.find(({ manifest }) => manifest.id === REFERENCE);
  if (!reference) throw new Error(`Cannot compare with "${REFERENCE}": there is no such language.`);
  return askDriver(located(reference.manifest.driver, reference.folder), corpus, environment(reference.folder));
}
