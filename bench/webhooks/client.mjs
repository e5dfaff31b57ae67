// The limit: the HTTP client alone. Sends the same number of requests over as many connections, with bodies that are there already.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";

const { Agent } = createRequire(new URL("../../packages/dispatcher/package.json", import.meta.url))("undici");
const CONNECTIONS = 16;

const [, , origin, count, bytes] = process.argv;
const agent = new Agent({ connections: CONNECTIONS });
const body = Buffer.alloc(Number(bytes), "x");
let left = Number(count);

async function send() {
  while (left > 0) {
    left -= 1;
    const headers = { "content-type": "application/json", "webhook-id": randomUUID() };
    const answer = await agent.request({ origin, path: "/", method: "POST", headers, body });
    await answer.body.dump();
  }
}

const started = performance.now();
await Promise.all(Array.from({ length: CONNECTIONS }, send));
console.log(JSON.stringify({ ms: performance.now() - started }));
await agent.close();
