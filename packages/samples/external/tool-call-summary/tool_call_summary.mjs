#!/usr/bin/env node
// Appends one line per finished tool call to CODEX_HOME/hooks-tool-calls.log. What the payload does not say is written
// as "-".
import { appendLine } from "./hooks_log.mjs";
import { run } from "./xcodex_hooks.mjs";

// Nothing that could be taken for the end of a value, of a line or for another key.
const PLAIN = /^[A-Za-z0-9_./:@%+,~-]+$/;
// Invisible or able to rearrange what is shown: controls, formats, surrogates, private use, separators.
const UNSEEN = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Zs}]$/u;

await run((event) => {
  if (event.xcodex_event_type !== "tool-call-finished") return;
  const facts = {
    type: event.xcodex_event_type,
    tool: text(event.tool_name || undefined),
    status: text(event.status),
    success: event.success ?? "-",
    duration_ms: event.duration_ms ?? "-",
    output_bytes: event.output_bytes ?? "-",
    cwd: text(event.cwd || undefined),
  };
  appendLine(
    "hooks-tool-calls.log",
    Object.entries(facts)
      .map(([key, value]) => `${key}=${value}`)
      .join(" "),
  );
});

/** A value that cannot be read as anything else: plain as it is, all others as a JSON string. */
function text(value) {
  if (value === undefined) return "-";
  if (value !== "-" && PLAIN.test(value)) return value;
  return `"${[...value].map(escaped).join("")}"`;
}

function escaped(char) {
  if (char === " " || (char !== '"' && char !== "\\" && !UNSEEN.test(char))) return char;
  // JSON has short escapes for some; it leaves others (DEL, U+2028) as they are.
  const short = JSON.stringify(char).slice(1, -1);
  return short !== char ? short : char.split("").map(codeUnit).join("");
}

function codeUnit(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
