import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CATALOGUE } from "@xcodex/hooks-schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InstallableSdk, Language } from "../packages/codegen/src/index.ts";
import { environment, LANGUAGES, missing, ROOT } from "./conformance/language.ts";

/** Compilers fetch and build what a template depends on. */
const BUILD_MS = 600_000;

const XCODEX = join(ROOT, "packages/cli/bin/xcodex.mjs");

/** Two events as an agent's host is told them, in both spellings of the line. */
const HOST_LINES = [
  '{"schema_version":1,"type":"event","seq":1,"event":{"schema_version":1,"event_id":"e1","timestamp":"2026-01-01T00:00:00Z","session_id":"as-a-host","cwd":"/w","hook_event_name":"PostToolUse","xcodex_event_type":"tool-call-finished","transcript_path":"","permission_mode":"default","tool_name":"exec_command","duration_ms":12,"success":true,"not_in_the_catalogue":[1]}}',
  '{"schema_version":1,"type":"hook-event","seq":2,"event":{"hook_event_name":"SessionEnd","session_id":"as-a-host","cwd":"/w","reason":"exit"}}',
]
  .map((line) => `${line}\n`)
  .join("");

/** Everything that a template wrote, one object per event. */
function logged(home: string): Record<string, unknown>[] {
  const text = readFileSync(join(home, "hooks.jsonl"), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Every SDK as a user gets it: installed by the command line, built with the ordinary tool, run as a hook and as a host. */
describe("templates", () => {
  let home: string;
  const variables = (language?: Language): NodeJS.ProcessEnv => {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...(language ? environment(language.folder) : {}),
      CODEX_HOME: home,
    };
    delete env.XCODEX_HOOKS_DEPTH;
    delete env.XCODEX_HOOKS_REPLIES;
    return env;
  };
  const xcodexIn = (language: Language | undefined, ...args: string[]): { status: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [XCODEX, "hooks", ...args], {
      ...{ encoding: "utf8", env: variables(language) },
    });
    return { status, said: stdout + stderr };
  };
  const inPlace = (argv: readonly string[]): string[] =>
    argv.map((word) => word.replaceAll("{{hooks}}", join(home, "hooks")));

  beforeAll(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), "templates-")));
    const { status, said } = xcodexIn(undefined, "install", "sdks", "all", "--yes");
    expect(status, said).toBe(0);
  }, BUILD_MS);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const sdks = LANGUAGES.flatMap((language) => language.manifest.sdks.map((sdk) => ({ id: sdk.id, sdk, language })));
  describe.each(sdks)("$id", ({ id, sdk, language }: { id: string; sdk: InstallableSdk; language: Language }) => {
    const absent = missing(language.manifest.requires, language.folder);
    const skipped = absent.length > 0 && !process.env.CI;
    const name = (sentence: string): string =>
      skipped ? `${sentence} (skipped: ${absent.join(", ")} not found)` : sentence;
    const log = (): string => join(home, "hooks.jsonl");

    it.skipIf(skipped)(name(`the template for ${id} is built with its ordinary tool`), { timeout: BUILD_MS }, () => {
      for (const command of sdk.template.build) {
        const [program = "", ...args] = inPlace(command);
        const built = spawnSync(program, args, {
          ...{ cwd: join(home, "hooks"), encoding: "utf8", env: variables(language) },
        });
        expect(built.status, `${command.join(" ")}\n${built.error ?? ""}${built.stdout}${built.stderr}`).toBe(0);
      }
    });

    it.skipIf(skipped)(
      name(`the template for ${id} logs every event that xcodex hooks test sends it`),
      { timeout: BUILD_MS },
      () => {
        rmSync(log(), { force: true });
        const argv = JSON.stringify(inPlace(sdk.template.run));
        const keys = ["session_start", "tool_call_started", "tool_call_finished", "agent_turn_complete"];
        writeFileSync(join(home, "config.toml"), `[hooks]\n${keys.map((key) => `${key} = [${argv}]`).join("\n")}\n`);
        const { status, said } = xcodexIn(language, "test", "external", "--configured-only");
        expect(status, said).toBe(0);
        const events = logged(home);
        expect(events.map((event) => event.xcodex_event_type).sort()).toEqual(
          expect.arrayContaining(["agent-turn-complete", "session-start", "tool-call-finished", "tool-call-started"]),
        );
        const finished = events.find((event) => event.xcodex_event_type === "tool-call-finished");
        expect(finished).toMatchObject({ schema_version: 1, permission_mode: "default" });
        expect(typeof finished?.tool_name).toBe("string");
        expect(typeof finished?.duration_ms).toBe("number");
        expect(typeof finished?.success).toBe("boolean");
        expect(statSync(log()).mode & 0o777).toBe(0o600);
      },
    );

    it.skipIf(skipped)(
      name(`the template for ${id} prints a configuration with which it runs`),
      { timeout: BUILD_MS },
      () => {
        rmSync(log(), { force: true });
        const [program = "", ...args] = inPlace(sdk.template.run);
        const printed = spawnSync(program, [...args, "--config"], {
          ...{ cwd: home, env: variables(language), input: "", encoding: "utf8" },
        });
        expect(printed.status, `${printed.error ?? ""}${printed.stderr}`).toBe(0);
        writeFileSync(join(home, "config.toml"), printed.stdout);
        const { status, said } = xcodexIn(language, "test", "external", "--configured-only");
        expect(status, said).toBe(0);
        expect(new Set(logged(home).map((event) => event.xcodex_event_type))).toEqual(new Set(["tool-call-finished"]));
        // The other half is commented out: it starts the same program.
        const [, host = ""] = printed.stdout.split("[hooks.host]\n# enabled = true\n# command = ");
        expect(printed.stdout).toContain(`argv = ${host.split("\n")[0]}`);
      },
    );

    it.skipIf(skipped)(
      name(`the template for ${id} is a host, as configured by itself, that the dispatcher delivers every event to`),
      { timeout: BUILD_MS },
      () => {
        const [program = "", ...args] = inPlace(sdk.template.run);
        const printed = spawnSync(program, [...args, "--config"], {
          ...{ cwd: home, env: variables(language), input: "", encoding: "utf8" },
        });
        const [, host = ""] = printed.stdout.split("# [hooks.host]\n");
        writeFileSync(join(home, "config.toml"), `[hooks.host]\n${host.replaceAll(/^# /gm, "")}`);
        rmSync(log(), { force: true });
        const { status, said } = xcodexIn(language, "test", "python-host");
        expect(status, said).toBe(0);
        const types = new Set(logged(home).map((event) => event.xcodex_event_type));
        expect(types).toEqual(new Set(CATALOGUE.map(({ type }) => type)));
        expect(readFileSync(join(home, "config.toml"), "utf8")).toContain("replies = true");
      },
    );

    it.skipIf(skipped)(name(`the template for ${id} logs every event as a host`), { timeout: BUILD_MS }, () => {
      rmSync(log(), { force: true });
      mkdirSync(home, { recursive: true });
      const [program = "", ...args] = inPlace(sdk.template.run);
      const env = { ...variables(language), XCODEX_HOOKS_REPLIES: "1" };
      const host = spawnSync(program, args, { cwd: home, env, input: HOST_LINES, encoding: "utf8" });
      expect(host.status, `${host.error ?? ""}${host.stderr}`).toBe(0);
      expect(host.stdout).toBe('{"seq":1}\n{"seq":2}\n');
      expect(host.stderr).toContain("exec_command took 12 ms");
      expect(logged(home)).toMatchObject([
        {
          ...{ xcodex_event_type: "tool-call-finished", session_id: "as-a-host", tool_name: "exec_command" },
          ...{ duration_ms: 12, success: true, tool_alias: "Bash", extra: { not_in_the_catalogue: [1] } },
        },
        { xcodex_event_type: "session-end", session_id: "as-a-host", reason: "exit", extra: {} },
      ]);
    });
  });
});
