import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exampleHome, isThere, modeOf, runExample, SILENT } from "./support/example.ts";
import { forAll, read } from "./support/run.ts";

const START = "./examples/hooks/session-logging/log-session-start.sh";
const END = "./examples/hooks/session-logging/log-session-end.sh";
const BOTH = [
  [START, "the start"],
  [END, "the end"],
] as const;

describe("session.log", () => {
  it("has a line for a session that begins, and one for its end", async () => {
    const at = exampleHome();
    const begins = { CODEX_EVENT_TYPE: "session_start", CODEX_MODEL: "gpt-4", CODEX_PROVIDER: "openai" };
    const ends = {
      CODEX_EVENT_TYPE: "session_end",
      CODEX_TIMESTAMP: "2024-01-01T12:34:56Z",
      CODEX_DURATION: "2096000",
    };
    expect(await runExample([START], at, begins)).toEqual(SILENT);
    expect(await runExample([END], at, ends)).toEqual(SILENT);
    expect(read(at.home, "session.log")).toBe(
      `2024-01-01T12:00:00Z session_start session=session_abc123 model=gpt-4 provider=openai
2024-01-01T12:34:56Z session_end session=session_abc123 duration_ms=2096000
`,
    );
  });

  it("says - for what is not known, and the time itself", async () => {
    const at = exampleHome();
    const nothing = { CODEX_TIMESTAMP: undefined, CODEX_MODEL: "", CODEX_EVENT_TYPE: undefined };
    expect(await runExample([START], at, nothing)).toEqual(SILENT);
    expect(await runExample([END], at, nothing)).toEqual(SILENT);
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
    expect(read(at.home, "session.log")).toMatch(
      new RegExp(
        `^${time} session_start session=session_abc123 model=- provider=-\n${time} session_end session=session_abc123 duration_ms=-\n$`,
      ),
    );
  });

  it("has no line and no value that somebody else wrote", async () => {
    const at = exampleHome();
    const evil =
      "x\n2024-01-01T12:00:00Z session_end session=forged\r\t$(touch forged) `touch forged` %s\\n \u2028 漢 a=b";
    const variables = { CODEX_SESSION_ID: evil, CODEX_TIMESTAMP: evil, CODEX_MODEL: evil, CODEX_PROVIDER: evil };
    expect(await runExample([START], at, variables)).toEqual(SILENT);
    expect(await runExample([END], at, { ...variables, CODEX_DURATION: evil })).toEqual(SILENT);
    const lines = read(at.home, "session.log").split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\S+ session_start session=[^\s=]+ model=[^\s=]+ provider=[^\s=]+$/);
    expect(lines[1]).toMatch(/^\S+ session_end session=[^\s=]+ duration_ms=[^\s=]+$/);
    expect(read(join(at.home, "hooks"), "forged")).toBe("");
  });

  it.each(["", undefined])(
    "is in ~/.codex, which is made, when CODEX_HOME is %j; only its owner may read it",
    async (home) => {
      const at = exampleHome();
      const loose = ["sh", "-c", 'umask 000; exec "$0"'];
      expect(await runExample([...loose, START], at, { CODEX_HOME: home })).toEqual(SILENT);
      expect(await runExample([...loose, END], at, { CODEX_HOME: home })).toEqual(SILENT);
      expect(read(at.user, ".codex/session.log").split("\n")).toHaveLength(3);
      expect(modeOf(join(at.user, ".codex"))).toBe("700");
      expect(modeOf(join(at.user, ".codex", "session.log"))).toBe("600");
    },
  );

  it("has whole lines when twenty sessions begin at once", async () => {
    const at = exampleHome();
    const ids = Array.from({ length: 20 }, (_, index) => `session-${index}-${"x".repeat(2000)}`);
    const ran = await forAll(ids, (id) => runExample([START], at, { CODEX_SESSION_ID: id }));
    for (const one of ran) expect(one).toEqual(SILENT);
    const logged = read(at.home, "session.log").trimEnd().split("\n");
    expect(logged.map((line) => /session=(\S+)/.exec(line)?.[1]).sort()).toEqual(ids.sort());
  });

  it.skipIf(!isThere("bash"))("is the same when bash runs the scripts", async () => {
    const at = exampleHome();
    expect(await runExample(["bash", START], at, { CODEX_MODEL: "gpt 4" })).toEqual(SILENT);
    expect(await runExample(["bash", END], at, { CODEX_DURATION: "1" })).toEqual(SILENT);
    expect(read(at.home, "session.log")).toBe(
      `2024-01-01T12:00:00Z session_start session=session_abc123 model=gpt?4 provider=-
2024-01-01T12:00:00Z session_end session=session_abc123 duration_ms=1
`,
    );
  });
});

describe.each(BOTH)("%s", (script, what) => {
  const cannot = `Cannot log ${what} of the session:`;

  it.each(["", undefined])("says so when CODEX_SESSION_ID is %j", async (id) => {
    const at = exampleHome();
    const stderr = `${cannot} CODEX_SESSION_ID is not set. Run this as a hook, or set it.\n`;
    expect(await runExample([script], at, { CODEX_SESSION_ID: id })).toEqual({ code: 1, stdout: "", stderr });
    expect(read(at.home, "session.log")).toBe("");
  });

  it("says so when it does not know where to write", async () => {
    const stderr = `${cannot} neither CODEX_HOME nor HOME is set. Set one of them.\n`;
    const nowhere = { CODEX_HOME: undefined, HOME: undefined };
    expect(await runExample([script], exampleHome(), nowhere)).toEqual({ code: 1, stdout: "", stderr });
  });

  it("says so when it cannot write", async () => {
    const at = exampleHome();
    mkdirSync(join(at.user, "home", "session.log"), { recursive: true });
    const ran = await runExample([script], at, { CODEX_HOME: join(at.user, "home") });
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(`${cannot} session.log cannot be written.`)]);
    writeFileSync(join(at.user, "file"), "");
    const inFile = await runExample([script], at, { CODEX_HOME: join(at.user, "file") });
    expect([inFile.code, inFile.stderr]).toEqual([1, expect.stringContaining(`${cannot} its folder cannot be made.`)]);
  });

  it("works where the path has spaces and signs", async () => {
    const at = exampleHome();
    const home = join(at.user, "a b$(c)'\"");
    symlinkSync(at.home, home);
    expect(await runExample([script], { ...at, home }, {})).toEqual(SILENT);
    expect(read(at.home, "session.log")).toContain("session=session_abc123");
  });
});
