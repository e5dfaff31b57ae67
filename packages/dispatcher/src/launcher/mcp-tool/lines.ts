/** Bytes of a pipe, cut into lines, without holding more of one than is allowed. */

/** Takes one line, without its end. `cut`: it was longer, and the rest of it is not told. */
export type TakeLine = (line: string, cut: boolean) => void;

/** Cuts bytes into lines of UTF-8 text. */
export class Lines {
  readonly #longest: number;
  readonly #take: TakeLine;
  #pieces: Buffer[] = [];
  #size = 0;
  #skipping = false;

  /** @param longest in bytes */
  constructor(longest: number, take: TakeLine) {
    this.#longest = longest;
    this.#take = take;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.#add(chunk.subarray(from, at));
      this.end();
      from = at + 1;
    }
    this.#add(chunk.subarray(from));
  }

  /** What has come since the last line end is a line too. */
  end(): void {
    const text = this.#collect();
    if (!this.#skipping && text !== "") this.#take(text.endsWith("\r") ? text.slice(0, -1) : text, false);
    this.#skipping = false;
  }

  #add(piece: Buffer): void {
    if (piece.length === 0 || this.#skipping) return;
    const room = this.#longest - this.#size;
    this.#pieces.push(piece.subarray(0, room));
    this.#size += Math.min(piece.length, room);
    if (piece.length <= room) return;
    this.#skipping = true;
    this.#take(this.#collect(), true);
  }

  #collect(): string {
    const text = Buffer.concat(this.#pieces, this.#size).toString("utf8");
    this.#pieces = [];
    this.#size = 0;
    return text;
  }
}
