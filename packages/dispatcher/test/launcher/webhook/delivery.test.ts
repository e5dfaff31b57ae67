/** What a server gets, how often, and in which order. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { end, ends, until } from "../support.ts";
import { gate, job, makeCore, webhook } from "./runs.ts";
import { answer, freePort, json, type Received, type Step, serve } from "./servers.ts";

test("an event is one request, its payload byte for byte the body", async () => {
  const { origin, received } = await serve(answer(204));
  const { core } = makeCore();
  const run = webhook(`${origin}/hooks/codex?team=7#part`);
  const over = await end(core, job(run));
  expect(over).toMatchObject({ outcome: "ok", attempts: 1, status: 204, exit_code: null });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ method: "POST", path: "/hooks/codex?team=7", body: '{"hello":"wörld"}' });
  expect(received[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "content-length": "18",
    "user-agent": "xcodex-hooks",
    "webhook-id": run.run_id,
  });
  const seconds = Number(received[0]?.headers["webhook-timestamp"]);
  expect(Math.abs(Date.now() / 1000 - seconds)).toBeLessThan(60);
  expect(received[0]?.headers).not.toHaveProperty("webhook-signature");
  expect(received[0]?.headers).not.toHaveProperty("accept-encoding");
});

test("a hook's own headers and method count, however the headers are written", async () => {
  const { origin, received } = await serve(answer(200));
  const { core } = makeCore();
  const headers = { "CONTENT-type": "application/vnd.api+json", Authorization: "Bearer t-1", "User-Agent": "mine" };
  await end(core, job(webhook(origin, { headers, method: "PUT" })));
  expect(received[0]?.method).toBe("PUT");
  expect(received[0]?.headers).toMatchObject({
    "content-type": "application/vnd.api+json",
    authorization: "Bearer t-1",
    "user-agent": "mine",
  });
});

test("503 is tried again, with the same id and a time of its own, until it goes well", async () => {
  const { origin, received } = await serve([answer(503), answer(500, "no"), answer(200)]);
  const { core, home } = makeCore();
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const run = webhook(origin, { retry_count: 3, signing_secret: secret });
  expect(await end(core, job(run))).toMatchObject({ outcome: "ok", attempts: 3, status: 200 });
  expect(received.map(({ headers }) => headers["webhook-id"])).toEqual([run.run_id, run.run_id, run.run_id]);
  expect(received.map(({ body }) => body)).toEqual(Array(3).fill('{"hello":"wörld"}'));
  expect(home.records()).toMatchObject([{ outcome: "ok", attempts: 3, status: 200, delivery: "request" }]);
  expect(new Set(received.map(({ headers }) => `${headers["webhook-signature"]}`.slice(0, 3)))).toEqual(
    new Set(["v1,"]),
  );
});

test("what fails to the end has failed, with the last status", async () => {
  const { origin, received } = await serve(answer(503, "token=abc"));
  const { core, home } = makeCore();
  const over = await end(core, job(webhook(`${origin}/T0/secret-path`, { retry_count: 2 })));
  expect(received).toHaveLength(3);
  expect(over).toMatchObject({ outcome: "failed", code: "http_status", attempts: 3, status: 503 });
  expect(over.message).toBe(
    `Cannot finish webhook to "${origin}" of /home/ada/.codex/hooks.toml:7: it answered 503 Service Unavailable. ` +
      "See what is wrong with that server, or raise its retry_count.",
  );
  expect(home.records()).toMatchObject([{ outcome: "failed", code: "http_status", attempts: 3, status: 503 }]);
});

test.each([400, 401, 404, 408, 410, 413, 422])("%i is not tried again", async (status) => {
  const { origin, received } = await serve(answer(status));
  const { core } = makeCore();
  const over = await end(core, job(webhook(origin, { retry_count: 3 })));
  expect(over).toMatchObject({ outcome: "failed", code: "http_status", attempts: 1, status });
  expect(received).toHaveLength(1);
});

test("429 is tried again after the time that it asks for", async () => {
  const { origin, received } = await serve([answer(429, "", { "retry-after": "1" }), answer(200)]);
  const { core } = makeCore();
  const over = await end(core, job(webhook(origin, { retry_count: 1 })));
  expect(over).toMatchObject({ outcome: "ok", attempts: 2, status: 200 });
  // That it waited, not how exactly: a second is asked for.
  expect(over.duration_ms).toBeGreaterThanOrEqual(1000);
  expect(received).toHaveLength(2);
});

test("a rest that is longer than the hook's time is not waited for", async () => {
  const { origin, received } = await serve(answer(429, "", { "retry-after": "3600" }));
  const { core } = makeCore();
  const over = await end(core, job(webhook(origin, { retry_count: 5 })));
  expect(over).toMatchObject({ outcome: "failed", code: "http_status", attempts: 1, status: 429 });
  expect(over.message).toContain(
    "it answered 429 Too Many Requests, and its time is over before it may be tried again (it asks for 3600 s). Raise its timeout",
  );
  expect(received).toHaveLength(1);
});

test("a server that is not there yet is tried again", async () => {
  const port = await freePort();
  const { core } = makeCore();
  const over = await end(core, job(webhook(`http://127.0.0.1:${port}/`, { retry_count: 1 })));
  expect(over).toMatchObject({ outcome: "failed", code: "connection_failed", attempts: 2 });
  expect(over).not.toHaveProperty("status");
  expect(over.message).toContain("nothing listens there");
});

test("a connection that is closed before it answered is tried again", async () => {
  const hangUp: Step = (response) => void response.destroy();
  const { origin, received } = await serve([hangUp, answer(200)]);
  const { core } = makeCore();
  const run = webhook(origin, { retry_count: 1 });
  expect(await end(core, job(run))).toMatchObject({ outcome: "ok", attempts: 2 });
  // It may have been received both times: the id says that it is the same.
  expect(received.map(({ headers }) => headers["webhook-id"])).toEqual([run.run_id, run.run_id]);
});

/** Answers when told, so that requests are at work together. */
function gathered(): { readonly step: Step; readonly waiting: ServerResponses; readonly release: () => void } {
  const waiting: Parameters<Step>[0][] = [];
  const release = (): void => {
    for (const response of waiting.splice(0)) response.writeHead(200).end();
  };
  return { step: (response) => void waiting.push(response), waiting, release };
}

type ServerResponses = readonly Parameters<Step>[0][];

test("events are sent side by side, over at most sixteen connections that are used again", async () => {
  const { step, waiting, release } = gathered();
  const { origin, received, connections } = await serve(step);
  const { core } = makeCore();
  const all = ends(core, job(Array.from({ length: 40 }, () => webhook(origin))));
  for (let rest = 40; rest > 0; rest -= 16) {
    await until(() => waiting.length === Math.min(rest, 16), "sixteen are at work, or all that are left");
    release();
  }
  expect((await all).every(({ outcome }) => outcome === "ok")).toBe(true);
  expect([received.length, connections()]).toEqual([40, 16]);
});

test("a gate does not wait behind observers, whatever their server does", async () => {
  const slow: Step = (response, { headers }) => {
    if (headers["x-lane"] === "gate") response.writeHead(200).end();
  };
  const { origin } = await serve(slow);
  const { core } = makeCore();
  core.launch(job(Array.from({ length: 200 }, () => webhook(origin))));
  const over = await end(core, job(gate(origin, { headers: { "x-lane": "gate" } })));
  expect(over).toMatchObject({ outcome: "ok" });
});

test("a server that hangs does not hold up the others", async () => {
  const hung = await serve(() => {});
  const well = await serve(answer(200));
  const { core } = makeCore();
  core.launch(job(Array.from({ length: 300 }, () => webhook(hung.origin))));
  expect(await end(core, job(webhook(well.origin)))).toMatchObject({ outcome: "ok" });
});

function fails(every: number): Step {
  let count = 0;
  return (response) => {
    count += 1;
    response.writeHead(count % every === 0 ? 503 : 200).end();
  };
}

test("where order is asked for, a retry holds up the events behind it; other hooks go on", async () => {
  const { origin, received } = await serve(fails(3));
  const { core } = makeCore();
  const sent = (hook: string, n: number) =>
    job(webhook(origin, { retry_count: 5 }, { hook_id: hook, ordered: true }), JSON.stringify({ hook, n }));
  const jobs = Array.from({ length: 12 }, (_, n) => [sent("a", n), sent("b", n)]).flat();
  const all = await Promise.all(jobs.map((each) => end(core, each)));
  expect(all.map(({ outcome }) => outcome)).toEqual(Array(24).fill("ok"));
  for (const hook of ["a", "b"]) expect(firstSeen(received, hook)).toEqual(Array.from({ length: 12 }, (_, n) => n));
});

/** The numbers of a hook's events, without the tries after the first. */
function firstSeen(received: readonly Received[], hook: string): number[] {
  const said = received.map(({ body }) => JSON.parse(body) as { hook: string; n: number });
  return [...new Set(said.filter((each) => each.hook === hook).map(({ n }) => n))];
}

test("of an ordered hook so many events wait; what comes beyond is dropped, and the others still go in order", async () => {
  const { step, waiting, release } = gathered();
  const { origin, received } = await serve(step);
  const { core } = makeCore();
  const over: string[] = [];
  for (let n = 0; n < 16_390; n += 1) {
    core.launch(job(webhook(origin, {}, { ordered: true, run_id: String(n) }), String(n)), (each) =>
      over.push(`${each.run_id} ${each.outcome} ${each.code}`),
    );
  }
  await until(() => over.length === 5, "five are dropped");
  expect(over).toEqual([16_385, 16_386, 16_387, 16_388, 16_389].map((n) => `${n} dropped queue_full`));
  for (let n = 0; n < 3; n += 1) {
    await until(() => waiting.length === 1, "the next one is there");
    release();
  }
  await until(() => received.length === 4, "the fourth one is there");
  expect(received.map(({ body }) => body)).toEqual(["0", "1", "2", "3"]);
});

test("nothing of what is secret stays on disk", async () => {
  const { origin } = await serve([json({ decision: "block", reason: "no" }), answer(500, "hush-answer"), answer(302)]);
  const { core, home } = makeCore();
  const secrets = { headers: { authorization: "Bearer hush-token" }, signing_secret: "whsec_aHVzaC1zZWNyZXQ=" };
  const url = `${origin}/services/hush-path?key=hush-query`;
  const runs = [gate(url, secrets), webhook(url, secrets), webhook(url, secrets)];
  for (const run of runs) await end(core, job(run));
  await end(core, job(webhook(origin.replace("//", "//hush-user:hush-password@"), secrets)));
  await end(core, job(webhook("http://198.51.100.7/hush-path", secrets)));
  await end(core, job(webhook(`http://127.0.0.1:${await freePort()}/hush-path`, secrets)));
  await core.close(5000);
  const files = readdirSync(home.path, { recursive: true, encoding: "utf8", withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
  expect(texts.join("")).toContain("http_status");
  expect(texts.join("")).not.toMatch(/hush|aHVzaC/);
});

test("a server that tells what it was sent does not tell secrets", async () => {
  const told: Step = (response, received) => {
    const reason = `${received.headers.authorization} of ${received.path}, as ${received.headers["x-user"]}`;
    json({ decision: "block", reason })(response, received);
  };
  const { origin } = await serve(told);
  const { core } = makeCore();
  const run = gate(`${origin}/x?key=hush-query`, { headers: { Authorization: "Bearer hush-token", "X-User": "ada" } });
  const over = await end(core, job(run));
  expect(over).toMatchObject({ outcome: "blocked", reason: "Bearer [Authorization] of /x?key=[key], as ada" });
  await core.close(5000);
});
