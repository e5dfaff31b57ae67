import { findWire, WIRES, type WireName } from "@xcodex/hooks-schema";
import type { Limits } from "../contracts.ts";
import { nearest } from "./nearest.ts";
import { describe, type Problems, quote } from "./problems.ts";
import type { TomlEntry, TomlTable, TomlValue } from "./toml.ts";

/** What `[hooks]` says about all hooks. */
export interface Settings {
  readonly limits: Limits;
  /** Wire of hooks written as a list of argv. Default `xcodex`. */
  readonly wire: WireName;
  /** For commands that give no time of their own, in milliseconds. Default 30 000. */
  readonly timeout_ms: number;
  /** Whether code of the user's may run within the agent's process (seed 000). Default false. */
  readonly enable_unsafe_inproc: boolean;
}

/** Limits when nothing is configured (seed 002). */
export const DEFAULT_LIMITS: Limits = { max_stdin_payload_bytes: 16_384, keep_last_n_payloads: 50 };

/** For hooks of every surface that say nothing about it. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Key of `[hooks]` that lets code of the user's run within the agent's process. */
const UNSAFE = "enable_unsafe_inproc";

/** Keys of `[hooks]` that are settings and no events. */
export const SETTINGS: readonly string[] = ["wire", UNSAFE, ...Object.keys(DEFAULT_LIMITS)];

/** Key of `[hooks.command]` that is a setting and no event. */
export const DEFAULT_TIMEOUT = "default_timeout_sec";

/** Reads the settings. One that cannot be used is a problem and has its default. */
export function readSettings(hooks: TomlTable, problems: Problems): Settings {
  return {
    limits: {
      max_stdin_payload_bytes: readLimit("max_stdin_payload_bytes", hooks, problems),
      keep_last_n_payloads: readLimit("keep_last_n_payloads", hooks, problems),
    },
    wire: readOwnWire(hooks, problems),
    timeout_ms: readDefaultTimeout(hooks, problems),
    enable_unsafe_inproc: readFlag(hooks.entries.get(UNSAFE), `hooks.${UNSAFE}`, problems) ?? false,
  };
}

function readLimit(key: keyof Limits, hooks: TomlTable, problems: Problems): number {
  const entry = hooks.entries.get(key);
  if (!entry) return DEFAULT_LIMITS[key];
  const { value } = entry;
  if (value.kind === "integer" && value.value >= 0 && Number.isSafeInteger(value.value)) return value.value;
  const text = `Cannot use hooks.${key}: it is ${describe(value)}, and ${DEFAULT_LIMITS[key]} is used. Give a whole number from 0 up.`;
  problems.error("wrong_type", entry.at, text);
  return DEFAULT_LIMITS[key];
}

function readOwnWire(hooks: TomlTable, problems: Problems): WireName {
  const entry = hooks.entries.get("wire");
  return (entry && readWire(entry, "hooks.wire", problems)) ?? "xcodex";
}

function readDefaultTimeout(hooks: TomlTable, problems: Problems): number {
  const command = hooks.entries.get("command")?.value;
  const entry = command?.kind === "table" ? command.entries.get(DEFAULT_TIMEOUT) : undefined;
  return (entry && readTimeout(entry, "hooks.command", problems)) ?? DEFAULT_TIMEOUT_MS;
}

/** The name of a wire, or undefined after a problem was reported. */
export function readWire({ value }: TomlEntry, path: string, problems: Problems): WireName | undefined {
  const names = WIRES.map((wire) => wire.name);
  if (value.kind !== "string") {
    problems.error(
      "wrong_type",
      value.at,
      `Cannot use ${path}: it is ${describe(value)}. Give one of ${names.join(", ")}.`,
    );
    return undefined;
  }
  const wire = findWire(value.value);
  if (wire) return wire.name;
  const text = `Cannot use ${path}: there is no wire ${quote(value.value)}. Give one of ${names.join(", ")}.`;
  problems.error("unknown_wire", value.at, text, nearest(value.value, names));
  return undefined;
}

/** A boolean; undefined when it is not there or a problem was reported. */
export function readFlag(entry: TomlEntry | undefined, path: string, problems: Problems): boolean | undefined {
  if (!entry) return undefined;
  if (entry.value.kind === "boolean") return entry.value.value;
  problems.error("wrong_type", entry.at, `Cannot use ${path}: it is ${describe(entry.value)}. Give true or false.`);
  return undefined;
}

/** A timer cannot be set further ahead than this: 2³¹−1 milliseconds, some 24 days. */
const MOST_SECONDS = 2_147_483;

/** A time in seconds, as milliseconds; undefined after a problem was reported. */
export function readTimeout({ key, value }: TomlEntry, path: string, problems: Problems): number | undefined {
  const seconds = secondsOf(value);
  if (seconds > 0 && seconds <= MOST_SECONDS) return Math.max(1, Math.round(seconds * 1000));
  const text = `Cannot use ${path}: ${key} is ${describe(value)}. Give seconds above 0, at most ${MOST_SECONDS}, for example 30 or 0.5.`;
  problems.error("bad_timeout", value.at, text);
  return undefined;
}

function secondsOf(value: TomlValue): number {
  return value.kind === "integer" || value.kind === "float" ? value.value : Number.NaN;
}
