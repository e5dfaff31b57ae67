#!/usr/bin/env node
// Shows a desktop notification when the agent asks for permission. Does nothing where there is no program to show it.
//
// Programs: notify-send on Linux, terminal-notifier or osascript on macOS; XCODEX_NOTIFY_BIN names another one, which
// is called the way its name says, else like notify-send. What the payload says reaches the program as one argument
// (terminal-notifier: as its input), never through a shell, and never as something the program would interpret.
import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { run } from "./xcodex_hooks.mjs";

const TITLE = "Permission requested";
const LONGEST = 240;
const TIMEOUT_MS = 10_000;
const SCRIPT = ["on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run"];

await run((event) => {
  const body = message(event);
  const program = body && findProgram();
  if (program) show(program, body);
});

/**
 * What to show; undefined when the event is no question to the user. The notification that xcodex and Claude Code send
 * along with a request is passed over, so that nobody is told twice; Gemini CLI sends nothing else.
 */
function message(event) {
  const name = event.agent?.name;
  const text = textOf(event);
  return text === undefined ? undefined : oneLine(typeof name === "string" ? `${name}: ${text}` : text);
}

function textOf(event) {
  if (event.xcodex_event_type === "approval-requested") return question(event);
  if (event.xcodex_event_type === "notification" && event.notification_type === "ToolPermission")
    return event.message ?? "";
  return undefined;
}

function question(event) {
  const candidates = [event.command, event.tool_input?.command, event.paths, event.message, event.tool_name];
  const asked = candidates.find((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value))) ?? "a tool";
  const text = Array.isArray(asked) ? asked.join(" ") : String(asked);
  return event.server_name ? `${event.server_name}: ${text}` : text;
}

/** Without control characters and half surrogate pairs, and not too long. */
function oneLine(text) {
  const chars = [...text].map((char) => (/[\p{Cc}\p{Cs}]/u.test(char) ? " " : char));
  return chars.length <= LONGEST ? chars.join("") : `${chars.slice(0, LONGEST - 1).join("")}…`;
}

function findProgram() {
  const wanted = process.env.XCODEX_NOTIFY_BIN;
  if (wanted) return which(wanted);
  if (process.platform !== "darwin") return which("notify-send");
  return which("terminal-notifier") ?? which("osascript");
}

function which(name) {
  const folders = /[\\/]/.test(name) ? [""] : (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function show(program, body) {
  const [args, input] = call(basename(program), body);
  const options = { input, stdio: ["pipe", "ignore", "inherit"], timeout: TIMEOUT_MS };
  const { error, status, signal } = spawnSync(program, args, options);
  // EPIPE: it did not want its input.
  if ((!error || error.code === "EPIPE") && status === 0) return;
  const state = error?.message ?? `it ended with ${signal ?? status}`;
  throw new Error(`Cannot show a notification with ${program}: ${state}. Try it by hand.`);
}

/** The program's arguments and its input. */
function call(name, body) {
  // Takes an argument that starts with [ or ( apart; its input it shows as it is.
  if (name === "terminal-notifier") return [["-title", TITLE, "-group", "xcodex-hooks"], body];
  if (name === "osascript") return [[...SCRIPT.flatMap((line) => ["-e", line]), TITLE, body], ""];
  // The body is markup with C escapes: both are made plain text.
  const plain = body.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\\", "\\\\");
  return [["--app-name=xcodex", "--", TITLE, plain], ""];
}
