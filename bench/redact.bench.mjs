// What looking for secrets costs the agent's own thread, per event, beside JSON.stringify of the same event: what is encoded has to be
// looked through once.
import { readFileSync } from "node:fs";
import { createRedactor } from "../packages/dispatcher/dist/redact/redactor.js";
import { median, printTable } from "./table.mjs";

const REPEAT = 15;
/** How long one measurement takes at least, in milliseconds. */
const LEAST_MS = 20;
/** What an event of 20 KB may cost, in microseconds. */
const LIMIT_US = 500;
const LIMITED = "20 KB";

const SECRETS = [
  `export GITHUB_TOKEN=ghp_${"aB3dE5fG7h".repeat(3)}kL1mN3`,
  'curl -H "Authorization: Bearer abcdef0123456789"',
  '{"password": "correct horse battery"}',
  "https://user:hunter2@example.com/",
];

/** What tool calls are full of: source code, JSON, prose, output of tools. */
const TEXTS = {
  "plain letters": "x".repeat(1_000),
  "source code": read("../packages/dispatcher/src/contracts.ts"),
  JSON: read("../packages/schema/generated/hooks.schema.json"),
  prose: read("../ARCHITECTURE.md"),
};

function read(path) {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

const BASE = {
  schema_version: 1,
  event_id: "0c1d3c9e-5c3f-4d8e-9b1a-1234567890ab",
  timestamp: "2026-01-01T00:00:00.000Z",
  session_id: "f1fffac8-1e57-404c-9f1b-4cdc74e9d638",
  cwd: "/home/dev/project",
  hook_event_name: "PreToolUse",
  xcodex_event_type: "tool-call-started",
  transcript_path: "",
  permission_mode: "default",
  tool_name: "exec_command",
};

/** An event of so many bytes of JSON: a text fills it up. */
function eventOf(bytes, text, secrets) {
  const event = { ...BASE, tool_input: { cmd: "ls", description: secrets.join(" ") } };
  const missing = bytes - JSON.stringify(event).length;
  let filler = text.repeat(Math.ceil(Math.max(0, missing) / text.length)).slice(0, Math.max(0, missing));
  // Quotes and line ends take two bytes in JSON.
  while (JSON.stringify({ ...event, text: filler }).length > bytes && filler !== "") filler = filler.slice(0, -16);
  return { ...event, ...(filler === "" ? {} : { text: filler }) };
}

/** An event of about so many bytes in many small objects. */
function objectsOf(bytes) {
  const { definitions } = JSON.parse(TEXTS.JSON);
  const event = { ...BASE, tool_input: [] };
  const all = Object.values(definitions);
  for (let at = 0; JSON.stringify(event).length < bytes; at += 1) event.tool_input.push(all[at % all.length]);
  return event;
}

/** Microseconds for one call, of at least so many calls as take the least time. */
function time(work) {
  let calls = 1;
  for (;;) {
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) work();
    const took = performance.now() - start;
    if (took >= LEAST_MS) return (took / calls) * 1_000;
    calls = Math.max(calls * 2, Math.ceil((calls * LEAST_MS) / Math.max(took, 0.01)));
  }
}

/** The two beside each other, so that a slow moment of the machine hits both. */
function measure(event) {
  const { redact } = createRedactor({ enabled: true, allow: [], patterns: [] });
  const runs = Array.from({ length: REPEAT }, () => {
    const redacting = time(() => redact(event));
    const encoding = time(() => JSON.stringify(event));
    return { redacting, encoding, ratio: redacting / encoding };
  });
  return Object.fromEntries(
    ["redacting", "encoding", "ratio"].map((key) => [key, median(runs.map((run) => run[key]))]),
  );
}

const us = (value) => `${value.toFixed(value < 100 ? 2 : 0)} µs`;

const SIZES = { "373 B": 373, [LIMITED]: 20_040, "200 KB": 200_040 };
const missed = [];

function row(what, size, event) {
  const { redacting, encoding, ratio } = measure(event);
  if (size === LIMITED && redacting > LIMIT_US) missed.push(what);
  return [`${size}, ${what}`, us(redacting), us(encoding), `${ratio.toFixed(2)}×`];
}

const rows = Object.entries(SIZES).flatMap(([size, bytes]) => [
  ...Object.entries(TEXTS).flatMap(([name, text]) => {
    // A small event has no room for more than itself.
    if (bytes < 1_000 && name !== "plain letters") return [];
    return [
      row(name, size, eventOf(bytes, text, [])),
      row(`${name}, ${SECRETS.length} secrets`, size, eventOf(bytes, text, SECRETS)),
    ];
  }),
  ...(bytes < 1_000 ? [] : [row("small objects", size, objectsOf(bytes))]),
]);

console.log(`Node ${process.version}, median of ${REPEAT} runs\n`);
printTable(["one event", "redacting", "JSON.stringify", "ratio"], rows);
console.log(
  `\n${LIMITED} may cost ${LIMIT_US} µs: ${missed.length === 0 ? "reached" : `missed by ${missed.join("; ")}`}.`,
);
if (missed.length > 0) process.exitCode = 1;
