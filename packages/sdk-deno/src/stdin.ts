import type { Pieces } from "@xcodex/hooks-sdk-core";

const PIECE_BYTES = 65536;

/** Opens stdin; undefined when it is a terminal. */
export function openStdin(): Pieces | undefined {
  return Deno.stdin.isTerminal() ? undefined : new Stdin();
}

class Stdin implements Pieces {
  private reading = false;

  async next(): Promise<Uint8Array | undefined> {
    const piece = new Uint8Array(PIECE_BYTES);
    this.reading = true;
    const length = await Deno.stdin.read(piece);
    this.reading = false;
    return length === null ? undefined : piece.subarray(0, length);
  }

  close(): void {
    // A read that is under way would keep the process alive; nothing else has to be closed.
    if (this.reading) Deno.stdin.close();
  }
}
