/** Agents that are processes of their own, with a launcher process. */
import { join } from "node:path";
import { runProcess } from "../../../../../test/support/process.ts";
import type { Job, RunEnd } from "../../../dist/contracts.js";
import type { Home } from "../support.ts";

const AGENT = join(import.meta.dirname, "..", "..", "fixtures", "agent.mjs");

/** How an agent leaves: at once, or when everything is over. */
export type Leave = "exit" | "close";

/** Lets an agent launch a job. Returns the ends that it heard of. */
export async function runAgent(
  home: Home,
  what: Job,
  leave: Leave,
  env: Record<string, string> = {},
): Promise<RunEnd[]> {
  const { env: _, ...options } = home.options();
  const told = JSON.stringify({ options, job: what, wait: "all", leave, budget: 20_000 });
  const { code, stdout, stderr } = await runProcess([process.execPath, AGENT, told], "", { env });
  if (code !== 0) throw new Error(`the agent failed: ${stderr}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as RunEnd).filter((end) => end.run_id !== undefined);
}
