import type { Finding } from "../finding.ts";
import { runProgram, whatWentWrong } from "../programs.ts";
import { fail, ok, type Patient } from "./section.ts";

const PROGRAM = "import('node:process').then(({ version }) => console.log(version))";

/** In milliseconds. */
const START_MS = 20_000;

/** Commands are started by a small process of Node: whether one can be started, with the environment that hooks get. */
export async function checkNode({ context }: Patient): Promise<readonly Finding[]> {
  const argv = [context.node, "--eval", PROGRAM];
  const ran = await runProgram(argv, { env: context.env, deadlineMs: START_MS });
  const version = /^v(\d+\.\d+\.\d+)/.exec(ran.stdout)?.[1];
  if (ran.code === 0 && version) return [ok("launcher", "launcher", `Node ${version} starts, ${context.node}`)];
  const state = `${context.node} does not start: ${whatWentWrong(ran)}`;
  return [fail("launcher", "launcher", state, "Check NODE_OPTIONS, and that this Node is still installed.")];
}
