/** How stdin is read. */
export interface ReadOptions {
  /** How long the input may take to end, in milliseconds. Default 30000; `Infinity` waits for ever. */
  readonly timeoutMs?: number;
  /** The longest input, in bytes; of a host the longest line. Default 64 MiB. */
  readonly maxBytes?: number;
  /** The longest payload file, in bytes. Default 64 MiB. */
  readonly maxPayloadFileBytes?: number;
}

const MIB = 1024 * 1024;

/** The options with every default filled in. */
export function withDefaults(options: ReadOptions): Required<ReadOptions> {
  return {
    timeoutMs: options.timeoutMs ?? 30_000,
    maxBytes: options.maxBytes ?? 64 * MIB,
    maxPayloadFileBytes: options.maxPayloadFileBytes ?? 64 * MIB,
  };
}
