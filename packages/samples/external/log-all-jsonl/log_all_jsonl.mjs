#!/usr/bin/env node
// Appends every payload, whole, as one line of JSON to CODEX_HOME/hooks.jsonl.
import { appendLine } from "./hooks_log.mjs";
import { run } from "./xcodex_hooks.mjs";

await run((event) => appendLine("hooks.jsonl", JSON.stringify(event.raw)));
