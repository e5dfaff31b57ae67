import { isDeepStrictEqual } from "node:util";
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from "toml-eslint-parser";

/** A table of a snippet that a file has already, but not as the snippet has it. */
export interface Different {
  /** `[hooks.host]`. */
  readonly table: string;
  /** What the snippet has. */
  readonly source: string;
}

/** What adding a snippet to a TOML file comes to. `there` names what the file had already: `hooks.inproc`, `[hooks.host]`. */
export type Addition =
  | {
      readonly kind: "add";
      readonly text: string;
      readonly there: readonly string[];
      readonly different: readonly Different[];
    }
  /** All of it is there already. */
  | { readonly kind: "skip"; readonly there: readonly string[]; readonly different: readonly Different[] }
  /** It cannot be added without rewriting what the user wrote, or against what the user wrote. */
  | { readonly kind: "refuse"; readonly why: string };

/** Values of a TOML file. */
type Table = { readonly [key: string]: unknown };

/** A key of a snippet's own table, for example `hooks.inproc`. */
interface SnippetKey {
  readonly path: readonly [table: string, key: string];
  /** The key and its value, as they stand in the snippet. */
  readonly source: string;
  readonly value: unknown;
  /** What the items are, when the value is an array: items that a file lacks are added to the file's. */
  readonly items: readonly string[] | undefined;
}

/** A table below that, with everything in it: `[hooks.command]` and each `[[hooks.command.…]]`. */
interface SnippetTable {
  readonly path: readonly [table: string, key: string];
  readonly source: string;
  readonly value: unknown;
}

/** A file while it is added to: its text, and the values that this text has to have. */
interface Draft {
  readonly text: string;
  readonly values: Table;
}

/**
 * Adds a snippet to a TOML file. Tables go to its end; keys of a table that is there already, below its header. Everything that is
 * there stays as it is, byte for byte, but for arrays, which get the snippet's items behind their own.
 *
 * @param text the file; may begin with a byte order mark
 * @param snippet TOML whose keys are those of one table, and tables right below that
 * @throws ParseError when the file is not TOML, RangeError when it is nested too deeply
 */
export function addToToml(text: string, snippet: string): Addition {
  const { keys, head, tables } = readSnippet(snippet);
  const old: Draft = { text, values: valuesOf(text) };
  const why = [...keys.map((key) => keyInTheWay(old.values, key)), ...tables.map((one) => inTheWay(old.values, one))];
  const refused = why.find((reason) => reason !== undefined);
  if (refused !== undefined) return { kind: "refuse", why: refused };

  const isThere = ({ path }: SnippetTable): boolean => at(old.values, path) !== undefined;
  const known = tables.filter(isThere);
  const there = [
    ...keys.filter((key) => holds(old.values, key)).map(({ path }) => path.join(".")),
    ...known.map(nameOf),
  ];
  const different = known
    .filter(({ path, value }) => !isDeepStrictEqual(at(old.values, path), value))
    .map((table) => ({ table: nameOf(table), source: table.source }));
  if (there.length === keys.length + tables.length) return { kind: "skip", there, different };

  const lacked = keys.filter((key) => !holds(old.values, key));
  const draft = tables.filter((one) => !isThere(one)).reduce(addTable, addKeys(lacked, head, old));
  if (hasValues(draft)) return { kind: "add", text: draft.text, there, different };
  const name = (keys[0] ?? tables[0])?.path[0];
  return { kind: "refuse", why: `[${name}] is written as an inline table or a value, which cannot be added to` };
}

function nameOf({ path }: SnippetTable): string {
  return `[${path.join(".")}]`;
}

// ---------------------------------------------------------------------------------------------- the snippet

interface Snippet {
  readonly keys: readonly SnippetKey[];
  /** The keys below their header, with their comments; "" without keys. */
  readonly head: string;
  readonly tables: readonly SnippetTable[];
}

function readSnippet(snippet: string): Snippet {
  const values = valuesOf(snippet);
  const nodes = parse(snippet).body[0].body.filter((node) => node.type === "TOMLTable");
  const first = nodes.filter(
    (node, index) => index === 0 || !isDeepStrictEqual(pathOf(node), pathOf(nodes[index - 1])),
  );
  const starts = first.map((node, index) => (index === 0 ? 0 : withComments(snippet, node.range[0])));
  const parts = first.map((node, index) => {
    const source = snippet.slice(starts[index], starts[index + 1]).trimEnd();
    return { node, path: pathOf(node), source };
  });
  const head = parts.find(({ path }) => path.length === 1);
  return {
    keys: head ? keysOf(head.node, snippet, values) : [],
    head: head?.source ?? "",
    tables: parts.flatMap(({ path: [table = "", key], source }) => {
      return key === undefined ? [] : [{ path: [table, key], source, value: at(values, [table, key]) }];
    }),
  };
}

/** Where the comment lines begin that stand right above a place. */
function withComments(text: string, offset: number): number {
  const above = /(?:(?<=^|\n)[ \t]*#.*\n)+$/.exec(text.slice(0, offset));
  return above?.index ?? offset;
}

/** The table of a snippet that something belongs to: `hooks.command` for `[[hooks.command.Stop.hooks]]`. */
function pathOf(table: AST.TOMLTable | undefined): readonly string[] {
  return table?.resolvedKey.slice(0, 2).map(String) ?? [];
}

function keysOf(table: AST.TOMLTable, snippet: string, values: Table): readonly SnippetKey[] {
  return table.body.map((node) => {
    const path = [String(table.resolvedKey[0]), namesOf(node.key)[0] ?? ""] as const;
    const { value } = node;
    return {
      path,
      source: snippet.slice(...node.range),
      value: at(values, path),
      items: value.type === "TOMLArray" ? value.elements.map(({ range }) => snippet.slice(...range)) : undefined,
    };
  });
}

// ---------------------------------------------------------------------------------------------- what is there

/** What keeps something from standing at a path: a value where a table has to be. */
function inTheWay(values: Table, { path }: Pick<SnippetTable, "path">): string | undefined {
  const above = values[path[0]];
  if (above === undefined) return undefined;
  if (!isTable(above)) return `"${path[0]}" is not a table there`;
  const there = above[path[1]];
  return there === undefined || isTable(there) ? undefined : `"${path.join(".")}" is not a table there`;
}

/** What the user wrote under a key stands: nobody switches anything on that was switched off by hand. */
function keyInTheWay(values: Table, { path, value, items }: SnippetKey): string | undefined {
  const above = values[path[0]];
  if (above === undefined) return undefined;
  if (!isTable(above)) return `"${path[0]}" is not a table there`;
  const there = above[path[1]];
  if (there === undefined || isDeepStrictEqual(there, value)) return undefined;
  if (!items) return `"${path.join(".")}" is ${shown(there)} there, and this needs ${shown(value)}`;
  return Array.isArray(there) ? undefined : `"${path.join(".")}" is ${shown(there)} there, and has to be a list`;
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object") return Array.isArray(value) ? "a list" : isTable(value) ? "a table" : "a date";
  return String(value);
}

/** Whether a file says all that a key of the snippet says. */
function holds(values: Table, { path, value }: SnippetKey): boolean {
  const there = at(values, path);
  return lacking(there, value).length === 0 && there !== undefined;
}

/** The places of the items that a value lacks; of anything else, whether it is another. */
function lacking(there: unknown, value: unknown): readonly number[] {
  if (!Array.isArray(value)) return isDeepStrictEqual(there, value) ? [] : [0];
  const own: readonly unknown[] = Array.isArray(there) ? there : [];
  return [...value.keys()].filter((index) => !own.some((item) => isDeepStrictEqual(item, value[index])));
}

// ---------------------------------------------------------------------------------------------- adding

function addKeys(keys: readonly SnippetKey[], head: string, draft: Draft): Draft {
  const isNew = ({ path }: SnippetKey): boolean => at(draft.values, path) === undefined;
  const withItems = keys.filter((key) => !isNew(key)).reduce(addItems, draft);
  const added = keys.filter(isNew);
  if (added.length === 0) return withItems;
  const values = added.reduce((all, { path, value }) => withValue(all, path, value), withItems.values);
  return { text: insertKeys(added, head, withItems.text), values };
}

/** Adds what a file's array lacks right behind its last item, so that commas and comments behind it stay right. */
function addItems({ text, values }: Draft, { path, value, items = [] }: SnippetKey): Draft {
  const array = nodeAt(parse(text).body[0], path);
  if (array?.type !== "TOMLArray") return { text, values };
  const old = at(values, path) as readonly unknown[];
  const wanted = lacking(old, value);
  const last = array.elements.at(-1);
  const list = wanted.map((index) => items[index]).join(", ");
  const where = last ? last.range[1] : array.range[0] + 1;
  return {
    text: insert(text, where, last ? `, ${list}` : list),
    values: withValue(values, path, [...old, ...wanted.map((index) => (value as readonly unknown[])[index])]),
  };
}

/**
 * Keys of a table stand below its header. Where the file has none: beside the dotted keys that make the table, which TOML allows
 * no header after; else below a header at the end.
 */
function insertKeys(keys: readonly SnippetKey[], head: string, text: string): string {
  const name = keys[0]?.path[0] ?? "";
  const { body } = parse(text).body[0];
  const header = body.find((node) => node.type === "TOMLTable" && isDeepStrictEqual(node.resolvedKey, [name]));
  if (header?.type === "TOMLTable") return insertBelow(text, header.key.range[1], sourcesOf(keys));
  const dotted = body.filter((node) => node.type === "TOMLKeyValue" && namesOf(node.key)[0] === name).at(-1);
  if (dotted) return insertBelow(text, dotted.range[1], sourcesOf(keys, `${name}.`));
  return text + separated(text, head);
}

function sourcesOf(keys: readonly SnippetKey[], prefix = ""): readonly string[] {
  return keys.map(({ source }) => prefix + source);
}

function addTable({ text, values }: Draft, { path, source, value }: SnippetTable): Draft {
  return { text: text + separated(text, source), values: withValue(values, path, value) };
}

/** Lines below the one in which something ends. */
function insertBelow(text: string, offset: number, lines: readonly string[]): string {
  const end = lineEnd(text);
  const feed = text.indexOf("\n", offset);
  const where = feed === -1 ? text.length : feed - (text[feed - 1] === "\r" ? 1 : 0);
  return insert(text, where, lines.map((line) => end + line.replace(/\r?\n/g, end)).join(""));
}

function insert(text: string, where: number, added: string): string {
  return text.slice(0, where) + added + text.slice(where);
}

/** Tables as they go at the end: after an empty line, with the line ends of the file. */
function separated(text: string, added: string): string {
  const end = lineEnd(text);
  const gap = text === "" || text === "\uFEFF" ? "" : /\n$/.test(text) ? end : end + end;
  return gap + added.trimEnd().replace(/\r?\n/g, end) + end;
}

function lineEnd(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Whether a text has exactly the values that it is meant to have. */
function hasValues({ text, values }: Draft): boolean {
  try {
    return isDeepStrictEqual(valuesOf(text), values);
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

// ---------------------------------------------------------------------------------------------- TOML

/** The tree of a text. Its places count from the text's start, with the byte order mark when there is one. */
function parse(text: string): AST.TOMLProgram {
  // The parser knows no such mark; a space in its place is none of its business, and keeps the places right.
  return parseTOML(text.replace(/^\uFEFF/, " "), { tomlVersion: "1.1" });
}

function valuesOf(text: string): Table {
  return getStaticTOMLValue(parse(text)) as Table;
}

/** The value that stands at a path, however its tables are written. */
function nodeAt(
  { body }: { readonly body: readonly (AST.TOMLKeyValue | AST.TOMLTable)[] },
  path: readonly string[],
): AST.TOMLContentNode | undefined {
  for (const node of body) {
    const names = node.type === "TOMLTable" ? node.resolvedKey : namesOf(node.key);
    if (!isDeepStrictEqual(names, path.slice(0, names.length))) continue;
    const rest = path.slice(names.length);
    if (node.type === "TOMLKeyValue" && rest.length === 0) return node.value;
    const inner = node.type === "TOMLTable" ? node : node.value;
    const found = inner.type === "TOMLTable" || inner.type === "TOMLInlineTable" ? nodeAt(inner, rest) : undefined;
    if (found) return found;
  }
  return undefined;
}

function namesOf({ keys }: AST.TOMLKey): readonly string[] {
  return keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value));
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function at(table: Table, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isTable(value) ? value[key] : undefined), table);
}

/** A copy with another value at a path; tables on the way are made. */
function withValue(table: Table, [key = "", ...rest]: readonly string[], value: unknown): Table {
  const inner = table[key];
  return { ...table, [key]: rest.length === 0 ? value : withValue(isTable(inner) ? inner : {}, rest, value) };
}
