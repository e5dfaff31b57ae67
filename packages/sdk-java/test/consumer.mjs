/**
 * Installs the module into a local Maven repository and builds a project that depends on it, from that repository and nothing
 * else of ours. The repository is a new one in which everything that was downloaded before is linked, and our module is not.
 */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "xcodex-maven-"));
const repository = join(work, "repository");
const home = join(work, "codex");

function link(from, to, except) {
  mkdirSync(to, { recursive: true });
  if (!existsSync(from)) return;
  for (const name of readdirSync(from)) if (name !== except) symlinkSync(join(from, name), join(to, name));
}

function run(program, args, cwd, input = "") {
  const env = { ...process.env, CODEX_HOME: home };
  const ended = spawnSync(program, args, { cwd, env, input, encoding: "utf8" });
  assert.equal(ended.status, 0, `${program} ${args.join(" ")}: ${ended.error ?? ended.stdout + ended.stderr}`);
  return ended;
}

const downloaded = join(homedir(), ".m2", "repository");
const mvn = (goal, cwd) =>
  run("mvn", ["-q", "-B", `-Dmaven.repo.local=${repository}`, "-Dmaven.test.skip=true", goal], cwd);

try {
  link(downloaded, repository, "dev");
  link(join(downloaded, "dev"), join(repository, "dev"), "xcodex");
  mvn("install", folder);
  const version = /<version>(.*?)<\/version>/.exec(readFileSync(join(folder, "pom.xml"), "utf8"))[1];
  const installed = join(repository, "dev/xcodex/hooks/xcodex-hooks", version);
  assert.ok(existsSync(join(installed, `xcodex-hooks-${version}.jar`)));

  // The template's hook is a project that depends on the module; without its aggregator it has to find it in the repository.
  const project = join(work, "project");
  mkdirSync(join(project, "src/main/java"), { recursive: true });
  const template = join(folder, "template/hook");
  for (const file of ["pom.xml", "src/main/java/LogJsonlHook.java"])
    writeFileSync(join(project, file), readFileSync(join(template, file)));
  mvn("package", project);
  const jar = join(project, "target/log_jsonl.jar");
  run("java", ["-jar", jar], work, "{}");
  assert.equal(JSON.parse(readFileSync(join(home, "hooks.jsonl"), "utf8")).xcodex_event_type, "");
} finally {
  rmSync(work, { recursive: true, force: true });
}
