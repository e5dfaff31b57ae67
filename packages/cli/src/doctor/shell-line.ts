import type { Origin } from "@xcodex/hooks-dispatcher";
import type { Context } from "../context.ts";
import type { Finding } from "../finding.ts";
import { runProgram } from "../programs.ts";
import { lookUp } from "./program.ts";
import { fail, ok } from "./section.ts";

/** In milliseconds. */
const READ_MS = 10_000;
const LONGEST = 60;

/** A line for the platform's shell: only that shell knows what it means, so it is asked to read it, without running it. */
export async function shellLineFinding(line: string, origin: Origin, context: Context): Promise<Finding> {
  const subject = `shell line ${JSON.stringify(line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line)}`;
  if (context.platform === "win32") return ok("shell", subject, "for cmd.exe, not looked into", { origin });
  const [shell] = ["bash", "sh"].map((name) => lookUp(name, "/", context)).filter(({ state }) => state === "runnable");
  if (!shell?.path) return fail("shell", subject, "there is no shell on PATH", "Mend PATH.", { origin });
  const ran = await runProgram([shell.path, "-n", "-c", line], { env: context.env, deadlineMs: READ_MS });
  if (ran.code === 0) return ok("shell", subject, `${shell.path} can read it`, { origin });
  const said = ran.stderr.trim().split("\n")[0] ?? "it cannot be read";
  return fail("shell", subject, said, "Mend it.", { origin });
}
