// A server that fails some requests, at random but with a seed, and remembers every delivery. Told what to do, and asked, over IPC.
import { createServer } from "node:http";

/** A random number from 0 to 1, the same ones every time: mulberry32. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

let random = seeded(7);
let task;
const connections = new Set();

/** What is known of one task: every id with how often it went well, and per hook how far it has come. */
function begin({ wanted, fails }) {
  random = seeded(7);
  connections.clear();
  task = { wanted, fails, requests: 0, failed: 0, delivered: new Map(), hooks: new Map(), early: 0, nearly: 0 };
  process.send({ begun: true });
}

/** An event that comes before the one in front of it has been taken has overtaken it. */
function overtakes(hook, n) {
  const last = task.hooks.get(hook);
  task.hooks.set(hook, n === last?.n ? last : { n, done: false });
  return last !== undefined && n !== last.n && (n < last.n || !last.done);
}

function take(request, body, response) {
  const id = request.headers["webhook-id"];
  const hook = request.headers["x-hook"] ?? "";
  const n = Number(/"n":(\d+)/.exec(body)?.[1]);
  task.requests += 1;
  if (overtakes(hook, n)) task.early += 1;
  if (random() < task.fails) {
    task.failed += 1;
    response.writeHead(503).end();
    return;
  }
  task.delivered.set(id, (task.delivered.get(id) ?? 0) + 1);
  const last = task.hooks.get(hook);
  if (last?.n === n) last.done = true;
  response.writeHead(200).end();
  if (task.delivered.size === Math.ceil(0.99 * task.wanted)) task.nearly = Date.now();
  if (task.delivered.size === task.wanted) process.send({ done: result() });
}

function result() {
  const { requests, failed, delivered, early, nearly } = task;
  const twice = [...delivered.values()].filter((times) => times > 1).length;
  return { requests, failed, delivered: delivered.size, twice, early, nearly, connections: connections.size };
}

const server = createServer((request, response) => {
  const chunks = [];
  connections.add(request.socket);
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => take(request, Buffer.concat(chunks).toString("latin1"), response));
});
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("message", (message) => {
  if (message.begin) begin(message.begin);
  if (message.ask) process.send({ done: result() });
});
