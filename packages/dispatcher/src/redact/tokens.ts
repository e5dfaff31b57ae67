import {
  ALNUM,
  BASE64,
  beginsAt,
  DIGIT,
  HYPHEN,
  isAt,
  isCut,
  runEnd,
  standsAt,
  UNDERSCORE,
  UPPER,
  WORD,
} from "./chars.ts";
import type { SecretKind, Span } from "./spans.ts";

/** What a token looks like that says itself what it is. */
interface Shape {
  readonly kind: SecretKind;
  readonly prefix: string;
  /** Which character of the prefix makes the scanner look: a rare one. */
  readonly rare: number;
  /** Classes of what follows the prefix. */
  readonly tail: number;
  /** How long the tail is at least. */
  readonly least: number;
  /** How long it is at least where the text was cut off: less gives nothing away. */
  readonly leastCut: number;
  /** Never longer than `least`. */
  readonly exact?: true;
  /** Stands apart from `_` and `-` before it. Tails without a limit need it: so a run is measured once. */
  readonly apart?: true;
  /** What else has to hold of the tail. */
  readonly looks?: (tail: string) => boolean;
}

const GITHUB = { kind: "github-token", tail: ALNUM | UNDERSCORE, least: 20, leastCut: 4 } as const;
const SLACK = { kind: "slack-token", tail: ALNUM | HYPHEN, least: 10, leastCut: 4 } as const;
const AWS = { kind: "aws-access-key", tail: UPPER | DIGIT, least: 16, leastCut: 6, exact: true } as const;
const OPENAI = { kind: "openai-key", tail: WORD, least: 20, leastCut: 4, apart: true } as const;

/** Where a text is cut off, `npm_config` and `hf_model` stand as well. */
const NAMED = { tail: ALNUM, leastCut: 16, looks: (tail: string) => /\d/.test(tail) } as const;

/** Of two that fit, the first one counts. */
const SHAPES: readonly Shape[] = [
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map((prefix) => ({ ...GITHUB, prefix, rare: 3 })),
  { ...GITHUB, prefix: "github_pat_", rare: 10 },
  ...["xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"].map((prefix) => ({ ...SLACK, prefix, rare: 4 })),
  { ...SLACK, prefix: "xapp-", rare: 4, looks: (tail) => /^\d/.test(tail) },
  { kind: "anthropic-key", prefix: "sk-ant-", rare: 2, tail: WORD, least: 10, leastCut: 4, apart: true },
  ...["sk-proj-", "sk-svcacct-", "sk-admin-"].map((prefix) => ({ ...OPENAI, prefix, rare: 2 })),
  { ...OPENAI, prefix: "sk-", rare: 2, leastCut: 8, looks: isNoName },
  { ...AWS, prefix: "AKIA", rare: 0, looks: (tail) => tail.length === 16 || /\d/.test(tail) },
  { ...AWS, prefix: "ASIA", rare: 0, looks: (tail) => tail.length === 16 || /\d/.test(tail) },
  { kind: "gitlab-token", prefix: "glpat-", rare: 5, tail: WORD, least: 20, leastCut: 4, apart: true },
  ...["sk_live_", "rk_live_", "sk_test_", "rk_test_"].map(
    (prefix) => ({ kind: "stripe-key", prefix, rare: 7, tail: ALNUM, least: 16, leastCut: 4 }) as const,
  ),
  { ...NAMED, kind: "npm-token", prefix: "npm_", rare: 3, least: 36 },
  { ...NAMED, kind: "hugging-face-token", prefix: "hf_", rare: 2, least: 30 },
  { kind: "webhook-secret", prefix: "whsec_", rare: 5, tail: ALNUM | BASE64, least: 20, leastCut: 4 },
  { kind: "google-key", prefix: "AIza", rare: 0, tail: WORD, least: 35, leastCut: 6, exact: true, apart: true },
];

/** `sk-learn-contrib` is a name; a key mixes digits with letters of both sizes, or is long. */
function isNoName(tail: string): boolean {
  const start = tail.slice(0, 200);
  return /\d/.test(start) && (tail.length >= 40 || (/[A-Z]/.test(start) && /[a-z]/.test(start)));
}

const byRareCharacter: ReadonlyMap<number, readonly Shape[]> = new Map(
  SHAPES.map((shape) => [rareOf(shape), SHAPES.filter((other) => rareOf(other) === rareOf(shape))]),
);

function rareOf({ prefix, rare }: Shape): number {
  return prefix.charCodeAt(rare);
}

/** The token whose rare character stands at a place. */
export function tokenAt(text: string, at: number): Span | undefined {
  for (const shape of byRareCharacter.get(text.charCodeAt(at)) ?? []) {
    const start = at - shape.rare;
    const end = standsAt(text, start, shape.prefix) ? endOf(shape, text, start) : undefined;
    if (end !== undefined) return { start, end, kind: shape.kind };
  }
  return undefined;
}

function endOf(shape: Shape, text: string, start: number): number | undefined {
  if (!beginsAt(text, start, shape.apart)) return undefined;
  const from = start + shape.prefix.length;
  const end = runEnd(text, from, shape.tail);
  const length = end - from;
  if (length < (isCut(text, end) ? shape.leastCut : shape.least)) return undefined;
  if (shape.exact && (length > shape.least || isAt(text, end, ALNUM))) return undefined;
  return shape.looks?.(text.slice(from, end)) === false ? undefined : end;
}

/** Beginnings of `{"alg`, `{"typ`, `{"kid`, `{"enc`, `{"cty`, `{"x5` in base64: what the header of a JWT begins with. */
const HEADER = /eyJ(?:hbGci|0eXAi|raWQi|lbmMi|jdHki|4NX|qa3Ui)/y;
const JWT_PREFIX = "eyJ";
const SHORTEST_PART = 10;

/** The JSON web token whose `J` stands at a place: two to five parts, or its header alone where the text was cut off. */
export function jwtAt(text: string, at: number): Span | undefined {
  const start = at - 2;
  if (!standsAt(text, start, JWT_PREFIX) || !beginsAt(text, start, true)) return undefined;
  HEADER.lastIndex = start;
  const isHeader = HEADER.test(text);
  const header = runEnd(text, start, WORD);
  if (header - start < SHORTEST_PART) return undefined;
  const parts = partsEnd(text, header);
  const isWhole = parts - header > SHORTEST_PART && (isHeader || standsAt(text, header + 1, JWT_PREFIX));
  if (!isWhole && !(isHeader && isCut(text, parts))) return undefined;
  return { start, end: parts, kind: "jwt" };
}

function partsEnd(text: string, header: number): number {
  let end = header;
  for (let parts = 1; parts < 5 && text[end] === "." && !text.startsWith("...", end); parts += 1) {
    end = runEnd(text, end + 1, WORD);
  }
  // The full stop of a sentence is none of it.
  return text[end - 1] === "." ? end - 1 : end;
}

const SLACK_PATH = /\.slack\.com\\{0,3}\/(?:services|workflows|triggers)\\{0,3}\//y;

/** The path of a Slack webhook, which is all one needs to write there. At a place stands the `.` behind `hooks`. */
export function slackPathAt(text: string, at: number): Span | undefined {
  if (!standsAt(text, at - 5, "hooks")) return undefined;
  SLACK_PATH.lastIndex = at;
  if (!SLACK_PATH.test(text)) return undefined;
  const start = SLACK_PATH.lastIndex;
  let end = runEnd(text, start, WORD);
  for (;;) {
    let slash = end;
    while (slash - end < 3 && text[slash] === "\\") slash += 1;
    if (text[slash] !== "/") break;
    end = runEnd(text, slash + 1, WORD);
  }
  return end > start ? { start, end, kind: "slack-token" } : undefined;
}

/** The kind of token that a whole text is: then it is called so wherever it stands. */
export function kindOfToken(text: string): SecretKind | undefined {
  const token = text.startsWith(JWT_PREFIX) ? jwtAt(text, 2) : shapeOf(text);
  return token?.start === 0 && token.end === text.length ? (token.kind as SecretKind) : undefined;
}

function shapeOf(text: string): Span | undefined {
  const shape = SHAPES.find(({ prefix }) => text.startsWith(prefix));
  return shape && tokenAt(text, shape.rare);
}
