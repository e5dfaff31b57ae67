import type { McpServer, McpToolHook, McpToolTarget } from "../../../contracts.ts";
import { describe, quote } from "../../problems.ts";
import type { Place, TomlTable, TomlValue } from "../../toml.ts";
import { readTable, readText } from "../keys.ts";
import type { HookReading, HookType } from "../reading.ts";

/** `type = "mcp_tool"` (seed 003, "MCP Tool Hooks"): a call of a tool of an MCP server of config.toml. */
export const mcpTool: HookType = {
  name: "mcp_tool",
  keys: ["server", "tool", "arguments"],
  read(reading, common, wire = "xcodex"): McpToolHook | undefined {
    const target = readTarget(reading);
    return common && target && { ...common, runner: "mcp_tool", wire, mcp_tool: target };
  },
};

function readTarget(reading: HookReading): McpToolTarget | undefined {
  const server = readServer(reading);
  const tool = readNeeded("tool", "no_tool", 'tool = "<name>"', reading);
  const args = readArguments(reading);
  return server && tool && args ? { server, tool, arguments: args } : undefined;
}

function readNeeded(key: string, code: string, example: string, reading: HookReading): string | undefined {
  const text = readText(key, reading);
  if (text !== null) return text;
  const { table, what, problems } = reading;
  problems.error(code, table.at, `Cannot use ${what}: it names no ${key}. Add ${example}.`);
  return undefined;
}

function readServer(reading: HookReading): McpServer | undefined {
  const { table, what, problems, servers, on } = reading;
  const name = readNeeded(
    "server",
    "no_server",
    'server = "<name>", one of [mcp_servers.<name>] of config.toml',
    reading,
  );
  if (name === undefined) return undefined;
  const found = servers.find(name);
  if (found.server && (found.enabled || !on)) return found.server;
  if (!on && !found.server && found.code === "unknown_server") return notThereYet(name, reading);
  const { at } = table.entries.get("server") ?? table;
  const { code, state, fix, near } = found.server
    ? {
        code: "bad_server",
        state: "is switched off in config.toml",
        fix: "Take its enabled = false away",
        near: undefined,
      }
    : found;
  problems.error(code, at, `Cannot use ${what}: the MCP server ${quote(name)} ${state}. ${fix}.`, near);
  return undefined;
}

/** Stands for a server that config.toml has not: with a hook that is switched off, nobody misses it before both are switched on. */
function notThereYet(name: string, { file, table }: HookReading): McpServer {
  const { line, column } = table.at;
  const transport = { kind: "stdio", argv: [], env: {}, env_vars: [] } as const;
  return { name, origin: { file, line, column }, startup_timeout_ms: 0, transport };
}

/** A `${` that no name follows: names of an event, with dots. */
const PLACES = /\$\$\{|\$\{[A-Za-z_][\w-]*(?:\.[\w-]+)*\}|\$\{([^}]{0,40})/g;

/** The arguments as JSON; undefined after a problem was reported. */
function readArguments(reading: HookReading): Readonly<Record<string, unknown>> | undefined {
  const table = readTable("arguments", reading);
  if (!table) return table === null ? {} : undefined;
  const wrong: { readonly code: string; readonly at: Place; readonly state: string }[] = [];
  const json = toJson(table, (code, at, state) => wrong.push({ code, at, state }));
  for (const { code, at, state } of wrong) {
    reading.problems.error(code, at, `Cannot use ${reading.what}: among its arguments ${state}.`);
  }
  return wrong.length === 0 ? (json as Readonly<Record<string, unknown>>) : undefined;
}

type Report = (code: string, at: Place, state: string) => void;

function toJson(value: TomlValue, report: Report): unknown {
  if (value.kind === "table") return toObject(value, report);
  if (value.kind === "array") return value.items.map((item) => toJson(item, report));
  if (value.kind === "string") {
    for (const [, rest] of value.value.matchAll(PLACES)) {
      if (rest === undefined) continue;
      const fix = `Write \${name}, with dots for what is within, or $\${ for a plain \${`;
      report("bad_variable", value.at, `there is "\${" and then ${quote(rest)}, which is no name of something. ${fix}`);
    }
  } else if (value.kind === "float" && !Number.isFinite(value.value)) {
    report("wrong_type", value.at, `there is ${describe(value)}, which JSON does not have. Give a number or a text`);
  }
  return value.value;
}

function toObject({ entries }: TomlTable, report: Report): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...entries.values()].map(({ key, value }) => [key, toJson(value, report)]));
}
