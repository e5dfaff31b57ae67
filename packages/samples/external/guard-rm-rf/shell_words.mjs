// Cuts a shell command into tokens, as far as a reader needs who wants to know what it would do. Nothing is run.
//
// A token is ["op", text], ["word", parts], ["redirect", parts] or ["input", parts]: a here-document or here-string. A
// part is ["text", characters], ["var", name], ["quoted-var", name] or ["sub", script] for everything that is only
// known when it runs: a command substitution, or "" where there is nothing to look into.
//
// Characters that mean something because they are not quoted are replaced in "text" by marks: control characters that
// no real command holds. `literal` turns them back.

export const UNKNOWN = "\x00";
export const [STAR, ANY, CLASS, OPEN, COMMA, CLOSE, TILDE, SPLIT] = "\x01\x02\x03\x04\x05\x06\x07\x08";
export const MARKS = new Map([
  ["*", STAR],
  ["?", ANY],
  ["[", CLASS],
  ["{", OPEN],
  [",", COMMA],
  ["}", CLOSE],
]);
const BACK = new Map([...[...MARKS].map(([char, mark]) => [mark, char]), [TILDE, "~"], [SPLIT, " "]]);

const OPERATOR = /;;&|;;|;&|&&|\|\||\|&|[;&|()\n]/y;
const REDIRECT = /&>>?|(?:[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})?(<<<|<<-?|<>|>>|>\||[<>]&?)(?!\()/y;
const BLANKS = /(?:[ \t\r]|\\\r?\n)*(?:#[^\n]*)?/y;
const SPACES = /[ \t]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SIMPLE_ANSI = new Map(Object.entries({ n: "\n", t: "\t", r: "\r", a: "", b: "", e: "", f: "\f", v: "\v" }));
const ANSI = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3})|([\s\S]))/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the marks
const ALL_MARKS = /[\x01-\x08]/g;

/** A text with its marks turned back into what they were. What is not known stays UNKNOWN. */
export function literal(text) {
  return text.replace(ALL_MARKS, (mark) => BACK.get(mark));
}

/** A text for people, what is not known as an ellipsis. */
export function plain(text) {
  return literal(text).replaceAll(UNKNOWN, "…");
}

/** A text as if it stood unquoted in a command. */
export function active(text) {
  return text.replace(/[\s\S]/g, (char) => MARKS.get(char) ?? (" \t\n".includes(char) ? SPLIT : char));
}

/**
 * The tokens of a script. A quote or bracket that is not closed ends with the script. Only UNKNOWN may come in as a
 * mark.
 */
export function tokens(script) {
  return new Reader(script.replace(ALL_MARKS, UNKNOWN)).read();
}

class Reader {
  constructor(text, at = 0, inside = false) {
    this.text = text;
    this.at = at;
    this.inside = inside;
    this.found = [];
    this.documents = [];
    this.quoted = false;
  }

  /** All tokens, or those up to the bracket that closes a substitution, which is read as well. */
  read() {
    let depth = 0;
    while (this.skipBlanks()) {
      const redirect = this.match(REDIRECT);
      const operator = this.match(OPERATOR);
      if (redirect) this.redirect(redirect);
      else if (operator) {
        this.operator(operator[0]);
        depth += operator[0] === "(" ? 1 : operator[0] === ")" ? -1 : 0;
        if (depth < 0 && this.inside) return this.found;
      } else this.found.push(["word", this.word()]);
    }
    this.hereDocuments();
    return this.found;
  }

  match(pattern) {
    pattern.lastIndex = Math.min(this.at, this.text.length);
    return pattern.exec(this.text);
  }

  operator(text) {
    this.at += text.length;
    this.found.push(["op", text]);
    if (text === "\n") this.hereDocuments();
  }

  /** Moves to the next token; false at the end. */
  skipBlanks() {
    const match = this.match(BLANKS);
    this.at = match.index + match[0].length;
    return this.at < this.text.length;
  }

  redirect(match) {
    this.at += match[0].length;
    this.at += this.match(SPACES)[0].length;
    const kind = match[1];
    const word = this.word();
    if (kind === "<<" || kind === "<<-") {
      const body = [];
      const end = literal(word.map(([, text]) => text).join(""));
      this.documents.push({ body, end, strip: kind === "<<-", quoted: this.quoted });
      this.found.push(["input", body]);
    } else this.found.push([kind === "<<<" ? "input" : "redirect", word]);
  }

  /** Reads the bodies of the here-documents that were announced on the line that ends here. */
  hereDocuments() {
    for (const { body, end, strip, quoted } of this.documents) {
      let text = "";
      while (this.at < this.text.length) {
        const newline = this.text.indexOf("\n", this.at);
        const stop = newline < 0 ? this.text.length : newline;
        const whole = this.text.slice(this.at, stop);
        const line = strip ? whole.replace(/^\t+/, "") : whole;
        this.at = stop + 1;
        if (line === end) break;
        text += `${line}\n`;
      }
      body.push(...(quoted ? [["text", text]] : new Reader(text).doubleQuoted(undefined)));
    }
    this.documents = [];
  }

  /** The parts of the word that starts here. Sets `quoted`: whether any of it was. */
  word() {
    const parts = [];
    const start = this.at;
    this.quoted = false;
    while (this.at < this.text.length) {
      const char = this.text[this.at];
      if ("<>".includes(char) && this.text[this.at + 1] === "(") {
        this.at += 2;
        parts.push(["sub", this.substitution()]);
      } else if (" \t\r\n;&|<>()".includes(char)) break;
      else parts.push(...this.unquoted(char, start));
    }
    return parts.length > 0 ? parts : [["text", ""]];
  }

  unquoted(char, start) {
    this.at++;
    if (char === "\\") {
      this.quoted = true;
      const escaped = this.text.slice(this.at, ++this.at);
      return [["text", escaped === "\n" ? "" : escaped]];
    }
    if (char === "'") {
      this.quoted = true;
      return [["text", this.to("'")]];
    }
    if (char === '"') {
      this.quoted = true;
      return [["text", ""], ...this.doubleQuoted('"')];
    }
    if (char === "$" || char === "`") return this.dollar(char, "var");
    // A tilde counts at the start of a word, and of the value of an assignment.
    if (char === "~" && (this.at - 1 === start || "=:".includes(this.text[this.at - 2]))) return [["text", TILDE]];
    return [["text", MARKS.get(char) ?? char]];
  }

  /** The parts up to the closing quote; up to the end for undefined. */
  doubleQuoted(end) {
    const parts = [];
    let text = "";
    while (this.at < this.text.length && this.text[this.at] !== end) {
      const char = this.text[this.at++];
      const next = this.text[this.at];
      if (char === "\\" && next !== undefined && '$`"\\\n'.includes(next)) {
        text += next === "\n" ? "" : next;
        this.at++;
      } else if (char === "$" || char === "`") {
        parts.push(["text", text], ...this.dollar(char, "quoted-var"));
        text = "";
      } else text += char;
    }
    this.at++;
    return [...parts, ["text", text]];
  }

  /** What follows a dollar sign or a backquote, which has been read. */
  dollar(char, kind) {
    const next = this.text[this.at];
    if (char === "`") return [["sub", this.to("`").replace(/\\([`\\$])/g, "$1")]];
    if (next === "'" && kind === "var") {
      this.at++;
      this.quoted = true;
      return [["text", this.ansi()]];
    }
    if (next === '"' && kind === "var") {
      this.at++;
      return this.doubleQuoted('"');
    }
    if (next === "(") {
      this.at++;
      return this.arithmetic() ?? [["sub", this.substitution()]];
    }
    if (next === "{") {
      this.at++;
      const inner = this.until("}");
      return /^(?:\w+|[@*])$/.test(inner) ? [[kind, inner]] : [["sub", ""], ...substitutions(inner)];
    }
    return this.variable(kind);
  }

  /** The script up to the bracket that closes it. Read as tokens: a bracket in a here-document closes nothing. */
  substitution() {
    const start = this.at;
    const inner = new Reader(this.text, start, true);
    const last = inner.read().at(-1);
    this.at = inner.at;
    return last?.[0] === "op" && last[1] === ")" ? this.text.slice(start, inner.at - 1) : this.text.slice(start);
  }

  /** The rest of $((...)); undefined when the brackets turn out to be those of a subshell in a substitution. */
  arithmetic() {
    const start = this.at;
    if (this.text[start] === "(") {
      this.at++;
      const inner = this.until(")");
      if (this.text[this.at] === ")") {
        this.at++;
        return [["sub", ""], ...substitutions(inner)];
      }
    }
    this.at = start;
    return undefined;
  }

  variable(kind) {
    const name = this.match(NAME);
    if (name) {
      this.at += name[0].length;
      return [[kind, name[0]]];
    }
    const next = this.text[this.at] ?? "";
    if (/^[0-9@*]/.test(next)) {
      this.at++;
      return [[kind, next]];
    }
    if (/^[#?!$-]/.test(next)) {
      this.at++;
      return [["sub", ""]];
    }
    return [["text", "$"]];
  }

  /** The text up to a character, which is read as well. A backquote may be escaped. */
  to(end) {
    const start = this.at;
    while (this.at < this.text.length && this.text[this.at] !== end) {
      this.at += end === "`" && this.text[this.at] === "\\" ? 2 : 1;
    }
    this.at = Math.min(this.at, this.text.length);
    return this.text.slice(start, this.at++);
  }

  /** The text up to the bracket that closes, past quotes and nested brackets. The bracket is read as well. */
  until(close) {
    const opening = close === ")" ? "(" : "{";
    const start = this.at;
    let depth = 1;
    while (this.at < this.text.length) {
      const char = this.text[this.at++];
      if (char === "\\") this.at++;
      else if (char === "'" || char === "`") this.to(char);
      else if (char === '"') this.doubleQuoted('"');
      else if (char === opening) depth++;
      else if (char === close && --depth === 0) return this.text.slice(start, this.at - 1);
    }
    return this.text.slice(start);
  }

  ansi() {
    const start = this.at;
    while (this.at < this.text.length && this.text[this.at] !== "'") this.at += this.text[this.at] === "\\" ? 2 : 1;
    return this.text.slice(start, this.at++).replace(ANSI, ansiChar);
  }
}

/** The substitutions inside an expansion that is itself not known. */
function substitutions(text) {
  return new Reader(text).doubleQuoted(undefined).filter(([kind, script]) => kind === "sub" && script !== "");
}

function ansiChar(_, hexadecimal, unicode, octal, char) {
  if (char !== undefined) return SIMPLE_ANSI.get(char) ?? char;
  const code = Number.parseInt(hexadecimal ?? unicode ?? octal, octal ? 8 : 16);
  return 31 < code && code < 0xd800 ? String.fromCharCode(code) : UNKNOWN;
}
