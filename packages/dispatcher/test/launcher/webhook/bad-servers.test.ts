/** Servers that do what no server should: each has its own end, within the hook's time. */
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { end } from "../support.ts";
import { gate, job, makeCore, webhook } from "./runs.ts";
import { answer, json, type Step, serve } from "./servers.ts";

const MEGABYTE = Buffer.alloc(1024 * 1024, " ");

/** Sends a body without an end that is announced, as fast as it is taken. Tells how much was taken. */
function pour(megabytes: number, taken: (bytes: number) => void = () => {}): Step {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.on("error", () => {});
    const more = (left: number): void => {
      if (left === 0) response.end("{}");
      else
        response.write(MEGABYTE, () => {
          taken(MEGABYTE.length);
          more(left - 1);
        });
    };
    more(megabytes);
  };
}

test("a server that never answers has its time and no more; what is known by then is told", async () => {
  const { origin } = await serve([answer(503), () => {}]);
  const { core, home } = makeCore();
  const over = await end(core, job(webhook(origin, { retry_count: 1 }, { timeout_ms: 1500 })));
  expect(over).toMatchObject({ outcome: "timeout", code: "timeout", attempts: 2, status: 503 });
  expect(over.message).toContain("no answer after 1500 ms");
  expect(home.records()).toMatchObject([{ outcome: "timeout", attempts: 2, status: 503 }]);
});

test("an answer of 10 MB is not read by a gate: it has failed", async () => {
  let taken = 0;
  const { origin } = await serve(
    pour(10, (bytes) => {
      taken += bytes;
    }),
  );
  const { core } = makeCore();
  const over = await end(core, job(gate(origin)));
  expect(over).toMatchObject({ outcome: "failed", code: "answer_too_large", status: 200, attempts: 1 });
  expect(over.message).toContain("more than 65536 bytes");
  // Of the rest the system may hold some in between; all of it would be ten.
  expect(taken).toBeLessThan(8 * MEGABYTE.length);
});

test("an answer of 10 MB is nothing to an observer", async () => {
  const { origin } = await serve(pour(10));
  const { core } = makeCore();
  expect(await end(core, job(webhook(origin)))).toMatchObject({ outcome: "ok", status: 200 });
});

test("an answer that drips for ever does not keep an observer", async () => {
  const drip: Step = (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("."), 50);
    response.on("close", () => clearInterval(timer));
  };
  const { origin } = await serve(drip);
  const { core } = makeCore();
  expect(await end(core, job(webhook(origin)))).toMatchObject({ outcome: "ok", status: 200 });
});

const cut: Step = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
  response.write('{"decision":"bl', () => response.destroy());
};

test("an answer that is closed in its middle is no answer to a gate", async () => {
  const { origin, received } = await serve(cut);
  const { core } = makeCore();
  const over = await end(core, job(gate(origin, { retry_count: 3 })));
  expect(over).toMatchObject({ outcome: "failed", code: "answer_cut", status: 200, attempts: 1 });
  expect(received).toHaveLength(1);
});

test("an answer that is closed in its middle is nothing to an observer: it was received", async () => {
  const { origin } = await serve(cut);
  const { core } = makeCore();
  expect(await end(core, job(webhook(origin)))).toMatchObject({ outcome: "ok", status: 200 });
});

test("what speaks no HTTP is not tried again", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end("220 mail.example ready\r\n");
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => void server.close());
  const { core } = makeCore();
  const { port } = server.address() as { port: number };
  const over = await end(core, job(webhook(`http://127.0.0.1:${port}`, { retry_count: 3 })));
  expect(over).toMatchObject({ outcome: "failed", code: "bad_answer", attempts: 1 });
});

test("to another host nothing is sent", async () => {
  const other = await serve(answer(200));
  const named = `http://localhost:${other.port}/T0/secret`;
  const first = await serve(answer(307, "", { location: named }));
  const { core } = makeCore();
  const over = await end(core, job(gate(first.origin, { headers: { authorization: "Bearer t" }, retry_count: 3 })));
  expect(over).toMatchObject({ outcome: "failed", code: "redirected", status: 307, attempts: 1 });
  expect(over.message).toContain(`pointed to "http://localhost:${other.port}", where nothing was sent`);
  expect(over.message).not.toContain("secret");
  expect(other.connections()).toBe(0);
});

test("another port of the same host is another server", async () => {
  const other = await serve(answer(200));
  const first = await serve(answer(308, "", { location: other.origin }));
  const { core } = makeCore();
  expect(await end(core, job(webhook(first.origin)))).toMatchObject({ code: "redirected" });
  expect(other.connections()).toBe(0);
});

test.each([307, 308])("%i to the same server is followed, method, body and id the same", async (status) => {
  const { origin, received } = await serve([answer(status, "", { location: "/new?x=1" }), answer(200)]);
  const { core } = makeCore();
  const run = webhook(`${origin}/old`, { method: "PATCH" });
  expect(await end(core, job(run))).toMatchObject({ outcome: "ok", attempts: 1, status: 200 });
  expect(received.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
    'PATCH /old {"hello":"wörld"}',
    'PATCH /new?x=1 {"hello":"wörld"}',
  ]);
  expect(received.map(({ headers }) => headers["webhook-id"])).toEqual([run.run_id, run.run_id]);
});

test.each([301, 302, 303])("%i would make a GET of it, and is not followed", async (status) => {
  const { origin, received } = await serve(answer(status, "", { location: "/elsewhere" }));
  const { core } = makeCore();
  expect(await end(core, job(webhook(origin)))).toMatchObject({ outcome: "failed", code: "redirected", status });
  expect(received).toHaveLength(1);
});

test("a redirect that comes back to itself ends", async () => {
  const { origin, received } = await serve(answer(307, "", { location: "/again" }));
  const { core } = makeCore();
  const over = await end(core, job(webhook(origin, { retry_count: 3 })));
  expect(over).toMatchObject({ outcome: "failed", code: "redirected", attempts: 1 });
  expect(received).toHaveLength(4);
});

test.each(["http://", "http://127.0.0.1:99999/", "//[::"])("a redirect to %s points nowhere", async (location) => {
  const { origin } = await serve(answer(307, "", { location }));
  const { core } = makeCore();
  const over = await end(core, job(webhook(origin)));
  expect(over).toMatchObject({ outcome: "failed", code: "redirected" });
  expect(over.message).toContain("pointed to an address that is none");
});

test("304 and a redirect without an address are statuses like others", async () => {
  const { origin } = await serve([answer(304), answer(307)]);
  const { core } = makeCore();
  expect(await end(core, job(webhook(origin)))).toMatchObject({ code: "http_status", status: 304 });
  expect(await end(core, job(webhook(origin)))).toMatchObject({ code: "http_status", status: 307 });
});

test.each([
  [
    "a block is a block, with its reason",
    json({ decision: "block", reason: "not on Fridays" }),
    { outcome: "blocked", reason: "not on Fridays" },
  ],
  ["one that says allow says nothing", json({ decision: "allow" }), { outcome: "ok" }],
  ["one that is empty says nothing", answer(200), { outcome: "ok" }],
  [
    "one that is no JSON by its type says nothing",
    answer(200, '{"decision":"block"}', { "content-type": "text/html" }),
    { outcome: "ok" },
  ],
  ["one without a type is read", answer(200, '{"decision":"block","reason":"r"}'), { outcome: "blocked", reason: "r" }],
  ["one of plain words says nothing", answer(200, "ok", { "content-type": "text/plain" }), { outcome: "ok" }],
  [
    "one with a byte order mark is read",
    answer(200, '\ufeff{"decision":"block","reason":"r"}'),
    { outcome: "blocked" },
  ],
  [
    "one that is cut JSON cannot be followed",
    answer(200, '{"decision":', { "content-type": "application/json" }),
    { outcome: "failed", code: "bad_answer" },
  ],
  [
    "one that is compressed cannot be followed",
    answer(200, "\x1f\x8b\x08", { "content-encoding": "gzip" }),
    { outcome: "failed", code: "bad_answer" },
  ],
  [
    "one that says something else cannot be followed",
    json({ decision: "perhaps" }),
    { outcome: "failed", code: "bad_answer" },
  ],
  [
    "one with a status of failure is none, whatever is in it",
    json({ decision: "allow" }, 500),
    { outcome: "failed", code: "http_status" },
  ],
] as const)("an answer: %s", async (_, step, wanted) => {
  const { origin } = await serve(step);
  const { core } = makeCore();
  expect(await end(core, job(gate(origin)))).toMatchObject(wanted);
});

test("an observer cannot block", async () => {
  const { origin } = await serve(json({ decision: "block", reason: "no" }));
  const { core } = makeCore();
  const over = await end(core, job(webhook(origin)));
  expect(over).toMatchObject({ outcome: "ok" });
  expect(over).not.toHaveProperty("reason");
});

test.each([
  ["http://198.51.100.7/hook", "insecure_url"],
  ["http://localhost.example.com/hook", "insecure_url"],
  ["http://127.0.0.1.example.com/hook", "insecure_url"],
  ["ftp://127.0.0.1/hook", "insecure_url"],
  ["file:///etc/passwd", "insecure_url"],
  ["http://ada:secret@127.0.0.1/hook", "misconfigured"],
  ["not a url", "misconfigured"],
  ["", "misconfigured"],
])("to %s nothing is sent", async (url, code) => {
  const { core } = makeCore();
  const over = await end(core, job(webhook(url)));
  expect(over).toMatchObject({ outcome: "failed", code });
  expect(over).not.toHaveProperty("attempts");
});

test.each([
  [
    { authorization: "Bearer t-1\r\nx-evil: 1" },
    'its header "authorization" has characters in its value that HTTP cannot send',
  ],
  [{ "x y": "1" }, 'its header "x y" is no name that a header can have'],
  [{ "x\r\nevil": "1" }, 'its header "x\\r\\nevil" is no name that a header can have'],
  [{ "Content-Length": "3" }, 'its header "Content-Length" is written by whoever sends the request'],
  [{ "Webhook-Id": "3" }, 'its header "Webhook-Id" is written by whoever sends the request'],
  [{ "x-name": "Zoë 🙂" }, 'its header "x-name" has characters in its value that HTTP cannot send'],
])("with the headers %j nothing is sent", async (headers, why) => {
  const { origin, connections } = await serve(answer(200));
  const { core } = makeCore();
  const over = await end(core, job(webhook(origin, { headers })));
  expect(over).toMatchObject({ outcome: "failed", code: "misconfigured" });
  expect(over.message).toContain(why);
  expect(over.message).not.toContain("t-1");
  expect(connections()).toBe(0);
});

test("with a secret that is none nothing is sent", async () => {
  const { origin, connections } = await serve(answer(200));
  const { core } = makeCore();
  const over = await end(core, job(webhook(origin, { signing_secret: "hunter2" })));
  expect(over).toMatchObject({ outcome: "failed", code: "misconfigured" });
  expect(over.message).not.toContain("hunter2");
  expect(connections()).toBe(0);
});

test("closing with too small a budget gives up what is at work and what waits", async () => {
  const { origin } = await serve(() => {});
  const { core } = makeCore();
  const over: string[] = [];
  const runs = [webhook(origin), webhook(origin, {}, { ordered: true }), webhook(origin, {}, { ordered: true })];
  core.launch(job(runs), (each) => over.push(`${each.outcome} ${each.code}`));
  expect(await core.close(100)).toEqual({ drained: false, left: 3, dropped: 1 });
  expect(over.sort()).toEqual(["dropped closed", "failed closed", "failed closed"]);
});

test("closing while a retry is waited for gives it up", async () => {
  const { origin } = await serve(answer(503, "", { "retry-after": "10" }));
  const { core } = makeCore();
  const over: (number | undefined)[] = [];
  core.launch(job(webhook(origin, { retry_count: 9 })), (each) => over.push(each.attempts, each.status));
  await expect(core.close(1000)).resolves.toMatchObject({ drained: false, left: 1 });
  expect(over).toEqual([1, 503]);
});
