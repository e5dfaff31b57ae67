import assert from "node:assert/strict";
import { EVENT, hook, JSON_TEXT, line, runProcess, saved, tempFolder } from "./support.ts";

const CODE = `
  try { console.log((await readEvent()).session_id); }
  catch (error) { if (!(error instanceof HookInputError)) throw error; console.log(error.code + ": " + error.message); }
`;

Deno.test("a hook of events that are on stdin needs no permission, and nobody is asked for one", async () => {
  const ended = await runProcess(hook("run((e) => { console.log(e.tool_name); });"), JSON_TEXT);
  assert.deepEqual([ended.code, ended.stderr], [0, "shell\n"]);
});

Deno.test("replies that the environment speaks of need permission to look there", async () => {
  const settings = { env: { XCODEX_HOOKS_REPLIES: "1" } };
  assert.equal((await runProcess(hook("serve(() => {});"), line(1), settings)).stdout, "");
  const allowed = hook("serve(() => {});", "--allow-env=XCODEX_HOOKS_REPLIES");
  assert.equal((await runProcess(allowed, line(1), settings)).stdout, '{"seq":1}\n');
});

Deno.test("a payload file that may not be read is payload_file_unreadable, and it is said what to do", async () => {
  const file = saved(JSON_TEXT);
  const envelope = JSON.stringify({ payload_path: file });
  const refused = await runProcess(hook(CODE), envelope);
  assert.match(refused.stdout, /^payload_file_unreadable: Cannot read the payload file ".*": .* --allow-read.*\.\n$/);
  const folder = file.slice(0, file.lastIndexOf("/"));
  assert.equal((await runProcess(hook(CODE, `--allow-read=${folder}`), envelope)).stdout, "session-1\n");
});

Deno.test("a payload file may be swapped for a link while it is opened: nobody is led elsewhere", async () => {
  const path = `${tempFolder()}/payload.json`;
  Deno.writeTextFileSync(`${path}.file`, JSON.stringify({ ...EVENT, session_id: "right" }));
  Deno.writeTextFileSync(`${path}.secret`, JSON.stringify({ ...EVENT, session_id: "wrong" }));
  Deno.symlinkSync(`${path}.secret`, `${path}.link`);
  const flip = saved(
    `const [path] = Deno.args; for (;;) for (const kind of [".file", ".link"]) { Deno.renameSync(path + kind, path); Deno.renameSync(path, path + kind); }`,
    "flip.ts",
  );
  const args = ["run", "--no-config", "--no-check", "--allow-read", "--allow-write", flip, path];
  const flipper = new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "null" }).spawn();
  const body = `
    const seen = new Set();
    for (let n = 0; n < 3000; n++) {
      try { seen.add((await readEvent({ input: JSON.stringify({ payload_path: ${JSON.stringify(path)} }) })).session_id); }
      catch (error) { if (!(error instanceof HookInputError)) throw error; seen.add(error.code); }
    }
    console.log([...seen].sort().join());`;
  const ended = await runProcess(hook(body, "--allow-read"), "");
  flipper.kill();
  await flipper.status;
  const seen = ended.stdout.trim().split(",");
  assert.ok(seen.includes("right") && seen.includes("payload_file_not_regular"), `${ended.stdout}${ended.stderr}`);
  assert.deepEqual(
    seen.filter((one) => !["right", "payload_file_missing", "payload_file_not_regular"].includes(one)),
    [],
  );
});

Deno.test("a payload file is closed again", async () => {
  const file = saved(JSON_TEXT);
  const body = `
    const input = JSON.stringify({ payload_path: ${JSON.stringify(file)} });
    const open = () => [...Deno.readDirSync("/dev/fd")].length;
    const before = open();
    for (let n = 0; n < 20; n++) await readEvent({ input });
    console.log(open() - before);`;
  assert.equal((await runProcess(hook(body, "-A"), "")).stdout, "0\n");
});
