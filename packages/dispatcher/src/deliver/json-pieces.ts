import { randomUUID } from "node:crypto";

/**
 * JSON with its long texts taken out: `json[0]`, `texts[0]`, `json[1]` … are the whole. The quotes of the texts are in `json`; what is
 * between them has yet to be escaped.
 */
export interface JsonPieces {
  /** One more than there are texts. */
  readonly json: readonly string[];
  readonly texts: readonly string[];
}

/** A text of so many units of UTF-16 is long. Below, little is gained. */
export const LONG_TEXT = 1024;

/** How deep in objects and arrays long texts are looked for: down to a block of a message of a request in an event. */
const LEVELS = 6;

/** How many objects and arrays are looked into, so that one that goes round in a circle costs little before it is refused. */
const MOST_PLACES = 1024;

/** Stands for a long text. Nobody outside this process can put it into a text. */
const PLACEHOLDER: string = randomUUID();

/**
 * What `JSON.stringify(value)` gives: in pieces where there are long texts in it, else as it is. `value` is not changed, and may be
 * changed afterwards. Long texts are found in plain objects and in arrays; every other kind of object, and whatever has a `toJSON`, is
 * left to `JSON.stringify`. To look for texts is to read them, so a getter is called more than once.
 *
 * @throws what `JSON.stringify` throws, or a TypeError when it gives nothing
 */
export function piecesOf(value: object): string | JsonPieces {
  if (!hasLongText(value, LEVELS, { left: MOST_PLACES })) return jsonOf(value);
  const texts: string[] = [];
  const json = jsonOf(shortened(value, LEVELS, { left: MOST_PLACES, texts })).split(PLACEHOLDER);
  // Pieces stand in the order in which the texts were found. Where there are more, a text had the placeholder in it.
  return json.length === texts.length + 1 ? { json, texts } : jsonOf(value);
}

/**
 * `JSON.stringify`, of something that has JSON.
 *
 * @throws what `JSON.stringify` throws, or a TypeError when it gives nothing
 */
export function jsonOf(value: object): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError("its toJSON gives nothing");
  return json;
}

/** How a search goes. */
interface Search {
  /** How many more objects and arrays are looked into. */
  left: number;
}

/** Every event pays for this one. Object.values() reads all fields at once, which is cheaper than one by one. */
function hasLongText(value: object, levels: number, search: Search): boolean {
  if (--search.left < 0) return false;
  if (Array.isArray(value)) return isAnyLong(value, levels, search);
  return isPlain(value) && isAnyLong(Object.values(value), levels, search);
}

function isAnyLong(fields: readonly unknown[], levels: number, search: Search): boolean {
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at];
    if (typeof field === "string") {
      if (field.length >= LONG_TEXT) return true;
    } else if (typeof field === "object" && field !== null && levels > 0 && hasLongText(field, levels - 1, search)) {
      return true;
    }
  }
  return false;
}

/** Not those without a prototype: they may be what `JSON.rawJSON` makes. */
function isPlain(value: object): value is Record<string, unknown> {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** A search that takes what it finds, in the order in which `JSON.stringify` comes by. */
interface Harvest extends Search {
  readonly texts: string[];
}

/** The object itself where it holds no long text, else a copy with placeholders in their place. */
function shortened(value: object, levels: number, harvest: Harvest): object {
  if (--harvest.left < 0) return value;
  // What says itself how it is encoded has to be asked itself.
  if ("toJSON" in value) return value;
  if (Array.isArray(value)) return shortenedArray(value, levels, harvest);
  return isPlain(value) ? shortenedObject(value, levels, harvest) : value;
}

function shortenedObject(value: Readonly<Record<string, unknown>>, levels: number, harvest: Harvest): object {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const field = value[key];
    const short = shortenedField(field, levels, harvest);
    if (short === field) continue;
    copy ??= { ...value };
    // The key is the copy's own by now, `__proto__` too.
    copy[key] = short;
  }
  return copy ?? value;
}

function shortenedArray(value: readonly unknown[], levels: number, harvest: Harvest): object {
  const copy = Array.from(value, (field) => shortenedField(field, levels, harvest));
  return copy.some((field, at) => field !== value[at]) ? copy : value;
}

function shortenedField(field: unknown, levels: number, harvest: Harvest): unknown {
  if (typeof field === "object" && field !== null && levels > 0) return shortened(field, levels - 1, harvest);
  if (typeof field !== "string" || field.length < LONG_TEXT) return field;
  harvest.texts.push(field);
  return PLACEHOLDER;
}
