/** One payload of a job, shared by its runs: as bytes in memory, and as a file once a run needs one. */
import type { Job, Payload } from "../contracts.ts";
import type { PayloadFile, PayloadFiles } from "./payload-files.ts";

/** A payload that is bytes already, as it arrives in the launcher process. */
export interface PayloadBytes extends Pick<Payload, "envelope"> {
  readonly bytes: Buffer;
}

/** A job whose payloads are bytes. */
export interface JobBytes extends Omit<Job, "payloads"> {
  readonly payloads: readonly PayloadBytes[];
}

/** Encodes the payloads of a job. */
export function jobBytesOf(job: Job): JobBytes {
  const payloads = job.payloads.map((payload) => ({
    bytes: Buffer.from(payload.json, "utf8"),
    ...(payload.envelope === undefined ? {} : { envelope: payload.envelope }),
  }));
  return { ...job, payloads };
}

/** What a run gets. */
export interface Delivered {
  readonly stdin: Buffer;
  readonly delivery: "stdin" | "file";
}

/** A payload and the runs that still need it. */
export interface SharedPayload {
  readonly size: number;
  /** All of it, for who needs it whole whatever its size. */
  readonly bytes: Buffer;
  /** What to put on stdin of a run. Writes the payload file when the payload is too large. Throws when it cannot. */
  readonly deliver: () => Delivered;
  /** A run needs it no more; the last one frees the file. */
  readonly leave: () => void;
}

/**
 * Prepares a payload for `users` runs. The file lives until the last of them is over, those that still wait included; then
 * `freed` is called.
 */
export function sharePayload(
  payload: PayloadBytes,
  eventId: string,
  users: number,
  limit: number,
  files: PayloadFiles,
  freed: () => void,
): SharedPayload {
  const { bytes, envelope } = payload;
  let left = users;
  let file: PayloadFile | undefined;
  let announcement: Buffer | undefined;

  function deliver(): Delivered {
    if (envelope === undefined || bytes.length <= limit) return { stdin: bytes, delivery: "stdin" };
    file ??= files.write(eventId, bytes);
    const { path, bytes: size, sha256 } = envelope.keys;
    announcement ??= Buffer.from(
      JSON.stringify({ ...envelope.head, [path]: file.path, [size]: file.bytes, [sha256]: file.sha256 }),
    );
    return { stdin: announcement, delivery: "file" };
  }

  function leave(): void {
    left -= 1;
    if (left > 0) return;
    file?.release();
    freed();
  }

  return { size: bytes.length, bytes, deliver, leave };
}
