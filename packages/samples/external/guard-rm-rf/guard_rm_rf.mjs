#!/usr/bin/env node
// A gate: blocks shell commands that delete folders outside the project, or the project itself. The project is the
// folder the agent works in (`cwd`).
//
// It keeps an agent from accidents; it is no sandbox.
import { quoted, whyNot } from "./recursive_delete.mjs";
import { block, run } from "./xcodex_hooks.mjs";

// Where agents and wires put what is to be run, and the folder to run it in.
const COMMANDS = ["command", "cmd", "chars", "input"];
const NESTED = ["params", "arguments"];
const FOLDERS = ["workdir", "directory", "dir_path", "cwd"];
const ADVICE = "Delete only what is inside the project, or ask the user to do it.";

await run((event) => {
  // A patch is no command, wherever an agent puts it.
  if (event.xcodex_event_type !== "tool-call-started" || event.tool_name === "apply_patch") return;
  for (const [command, workdir] of commands(event.tool_input)) {
    const reason = whyNot(command, event.cwd, process.env.HOME, workdir);
    if (reason) block(`Cannot run ${shown(command)}: ${reason}. ${ADVICE}`);
  }
});

/** Every command in a tool's input: text or a list of words, and the folder it is to run in. */
function* commands(given, workdir) {
  if (typeof given === "string") {
    const inner = jsonObject(given);
    if (inner) yield* commands(inner);
    else yield [given, workdir];
  } else if (Array.isArray(given)) {
    if (given.length > 0 && given.every((word) => typeof word === "string")) yield [given, workdir];
  } else if (typeof given === "object" && given !== null) {
    const folder = FOLDERS.map((key) => given[key]).find((value) => typeof value === "string");
    for (const key of COMMANDS) {
      if (typeof given[key] === "string" || Array.isArray(given[key])) yield* commands(given[key], folder);
    }
    for (const key of NESTED) yield* commands(given[key]);
  }
}

function jsonObject(text) {
  if (!/^[ \t\r\n]*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(command) {
  const chars = [...(typeof command === "string" ? command : command.join(" "))];
  return quoted(chars.length <= 200 ? chars.join("") : `${chars.slice(0, 199).join("")}…`);
}
