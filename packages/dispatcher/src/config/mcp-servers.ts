/** `[mcp_servers.<name>]` of config.toml, as Codex has them: those that hooks name are read, the others are not looked at. */
import { resolve } from "node:path";
import type { McpServer } from "../contracts.ts";
import { badHeader } from "../http-rules.ts";
import { readArgv } from "./argv.ts";
import { nearest } from "./nearest.ts";
import { describe, type Problems, quote, tomlKey } from "./problems.ts";
import { badUrl } from "./secure-url.ts";
import { readFlag, readTimeout } from "./settings.ts";
import type { TomlTable } from "./toml.ts";

/** The configuration file that has them. Its problems are reported with the file's others. */
export interface McpServersSource {
  readonly file: string;
  /** Absent when there is no file, or none that can be read. */
  readonly root: TomlTable | undefined;
  readonly exists: boolean;
  readonly problems: Problems;
}

/** A server, or why there is none that can be used, with the code of the problem. */
export type FoundServer =
  | { readonly server: McpServer; readonly enabled: boolean }
  | {
      readonly server?: undefined;
      readonly code: "unknown_server" | "bad_server";
      /** After the server's name: `is not in config.toml`. */
      readonly state: string;
      readonly fix: string;
      readonly near?: string | undefined;
    };

/** The servers, read when they are first asked for, so that what is wrong with one is said once. */
export interface McpServers {
  readonly find: (name: string) => FoundServer;
}

/** Looks servers up. */
export function openServers(source: McpServersSource, codexHome: string, env: NodeJS.ProcessEnv): McpServers {
  const known = new Map<string, FoundServer>();
  return {
    find: (name) => {
      const found = known.get(name) ?? findServer(name, source, codexHome, env);
      known.set(name, found);
      return found;
    },
  };
}

function findServer(name: string, source: McpServersSource, codexHome: string, env: NodeJS.ProcessEnv): FoundServer {
  if (source.exists && !source.root) {
    return { code: "bad_server", state: "cannot be found, because config.toml cannot be read", fix: "Mend that file" };
  }
  const servers = source.root?.entries.get("mcp_servers")?.value;
  const entries = servers?.kind === "table" ? servers.entries : undefined;
  const entry = entries?.get(name);
  if (!entry) {
    const near = nearest(name, [...(entries?.keys() ?? [])]);
    const fix = `Add [mcp_servers.${tomlKey(name)}] with its command or url to config.toml`;
    return { code: "unknown_server", state: "is not in config.toml", fix, near };
  }
  const { line } = entry.at;
  const bad: FoundServer = {
    code: "bad_server",
    state: `cannot be used, see config.toml:${line}`,
    fix: "Mend it there",
  };
  const path = `mcp_servers.${tomlKey(name)}`;
  if (entry.value.kind !== "table") {
    const text = `Cannot use ${path}: it is ${describe(entry.value)}. Write [${path}] with a command or a url.`;
    source.problems.error("wrong_type", entry.at, text);
    return bad;
  }
  return readServer(name, entry.value, { path, source, codexHome, env }) ?? bad;
}

interface Reading {
  /** The server in messages. */
  readonly path: string;
  readonly source: McpServersSource;
  readonly codexHome: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Codex gives a server so long to start. */
const STARTUP_MS = 10_000;

function readServer(name: string, table: TomlTable, reading: Reading): FoundServer | undefined {
  const { path, source } = reading;
  const flag = table.entries.get("enabled");
  const enabled = flag ? readFlag(flag, `${path}.enabled`, source.problems) : true;
  const timeout = table.entries.get("startup_timeout_sec");
  const startup_timeout_ms = timeout ? readTimeout(timeout, path, source.problems) : STARTUP_MS;
  const transport = readTransport(table, reading);
  if (enabled === undefined || !startup_timeout_ms || !transport) return undefined;
  const origin = { file: source.file, line: table.at.line, column: table.at.column };
  return { enabled, server: { name, origin, startup_timeout_ms, transport } };
}

function readTransport(table: TomlTable, reading: Reading): McpServer["transport"] | undefined {
  const { path, source } = reading;
  const [command, url] = [table.entries.get("command"), table.entries.get("url")];
  if (command && url) {
    const text = `Cannot use ${path}: it has both a command and a url. Keep one of them.`;
    source.problems.error("contradiction", url.at, text);
    return undefined;
  }
  if (command) return readStdio(table, reading);
  if (url) return readHttp(table, reading);
  const text = `Cannot use ${path}: it has neither a command nor a url. Add command = "<program>" or url = "https://…".`;
  source.problems.error("no_command", table.at, text);
  return undefined;
}

function readStdio(table: TomlTable, reading: Reading): McpServer["transport"] | undefined {
  const argv = readProgram(table, reading);
  const env = readTexts(table, "env", reading);
  const env_vars = readNames(table, reading);
  const cwd = readOptional(table, "cwd", reading);
  if (!argv || !env || !env_vars || cwd === undefined) return undefined;
  return { kind: "stdio", argv, env, env_vars, ...(cwd === null ? {} : { cwd: resolve(reading.codexHome, cwd) }) };
}

/** Codex has the program in one key and its arguments in another. */
function readProgram(table: TomlTable, { path, source }: Reading): readonly string[] | undefined {
  const command = table.entries.get("command");
  const args = table.entries.get("args");
  if (command?.value.kind !== "string" || command.value.value.trim() === "") {
    const found = command ? describe(command.value) : "not there";
    const text = `Cannot use ${path}: its command is ${found}. Give the program as one text, and its arguments in args.`;
    source.problems.error("wrong_type", (command ?? table).at, text);
    return undefined;
  }
  if (!args) return [command.value.value];
  if (args.value.kind !== "array") {
    const text = `Cannot use ${path}: its args are ${describe(args.value)}. Give a list of texts.`;
    source.problems.error("wrong_type", args.at, text);
    return undefined;
  }
  const { at, items } = args.value;
  return readArgv({ kind: "array", at, items: [command.value, ...items] }, `args of ${path}`, source.problems);
}

function readHttp(table: TomlTable, reading: Reading): McpServer["transport"] | undefined {
  const url = readUrl(table, reading);
  const headers = readTexts(table, "http_headers", reading);
  const env_headers = readTexts(table, "env_http_headers", reading);
  const token = readOptional(table, "bearer_token_env_var", reading);
  if (!url || !headers || !env_headers || token === undefined) return undefined;
  if (!areHeaders({ ...headers, ...filledFrom(env_headers, reading.env) }, table, reading)) return undefined;
  const names = [...Object.values(env_headers), ...(token === null ? [] : [token])];
  if (!areSet(names, table, reading)) return undefined;
  return { kind: "http", url, headers, env_headers, ...(token === null ? {} : { bearer_token_env_var: token }) };
}

function readUrl(table: TomlTable, reading: Reading): string | undefined {
  const url = readOptional(table, "url", reading);
  if (typeof url !== "string") return undefined;
  const bad = badUrl(url);
  if (!bad) return url;
  const text = `Cannot use ${reading.path}: its url ${bad.state}. ${bad.fix}.`;
  reading.source.problems.error(bad.code, (table.entries.get("url") ?? table).at, text);
  return undefined;
}

/** Headers with the values of their variables, to look at and not to keep. */
function filledFrom(
  names: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(names).map(([header, name]) => [header, env[name]]));
}

function areHeaders(
  headers: Readonly<Record<string, string | undefined>>,
  table: TomlTable,
  { path, source }: Reading,
): boolean {
  for (const [name, value] of Object.entries(headers)) {
    const bad = badHeader(name, value);
    if (!bad) continue;
    const text = `Cannot use ${path}: the header ${quote(name)} ${bad.state}. ${bad.fix}.`;
    source.problems.error("bad_header", table.at, text);
    return false;
  }
  return true;
}

/** What is sent from variables has to be there: else a server is called without its secret, and says something else is wrong. */
function areSet(names: readonly string[], table: TomlTable, { path, source, env }: Reading): boolean {
  const unset = [...new Set(names)].filter((name) => env[name] === undefined);
  if (unset.length === 0) return true;
  const list = unset.join(" and ");
  const text = `Cannot use ${path}: it needs ${list}, which ${unset.length === 1 ? "is" : "are"} not set. Set ${list} where the agent is started.`;
  source.problems.error("unset_variable", table.at, text);
  return false;
}

/** A text; null when the key is not there, undefined after a problem was reported. */
function readOptional(table: TomlTable, key: string, { path, source }: Reading): string | null | undefined {
  const entry = table.entries.get(key);
  if (!entry) return null;
  if (entry.value.kind === "string" && entry.value.value.trim() !== "") return entry.value.value;
  const text = `Cannot use ${path}: its ${key} is ${describe(entry.value)}. Give a text in quotes.`;
  source.problems.error("wrong_type", entry.at, text);
  return undefined;
}

/** A table of texts. */
function readTexts(
  table: TomlTable,
  key: string,
  { path, source }: Reading,
): Readonly<Record<string, string>> | undefined {
  const entry = table.entries.get(key);
  if (!entry) return {};
  const { value } = entry;
  const entries = value.kind === "table" ? [...value.entries.values()] : undefined;
  const wrong = entries?.find((one) => one.value.kind !== "string");
  if (entries && !wrong) {
    return Object.fromEntries(
      entries.flatMap((one) => (one.value.kind === "string" ? [[one.key, one.value.value]] : [])),
    );
  }
  const state = wrong ? `its ${key}.${wrong.key} is ${describe(wrong.value)}` : `its ${key} is ${describe(value)}`;
  const text = `Cannot use ${path}: ${state}. Give a table of texts: ${key} = { NAME = "value" }.`;
  source.problems.error("wrong_type", (wrong ?? entry).at, text);
  return undefined;
}

/** `env_vars`: names, or tables with a `name` (Codex has both). */
function readNames(table: TomlTable, { path, source }: Reading): readonly string[] | undefined {
  const entry = table.entries.get("env_vars");
  if (!entry) return [];
  const items = entry.value.kind === "array" ? entry.value.items : [entry.value];
  const names = items.map((item) => (item.kind === "table" ? item.entries.get("name")?.value : item));
  if (names.every((name) => name?.kind === "string")) {
    return names.flatMap((name) => (name?.kind === "string" ? [name.value] : []));
  }
  const text = `Cannot use ${path}: its env_vars are ${describe(entry.value)}. Give a list of names in quotes.`;
  source.problems.error("wrong_type", entry.at, text);
  return undefined;
}
