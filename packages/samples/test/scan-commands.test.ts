import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ExampleHome, exampleHome, modeOf, runExample, SILENT, type Variables } from "./support/example.ts";
import { PYTHON } from "./support/install.ts";
import { forAll, type Ran, read } from "./support/run.ts";

/** A row of the table: what the scanner says of a command. A text is one word, which is a line of shell. */
interface Case {
  readonly command: string | readonly string[];
  /** fine: nothing; noted: a line in security.log; blocked: exit code 2 as well. */
  readonly verdict: "fine" | "noted" | "blocked";
  /** A rule that says so. */
  readonly rule?: string;
  readonly why: string;
}

/** A line of security.log. */
interface Entry {
  readonly severity: string;
  readonly command: string;
  readonly findings: readonly { readonly severity: string; readonly rule: string; readonly reason: string }[];
}

const CASES = JSON.parse(readFileSync(new URL("scan-cases.json", import.meta.url), "utf8")) as readonly Case[];
const SCRIPT = "./examples/hooks/security/scan-commands.py";
const EVENT = { CODEX_EVENT_TYPE: "exec.before" };

function scan(command: unknown, at: ExampleHome, variables: Variables = {}): Promise<Ran> {
  const words = typeof command === "string" ? [command] : command;
  const argv = [PYTHON.program, SCRIPT];
  return runExample(argv, at, { ...EVENT, CODEX_COMMAND: JSON.stringify(words), ...variables });
}

function entries({ home }: ExampleHome): readonly Entry[] {
  const text = read(home, "security.log");
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Entry);
}

describe("the table", () => {
  it("has enough of everything, once", () => {
    const count = (verdict: string): number => CASES.filter((row) => row.verdict === verdict).length;
    expect(count("fine")).toBeGreaterThan(50);
    expect(count("noted")).toBeGreaterThan(10);
    expect(count("blocked")).toBeGreaterThan(80);
    expect(new Set(CASES.map(({ command }) => JSON.stringify(command))).size).toBe(CASES.length);
  });

  it.skipIf(!PYTHON.there)(
    "is what the scanner says, row by row",
    async () => {
      const ran = await forAll(CASES, async ({ command }) => {
        const at = exampleHome();
        return { ...(await scan(command, at)), entries: entries(at) };
      });
      for (const [index, { command, verdict, rule, why }] of CASES.entries()) {
        const { code, stdout, stderr, entries } = ran[index] ?? { ...SILENT, entries: [] };
        const row = `${JSON.stringify(command)} (${why}): ${stderr}${JSON.stringify(entries)}`;
        expect([code, stdout, entries.length], row).toEqual([
          verdict === "blocked" ? 2 : 0,
          "",
          verdict === "fine" ? 0 : 1,
        ]);
        if (verdict !== "blocked") expect(stderr, row).toBe("");
        else
          expect(stderr, row).toMatch(
            /^Cannot run ".+": it .+\. Do it in a narrower way, or ask the user to do it\.\n$/,
          );
        if (rule !== undefined)
          expect(
            entries[0]?.findings.map((finding) => finding.rule),
            row,
          ).toContain(rule);
      }
    },
    180_000,
  );

  it.skipIf(!PYTHON.there)("has a row for every rule", () => {
    const source = readFileSync(join(exampleHome().home, "hooks", SCRIPT), "utf8");
    const rules = [...source.matchAll(/^ {4}\("(?:high|medium)", (\w+)\),$/gm)].map(([, rule]) => rule);
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter((rule) => !CASES.some((row) => row.rule === rule))).toEqual([]);
  });
});

describe.skipIf(!PYTHON.there)("the scanner", () => {
  it("logs what it finds, all of it on one line that only its owner may read", async () => {
    const at = exampleHome();
    const command = 'sudo rm -rf / #\n{"forged": true}\u2028\u0000'.replace("\u0000", "\u001b[2J");
    expect((await scan(command, at)).code).toBe(2);
    expect((await scan("git reset --hard", at)).code).toBe(0);
    const [first, second] = entries(at);
    expect(first).toEqual({
      timestamp: "2024-01-01T12:00:00Z",
      session_id: "session_abc123",
      severity: "high",
      command,
      findings: [
        { severity: "medium", rule: "acts_as_root", reason: "it acts as another user" },
        { severity: "high", rule: "deletes_system", reason: "it deletes / and all that is in it" },
      ],
    });
    expect(second).toMatchObject({ severity: "medium", command: "git reset --hard" });
    expect(read(at.home, "security.log")).toMatch(/^[ -~\n]+$/);
    expect(modeOf(join(at.home, "security.log"))).toBe("600");
  });

  it("says what the agent may read: on one line, nothing invisible, not endless", async () => {
    const { stderr } = await scan(`rm -rf / \u001b[31m\n\u202e ${"x".repeat(1000)}`, exampleHome());
    expect(stderr).toMatch(/^Cannot run "rm -rf \/ {2}\[31m {3}x+…": it deletes \/ and all that is in it\. [^\n]+\n$/);
    expect(stderr.length).toBeLessThan(400);
  });

  it.each([
    ["not set", { CODEX_COMMAND: undefined }],
    ["not set", { CODEX_COMMAND: "" }],
    ["not a JSON array of words", { CODEX_COMMAND: "rm -rf /" }],
    ["not a JSON array of words", { CODEX_COMMAND: '"rm -rf /"' }],
    ["not a JSON array of words", { CODEX_COMMAND: '["rm", 1]' }],
    ["not a JSON array of words", { CODEX_COMMAND: "[".repeat(100_000) }],
  ])("fails where CODEX_COMMAND is %s, and blocks nothing", async (state, variables) => {
    const stderr = `Cannot scan the command: CODEX_COMMAND is ${state}. Set it to ["ls", "-la"], say.\n`;
    expect(await scan([], exampleHome(), variables)).toEqual({ code: 1, stdout: "", stderr });
  });

  it("needs neither session nor time", async () => {
    const at = exampleHome();
    const variables = { CODEX_SESSION_ID: undefined, CODEX_TIMESTAMP: undefined, CODEX_EVENT_TYPE: undefined };
    expect((await scan("reboot", at, variables)).code).toBe(2);
    expect(entries(at)[0]).toMatchObject({
      session_id: null,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  it("blocks although it cannot write its log, and says so", async () => {
    const at = exampleHome();
    mkdirSync(join(at.home, "security.log"));
    const blocked = await scan("rm -rf /", at);
    expect(blocked.code).toBe(2);
    expect(blocked.stderr).toMatch(/^Cannot write security\.log: .+\nCannot run "rm -rf \/": .+\n$/);
    expect(await scan("git reset --hard", at)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("security.log"),
    });
  });

  it("writes to ~/.codex when CODEX_HOME is not set", async () => {
    const at = exampleHome();
    expect((await scan("reboot", at, { CODEX_HOME: undefined })).code).toBe(2);
    expect(read(at.user, ".codex/security.log")).toContain("stops_the_machine");
    expect(modeOf(join(at.user, ".codex"))).toBe("700");
  });

  // Texts that would take a reader without limits days.
  it.each([
    ["substitutions without end", "$(".repeat(50_000), 2],
    ["shells in shells", "bash -c '".repeat(10_000), 0],
    ["programs that start programs", "sudo ".repeat(20_000), 2],
    ["find that starts find", `find ${"-exec find ".repeat(5_000)}`, 2],
    ["quotes in quotes", '"$("\'`'.repeat(15_000), 2],
    ["a long word", "x".repeat(120_000), 0],
  ])("comes to an end with %s", { timeout: 120_000 }, async (_, command, code) => {
    expect((await scan(command, exampleHome())).code).toBe(code);
  });
});
