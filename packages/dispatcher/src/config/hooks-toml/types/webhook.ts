import type { Templates, WebhookHook, WebhookTarget } from "../../../contracts.ts";
import { badHeader, signingKey } from "../../../http-rules.ts";
import { describe, quote } from "../../problems.ts";
import { badUrl } from "../../secure-url.ts";
import { readFlag } from "../../settings.ts";
import type { TomlEntry } from "../../toml.ts";
import { readEnvironment } from "../environment.ts";
import { readTable, readText, readWord } from "../keys.ts";
import type { HookReading, HookType } from "../reading.ts";
import { filledIn, type Text } from "../variables.ts";

/** `type = "webhook"` (seed 003, "Webhook Hooks"): an HTTP request. */
export const webhook: HookType = {
  name: "webhook",
  keys: ["url", "method", "headers", "retry_count", "signing_secret", "ordered", "environment"],
  read(reading, common, wire = "lifecycle"): WebhookHook | undefined {
    const target = readTarget(reading);
    return common && target && { ...common, runner: "webhook", wire, webhook: target };
  },
};

const METHODS = ["POST", "PUT", "PATCH"] as const;

function readTarget(reading: HookReading): WebhookTarget | undefined {
  const environment = readEnvironment(reading);
  const own = environment ?? undefined;
  const url = readUrl(reading, own);
  const method = readWord("method", METHODS, "POST", "unknown_method", reading);
  const headers = readHeaders(reading, own);
  const retry_count = readRetries(reading);
  const signing_secret = readSecret(reading, own);
  const { table, what, problems } = reading;
  const order = table.entries.get("ordered");
  const ordered = order ? readFlag(order, `ordered of ${what}`, problems) : false;
  if (!url || !method || !headers || retry_count === undefined || signing_secret === undefined) return undefined;
  if (ordered === undefined || environment === undefined) return undefined;
  return {
    url,
    method,
    headers,
    retry_count,
    ordered,
    ...(signing_secret === null ? {} : { signing_secret }),
    ...(environment === null ? {} : { environment }),
  };
}

/** The template of the URL, when what it stands for can be used. */
function readUrl(reading: HookReading, environment: Templates | undefined): string | undefined {
  const { table, what, problems, on } = reading;
  const template = readText("url", reading);
  if (template === null) {
    const text = `Cannot use ${what}: it has no url. Add url = "https://…".`;
    problems.error("no_url", table.at, text);
  }
  if (typeof template !== "string") return undefined;
  const { at } = table.entries.get("url") ?? table;
  const url = filledIn({ name: "url", text: template, at }, environment, reading);
  if (url === undefined) return on ? undefined : template;
  const bad = badUrl(url);
  if (!bad) return template;
  problems.error(bad.code, at, `Cannot use ${what}: its url ${bad.state}. ${bad.fix}.`);
  return undefined;
}

function readHeaders(reading: HookReading, environment: Templates | undefined): Templates | undefined {
  const table = readTable("headers", reading);
  if (!table) return table === null ? {} : undefined;
  const read = [...table.entries.values()].map(
    (entry) => [entry.key, readHeader(entry, environment, reading)] as const,
  );
  if (read.some(([, text]) => text === undefined)) return undefined;
  return Object.fromEntries(read.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

/** The template of a header's value, when header and value can be sent. */
function readHeader(
  { key, at, value }: TomlEntry,
  environment: Templates | undefined,
  reading: HookReading,
): string | undefined {
  const { what, problems, on } = reading;
  if (value.kind !== "string") {
    const text = `Cannot use ${what}: its header ${quote(key)} is ${describe(value)}. Give a text in quotes.`;
    problems.error("wrong_type", at, text);
    return undefined;
  }
  const header: Text = { name: `header ${key}`, text: value.value, at };
  const filled = filledIn(header, environment, reading);
  const bad = badHeader(key, filled);
  if (bad) {
    const text = `Cannot use ${what}: the header ${quote(key)} ${bad.state}. ${bad.fix}.`;
    problems.error("bad_header", at, text);
    return undefined;
  }
  if (filled === undefined) return on ? undefined : value.value;
  if (key.toLowerCase() === "authorization") reportPlain(header, reading);
  return value.value;
}

/** A secret that stands in the file itself works, and is one that others may read. */
function reportPlain({ name, text, at }: Text, { what, problems }: HookReading): void {
  if (text.includes("${")) return;
  const message = `Cannot keep the ${name} of ${what} secret: it stands in the file as it is. Write \${NAME} and set that variable where the agent is started.`;
  problems.warning("plain_secret", at, message);
}

const MOST_RETRIES = 10;

function readRetries({ table, what, problems }: HookReading): number | undefined {
  const entry = table.entries.get("retry_count");
  if (!entry) return 0;
  const { value } = entry;
  if (value.kind === "integer" && value.value >= 0 && value.value <= MOST_RETRIES) return value.value;
  const text = `Cannot use ${what}: its retry_count is ${describe(value)}. Give a whole number from 0 to ${MOST_RETRIES}.`;
  problems.error("bad_retry_count", value.at, text);
  return undefined;
}

/** What Standard Webhooks signs with. */
function readSecret(reading: HookReading, environment: Templates | undefined): string | null | undefined {
  const { table, what, problems, on } = reading;
  const template = readText("signing_secret", reading);
  if (typeof template !== "string") return template;
  const { at } = table.entries.get("signing_secret") ?? table;
  const text = { name: "signing_secret", text: template, at };
  const secret = filledIn(text, environment, reading);
  if (secret === undefined) return on ? undefined : template;
  if (signingKey(secret) === undefined) {
    const message = `Cannot use ${what}: its signing_secret is none of Standard Webhooks. Give "whsec_" and the base64 text that the receiver has.`;
    problems.error("bad_secret", at, message);
    return undefined;
  }
  reportPlain(text, reading);
  return template;
}
