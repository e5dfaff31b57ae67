#!/usr/bin/env node
// Appends a line to CODEX_HOME/analytics/usage.jsonl (~/.codex/analytics/) for every session that ends:
//
//   {"timestamp":"2024-01-01T12:34:56Z","event":"session_end","session_id":"session_abc123","duration_ms":2096000}
//
// Configured for other events it appends what their variables say of them. What is not known is left out.
//
// Whether Node takes this file for a CommonJS or an ES module depends on the folder that it is in. import() works in both.

/** The fields that are texts, and the variables they come from. */
const TEXTS = {
  timestamp: "CODEX_TIMESTAMP",
  event: "CODEX_EVENT_TYPE",
  session_id: "CODEX_SESSION_ID",
  model: "CODEX_MODEL",
  provider: "CODEX_PROVIDER",
  task_id: "CODEX_TASK_ID",
};

/** What the environment says about the event: texts as they are, numbers and booleans as what they are. */
function usage(env) {
  const texts = Object.entries(TEXTS).map(([field, variable]) => [field, env[variable] || undefined]);
  return {
    ...Object.fromEntries(texts),
    timestamp: env.CODEX_TIMESTAMP || new Date().toISOString(),
    success: ["true", "false"].includes(env.CODEX_SUCCESS) ? env.CODEX_SUCCESS === "true" : undefined,
    duration_ms: numberOf(env.CODEX_DURATION),
  };
}

function numberOf(text) {
  return text?.trim() && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** Appends a line to a file that only its owner may read: one write at its end, so that lines never mix. */
async function appendLine(name, line) {
  const { mkdir, appendFile } = await import("node:fs/promises");
  const { homedir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = join(process.env.CODEX_HOME || join(homedir(), ".codex"), "analytics");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await appendFile(join(folder, name), `${line}\n`, { mode: 0o600 });
}

async function main() {
  if (!process.env.CODEX_SESSION_ID) throw new Error("CODEX_SESSION_ID is not set. Run this as a hook, or set it.");
  // JSON leaves out what is undefined, and writes every line end as \n.
  await appendLine("usage.jsonl", JSON.stringify(usage(process.env)));
}

main().catch((error) => {
  console.error(`Cannot track the usage: ${error.message}`);
  process.exitCode = 1;
});
