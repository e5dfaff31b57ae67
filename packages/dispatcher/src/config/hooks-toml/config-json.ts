/** What config.json says about hooks.toml (seed 003): `{ "hooks": { "enabled": true, "configPath": "./hooks.toml" } }`. */

import { placeAt, placeOfKey } from "../json-places.ts";
import { jsonErrorAt } from "../json-position.ts";
import { nearest } from "../nearest.ts";
import { type Problems, quote } from "../problems.ts";
import { decode, readBytes, reportNotUtf8, TOP } from "../text-file.ts";
import type { Place } from "../toml.ts";

/** A value and where its key stands. */
interface Stated<Value> {
  readonly value: Value;
  readonly at: Place;
}

/** Keys that are absent were not given, or cannot be used. */
export interface ConfigJson {
  readonly enabled?: Stated<boolean>;
  readonly configPath?: Stated<string>;
  /** Whether something in it, or all of it, cannot be used. */
  readonly broken: boolean;
}

const KEYS = ["enabled", "configPath"];
const LOSS = "No hook of hooks.toml runs";
const EXAMPLE = '{ "enabled": true, "configPath": "./hooks.toml" }';

/** Reads config.json. Keys beside `hooks` are other people's. A file that does not exist says nothing. */
export async function readConfigJson(file: string, problems: Problems): Promise<ConfigJson> {
  const { bytes } = await readBytes(file, problems, LOSS);
  const text = bytes && decode(bytes);
  if (bytes !== undefined && text === undefined) reportNotUtf8(bytes, "bad_json", problems, LOSS);
  const json = text === undefined ? undefined : parse(text, problems);
  if (text === undefined || json === undefined) return { broken: problems.all().length > 0 };
  const hooks = hooksOf(json.value, text, problems);
  const said = hooks === undefined ? {} : readKeys(hooks, text, problems);
  return { ...said, broken: problems.all().length > 0 };
}

function parse(text: string, problems: Problems): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const at = placeAt(text, jsonErrorAt(text));
    const where = `line ${at.line}, column ${at.column}`;
    problems.error(
      "bad_json",
      at,
      `Cannot read the configuration: it is not JSON at ${where}. ${LOSS}. Mend that place.`,
    );
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function hooksOf(value: unknown, text: string, problems: Problems): Fields | undefined {
  if (!isObject(value)) {
    problems.error(
      "wrong_type",
      TOP,
      `Cannot use config.json: it is ${describe(value)}. Write { "hooks": ${EXAMPLE} }.`,
    );
    return undefined;
  }
  const hooks = Object.hasOwn(value, "hooks") ? value.hooks : undefined;
  if (hooks === undefined || isObject(hooks)) return hooks;
  const at = placeOfKey(text, ["hooks"]) ?? TOP;
  problems.error("wrong_type", at, `Cannot use hooks: it is ${describe(hooks)}. Write "hooks": ${EXAMPLE}.`);
  return undefined;
}

function readKeys(hooks: Fields, text: string, problems: Problems): Omit<ConfigJson, "broken"> {
  const placeOf = (key: string): Place => placeOfKey(text, ["hooks", key]) ?? TOP;
  for (const key of Object.keys(hooks).filter((name) => !KEYS.includes(name))) {
    const message = `Cannot use ${quote(key)} in hooks: there is no such key. Here are only ${KEYS.join(" and ")}.`;
    problems.error("unknown_key", placeOf(key), message, nearest(key, KEYS));
  }
  const own = (key: string): unknown => (Object.hasOwn(hooks, key) ? hooks[key] : undefined);
  const wrong = (key: string, what: string): void => {
    const message = `Cannot use hooks.${key}: it is ${describe(own(key))}. ${what}.`;
    problems.error("wrong_type", placeOf(key), message);
  };
  const [enabled, path] = [own("enabled"), own("configPath")];
  if (enabled !== undefined && typeof enabled !== "boolean") wrong("enabled", "Give true or false");
  const isPath = typeof path === "string" && path.trim() !== "" && !path.includes("\0");
  if (path !== undefined && !isPath) wrong("configPath", "Give a path, from the folder of config.json");
  return {
    ...(typeof enabled === "boolean" ? { enabled: { value: enabled, at: placeOf("enabled") } } : {}),
    ...(isPath ? { configPath: { value: path, at: placeOf("configPath") } } : {}),
  };
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (typeof value === "string") return `the text ${quote(value)}`;
  if (typeof value === "number") return `the number ${value}`;
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
