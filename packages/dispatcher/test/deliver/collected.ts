import type { ByteSink } from "../../dist/contracts.js";

/** A sink that keeps what it is handed. */
export interface Collected extends ByteSink {
  readonly whole: () => Buffer;
  /** Texts it was handed. */
  readonly texts: string[];
  /** How many pieces came as bytes. */
  readonly pieces: () => number;
}

/** A sink that takes a copy of everything, as a sink has to. */
export function collected(): Collected {
  const all: Buffer[] = [];
  const texts: string[] = [];
  return {
    text: (piece) => {
      texts.push(piece);
      all.push(Buffer.from(piece, "utf8"));
    },
    bytes: (piece) => {
      all.push(Buffer.from(piece));
    },
    whole: () => Buffer.concat(all),
    texts,
    pieces: () => all.length - texts.length,
  };
}
