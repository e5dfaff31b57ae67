import type { AST } from "toml-eslint-parser";

/** A place in a file. Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A key and its value. `at` is where the key stands, or that part of a table's header. */
export interface TomlEntry {
  readonly key: string;
  readonly at: Place;
  readonly value: TomlValue;
}

/** A table, however it was written: under a header, inline or by dotted keys. */
export interface TomlTable {
  readonly kind: "table";
  readonly at: Place;
  /** In file order. A map, because a key may be called `__proto__`. */
  readonly entries: ReadonlyMap<string, TomlEntry>;
}

/** An array, or all the tables of one `[[name]]`. */
export interface TomlArray {
  readonly kind: "array";
  readonly at: Place;
  readonly items: readonly TomlValue[];
}

/** Anything that holds nothing else. Dates are never wanted, so only their text is kept. */
export type TomlScalar =
  | { readonly kind: "string"; readonly at: Place; readonly value: string }
  | { readonly kind: "integer" | "float"; readonly at: Place; readonly value: number }
  | { readonly kind: "boolean"; readonly at: Place; readonly value: boolean }
  | { readonly kind: "date"; readonly at: Place; readonly value: string };

/** A value with its place. */
export type TomlValue = TomlTable | TomlArray | TomlScalar;

/** A file as a tree, or where and why it is none. */
export type ParsedToml =
  | { readonly root: TomlTable }
  | { readonly root?: undefined; readonly at: Place; readonly reason: string };

const START: Place = { line: 1, column: 1 };

/**
 * Parses TOML 1.1, which holds all of 1.0, into values that know their places. Never rejects.
 *
 * The parser is loaded here and not before: a dispatcher without a configuration file does not need it.
 */
export async function parseToml(text: string): Promise<ParsedToml> {
  const { parseTOML, ParseError } = await import("toml-eslint-parser");
  try {
    return { root: treeOf(parseTOML(text, { tomlVersion: "1.1" })) };
  } catch (error) {
    if (error instanceof ParseError) {
      return { at: { line: error.lineNumber, column: error.column + 1 }, reason: error.message };
    }
    // The parser is recursive, and hands a string's characters over as arguments: both end in a RangeError.
    if (error instanceof RangeError) {
      return {
        at: START,
        reason: "Something in it is nested too deeply, or one string is longer than 100,000 characters",
      };
    }
    return { at: START, reason: `The parser failed: ${String(error)}` };
  }
}

// Tables and arrays as they grow; outside this file they are only read.
interface GrowingTable extends TomlTable {
  readonly entries: Map<string, TomlEntry>;
}
interface GrowingArray extends TomlArray {
  readonly items: TomlValue[];
}

function treeOf(program: AST.TOMLProgram): TomlTable {
  const root = newTable(START);
  for (const node of program.body[0].body) {
    if (node.type === "TOMLKeyValue") addPair(root, node);
    else addTable(root, node);
  }
  return root;
}

function addTable(root: GrowingTable, node: AST.TOMLTable): void {
  const table = open(root, node);
  for (const pair of node.body) addPair(table, pair);
}

/**
 * The table that a header opens, made with everything above it that is not there yet. The parser has resolved the header to
 * keys and, for arrays of tables, indexes; and it has refused every header that clashes with what is there.
 */
function open(root: GrowingTable, node: AST.TOMLTable): GrowingTable {
  const names = node.key.keys.map(placeOf);
  let here: GrowingTable | GrowingArray = root;
  let depth = 0;
  for (const [index, step] of node.resolvedKey.entries()) {
    const inArray = typeof step === "number";
    const at: Place = inArray ? placeOf(node) : (names[depth++] ?? placeOf(node));
    const make = typeof node.resolvedKey[index + 1] === "number" ? newArray : newTable;
    here = inArray ? itemOf(here as GrowingArray, step, at, make) : entryOf(here as GrowingTable, step, at, make);
  }
  return here as GrowingTable;
}

type Make = (at: Place) => GrowingTable | GrowingArray;

function entryOf(table: GrowingTable, key: string, at: Place, make: Make): GrowingTable | GrowingArray {
  const there = table.entries.get(key);
  if (there) return there.value as GrowingTable | GrowingArray;
  const value = make(at);
  table.entries.set(key, { key, at, value });
  return value;
}

function itemOf(array: GrowingArray, index: number, at: Place, make: Make): GrowingTable | GrowingArray {
  const there = array.items[index];
  if (there) return there as GrowingTable | GrowingArray;
  const value = make(at);
  array.items[index] = value;
  return value;
}

function addPair(table: GrowingTable, pair: AST.TOMLKeyValue): void {
  let here = table;
  const last = pair.key.keys.length - 1;
  for (const [index, name] of pair.key.keys.entries()) {
    const key = name.type === "TOMLBare" ? name.name : name.value;
    const at = placeOf(name);
    if (index === last) here.entries.set(key, { key, at, value: readValue(pair.value) });
    else here = entryOf(here, key, at, newTable) as GrowingTable;
  }
}

function readValue(node: AST.TOMLContentNode): TomlValue {
  if (node.type === "TOMLArray") return { kind: "array", at: placeOf(node), items: node.elements.map(readValue) };
  if (node.type === "TOMLValue") return scalarOf(node);
  const table = newTable(placeOf(node));
  for (const pair of node.body) addPair(table, pair);
  return table;
}

function scalarOf(node: AST.TOMLValue): TomlScalar {
  const at = placeOf(node);
  switch (node.kind) {
    case "string":
      return { kind: "string", at, value: node.value };
    case "integer":
    case "float":
      return { kind: node.kind, at, value: node.value };
    case "boolean":
      return { kind: "boolean", at, value: node.value };
    default:
      return { kind: "date", at, value: node.datetime };
  }
}

function newTable(at: Place): GrowingTable {
  return { kind: "table", at, entries: new Map() };
}

function newArray(at: Place): GrowingArray {
  return { kind: "array", at, items: [] };
}

function placeOf(node: AST.TOMLNode): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
