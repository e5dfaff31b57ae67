/** `runs.jsonl` stays one record per line, whoever writes and whatever the disk says. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import type { RunRecord } from "../../dist/contracts.js";
import { foldersOf } from "../../dist/launcher/folders.js";
import { openLateRecords } from "../../dist/launcher/late-records.js";
import { makeHome, until } from "./support.ts";

const urlOf = (name: string): string => new URL(`../../dist/launcher/${name}.js`, import.meta.url).href;

function record(run_id: string): RunRecord {
  const at = "2026-01-11T23:59:59.000Z";
  const about = { event_id: "e", event_type: "t", session_id: "s" };
  return { schema_version: 1, at, run_id, ...about, outcome: "dropped", message: "x".repeat(300) };
}

test.skipIf(process.platform === "win32")("a record that the disk has no room for leaves nothing behind", () => {
  const home = makeHome();
  const script = `import { openRecords } from ${JSON.stringify(urlOf("records"))};
import { foldersOf } from ${JSON.stringify(urlOf("folders"))};
const [home, record] = JSON.parse(process.argv[1]);
const records = openRecords(foldersOf(home), (message) => console.log(message));
for (let n = 0; n < 12; n += 1) records.append(record);`;
  const what = JSON.stringify([home.path, record("one")]);
  // No file may be longer than some kilobytes: writing stops in the middle of a record, as on a full disk.
  const limited = ['ulimit -f 4; exec "$@"', "sh", process.execPath, "--input-type=module", "-e", script, what];
  const { status, stdout } = spawnSync("sh", ["-c", ...limited], { encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Cannot record run one in ".*runs\.jsonl": .*\. Make it writable\.$/m);
  const whole = home.records();
  expect(whole.length).toBeGreaterThan(0);
  expect(whole.length).toBeLessThan(12);
  expect(statSync(home.hooks("runs.jsonl")).size).toBe(whole.length * (JSON.stringify(whole[0]).length + 1));
});

test("records that an agent writes late do not mix with those that a launcher writes meanwhile", async () => {
  const home = makeHome();
  mkdirSync(home.hooks(), { recursive: true });
  const line = `${JSON.stringify(record("launcher"))}\n`;
  const script = `import { appendFileSync, existsSync } from "node:fs";
const [file, line, stop] = JSON.parse(process.argv[1]);
while (!existsSync(stop)) appendFileSync(file, line);`;
  const what = JSON.stringify([home.hooks("runs.jsonl"), line, home.file("stop")]);
  const launcher = spawn(process.execPath, ["--input-type=module", "-e", script, what], { stdio: "inherit" });
  onTestFinished(() => void launcher.kill("SIGKILL"));
  const ended = new Promise((settle) => launcher.once("exit", settle));
  await until(() => home.records().length > 0, "the launcher writes");
  const late = openLateRecords(foldersOf(home.path));
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 5000; n += 1) late.append(record("agent"));
    await late.flushed();
  }
  writeFileSync(home.file("stop"), "");
  await ended;
  expect(home.records().filter((each) => each.run_id === "agent")).toHaveLength(15_000);
});
