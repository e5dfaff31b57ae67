/** Agents that leave: what they have handed over is delivered all the same. */
import { expect, test } from "vitest";
import { makeHome, until } from "../support.ts";
import { runAgent } from "./agents.ts";
import { job, webhook } from "./runs.ts";
import { answer, serve } from "./servers.ts";

test("an agent that exits in the very turn of its last event has it delivered", async () => {
  const { origin, received } = await serve(answer(200));
  const home = makeHome();
  const run = webhook(origin);
  await runAgent(home, job(run, '{"last":"word"}'), "exit");
  await until(() => home.records().length > 0, "it is recorded");
  expect(received).toMatchObject([{ body: '{"last":"word"}', headers: { "webhook-id": run.run_id } }]);
  expect(home.records()).toMatchObject([{ run_id: run.run_id, outcome: "ok", status: 200, attempts: 1 }]);
});

test("tries after the first go on when the agent is gone", async () => {
  const { origin, received } = await serve([answer(503), answer(503), answer(200)]);
  const home = makeHome();
  await runAgent(home, job(webhook(origin, { retry_count: 3 })), "exit");
  await until(() => home.records().length > 0, "it is recorded");
  expect(home.records()).toMatchObject([{ outcome: "ok", attempts: 3 }]);
  expect(received).toHaveLength(3);
});

test("an agent that closes hears of the end, and its launcher leaves at once", async () => {
  const { origin } = await serve(answer(200));
  const ends = await runAgent(makeHome(), job([webhook(origin), webhook(origin)]), "close");
  expect(ends.map(({ outcome }) => outcome)).toEqual(["ok", "ok"]);
});
