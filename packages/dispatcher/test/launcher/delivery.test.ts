/** What a hook finds: stdin, payload file, environment, folder. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { end, ends, enveloped, job, kinds, makeHome, run, sh } from "./support.ts";

const mode = (path: string): number => statSync(path).mode & 0o777;

describe.each(kinds)("%s delivers", (_, make) => {
  test("a payload byte for byte on stdin, and to whoever opens /dev/stdin", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const json = JSON.stringify({ text: 'ü€𝄞 \u2028\u0000 "quoted" \n', long: "x".repeat(15_000) });
    const two = [sh(`cat > ${home.file("stdin")}`), sh(`cat /dev/stdin > ${home.file("dev")}`)];
    expect((await ends(launcher, job(two, { payloads: [{ json }] }))).map((each) => each.outcome)).toEqual([
      "ok",
      "ok",
    ]);
    expect(home.read("stdin")).toBe(json);
    expect(home.read("dev")).toBe(json);
    await launcher.close(10_000);
    expect(home.list("scratch")).toEqual([]);
  });

  test("a payload without an envelope on stdin, whatever its size", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const json = JSON.stringify("y".repeat(5_000_000));
    const one = await end(launcher, job(sh(`cat > ${home.file("out")}`), { payloads: [{ json }] }));
    expect(one.outcome).toBe("ok");
    expect(home.read("out") === json).toBe(true);
    expect(home.list("payloads")).toEqual([]);
    await launcher.close(10_000);
  });

  test("a large payload as one private file, and an envelope that tells its path, size and hash", async () => {
    const home = makeHome();
    mkdirSync(home.hooks("payloads"), { recursive: true, mode: 0o755 });
    const launcher = make(home.options());
    const json = JSON.stringify({ text: "é".repeat(10_000) });
    const two = [sh(`cat > ${home.file("a")}`), sh(`cat > ${home.file("b")}`)];
    await ends(launcher, job(two, { event_id: "event_7", payloads: [enveloped(json)] }));
    const envelope = JSON.parse(home.read("a"));
    const [name, ...others] = home.list("payloads");
    expect(others).toEqual([]);
    expect(name).toMatch(/^\d{13}-event_7\.json$/);
    expect(envelope).toEqual({
      schema_version: 1,
      event_id: "e-1",
      payload_path: home.hooks("payloads", name as string),
      payload_bytes: Buffer.byteLength(json),
      payload_sha256: createHash("sha256").update(json).digest("hex"),
    });
    expect(home.read("b")).toBe(home.read("a"));
    expect(home.read(join("tmp", "hooks", "payloads", name as string))).toBe(json);
    expect(mode(envelope.payload_path)).toBe(0o600);
    for (const folder of ["", "payloads", "logs", "leases", "scratch"]) expect(mode(home.hooks(folder))).toBe(0o700);
    for (const log of home.list("logs")) expect(mode(home.hooks("logs", log))).toBe(0o600);
    expect(mode(home.hooks("runs.jsonl"))).toBe(0o600);
    expect(home.records().map((record) => record.delivery)).toEqual(["file", "file"]);
    await launcher.close(10_000);
    expect(home.list("leases")).toEqual([]);
  });

  test("several large payloads of one event in files of their own", async () => {
    const home = makeHome();
    const launcher = make(home.options({ limit: 4 }));
    const payloads = [1, 2, 3].map((n) => enveloped(JSON.stringify({ n, pad: "pad" })));
    const runs = payloads.map((_payload, n) => sh(`cat > ${home.file(String(n))}`, { payload: n }));
    await ends(launcher, job(runs, { event_id: "same", payloads }));
    const paths = [0, 1, 2].map((n) => JSON.parse(home.read(String(n))).payload_path as string);
    expect(new Set(paths).size).toBe(3);
    expect(paths.map((path) => home.read(path.slice(home.path.length + 1)))).toEqual(payloads.map((each) => each.json));
    await launcher.close(10_000);
  });

  test("nothing outside its folder, whatever an event calls itself", async () => {
    const home = makeHome();
    const launcher = make(home.options({ limit: 1 }));
    const event_id = "../../../escaped";
    await end(launcher, job(sh(`cat > ${home.file("out")}`), { event_id, payloads: [enveloped('{"a":1}')] }));
    expect(JSON.parse(home.read("out")).payload_path.startsWith(home.hooks("payloads", ""))).toBe(true);
    expect(home.list("payloads")).toHaveLength(1);
    await launcher.close(10_000);
    expect(existsSync(home.file("escaped.json"))).toBe(false);
  });

  test("no payload when it cannot be written, and says so", async () => {
    const home = makeHome();
    mkdirSync(home.hooks(), { recursive: true });
    writeFileSync(home.hooks("payloads"), "in the way");
    const launcher = make(home.options({ limit: 1 }));
    const one = await end(launcher, job(sh(`touch ${home.file("ran")}`), { payloads: [enveloped('{"a":1}')] }));
    expect(one).toMatchObject({ outcome: "not_started", code: "payload_file" });
    expect(one.message).toMatch(/^Cannot start hook "sh" of .*config\.toml:7: its payload cannot be written/);
    expect(existsSync(home.file("ran"))).toBe(false);
    await launcher.close(10_000);
  });

  test("the environment, without values that no process can have", async () => {
    const home = makeHome();
    const launcher = make(
      home.options({ env: { ...process.env, NODE_OPTIONS: "--no-warnings", XCODEX_HOOKS_DEPTH: "2" } }),
    );
    const env = { GOOD: "yes", NUL: "a\0b", HUGE: "x".repeat(70_000), "BAD=KEY": "x", XCODEX_HOOKS_DEPTH: "0" };
    const shared = { SHARED: "of all", GOOD: "no", LONG: "x".repeat(70_000) };
    const script = `echo "$GOOD|$SHARED|\${NUL-none}|\${HUGE-none}|\${LONG-none}|$XCODEX_HOOKS_DEPTH|$CODEX_HOME|$NODE_OPTIONS" > ${home.file("out")}`;
    expect((await end(launcher, job(sh(script, { env }), { env: shared }))).outcome).toBe("ok");
    expect(home.read("out").trim()).toBe(`yes|of all|none|none|none|3|${home.path}|--no-warnings`);
    await launcher.close(10_000);
  });

  test("in the folder of the event, or in its own when that is missing", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const pwd = (name: string) => sh(`pwd -P > ${home.file(name)}`);
    await end(launcher, job(pwd("there"), { cwd: home.path }));
    await end(launcher, job(pwd("missing"), { cwd: home.file("missing-folder") }));
    await end(launcher, job(pwd("relative"), { cwd: "src" }));
    expect(home.read("there").trim()).toBe(home.path);
    expect(home.read("missing").trim()).toBe(process.cwd());
    expect(home.read("relative").trim()).toBe(process.cwd());
    await launcher.close(10_000);
  });

  test("in a folder of its own, and nowhere else when that is missing", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    const there = home.file("there");
    mkdirSync(there);
    await end(launcher, job(sh(`pwd -P > ${home.file("out")}`, { cwd: there }), { cwd: home.path }));
    expect(home.read("out").trim()).toBe(there);
    const missing = home.file("missing-folder");
    const got = await end(launcher, job(sh(`pwd -P > ${home.file("out")}`, { cwd: missing }), { cwd: home.path }));
    expect(got).toMatchObject({ outcome: "not_started", code: "spawn_failed" });
    expect(got.message).toContain(`the folder "${missing}" cannot be entered. Create it`);
    expect(home.read("out").trim()).toBe(there);
    await launcher.close(10_000);
  });

  test("to a string through the shell", async () => {
    const home = makeHome();
    const launcher = make(home.options());
    await end(launcher, job(run({ shell: `printf '%s' "$0 a|b" | tr a-z A-Z > '${home.file("out")}'` })));
    expect(home.read("out")).toMatch(/BASH A\|B$|SH A\|B$/);
    await launcher.close(10_000);
  });
});
