// The event that every row delivers: the same fields in the same order as `original/src/payload.rs` has them.
import { randomUUID } from "node:crypto";

/** Complete, so that a dispatcher has nothing to add to it, and of a tool without an alias, for the same reason. */
function make(cmd) {
  return {
    schema_version: 1,
    event_id: randomUUID(),
    timestamp: new Date().toISOString(),
    session_id: "thread-1",
    cwd: "/tmp",
    hook_event_name: "PostToolUse",
    xcodex_event_type: "tool-call-finished",
    transcript_path: "",
    permission_mode: "default",
    tool_name: "view_image",
    tool_input: { cmd },
    duration_ms: 123,
    success: true,
    output_preview: "",
  };
}

/**
 * A function that makes finished tool calls whose JSON has exactly so many bytes, each with an id and a time of its own. What
 * makes a payload long is one text in `tool_input`.
 *
 * @throws Error when the smallest event is longer
 */
export function eventsOf(bytes) {
  const padding = bytes - Buffer.byteLength(JSON.stringify(make("")));
  if (padding < 0) throw new Error(`Cannot make a payload of ${bytes} bytes: the smallest has ${bytes - padding}.`);
  // Not by repeat(): that makes a tree of pieces, and the first who reads it pays for joining them.
  const cmd = Buffer.alloc(padding, "x").toString("latin1");
  return () => make(cmd);
}

/** Host lines as the original writes them, with their line ends. */
export function linesOf(bytes, count) {
  const next = eventsOf(bytes);
  const line = (_, at) => `${JSON.stringify({ schema_version: 1, type: "hook-event", seq: at + 1, event: next() })}\n`;
  return Array.from({ length: count }, line).join("");
}
