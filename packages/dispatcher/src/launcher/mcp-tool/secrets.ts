/** What a server was given in confidence, and that must not come back in messages, records or logs. */
import type { McpServer } from "../../contracts.ts";
import type { Env } from "../platform.ts";

/** Takes the secrets out of a text. */
export type Hide = (text: string) => string;

/** Shorter values are no secrets, but stand everywhere: `1`, `true`, `en_US`. */
const SHORTEST_SECRET = 8;

/** Makes a function that puts `[NAME]` where the value stood that a server has from the variable, or under the header, NAME. */
export function hiderFor({ transport }: McpServer, env: Env): Hide {
  const given = transport.kind === "stdio" ? transport.env : transport.headers;
  const taken = variablesOf(transport).flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const known = [...Object.entries(given), ...taken]
    // Of a key in several lines, any may turn up alone.
    .flatMap(([name, value]) => value.split(/[\r\n]+/).map((line) => [name, line] as const))
    .filter(([, value]) => value.length >= SHORTEST_SECRET)
    // One may be a part of another.
    .sort(([, one], [, other]) => other.length - one.length);
  if (known.length === 0) return (text) => text;
  return (text) => known.reduce((hidden, [name, value]) => hidden.replaceAll(value, () => `[${name}]`), text);
}

function variablesOf(transport: McpServer["transport"]): readonly string[] {
  if (transport.kind === "stdio") return transport.env_vars;
  const { env_headers, bearer_token_env_var: bearer } = transport;
  return [...Object.values(env_headers), ...(bearer === undefined ? [] : [bearer])];
}
