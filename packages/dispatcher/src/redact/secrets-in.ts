import { type Assignments, assignmentsIn, FLAG } from "./assignments.ts";
import { standsAt } from "./chars.ts";
import { pemAt } from "./pem.ts";
import { labelEnd, type Span } from "./spans.ts";
import { jwtAt, slackPathAt, tokenAt } from "./tokens.ts";
import { userinfoAt } from "./urls.ts";

/**
 * The signs that a secret may be near, each one character and what stands around it: the engine of regular expressions goes over ordinary text
 * several times faster than a loop does. None of them repeats without a limit, so a text is read in time that grows with it.
 */
const SIGNS: readonly RegExp[] = [
  // A label that stands there already.
  /\[(?=redacted:)/,
  // Prefixes of tokens, at their rarest character: what it is, `tokens.ts` says.
  /_(?<=gh[pousr]_|_pat_|[rs]k_(?:live|test)_|npm_|hf_|whsec_)/,
  /A(?=KIA|SIA|Iza)/,
  /J(?<=eyJ)/,
  /-(?<=sk-|xox[abeoprs]-|xapp-|glpat-)/,
  /\.(?=slack\.com)/,
  /-(?=----BEGIN )/,
  /[Bb](?=earer|EARER)/,
  FLAG,
  // A URL.
  /:(?=\\?\/)/,
  // What ends like the name of a secret, before `:`, `=`, `:=`. What it is, `key-names.ts` says.
  new RegExp(
    `[:=](?<=(?:${[
      "word|wd|rase|code|ret|ken|key|Key|pass|Pass|pw|Pw|tion",
      "[A-Z0-9]|[_.-][a-z0-9]{1,13}|(?:word|cret|oken|ey)[A-Z][a-z]{1,12}",
    ].join("|")})s?["'\\\\\\]]{0,9}[ \\t]{0,4}:?[:=])`,
  ),
];

const SIGN = new RegExp(SIGNS.map(({ source }) => source).join("|"), "g");

/** What a sign leads to. */
function lookAt(text: string, at: number, assignments: () => Assignments): Span | undefined {
  switch (text[at]) {
    case "[":
      return labelAt(text, at);
    case "J":
      return jwtAt(text, at);
    case ".":
      return slackPathAt(text, at);
    case "B":
    case "b":
      return assignments().bearerAt(at);
    case "-":
      if (standsAt(text, at, "-----BEGIN ")) return pemAt(text, at);
      return tokenAt(text, at) ?? assignments().flagAt(at);
    case ":":
      return userinfoAt(text, at) ?? assignments().assignedAt(at);
    case "=":
      return assignments().assignedAt(at);
    default:
      return tokenAt(text, at);
  }
}

/** A label that stands there already is left alone. */
function labelAt(text: string, at: number): Span | undefined {
  const end = labelEnd(text, at);
  return end === undefined ? undefined : { start: at, end, kind: "" };
}

const NONE: readonly Span[] = [];

/**
 * The secrets of a text and the labels that stand in it, in order, none over another. Pure, and in time that grows with the text: whatever
 * is looked at in vain is looked at once.
 */
export function secretsIn(text: string): readonly Span[] {
  SIGN.lastIndex = 0;
  return SIGN.test(text) ? lookThrough(text, SIGN.lastIndex - 1) : NONE;
}

function lookThrough(text: string, first: number): readonly Span[] {
  const found: Span[] = [];
  let made: Assignments | undefined;
  const assignments = (): Assignments => {
    made ??= assignmentsIn(text);
    return made;
  };
  let decided = 0;
  const scan = (from: number, to: number): void => {
    for (let at = from; at >= 0 && at < to; at = nextSign(text, Math.max(at + 1, decided))) {
      const span = lookAt(text, at, assignments);
      if (!span || span.start < decided || span.end > to) continue;
      // Between a sign and what it is about something else may stand: the user before the password of a URL.
      if (span.start > at + 1) scan(nextSign(text, at + 1), span.start);
      found.push(span);
      decided = span.end;
    }
  };
  scan(first, text.length);
  return found;
}

/** -1 when there is none. */
function nextSign(text: string, from: number): number {
  SIGN.lastIndex = from;
  return SIGN.test(text) ? SIGN.lastIndex - 1 : -1;
}
