import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExpectedEvent } from "./compare.ts";
import type { DriverRequest } from "./driver.ts";
import { type FileSpec, makeFiles } from "./files.ts";
import { CONFORMANCE, expand, loadVectors, textOf, type Vector } from "./vectors.ts";

/** What is put into a reader, in one of three spellings. */
export interface Inputs {
  /** Defects of the original that the vector would find. */
  readonly covers?: readonly string[];
  readonly input?: unknown;
  readonly input_text?: unknown;
  readonly input_base64?: string;
  /** Whether halves of surrogate pairs are in it, which some languages cannot hold. */
  readonly lone_surrogates?: true;
}

/** A payload that is an event, whatever its shape. */
export interface EventVector extends Inputs {
  readonly expect: ExpectedEvent;
}

/** An input that is none. */
export interface BadVector extends Inputs {
  readonly expect: { readonly error: { readonly code: string } };
}

/** An envelope, the files around it, and what comes of it. */
export interface EnvelopeVector extends Inputs {
  readonly files?: Record<string, FileSpec>;
  readonly options?: unknown;
  readonly expect: ExpectedEvent | BadVector["expect"];
}

/** A hook as a process, what it is fed and how it ends. */
export interface HostVector extends Inputs {
  readonly start: "serve" | "run";
  readonly replies?: boolean;
  readonly files?: Record<string, FileSpec>;
  readonly lines?: readonly unknown[];
  readonly hook?: unknown;
  readonly expect: {
    readonly exit_code: number;
    readonly events: readonly ExpectedEvent[];
    readonly dropped: readonly unknown[];
    readonly replies: readonly unknown[];
    readonly stderr_includes: readonly string[];
  };
}

/** One line of a captured session. */
export interface CapturedLine {
  /** Name of its test and id of its request. */
  readonly name: string;
  readonly payload: unknown;
  readonly expect: ExpectedEvent;
}

/** A captured session and what is said about its lines. */
export interface Capture extends Vector<readonly { readonly line: number; readonly expect: ExpectedEvent }[]> {
  readonly lines: readonly string[];
}

export const events: readonly Vector<EventVector>[] = loadVectors("events", "event");
export const bad: readonly Vector<BadVector>[] = loadVectors("events-bad", "event-bad");
export const envelopes: readonly Vector<EnvelopeVector>[] = loadVectors("envelopes", "envelope");
export const hosts: readonly Vector<HostVector>[] = loadVectors("hosts", "host");
export const captures: readonly Capture[] = loadVectors<Capture["vector"]>("captures", "capture").map((capture) => ({
  ...capture,
  lines: readFileSync(join(CONFORMANCE, capture.name.replace(".expected.json", ".jsonl")), "utf8")
    .split("\n")
    .filter(Boolean),
}));

/** An input on which a process has to fail, and with which code. */
export interface BadInput {
  readonly name: string;
  /** What the process reads on stdin. Makes the files that it speaks of. */
  readonly feed: () => string | Uint8Array;
  readonly code: string;
}

/** Everything that a process refuses. An envelope where a payload should be is not among it: a process follows envelopes. */
export const badInputs: readonly BadInput[] = [
  ...bad
    .filter(({ vector }) => vector.expect.error.code !== "unexpected_envelope")
    .map(({ name, vector }) => ({ name, code: vector.expect.error.code, feed: () => bytesOf(inputOf(vector)) })),
  ...envelopes
    .filter(({ vector }) => "error" in vector.expect && vector.options === undefined)
    .map((found) => ({
      name: found.name,
      code: (found.vector.expect as BadVector["expect"]).error.code,
      feed: () => bytesOf(envelopeRequest(found)),
    })),
];

function bytesOf({ input, input_base64 }: Pick<DriverRequest, "input" | "input_base64">): string | Uint8Array {
  return input ?? Buffer.from(input_base64 ?? "", "base64");
}

/** Every line of every capture. */
export const captured: readonly CapturedLine[] = captures.flatMap(({ name, vector, lines }) =>
  vector.map(({ line, expect }) => ({
    name: `${name}:${line}`,
    payload: (JSON.parse(lines[line - 1] ?? "null") as { stdin: unknown } | null)?.stdin,
    expect,
  })),
);

/** The input of a vector as a driver gets it. */
export function inputOf(vector: Inputs): Pick<DriverRequest, "input" | "input_base64"> {
  if (vector.input_base64 !== undefined) return { input_base64: vector.input_base64 };
  return { input: vector.input_text === undefined ? JSON.stringify(expand(vector.input)) : textOf(vector.input_text) };
}

/** Everything that is asked of a driver without starting it as a hook. Files are made anew for every call. */
export function requests(): readonly DriverRequest[] {
  return [
    ...[...events, ...bad].map(({ name, vector }): DriverRequest => ({ id: name, kind: "event", ...inputOf(vector) })),
    ...envelopes.map(envelopeRequest),
    ...captured.map(
      ({ name, payload }): DriverRequest => ({ id: name, kind: "event", input: JSON.stringify(payload) }),
    ),
  ];
}

function envelopeRequest({ name, vector }: Vector<EnvelopeVector>): DriverRequest {
  const generators = makeFiles(vector.files);
  const options = expand(vector.options ?? {}, generators);
  return { id: name, kind: "envelope", input: JSON.stringify(expand(vector.input, generators)), options };
}

/** What a host's vector feeds to the process. */
export function hostInput(vector: HostVector): string {
  if (!vector.lines) return textOf(vector.input_text);
  const generators = makeFiles(vector.files);
  return vector.lines
    .map((line) => `${typeof line === "string" ? line : JSON.stringify(expand(line, generators))}\n`)
    .join("");
}
