/**
 * Hooks as they are shown to people: lists and explanations are pasted into reports. What stands in a file as `${NAME}` stays; a secret that
 * stands there as it is does not.
 */
import type { Config, Hook, McpServer, Redaction } from "../contracts.ts";
import { createRedactor } from "./redactor.ts";

/** Takes the secrets out of a hook: the same hook when there are none. */
export type Show = (hook: Hook) => Hook;

/** In place of what is not shown. */
const HIDDEN = "[hidden]";

/** Makes a function that does; a secret has the same label in all that it shows. Also where redaction of events is switched off. */
export function showing(settings: Redaction): Show {
  const { redact } = createRedactor({ ...settings, enabled: true });
  // A redactor goes through any object; events are only what it mostly gets.
  const clean = (hook: Hook): Hook => redact(hook as unknown as Parameters<typeof redact>[0]) as unknown as Hook;
  return (hook) => clean(withoutAddresses(hook));
}

/** A configuration whose hooks may be shown. */
export function shownConfig(config: Config): Config {
  const show = showing(config.redaction);
  const disabled = config.disabled.map((off) => ({ ...off, hook: show(off.hook) }));
  return { ...config, hooks: config.hooks.map(show), disabled };
}

function withoutAddresses(hook: Hook): Hook {
  if (hook.runner === "webhook") return { ...hook, webhook: { ...hook.webhook, url: shownUrl(hook.webhook.url) } };
  if (hook.runner !== "mcp_tool") return hook;
  const { server } = hook.mcp_tool;
  return {
    ...hook,
    mcp_tool: { ...hook.mcp_tool, server: { ...server, transport: shownTransport(server.transport) } },
  };
}

/** What a server is given as it is, mostly is given in confidence: Codex has no `${NAME}` there. */
function shownTransport(transport: McpServer["transport"]): McpServer["transport"] {
  if (transport.kind === "stdio") return { ...transport, env: namesOf(transport.env) };
  return { ...transport, url: shownUrl(transport.url), headers: namesOf(transport.headers) };
}

function namesOf(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(given).map((name) => [name, HIDDEN]));
}

/** Whatever a query says may be a key to that place, whatever it is called. */
function shownUrl(url: string): string {
  const from = url.search(/[?#]/);
  if (from === -1) return url;
  const query = url.slice(from).replace(/([?&#])([^?&#]*)/g, (_, sign: string, part: string) => sign + shownPart(part));
  return url.slice(0, from) + query;
}

function shownPart(part: string): string {
  const name = part.slice(0, part.indexOf("=") + 1);
  const value = part.slice(name.length);
  return value === "" || value.includes("${") ? part : `${name}…`;
}
