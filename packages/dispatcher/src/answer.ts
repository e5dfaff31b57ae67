/**
 * What hooks answer, in all the shapes that agents accept: one reading for what a command prints, a host writes, a function returns, a
 * server sends back and a tool says. Agents differ in words only: `block`, `deny`, `continue: false` all stop what is about to happen.
 */

/** What an answer says. */
export type Answer =
  /** Nothing against it. `ignored` names what it asked for besides, that nobody can do here. */
  | { readonly kind: "silent"; readonly ignored?: string }
  /** Stop it. `halts`: with `continue: false`, which wants the agent to stop altogether, not to work on. */
  | { readonly kind: "block"; readonly reason?: string; readonly halts?: true }
  /** It means to be an answer and cannot be followed. */
  | { readonly kind: "unreadable"; readonly why: string };

const SILENT: Answer = { kind: "silent" };
const NO_JSON: Answer = { kind: "unreadable", why: "it is no valid JSON" };

type Fields = Readonly<Record<string, unknown>>;

/** Words of agents for the same thing. */
const STOPS: readonly unknown[] = ["block", "deny"];
const GOES_ON: readonly unknown[] = ["allow", "approve", "continue"];
const ASKS: readonly unknown[] = ["ask", "defer"];

/** A decision that is an object says it here (PermissionRequest of Codex and Claude Code). */
const BEHAVIOR = "behavior";

/** Where a decision stands, and its reason beside it: agents' own shapes, ours first. */
const PLACES: readonly { readonly at: readonly string[]; readonly reasons: readonly string[] }[] = [
  { at: ["decision"], reasons: ["reason", "message"] },
  // Codex, Claude Code, VS Code
  { at: ["hookSpecificOutput", "permissionDecision"], reasons: ["permissionDecisionReason"] },
  // Copilot
  { at: ["permissionDecision"], reasons: ["permissionDecisionReason"] },
  // VS Code as a text; Codex and Claude Code as an object
  { at: ["hookSpecificOutput", "decision"], reasons: ["message", "reason"] },
  // Copilot
  { at: [BEHAVIOR], reasons: ["message"] },
  // Cursor
  { at: ["permission"], reasons: ["agent_message", "user_message"] },
];

/** Where else a reason may stand, when there is none beside the decision. */
const REASONS: readonly string[] = ["stopReason", "reason", "agent_message", "user_message", "systemMessage"];

/** What an answer may ask for beside its decision, and nobody here can do. */
const WISHES: readonly (readonly string[])[] = [
  ["hookSpecificOutput", "updatedInput"],
  ["hookSpecificOutput", "tool_input"],
  ["hookSpecificOutput", "decision", "updatedInput"],
  ["hookSpecificOutput", "decision", "updatedPermissions"],
  ["hookSpecificOutput", "updatedToolOutput"],
  ["hookSpecificOutput", "updatedMCPToolOutput"],
  ["hookSpecificOutput", "additionalContext"],
  ["updated_input"],
  ["modifiedArgs"],
  ["additionalContext"],
  ["additional_context"],
];

/** Reads an answer that is a value: nothing, or an object. Throws what a getter of it throws. */
export function readAnswer(value: unknown): Answer {
  if (value === undefined || value === null) return SILENT;
  if (!isObject(value)) return { kind: "unreadable", why: "it is no object" };
  const said = PLACES.flatMap((place) => wordAt(value, place) ?? []);
  const halts = value.continue === false;
  const stop = said.find(({ word }) => STOPS.includes(word));
  if (stop || halts) return blocked([...(stop?.places ?? []), [value, REASONS]], halts);
  // Cursor, when it is about to stop: what to go on with.
  const followUp = textAt(value, "followup_message");
  if (followUp !== undefined) return { kind: "block", reason: followUp };
  const why = oddity(value, said);
  if (why !== undefined) return { kind: "unreadable", why };
  const ignored = WISHES.find((path) => follow(value, path) !== undefined)?.join(".");
  return ignored === undefined ? SILENT : { kind: "silent", ignored };
}

/**
 * Reads an answer that is text: JSON, alone or among whatever else was printed, on lines of its own. Of several objects the last one counts,
 * unless one of them stops: what a logger prints behind a no is no yes. A JSON string that holds JSON is read as that. Text that does not
 * mean to be JSON says nothing.
 */
export function readAnswerText(text: string): Answer {
  const trimmed = text.trim();
  if (trimmed === "") return SILENT;
  const whole = parse(trimmed);
  if (whole !== undefined)
    return typeof whole.value === "string" ? readAlone(whole.value.trim()) : readParsed(whole.value);
  const pieces = piecesOf(trimmed).map((piece) => ({ piece, said: readPiece(piece) }));
  const answers = pieces.flatMap(({ said }) => said ?? []);
  const stop = answers.find(({ kind }) => kind === "block");
  if (stop) return stop;
  const last = pieces.at(-1) ?? { piece: trimmed, said: undefined };
  const isStray = pieces.some(({ piece, said }) => said === undefined && holdsAnswer(piece));
  if (last.said && !isStray) return last.said;
  if (meansToBeJson(trimmed) || (last.said === undefined && meansToBeJson(last.piece))) return NO_JSON;
  return isStray ? { kind: "unreadable", why: "it is no line of its own, in UTF-8" } : SILENT;
}

/** What was in a JSON string. */
function readAlone(text: string): Answer {
  const inner = parse(text);
  if (inner !== undefined) return readParsed(inner.value);
  return meansToBeJson(text) ? NO_JSON : SILENT;
}

/** A number or a word that happens to be JSON means nothing. */
function readParsed(value: unknown): Answer {
  return typeof value === "object" ? readAnswer(value) : SILENT;
}

/** A flood of lines that begin like objects and are none must not keep anybody busy. */
const MOST_PIECES = 1_000;

/** Cut before every line that begins with a brace: there an object begins, on one line or on many. The last ones of very many. */
function piecesOf(text: string): string[] {
  return text.split(/\n(?=\{)/).slice(-MOST_PIECES);
}

/** What a piece says that begins with an object, whatever stands in the lines behind it; undefined when there is no whole one. */
function readPiece(piece: string): Answer | undefined {
  const [line = ""] = piece.split("\n", 1);
  const end = piece.lastIndexOf("\n}");
  const found = parse(piece) ?? parse(line) ?? (end < 0 ? undefined : parse(piece.slice(0, end + 2)));
  return found && readParsed(found.value);
}

/** A brace alone also begins a block of code; a name or a quote behind it is meant for a reader of JSON. */
function meansToBeJson(text: string): boolean {
  return /^\{(?:[ \t]*["'\w]|\s*"|$)/.test(text);
}

const BEGINS_AN_ANSWER =
  /\{\s{0,80}"(?:decision|permissionDecision|permission|behavior|continue|hookSpecificOutput)"\s{0,80}:/;

/** Whether an answer stands in a text where nobody reads it: behind a word or a colour in its line, or in UTF-16. A guard must not fail open on that. */
function holdsAnswer(text: string): boolean {
  return BEGINS_AN_ANSWER.test(text.includes("\0") ? text.replaceAll("\0", "") : text);
}

/** A word at the place of a decision, and where its reason may be. */
interface Said {
  readonly at: string;
  readonly word: unknown;
  readonly places: readonly Place[];
}

type Place = readonly [where: Fields, keys: readonly string[]];

function wordAt(answer: Fields, { at, reasons }: (typeof PLACES)[number]): Said | undefined {
  const found = follow(answer, at);
  if (found === undefined || found === null) return undefined;
  const inside: readonly Place[] = isObject(found) ? [[found, reasons]] : [];
  const word = isObject(found) ? (found[BEHAVIOR] ?? found) : found;
  return { at: at.join("."), word, places: [...inside, [follow(answer, at.slice(0, -1)) as Fields, reasons]] };
}

function blocked(places: readonly Place[], halts: boolean): Answer {
  const reason = places.flatMap(([where, keys]) => keys.flatMap((key) => textAt(where, key) ?? []))[0];
  return { kind: "block", ...(reason === undefined ? {} : { reason }), ...(halts ? { halts } : {}) };
}

/** What cannot be followed in an answer that stops nothing. */
function oddity(answer: Fields, said: readonly Said[]): string | undefined {
  const odd = said.find(({ word }) => !GOES_ON.includes(word));
  if (odd && ASKS.includes(odd.word)) return `it says ${shown(odd.word)}, and nobody can be asked here`;
  if (odd) return `its ${odd.at} is ${shown(odd.word)}, neither "block" nor "allow"`;
  const own = answer.hookSpecificOutput ?? {};
  if (!isObject(own)) return `its hookSpecificOutput is ${shown(own)}, no object`;
  const odder = misspelled(answer) ?? misspelled(own);
  if (odder !== undefined) return odder;
  const goesOn = answer.continue ?? true;
  // An object is somebody else's: servers have such a key too.
  if (typeof goesOn === "boolean" || typeof goesOn === "object") return undefined;
  return `its continue is ${shown(goesOn)}, neither true nor false`;
}

const KEYS: ReadonlySet<string> = new Set(["continue", ...PLACES.flatMap(({ at }) => at)]);
const KEY_BY_LETTERS: ReadonlyMap<string, string> = new Map([...KEYS].map((key) => [key.toLowerCase(), key]));

/** `Decision`, `permission_decision`: who writes that means an answer. */
function misspelled(answer: Fields): string | undefined {
  for (const key of Object.keys(answer)) {
    const meant = KEYS.has(key) ? undefined : KEY_BY_LETTERS.get(key.replace(/[_-]/g, "").toLowerCase());
    if (meant !== undefined) return `it has a key ${shown(key)}, and what is read is "${meant}"`;
  }
  return undefined;
}

function textAt(place: Fields, key: string): string | undefined {
  const text = place[key];
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Nothing that is asked for is a property of every object, so that a prototype can be read along: of a class, for functions. */
function follow(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (!isObject(here)) return undefined;
    here = here[key];
  }
  return here;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const LONGEST_SHOWN = 60;

/** Never throws: a value of a function's own may have loops in it. */
function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
