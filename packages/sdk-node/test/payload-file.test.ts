import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HookInputError, readEvent } from "../dist/index.mjs";
import { EVENT } from "./support/hook.ts";
import { tempFolder } from "./support/temp.ts";

/** The session of the event in a file, or the code of the error. */
async function follow(path: string): Promise<string> {
  try {
    return (await readEvent({ input: JSON.stringify({ payload_path: path }) })).session_id;
  } catch (error) {
    if (error instanceof HookInputError) return error.code;
    throw error;
  }
}

/** Puts a file and something else under one path, in turn, as fast as it can. */
const FLIP = `
  import { renameSync } from "node:fs";
  const [, path, other] = process.argv;
  process.stdout.write("started");
  for (;;) for (const kind of [".file", other]) { renameSync(path + kind, path); renameSync(path, path + kind); }
`;

describe("a payload file", () => {
  it.each([
    [".fifo", "a pipe that nobody writes to: nobody waits"],
    [".link", "a link: nobody is led elsewhere"],
  ])("may be swapped while it is opened for %s, %s", async (other) => {
    const path = join(tempFolder("swap"), "payload.json");
    writeFileSync(`${path}.file`, JSON.stringify({ ...EVENT, session_id: "right" }));
    writeFileSync(`${path}.secret`, JSON.stringify({ ...EVENT, session_id: "wrong" }));
    execFileSync("mkfifo", [`${path}.fifo`]);
    symlinkSync(`${path}.secret`, `${path}.link`);
    const flipper = spawn(process.execPath, ["--input-type=module", "-e", FLIP, path, other]);
    await new Promise((resolve) => flipper.stdout.once("data", resolve));
    const seen = new Set<string>();
    try {
      for (let n = 0; n < 3000; n++) seen.add(await follow(path));
    } finally {
      flipper.kill();
    }
    expect(
      [...seen].filter((one) => !["right", "payload_file_missing", "payload_file_not_regular"].includes(one)),
    ).toEqual([]);
    expect([...seen]).toContain("right");
    expect([...seen]).toContain("payload_file_not_regular");
  });

  it.skipIf(!existsSync("/proc/self/status"))("that has more in it than it says is not trusted", async () => {
    expect(await follow("/proc/self/status")).toBe("payload_file_mismatch");
  });

  it("is closed again", async () => {
    const path = join(tempFolder("close"), "payload.json");
    writeFileSync(path, JSON.stringify(EVENT));
    const open = (): number => readdirSync("/dev/fd").length;
    const before = open();
    for (let n = 0; n < 20; n++) expect(await follow(path)).toBe("session-1");
    for (let n = 0; n < 20; n++) expect(await follow(tmpdir())).toBe("payload_file_not_regular");
    expect(open()).toBeLessThanOrEqual(before + 2);
  });
});
