import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forEachLanguage, installSamples, LANGUAGES, type Language, PYTHON } from "./support/install.ts";
import { onWire, type Payload, toolCall } from "./support/payloads.ts";
import { forAll, runHook, runProgram } from "./support/run.ts";
import { tempFolder } from "./support/temp.ts";

/** A row of the table that every language is measured by. */
interface Case {
  readonly command: string | string[];
  readonly cwd: string;
  readonly verdict: "allow" | "block";
  readonly why: string;
}

const CASES = JSON.parse(readFileSync(new URL("guard-cases.json", import.meta.url), "utf8")) as readonly Case[];
const HOME = "/home/dev";
const silent = { code: 0, stdout: "", stderr: "" };

/** Why each command should not run, as the module behind the hook says it; null when it may. One process for all of them. */
async function reasons(language: Language, commands: readonly unknown[], cwd: string): Promise<(string | null)[]> {
  const driver = fileURLToPath(new URL(`support/reasons.${language.ending}`, import.meta.url));
  const lines = commands.map((command) => `${JSON.stringify({ command, cwd, home: HOME })}\n`).join("");
  const ran = await runProgram(language.program, [driver, join(installSamples(), "hooks")], lines, {});
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  return ran.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as string | null);
}

describe("the table", () => {
  it("has enough of both", () => {
    const count = (verdict: string): number => CASES.filter((row) => row.verdict === verdict).length;
    expect(count("allow")).toBeGreaterThan(50);
    expect(count("block")).toBeGreaterThan(90);
    expect(new Set(CASES.map((row) => JSON.stringify([row.command, row.cwd]))).size).toBe(CASES.length);
  });

  forEachLanguage((language) => {
    it("is what the hook does, row by row", async () => {
      const home = installSamples();
      const ran = await forAll(CASES, ({ command, cwd }) =>
        runHook(language, "guard_rm_rf", toolCall({ command }, { cwd }), { home }),
      );
      for (const [at, { command, verdict, why }] of CASES.entries()) {
        const { code, stdout, stderr } = ran[at] ?? silent;
        const row = `${JSON.stringify(command)} (${why}): ${stderr}`;
        expect([code, stdout], row).toEqual([verdict === "block" ? 2 : 0, ""]);
        if (verdict === "allow") expect(stderr, row).toBe("");
        else
          expect(stderr, row).toMatch(
            /^Cannot run ".+": it .+\. Delete only what is inside the project, or ask the user to do it\.\n$/,
          );
      }
    }, 120_000);
  });

  it.skipIf(!PYTHON.there)("is the same in every language, to the word", async () => {
    const commands = CASES.map((row) => row.command);
    const [first, ...others] = await forAll(LANGUAGES, (language) => reasons(language, commands, "/home/dev/project"));
    for (const other of others) expect(other).toEqual(first);
  });
});

/** Pieces that shell commands are made of, put together without sense: what a parser has to survive. */
const WORDS =
  `rm -rf -r ; && || | & ( ) { } $ $( \` ' " \\ ~ / .. * ? [ ] ! a b/c ../x D= $D \${D} \${D:-x} cd if then fi for in do done
while case esac ;; -delete -o xargs echo sh <<< # $' \\x2f f() f $1 $@ exit {a,b} -u -- = , <( > 2>&1 (( )) $(( time trap printf cat é 🚀
$HOME ~+ local [[ ]] \u2028 \u0001`.split(/[ \n]/);
const PHRASES = [
  "rm -rf ",
  "rm -rf $PWD/x",
  "cd ..",
  "find . ",
  "-name ",
  "-exec rm {} \\;",
  "sudo ",
  "env ",
  "bash -c ",
  "eval ",
];
const LINES = ["\n", "<<EOF\n", "EOF\n", "function ", "export D=/", "read D", "timeout 5 ", " | xargs rm -rf"];
const PIECE = fc.constantFrom(...WORDS, ...PHRASES, ...LINES);
const SCRIPT = fc
  .array(fc.tuple(PIECE, fc.constantFrom("", " ")), { minLength: 1, maxLength: 30 })
  .map((pieces) => pieces.flat().join(""));

it.skipIf(!PYTHON.there)("says the same in every language about whatever it is given", async () => {
  const scripts = fc.sample(SCRIPT, { numRuns: 4000, seed: 1 });
  const [first, ...others] = await forAll(LANGUAGES, (language) => reasons(language, scripts, "/home/dev/project"));
  for (const other of others) {
    const differences = scripts.filter((_, at) => other[at] !== first?.[at]);
    expect(differences).toEqual([]);
  }
  expect(first?.filter((reason) => reason !== null).length).toBeGreaterThan(50);
});

/** Commands that make sense and that a shell runs to its end without touching anything: rm is a program that writes down its call. */
function scripts(): fc.Arbitrary<string> {
  const folder = fc.constantFrom(
    "build",
    "a",
    "a/b",
    "..",
    "../other",
    "/outside",
    ".",
    "$D",
    '"$D"',
    "$E/x",
    "$PWD/a",
    "~",
    "$HOME/x",
  );
  const rm = fc.tuple(fc.constantFrom("rm -rf", "rm -r", "rm -fR", "rm"), folder).map((words) => words.join(" "));
  const cd = folder.map((name) => `cd ${name}`);
  const assign = fc
    .tuple(fc.constantFrom("D", "E"), fc.constantFrom("a", "build", "/outside", "$PWD/a", "..", '""'))
    .map((pair) => pair.join("="));
  const simple = fc.oneof(
    { weight: 4, arbitrary: rm },
    { weight: 3, arbitrary: cd },
    { weight: 2, arbitrary: assign },
    fc.constantFrom("true", "false", "exit", "unset D"),
  );
  const { script } = fc.letrec<{ script: string }>((tie) => ({
    script: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      simple,
      fc
        .tuple(tie("script"), fc.constantFrom("; ", " && ", " || ", "\n"), tie("script"))
        .map((parts) => parts.join("")),
      tie("script").map((inner) => `(${inner})`),
      tie("script").map((inner) => `{ ${inner}; }`),
      tie("script").map((inner) => `! { ${inner}; }`),
      tie("script").map((inner) => `for D in a build ../x; do ${inner}; done`),
      tie("script").map((inner) => `f() { ${inner}; }; f`),
      tie("script").map((inner) => `eval '${inner.replaceAll("'", "'\\''")}'`),
      tie("script").map((inner) => `bash -c '${inner.replaceAll("'", "'\\''")}'`),
      fc.tuple(tie("script"), tie("script"), tie("script")).map(([a, b, c]) => `if ${a}; then ${b}; else ${c}; fi`),
      fc.tuple(tie("script"), tie("script")).map(([a, b]) => `case $D in a) ${a};; *) ${b};; esac`),
    ),
  }));
  return script;
}

/** What a shell really would have deleted with -r, as absolute paths. */
function deletedBy(script: string, project: string, tools: string): string[] {
  const calls = join(tools, "calls");
  writeFileSync(calls, "");
  const env = { PATH: tools, HOME, CALLS: calls };
  try {
    execFileSync("/bin/bash", ["-c", script], { cwd: project, env, stdio: "ignore", timeout: 20_000 });
  } catch {
    // A command that fails is as good as any other.
  }
  const lines = readFileSync(calls, "utf8").split("\n").filter(Boolean);
  return lines.flatMap((line) => {
    const [cwd = "", ...args] = line.split("\t");
    if (!args.some((arg) => /^-\w*[rR]/.test(arg))) return [];
    return args
      .filter((arg) => arg !== "" && !arg.startsWith("-"))
      .map((arg) => join(arg.startsWith("/") ? "/" : cwd, arg));
  });
}

function isInside(path: string, project: string): boolean {
  return path.startsWith(`${project}/`) && path !== `${project}/`;
}

it("blocks everything with which a real shell would have deleted something outside", async () => {
  const tools = tempFolder("tools");
  writeFileSync(join(tools, "rm"), '#!/bin/bash\nIFS=$\'\\t\'; echo "$PWD\t$*" >> "$CALLS"\n', { mode: 0o755 });
  symlinkSync("/bin/bash", join(tools, "bash"));
  const project = join(mkdtempSync(join(tools, "p-")), "project");
  mkdirSync(join(project, "a", "b"), { recursive: true });
  const samples = fc.sample(scripts(), { numRuns: 400, seed: 1 });
  const node = LANGUAGES[1] as Language;
  const said = await reasons(node, samples, project);
  const harmful = samples.map((script) => deletedBy(script, project, tools).some((path) => !isInside(path, project)));
  const count = (wanted: (at: number) => boolean): number => samples.filter((_, at) => wanted(at)).length;
  expect(samples.filter((_, at) => harmful[at] && said[at] === null)).toEqual([]);
  // There is something to see: harm, and commands that may run.
  expect(count((at) => harmful[at] === true)).toBeGreaterThan(20);
  expect(count((at) => said[at] === null)).toBeGreaterThan(20);
}, 120_000);

forEachLanguage((language) => {
  const guard = (payload: unknown, home = installSamples(), env: Record<string, string | undefined> = {}) =>
    runHook(language, "guard_rm_rf", payload, { home, env });
  const bad = "rm -rf ~/Documents";

  it.each<[string, Payload]>([
    ["Claude Code", { tool_name: "Bash", tool_input: { command: bad } }],
    ["Codex exec_command", { tool_name: "exec_command", tool_input: { cmd: bad } }],
    ["Codex shell", { tool_name: "shell", tool_input: { command: ["bash", "-lc", bad] } }],
    ["Codex write_stdin", { tool_name: "write_stdin", tool_input: { session_id: 1, chars: `${bad}\n` } }],
    ["Gemini CLI", { tool_name: "run_shell_command", tool_input: { command: bad } }],
    [
      "an MCP server",
      { tool_name: "mcp__shell__run", tool_input: { server: "shell", tool: "run", arguments: { command: bad } } },
    ],
    ["arguments as JSON text", { tool_name: "run", tool_input: { arguments: JSON.stringify({ cmd: bad }) } }],
    ["a free-form tool", { tool_name: "run", tool_input: bad }],
    ["a tool nobody knows", { tool_name: "do_it", tool_input: { cmd: bad } }],
  ])("reads the command of %s", async (_, fields) => {
    const { tool_input, ...rest } = fields;
    const { code, stderr } = await guard(toolCall(tool_input, rest));
    expect(code).toBe(2);
    expect(stderr).toContain("it deletes /home/dev/Documents, which is outside the project /home/dev/project");
  });

  it.each(["local_shell", "function", "mcp", "custom"])(
    "reads the codex wire, where %s input is tagged",
    async (tool_kind) => {
      const inputs: Record<string, unknown> = {
        local_shell: { command: ["rm", "-rf", "/tmp/x"] },
        custom: "rm -rf /tmp/x",
      };
      const input = inputs[tool_kind] ?? {
        server: "s",
        tool: "t",
        arguments: '{"command":"rm -rf /tmp/x"}',
        command: "rm -rf /tmp/x",
      };
      expect(await guard(onWire(toolCall(input, { tool_kind }), "codex"))).toMatchObject({ code: 2, stdout: "" });
    },
  );

  it("reads the kebab wire", async () => {
    expect((await guard(onWire(toolCall({ command: bad }), "kebab"))).code).toBe(2);
  });

  it("starts where the tool runs, and measures by where the agent works", async () => {
    const home = installSamples();
    for (const [input, code] of [
      [{ cmd: "rm -rf ../dist", workdir: "packages" }, 0],
      [{ cmd: "rm -rf ../dist", workdir: "/home/dev/project/packages" }, 0],
      [{ cmd: "rm -rf x", workdir: "/tmp" }, 2],
      [{ command: "rm -rf x", directory: ".." }, 2],
      [{ command: "rm -rf x", dir_path: "src" }, 0],
    ] as const) {
      expect((await guard(toolCall(input), home)).code, JSON.stringify(input)).toBe(code);
    }
  });

  it("takes a patch for a patch, and looks at no other event", async () => {
    const home = installSamples();
    const patch = "*** Begin Patch\n*** Add File: a.sh\n+x\nrm -rf /\n*** End Patch";
    expect(await guard(toolCall({ command: patch }, { tool_name: "apply_patch" }), home)).toEqual(silent);
    // The same text given to a shell would run.
    expect((await guard(toolCall({ command: patch }), home)).code).toBe(2);
    for (const type of ["tool-call-finished", "approval-requested", "SomethingNew"]) {
      expect(
        await guard({ ...toolCall({ command: bad }), xcodex_event_type: type, hook_event_name: type }, home),
      ).toEqual(silent);
    }
    expect(await guard(toolCall({ file_path: "/etc/passwd", content: bad }, { tool_name: "Write" }), home)).toEqual(
      silent,
    );
    expect(await guard(toolCall(undefined), home)).toEqual(silent);
  });

  it("knows the project by its real path as well, and follows no other link", async () => {
    const home = installSamples();
    const real = join(tempFolder("real"), "project");
    const link = join(dirname(real), "link");
    mkdirSync(real);
    symlinkSync(real, link);
    symlinkSync("/tmp", join(real, "elsewhere"));
    for (const [command, code] of [
      [`rm -rf ${real}/x ${link}/x x`, 0],
      [`rm -rf ${real}`, 2],
      [`rm -rf ${link}`, 2],
      ["rm -rf elsewhere", 0],
      [`rm -rf ${dirname(real)}/other`, 2],
    ] as const) {
      expect((await guard(toolCall({ command }, { cwd: link }), home)).code, command).toBe(code);
    }
  });

  it("does not know the home folder where HOME is not set", async () => {
    const { code, stderr } = await guard(toolCall({ command: "rm -rf ~/x" }), installSamples(), { HOME: undefined });
    expect(code).toBe(2);
    expect(stderr).toContain("it deletes ~/x, and what that is cannot be known before it runs");
  });

  it("names the command on one line, and not all of a long one", async () => {
    const command = `echo '${"ü".repeat(300)}\u001b[2J' && rm -rf "/a b\u0085"\nls`;
    const { stderr } = await guard(toolCall({ command }));
    expect(stderr).toBe(
      `Cannot run "echo '${"ü".repeat(193)}…": it deletes "/a b\\u0085", which is outside the project /home/dev/project. ` +
        "Delete only what is inside the project, or ask the user to do it.\n",
    );
  });

  it("blocks also when nobody reads why", async () => {
    const file = join(installSamples(), "hooks", `guard_rm_rf.${language.ending}`);
    const input = JSON.stringify(toolCall({ command: bad }));
    const closed = await runProgram("/bin/sh", ["-c", '"$0" "$1" 2>&-', language.program, file], input, { HOME });
    expect(closed.code).toBe(2);
    const child = spawn(language.program, [file], { env: { ...process.env, HOME }, stdio: ["pipe", "ignore", "pipe"] });
    child.stderr.destroy();
    child.stdin.end(input);
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(2);
  });

  it("gives up on a command that is too deep, and blocks it", async () => {
    const deep = `${"(".repeat(5000)}rm -rf x`;
    const nested = `${"$(".repeat(3000)}rm -rf x`;
    for (const command of [deep, nested]) {
      const { code, stderr } = await guard(toolCall({ command }));
      expect(code).toBe(2);
      expect(stderr).toContain("it is too complicated to tell what it deletes");
    }
  });
});
