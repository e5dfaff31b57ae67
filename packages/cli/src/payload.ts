import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { jsonErrorAt } from "@xcodex/hooks-dispatcher";
import { CliError, systemReason } from "./errors.ts";
import { printable } from "./ui/printable.ts";

/** A payload: an object, as it came. */
export type PayloadObject = Record<string, unknown>;

/** More than any agent sends, and less than what would make this process a burden. */
export const MAX_PAYLOAD_BYTES: number = 64 * 1024 * 1024;

/** What to do about input that is no payload. */
const GIVE_AN_EVENT = "Give one event as a JSON object.";

/** All of a stream, as text. @throws CliError `input_too_large` */
export async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_PAYLOAD_BYTES) throw tooLarge("the payload");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Parses one payload.
 *
 * @param what how the text is named in errors, for example `the payload`
 * @param advice what errors say to do: for texts that are no event
 * @throws CliError `empty_input`, `not_json` with the place, `not_an_object`
 */
export function parsePayload(text: string, what: string, advice: string = GIVE_AN_EVENT): PayloadObject {
  // Some shells put a byte order mark in front.
  const json = text.replace(/^\uFEFF/, "");
  if (json.trim() === "") {
    throw new CliError("empty_input", `Cannot read ${what}: it is empty. ${advice}`);
  }
  const value = parseJson(json, what, advice);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as PayloadObject;
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  throw new CliError("not_an_object", `Cannot read ${what}: it is ${found}. ${advice}`);
}

function parseJson(json: string, what: string, advice: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // A line feed at the end, as most files and shells have it, is not where something is missing.
    const text = json.trimEnd();
    const at = jsonErrorAt(text);
    const before = text.slice(0, at).split("\n");
    const line = text.includes("\n") ? `line ${before.length} ` : "";
    const where = `${line}column ${(before.at(-1)?.length ?? 0) + 1}`;
    const found =
      at >= text.length ? "it ends too early" : `not JSON from ${JSON.stringify(text.slice(at, at + 20))} on`;
    throw new CliError("not_json", `Cannot read ${what}: ${found}, at ${where}. ${advice}`);
  }
}

/**
 * The event that a payload stands for: itself, or what its `payload_path` names when it is the envelope of a large payload. An
 * agent that has us as its hook sends those, and a gate that took the envelope for the event would let everything pass.
 *
 * @throws CliError `payload_file` when the file is missing, not regular, too large or not the one that was promised
 */
export async function followEnvelope(payload: PayloadObject): Promise<PayloadObject> {
  const get = (name: string): unknown => payload[name] ?? payload[name.replaceAll("_", "-")];
  const path = get("payload_path");
  // An event may have a field of this name; only an envelope has no session.
  if (typeof path !== "string" || get("session_id") !== undefined) return payload;
  const bytes = await readRegular(path);
  const promised = get("payload_sha256");
  if (typeof promised === "string" && createHash("sha256").update(bytes).digest("hex") !== promised.toLowerCase()) {
    throw payloadFile(path, "its hash is not the promised one");
  }
  return parsePayload(bytes.toString("utf8"), `the payload file "${path}"`);
}

/** Reads a regular file: a FIFO or a device in its place would hold us up for ever. */
async function readRegular(path: string): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    throw payloadFile(path, systemReason(error));
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw payloadFile(path, "it is not a regular file");
    if (found.size > MAX_PAYLOAD_BYTES) throw tooLarge(`the payload file "${path}"`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function payloadFile(path: string, state: string): CliError {
  // The path is whatever somebody wrote into a payload: here it may reach a terminal.
  const text = `Cannot read the payload file "${path}": ${state}. Send the event again.`;
  return new CliError("payload_file", printable(text));
}

/** The error for input above `MAX_PAYLOAD_BYTES`. */
export function tooLarge(what: string): CliError {
  const most = `${MAX_PAYLOAD_BYTES / 1024 / 1024} MiB`;
  return new CliError("input_too_large", printable(`Cannot read ${what}: it is larger than ${most}. ${GIVE_AN_EVENT}`));
}
