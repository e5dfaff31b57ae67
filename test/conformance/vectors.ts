import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";

/** Where the vectors are. */
export const CONFORMANCE: string = fileURLToPath(new URL("../../conformance/", import.meta.url));

/** A vector and where it comes from. */
export interface Vector<T> {
  /** Path below `conformance/`, for the name of its test. */
  readonly name: string;
  readonly vector: T;
}

const ajv = new Ajv({ allErrors: true, strictTuples: false });

/** All vectors of a folder, each checked against its schema before anything else happens. */
export function loadVectors<T>(folder: string, schema: string): readonly Vector<T>[] {
  const valid = ajv.compile(JSON.parse(readFileSync(join(CONFORMANCE, "schemas", `${schema}.schema.json`), "utf8")));
  return filesBelow(join(CONFORMANCE, folder)).map((file) => {
    const name = relative(CONFORMANCE, file);
    const vector: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!valid(vector)) throw new Error(`Cannot use vector ${name}: ${ajv.errorsText(valid.errors)}. Mend it.`);
    return { name, vector: vector as T };
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .filter((entry) => folder.endsWith("captures") === entry.name.endsWith(".expected.json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** What `{"$name": argument}` in a vector stands for. */
export type Generators = Readonly<Record<string, (argument: unknown) => unknown>>;

const REPEAT: Generators = {
  $repeat: (argument) => {
    const [text, times] = argument as [string, number];
    return text.repeat(times);
  },
};

/** A vector's value with everything generated that it only describes. No driver ever sees a generator. */
export function expand<T>(value: T, generators: Generators = {}): T {
  return expandValue(value, { ...REPEAT, ...generators }) as T;
}

function expandValue(value: unknown, generators: Generators): unknown {
  if (Array.isArray(value)) return value.map((item) => expandValue(item, generators));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  const generate = first && entries.length === 1 ? generators[first[0]] : undefined;
  if (first && generate) return generate(first[1]);
  return Object.fromEntries(entries.map(([key, item]) => [key, expandValue(item, generators)]));
}

/** A text of a vector: one piece, or several to be put together. */
export function textOf(text: unknown): string {
  const parts = expand(text);
  return Array.isArray(parts) ? parts.join("") : String(parts);
}
