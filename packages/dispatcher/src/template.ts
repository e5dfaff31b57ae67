/**
 * `${NAME}` in texts of a configuration (seed 003): what stands for it comes from the environment, so that secrets need not stand in a
 * file. Whoever reads a configuration checks that everything is there; whoever delivers fills it in. `$${` is a plain `${`.
 */
import type { Templates } from "./contracts.ts";

/** Values by the name of a variable. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A variable that nothing stands for. */
export interface Missing {
  readonly name: string;
  /** `unset`: nobody gave it. `circular`: it is made of itself. `too_long`: longer than any environment can hold. */
  readonly why: "unset" | "circular" | "too_long";
}

/** A text with its variables filled in. What is missing stands for nothing. */
export interface Filled {
  readonly text: string;
  readonly missing: readonly Missing[];
}

/** One linear pass: an escaped dollar, a variable, or an opening that is none. */
const PLACES = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{([^}]{0,40})/g;

/** Whether a text holds a `${` that no variable follows. */
export function malformedIn(text: string): string | undefined {
  for (const [, name, rest] of text.matchAll(PLACES)) if (name === undefined && rest !== undefined) return rest;
  return undefined;
}

/** Fills a text in. */
export function fill(text: string, variables: Variables): Filled {
  return fillWith(text, (name) => {
    const value = lookUp(variables, name);
    return value === undefined ? { missing: [{ name, why: "unset" }] } : { value };
  });
}

/**
 * Fills in variables that may be made of each other. A variable that names itself means the one outside (`API_KEY = "${API_KEY}"`, seed
 * 003); one that comes back to itself by way of another is circular.
 *
 * @param outside what counts where the table has no such variable
 */
export function fillTable(table: Templates, outside: Variables): Readonly<Record<string, Filled>> {
  return Object.fromEntries(Object.keys(table).map((key) => [key, entryOf(table, key, outside, [])]));
}

/** What the texts of a hook are filled in from: its own environment first, then the one outside. */
export function variablesOf(table: Templates | undefined, outside: Variables): Variables {
  if (table === undefined) return outside;
  const own = Object.entries(fillTable(table, outside)).map(([key, { text }]) => [key, text] as const);
  return { ...outside, ...Object.fromEntries(own) };
}

/** Variables that are made of each other could otherwise grow without end. */
const LONGEST_VALUE: number = 64 * 1024;

type Found = { readonly value: string } | { readonly missing: readonly Missing[] };

function fillWith(text: string, find: (name: string) => Found): Filled {
  const missing: Missing[] = [];
  const filled = text.replace(PLACES, (whole, name: string | undefined) => {
    if (name === undefined) return whole === "$${" ? "${" : whole;
    const found = find(name);
    if ("value" in found) return found.value;
    missing.push(...found.missing);
    return "";
  });
  return { text: filled, missing };
}

function entryOf(table: Templates, key: string, outside: Variables, above: readonly string[]): Filled {
  const path = [...above, key];
  return fillWith(table[key] ?? "", (name) => {
    if (name !== key && path.includes(name)) return { missing: [{ name, why: "circular" }] };
    if (name !== key && Object.hasOwn(table, name)) {
      const { text, missing } = entryOf(table, name, outside, path);
      if (missing.length > 0) return { missing };
      return text.length > LONGEST_VALUE ? { missing: [{ name, why: "too_long" }] } : { value: text };
    }
    const value = lookUp(outside, name);
    return value === undefined ? { missing: [{ name, why: "unset" }] } : { value };
  });
}

function lookUp(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) || variables === process.env ? variables[name] : undefined;
}
