// `npm run demo`: install, build, then the main job on real input. Three captured agent sessions flow through the dispatcher into
// hooks written in Python and JavaScript; a guard stops one dangerous command. Everything happens in a folder of its own.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { has, installAndBuild, ROOT, step } from "./workspace.mjs";

const XCODEX = join(ROOT, "node_modules", ".bin", process.platform === "win32" ? "xcodex.cmd" : "xcodex");
const SAMPLES = join(ROOT, "packages", "samples");
const HAS_PYTHON = has("python3");
const CAPTURES = ["codex", "claude-code", "gemini"].map((name) =>
  join(ROOT, "conformance", "captures", `${name}.jsonl`),
);

function xcodex(args, { expect = 0, home, variables = {}, ...options }) {
  console.log(`\n$ xcodex ${args.map((arg) => arg.replace(ROOT, ".").replace(home, "$CODEX_HOME")).join(" ")}`);
  const env = { ...process.env, CODEX_HOME: home, ...variables };
  delete env.XCODEX_HOOKS_DEPTH;
  const { status } = spawnSync(XCODEX, args, {
    cwd: ROOT,
    env,
    stdio: ["pipe", "inherit", "inherit"],
    shell: process.platform === "win32",
    ...options,
  });
  if (status !== expect) throw new Error(`xcodex ${args.join(" ")} ended with ${status}, expected ${expect}`);
}

/** The demo's configuration; without Python only the hooks in JavaScript. */
function configure(home) {
  const template = readFileSync(join(SAMPLES, "external", "demo-config.toml"), "utf8");
  const runnable = HAS_PYTHON ? template : template.replace(/^.*\["python3".*\n/gm, "");
  const folder = JSON.stringify(join(home, "hooks")).slice(1, -1);
  writeFileSync(join(home, "config.toml"), runnable.replaceAll("{{hooks}}", folder), { mode: 0o600 });
}

function lines(file) {
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}

function show(home, name, last, width = 160) {
  const file = join(home, name);
  const all = lines(file);
  const mode = existsSync(file) ? (statSync(file).mode & 0o777).toString(8) : "-";
  console.log(`\n$CODEX_HOME/${name}: ${all.length} lines, mode ${mode}. The last ${last}:`);
  for (const line of all.slice(-last)) console.log(line.length > width ? `${line.slice(0, width - 3)}...` : line);
  if (all.length === 0) throw new Error(`Nothing was written to ${name}.`);
}

/** The guard's verdict as an agent sees it: the reason on stderr and exit code 2. */
function guardBlocks(home) {
  const [line] = lines(join(SAMPLES, "external", "demo-dangerous.jsonl"));
  const input = JSON.stringify(JSON.parse(line).stdin);
  console.log("\nAn agent asks whether it may run:", JSON.parse(input).tool_input.command);
  // The session was recorded in /home/dev, so that is what `~` means in it.
  xcodex(["hooks", "emit", "--from", "claude-code"], { home, input, expect: 2, variables: { HOME: "/home/dev" } });
  console.log("exit code 2: blocked");
}

function main(home) {
  xcodex(["hooks", "init", "external", "--edit-config", "--yes", "--no-print-config"], { home });
  xcodex(["hooks", "install", "samples", "external", "--yes"], { home });
  if (!HAS_PYTHON && process.env.CI) throw new Error("python3 not found");
  const languages = HAS_PYTHON ? "in both languages" : "in JavaScript (skipped: python3 not found)";
  console.log(`\nNow every sample, ${languages}, for every event (packages/samples/external/demo-config.toml).`);
  configure(home);
  xcodex(["hooks", "list"], { home });
  for (const capture of CAPTURES) xcodex(["hooks", "replay", capture], { home });
  guardBlocks(home);
  show(home, "hooks-tool-calls.log", 5);
  show(home, "hooks.jsonl", 3);
  show(home, join("tmp", "hooks", "runs.jsonl"), 2, 1000);
}

installAndBuild();
step("demo");
const started = performance.now();
const home = mkdtempSync(join(tmpdir(), "xcodex-demo-"));
try {
  main(home);
  console.log(`\nThe demo took ${((performance.now() - started) / 1000).toFixed(1)} s.`);
} catch (error) {
  console.error(`\nThe demo failed: ${error.message}.`);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
