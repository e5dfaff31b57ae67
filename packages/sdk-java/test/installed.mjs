/**
 * Installs the SDK and its template into a new folder as `xcodex hooks install sdks java` does, builds the template there and runs it:
 * for one event, for an event it has no name for, and as a host.
 */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = new URL("..", import.meta.url);
const [sdk] = JSON.parse(readFileSync(new URL("language.json", folder), "utf8")).sdks;
const work = mkdtempSync(join(tmpdir(), "xcodex-java-"));
// Many have a link there, to the folder in which they keep their settings.
const home = join(work, "codex");
mkdirSync(join(work, "settings"));
symlinkSync(join(work, "settings"), home, "junction");
const hooks = join(home, "hooks");

function run([program, ...args], input = "") {
  const argv = args.map((word) => word.replaceAll("{{hooks}}", hooks));
  const env = { ...process.env, CODEX_HOME: home };
  const ended = spawnSync(program, argv, { cwd: join(hooks, "templates/java"), env, input, encoding: "utf8" });
  assert.equal(ended.status, 0, `${program} ${argv.join(" ")}: ${ended.error ?? ended.stdout + ended.stderr}`);
  return ended;
}

const event = (fields) => JSON.stringify({ session_id: "s", cwd: "/w", ...fields });
const finished = event({ hook_event_name: "PostToolUse", tool_name: "exec_command", duration_ms: 12, new: 1 });
const unknown = event({ hook_event_name: "Something", é: "漢" });

try {
  for (const { from, to } of sdk.files) cpSync(new URL(from, folder), join(hooks, to), { recursive: true });
  for (const command of sdk.template.build) run(command);

  assert.equal(run(sdk.template.run, finished).stderr, "tool-call-finished: exec_command took 12 ms\n");
  const host = run(
    sdk.template.run,
    `{"type":"event","seq":1,"event":${unknown}}\n{"type":"event","seq":2,"event":${finished}}\n`,
  );
  assert.equal(host.stderr, "tool-call-finished: exec_command took 12 ms\n");

  const log = join(home, "hooks.jsonl");
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  const [first, second, third] = lines.map((line) => JSON.parse(line));
  assert.equal(lines.length, 3);
  assert.deepEqual([first.tool_alias, first.duration_ms, first.extra], ["Bash", 12, { new: 1 }]);
  assert.deepEqual([second.xcodex_event_type, second.extra], ["Something", { é: "漢" }]);
  assert.deepEqual(third, first);
  if (process.platform !== "win32") assert.equal(statSync(log).mode & 0o777, 0o600);
} finally {
  rmSync(work, { recursive: true, force: true });
}
