/** Runs the vectors of `conformance/runners/webhook`: hooks.toml, a dispatcher and a real server. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentContext, EventInput } from "@xcodex/hooks-dispatcher";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { type Received, type Step, serve, type TestServer } from "../launcher/webhook/servers.ts";
import { dispatcherFor, makeHome } from "./homes.ts";

interface Behaviour {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly spaces?: number;
  readonly announces?: number;
  readonly hangs?: true;
  readonly hangs_up?: true;
}

interface Vector {
  readonly description: string;
  readonly files: Readonly<Record<string, string>>;
  readonly server: readonly Behaviour[];
  readonly env?: Record<string, string>;
  readonly context?: AgentContext;
  readonly events: readonly EventInput[];
  readonly expect: {
    readonly ends: readonly (readonly { readonly message?: string }[])[];
    readonly decisions?: readonly string[];
    readonly requests?: readonly { readonly body?: unknown }[];
  };
}

const CONFORMANCE = join(import.meta.dirname, "..", "..", "..", "..", "conformance");
const FOLDER = join(CONFORMANCE, "runners", "webhook");
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const valid = new Ajv().compile(read(join(CONFORMANCE, "schemas", "runners.schema.json")));

/** What a vector says of one request, done. */
function stepOf(behaviour: Behaviour, other: string): Step {
  const { status = 200, json, spaces = 0, announces, hangs, hangs_up } = behaviour;
  const text = json === undefined ? (behaviour.text ?? " ".repeat(spaces)) : JSON.stringify(json);
  return (response) => {
    response.on("error", () => {});
    if (hangs) return;
    if (hangs_up) return void response.destroy();
    if (json !== undefined) response.setHeader("content-type", "application/json");
    if (announces !== undefined) response.setHeader("content-length", announces);
    for (const [name, value] of Object.entries(behaviour.headers ?? {})) {
      response.setHeader(name, value.replace("{{other}}", other));
    }
    response.writeHead(status);
    if (announces === undefined) response.end(text);
    else response.write(text, () => response.destroy());
  };
}

async function play(vector: Vector, inProcess: boolean): Promise<void> {
  const other = await serve(() => {});
  const server = await serve(vector.server.map((behaviour) => stepOf(behaviour, other.origin)));
  const home = makeHome("");
  for (const [file, text] of Object.entries(vector.files))
    home.write(file, text.replaceAll("{{server}}", server.origin));
  const { env = {}, context = {} } = vector;
  const dispatcher = await dispatcherFor(home, { inProcess, env, context });
  expect(dispatcher.config.problems).toEqual([]);
  for (const [at, event] of vector.events.entries()) {
    const { action, reason, replies } = await dispatcher.dispatch(event, { wait: "all" });
    const wanted = vector.expect.ends[at] ?? [];
    expect(replies.map(({ end }) => end)).toMatchObject(wanted.map(({ message: _, ...end }) => end));
    for (const [n, { message = "" }] of wanted.entries())
      expect(replies[n]?.end.message ?? "").toMatch(new RegExp(message));
    const told = vector.expect.decisions?.[at];
    if (told === "continue") expect(action).toBe("continue");
    else if (told !== undefined) expect(reason).toMatch(new RegExp(told, "s"));
  }
  expect(await dispatcher.close(20_000)).toMatchObject({ drained: true, left: 0 });
  if (vector.expect.requests) expect(sentTo(server)).toMatchObject(vector.expect.requests);
  for (const [at, { body }] of (vector.expect.requests ?? []).entries()) {
    if (body !== undefined) expect(sentTo(server)[at]?.body).toEqual(body);
  }
  expect(other.connections()).toBe(0);
}

function sentTo({ received }: TestServer): (Omit<Received, "body"> & { readonly body: unknown })[] {
  return received.map((request) => ({ ...request, body: JSON.parse(request.body) }));
}

for (const inProcess of [true, false]) {
  describe(inProcess ? "webhooks, sent by this process" : "webhooks, sent by the launcher", () => {
    for (const name of readdirSync(FOLDER)) {
      const vector: Vector = read(join(FOLDER, name));
      it(vector.description, async () => {
        expect(valid(vector), JSON.stringify(valid.errors)).toBe(true);
        await play(vector, inProcess);
      });
    }
  });
}
