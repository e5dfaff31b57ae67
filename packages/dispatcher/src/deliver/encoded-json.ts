import type { ByteSink } from "../contracts.ts";
import { writeEscaped } from "./escape/escape.ts";
import { type JsonPieces, jsonOf, LONG_TEXT, piecesOf } from "./json-pieces.ts";

/**
 * To look through a small object costs a good part of what it costs to encode it. So after this many objects without a long text nobody
 * looks, until one comes along whose JSON is large. That one costs the usual; those after it are looked through again.
 */
const WATCHFUL_FOR = 1024;

/** Length from which JSON is large: long texts that are shorter are hardly worth the looking. */
const LARGE_JSON: number = 4 * LONG_TEXT;

/** How many more objects are looked at. */
let watchful: number = WATCHFUL_FOR;

/**
 * What `JSON.stringify(value)` gives, to be had as text or as bytes. It is encoded when it is made, so `value` may be changed afterwards.
 * Only long texts are kept as they are and escaped when somebody wants them: as bytes that costs a fraction, as text the usual.
 */
export class EncodedJson {
  readonly #pieces: string | JsonPieces;
  #json: string | undefined;

  /** @throws what `JSON.stringify` throws, or a TypeError when it gives nothing */
  constructor(value: object) {
    this.#pieces = watchful > 0 ? piecesOf(value) : jsonOf(value);
    if (typeof this.#pieces !== "string" || this.#pieces.length >= LARGE_JSON) watchful = WATCHFUL_FOR;
    else if (watchful > 0) watchful--;
  }

  /** As text: made when it is first asked for. */
  get json(): string {
    if (typeof this.#pieces === "string") return this.#pieces;
    this.#json ??= joined(this.#pieces);
    return this.#json;
  }

  /** Hands the sink all of it, in order. */
  writeTo(sink: ByteSink): void {
    if (typeof this.#pieces === "string") sink.text(this.#pieces);
    else writePieces(this.#pieces, sink);
  }
}

function writePieces({ json, texts }: JsonPieces, sink: ByteSink): void {
  json.forEach((piece, at) => {
    sink.text(piece);
    const text = texts[at];
    if (text !== undefined) writeEscaped(text, sink);
  });
}

function joined({ json, texts }: JsonPieces): string {
  return json.map((piece, at) => piece + escaped(texts[at])).join("");
}

function escaped(text: string | undefined): string {
  return text === undefined ? "" : JSON.stringify(text).slice(1, -1);
}
