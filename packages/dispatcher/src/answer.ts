/**
 * What hooks answer, in all the shapes that agents accept: one reading for what a command prints, a host writes, a function returns, a
 * server sends back and a tool says. Agents differ in words only: `block`, `deny`, `continue: false` all stop what is about to happen.
 */

/** What an answer says. */
export type Answer =
  /** Nothing against it. `ignored` names what it asked for besides, that nobody can do here. */
  | { readonly kind: "silent"; readonly ignored?: string }
  | { readonly kind: "block"; readonly reason?: string }
  /** It means to be an answer and cannot be followed. */
  | { readonly kind: "unreadable"; readonly why: string };

const SILENT: Answer = { kind: "silent" };

type Fields = Readonly<Record<string, unknown>>;

/** Words of agents for the same thing. */
const STOPS: readonly unknown[] = ["block", "deny"];
const GOES_ON: readonly unknown[] = ["allow", "approve", "continue"];
const ASKS: readonly unknown[] = ["ask", "defer"];

/** Where a decision stands, and its reason beside it: agents' own shapes, ours first. */
const PLACES: readonly { readonly at: readonly string[]; readonly reasons: readonly string[] }[] = [
  { at: ["decision"], reasons: ["reason", "stopReason"] },
  // Codex, Claude Code, Copilot
  { at: ["hookSpecificOutput", "permissionDecision"], reasons: ["permissionDecisionReason"] },
  { at: ["permissionDecision"], reasons: ["permissionDecisionReason"] },
  // PermissionRequest of Codex and Claude Code
  { at: ["hookSpecificOutput", "decision", "behavior"], reasons: ["message"] },
  { at: ["behavior"], reasons: ["message"] },
  // VS Code
  { at: ["hookSpecificOutput", "decision"], reasons: ["reason"] },
  // Cursor
  { at: ["permission"], reasons: ["agent_message", "user_message"] },
];

/** What an answer may ask for beside its decision, and nobody here can do. */
const WISHES: readonly (readonly string[])[] = [
  ["hookSpecificOutput", "updatedInput"],
  ["hookSpecificOutput", "additionalContext"],
  ["updated_input"],
  ["modifiedArgs"],
  ["additionalContext"],
  ["additional_context"],
];

/** Reads an answer that is a value: nothing, or an object. */
export function readAnswer(value: unknown): Answer {
  if (value === undefined || value === null) return SILENT;
  if (typeof value !== "object" || Array.isArray(value)) return { kind: "unreadable", why: "it is no object" };
  const answer = value as Fields;
  for (const { at, reasons } of PLACES) {
    const said = follow(answer, at);
    if (said === undefined || said === null || typeof said === "object") continue;
    const beside = follow(answer, at.slice(0, -1)) as Fields;
    if (STOPS.includes(said)) return blocked([beside, answer], [...reasons, "reason"]);
    if (ASKS.includes(said)) return { kind: "unreadable", why: `it says ${JSON.stringify(said)}, and nobody can be asked here` };
    if (!GOES_ON.includes(said)) {
      return { kind: "unreadable", why: `its ${at.join(".")} is ${shown(said)}, neither "block" nor "allow"` };
    }
  }
  if (answer.continue === false) return blocked([answer], ["stopReason", "reason"]);
  const ignored = WISHES.find((path) => follow(answer, path) !== undefined)?.join(".");
  return ignored === undefined ? SILENT : { kind: "silent", ignored };
}

/**
 * Reads an answer that is text: JSON, alone or as the last line behind whatever else was printed. Text that does not mean to be JSON says
 * nothing: it begins with no brace.
 */
export function readAnswerText(text: string): Answer {
  const trimmed = text.trim();
  if (trimmed === "") return SILENT;
  const whole = parse(trimmed);
  if (whole !== undefined) return typeof whole.value === "object" ? readAnswer(whole.value) : SILENT;
  const last = trimmed.slice(trimmed.lastIndexOf("\n") + 1).trim();
  const line = last === trimmed || !last.startsWith("{") ? undefined : parse(last);
  if (line !== undefined) return readAnswer(line.value);
  return trimmed.startsWith("{") || last.startsWith("{") ? { kind: "unreadable", why: "it is no valid JSON" } : SILENT;
}

function blocked(places: readonly Fields[], reasons: readonly string[]): Answer {
  for (const place of places) {
    for (const key of reasons) {
      const reason = place[key];
      if (typeof reason === "string" && reason.trim() !== "") return { kind: "block", reason: reason.trim() };
    }
  }
  return { kind: "block" };
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function follow(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Fields)[key];
  }
  return here;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
