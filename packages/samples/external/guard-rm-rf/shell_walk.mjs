// Goes through a shell command in the order in which it would run, and says what every simple command in it would be
// given.
//
// Nothing is run, so what is not known beforehand is followed both ways: a command may succeed or fail, a branch may be
// taken or not, a loop runs more than once. An `Env` says where the shell may be and what its variables may hold at one
// point; undefined stands for a point that cannot be reached.
import { active, CLOSE, COMMA, literal, OPEN, SPLIT, TILDE, UNKNOWN } from "./shell_words.mjs";

/** Values that are followed for one word; with more of them it counts as unknown. */
const MOST = 64;
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)(\[[^\]]*\])?(\+?=)/;

export class Env {
  constructor(dirs, variables) {
    this.dirs = dirs;
    this.variables = variables;
  }

  values(name) {
    return name === "PWD" ? this.dirs : (this.variables.get(name) ?? [UNKNOWN]);
  }

  in(dirs) {
    return new Env(dirs, this.variables);
  }

  assign(namesValues) {
    return new Env(this.dirs, new Map([...this.variables, ...namesValues]));
  }
}

/** The point that is reached from any of these. */
export function merge(...points) {
  const envs = points.filter((env) => env !== undefined);
  if (envs.length < 2) return envs[0];
  const names = new Set(envs.flatMap((env) => [...env.variables.keys()]));
  const variables = [...names].map((name) => [name, union(envs.map((env) => env.values(name)))]);
  return new Env(union(envs.map((env) => env.dirs)), new Map(variables));
}

function union(lists) {
  const values = [...new Set(lists.flat())];
  return values.length <= MOST ? values : [UNKNOWN];
}

/** A command that may succeed or fail and changes nothing by itself. */
export function both(env) {
  return [env, env];
}

// -- words ------------------------------------------------------------------------------------------------------------

/**
 * Everything a word may turn into: a list of alternatives, each a list of fields with marks for what is still active.
 */
export function expand(parts, env) {
  const texts = product(parts, ([kind, text]) => {
    if (kind === "text") return [text];
    if (kind === "sub") return printed(text, env);
    return kind === "var" ? env.values(text).map(active) : env.values(text);
  });
  if (texts === undefined) return [[UNKNOWN]];
  const keepsEmpty = parts.some(([kind]) => kind !== "var");
  return texts.map((text) => fields(text, keepsEmpty));
}

/** Every text that the options of the parts make; undefined when there are too many. */
function product(parts, options) {
  let texts = [""];
  for (const part of parts) {
    const after = options(part);
    texts = texts.flatMap((before) => after.map((text) => before + text));
    if (texts.length > MOST) return undefined;
  }
  return texts;
}

/** What a substitution prints, where that is known. */
function printed(script, env) {
  return /^[ \t\n]*pwd[ \t\n]*$/.test(script) ? env.dirs : [UNKNOWN];
}

function fields(text, keepsEmpty) {
  if (text === "") return keepsEmpty ? [""] : [];
  return text.split(SPLIT).filter(Boolean).flatMap(braces);
}

function braces(text) {
  const done = [];
  const todo = [text];
  while (todo.length > 0) {
    if (done.length + todo.length > MOST) return [UNKNOWN];
    const next = todo.shift();
    const pieces = firstBrace(next);
    if (pieces) todo.unshift(...pieces);
    else done.push(next);
  }
  return done;
}

/** The texts that the first {a,b} stands for; undefined when there is none. */
function firstBrace(text) {
  for (let start = text.indexOf(OPEN); start >= 0; start = text.indexOf(OPEN, start + 1)) {
    const cuts = [start];
    let depth = 0;
    for (let at = start; at < text.length; at++) {
      depth += text[at] === OPEN ? 1 : text[at] === CLOSE ? -1 : 0;
      if (depth === 0 || (depth === 1 && text[at] === COMMA)) cuts.push(at);
      if (depth === 0) break;
    }
    if (depth !== 0 || cuts.length < 3) continue;
    const rest = text.slice(cuts.at(-1) + 1);
    return cuts.slice(1).map((cut, index) => text.slice(0, start) + text.slice(cuts[index] + 1, cut) + rest);
  }
  return undefined;
}

/** What a word like NAME=value assigns: [[name, values]]. Undefined for any other word. */
function assignment(parts, env) {
  const index = parts.findIndex(([kind]) => kind !== "text");
  const count = index < 0 ? parts.length : index;
  const lead = parts
    .slice(0, count)
    .map(([, text]) => text)
    .join("");
  const match = ASSIGNMENT.exec(literal(lead));
  if (!match) return undefined;
  const [whole, name, element, operator] = match;
  if (element || operator === "+=") return [[name, [UNKNOWN]]];
  return [[name, assigned([["text", lead.slice(whole.length)], ...parts.slice(count)], env)]];
}

/** The values that an assignment gives: not split, only a tilde is active. */
export function assigned(parts, env) {
  const texts = product(parts, ([kind, text]) => {
    if (kind === "text") return [text];
    return kind === "sub" ? printed(text, env) : env.values(text);
  });
  return texts?.flatMap((text) => home(text, env)) ?? [UNKNOWN];
}

function home(text, env) {
  if (!text.startsWith(TILDE)) return [literal(text)];
  if (!["", "/"].includes(text.slice(1, 2))) return [UNKNOWN];
  return env.values("HOME").map((folder) => folder + literal(text.slice(1)));
}

// -- grammar ----------------------------------------------------------------------------------------------------------

/**
 * One script. `shell` has `run(args, env, inner, given)`, which is told every simple command, returns the points after
 * its success and after its failure and what it prints, if that is known; `walk(script, env)` for scripts in scripts;
 * `functions`; and `enter` and `leave`, which keep the depth.
 */
export class Walk {
  constructor(shell, scriptTokens, at = 0) {
    this.shell = shell;
    this.tokens = scriptTokens;
    this.at = at;
    this.output = undefined;
  }

  script(start) {
    let env = start;
    while (this.at < this.tokens.length) {
      env = merge(...this.list(env, []));
      this.at++; // a bracket or a word that nothing has opened
    }
    return env;
  }

  // -- where we are

  kind() {
    return this.tokens[this.at]?.[0];
  }

  op() {
    return this.kind() === "op" ? this.tokens[this.at][1] : undefined;
  }

  /** The word here, when it is written out. */
  text() {
    if (this.kind() !== "word") return undefined;
    const parts = this.tokens[this.at][1];
    return parts.every(([kind]) => kind === "text") ? parts.map(([, text]) => literal(text)).join("") : undefined;
  }

  /** Moves past an operator or a reserved word, if it is here. */
  take(what) {
    const here = this.op() === what || this.text() === what;
    if (here) this.at++;
    return here;
  }

  skipTo(what) {
    while (this.at < this.tokens.length && !this.take(what)) this.at++;
  }

  newlines() {
    while (this.op() === "\n") this.at++;
  }

  // -- lists and pipelines

  list(env, ends) {
    let [succeeded, failed] = [env, undefined];
    while (this.at < this.tokens.length && !ends.includes(this.op()) && !ends.includes(this.text())) {
      if ([";", "\n", "&"].includes(this.op())) {
        this.at++;
        continue;
      }
      const [before, start] = [merge(succeeded, failed), this.at];
      [succeeded, failed] = this.andOr(before);
      if (this.op() === "&") [succeeded, failed] = [merge(before, succeeded, failed), undefined];
      if (this.at === start) break;
    }
    return [succeeded, failed];
  }

  andOr(env) {
    let [succeeded, failed] = this.pipeline(env);
    let after;
    while (this.op() === "&&" || this.op() === "||") {
      if (this.take("&&")) {
        this.newlines();
        [succeeded, after] = this.pipeline(succeeded);
        failed = merge(failed, after);
      } else if (this.take("||")) {
        this.newlines();
        [after, failed] = this.pipeline(failed);
        succeeded = merge(succeeded, after);
      }
    }
    return [succeeded, failed];
  }

  pipeline(env) {
    let result = this.command(env, undefined);
    while (this.op() === "|" || this.op() === "|&") {
      this.at++;
      this.newlines();
      result = both(merge(env, ...result, ...this.command(env, this.output)));
    }
    return result;
  }

  // -- commands

  command(env, piped) {
    this.output = undefined;
    this.shell.enter();
    const result = this.compound(env) ?? (this.isFunction() ? this.function(env) : this.simple(env, piped));
    this.shell.leave();
    return result;
  }

  compound(env) {
    const compound = COMPOUND.get(this.op() ?? this.text());
    if (!compound) return undefined;
    this.at++;
    const result = this[compound](env);
    this.words(env); // redirections
    return result;
  }

  isFunction() {
    const [open, close] = this.tokens.slice(this.at + 1, this.at + 3);
    return open?.[0] === "op" && open[1] === "(" && close?.[0] === "op" && close[1] === ")";
  }

  /** The words up to the next operator and the here-document among them. Substitutions in them are walked. */
  words(env) {
    const words = [];
    let given;
    for (; this.kind() !== undefined && this.kind() !== "op"; this.at++) {
      const [kind, parts] = this.tokens[this.at];
      const scripts = parts.filter(([part, script]) => part === "sub" && script !== "");
      if (env) for (const [, script] of scripts) this.shell.walk(script, env);
      if (kind === "word") words.push(parts);
      else if (kind === "input" && env) given = hereDocument(assigned(parts, env));
    }
    return { words, given };
  }

  simple(env, piped) {
    const { words, given } = this.words(env);
    if (!env) return both(undefined);
    let inner = env;
    for (let found = words[0] && assignment(words[0], inner); found; found = words[0] && assignment(words[0], inner)) {
      inner = inner.assign(found);
      words.shift();
    }
    const [first, ...others] = words;
    if (!first) return both(inner);
    const rest = others.flatMap((word) => expand(word, env).flat());
    const results = expand(first, env).map((name) => this.shell.run([...name, ...rest], env, inner, given ?? piped));
    this.output = results.length === 1 ? results[0][2] : undefined;
    return [merge(...results.map(([succeeded]) => succeeded)), merge(...results.map(([, failed]) => failed))];
  }

  subshell(env) {
    this.list(env, [")"]);
    this.take(")");
    return both(env);
  }

  group(env) {
    const result = this.list(env, ["}"]);
    this.take("}");
    return result;
  }

  negated(env) {
    return this.pipeline(env).reverse();
  }

  timed(env) {
    while (this.text()?.startsWith("-")) this.at++;
    return this.pipeline(env);
  }

  if(start) {
    const results = [];
    let env = start;
    do {
      let succeeded;
      [succeeded, env] = this.list(env, ["then"]);
      this.take("then");
      results.push(...this.list(succeeded, ["elif", "else", "fi"]));
    } while (this.take("elif"));
    results.push(...(this.take("else") ? this.list(env, ["fi"]) : [env]));
    this.take("fi");
    return both(merge(...results));
  }

  loop(start) {
    const from = this.at;
    let env = start;
    for (let round = 0; round < 2; round++) {
      this.at = from;
      const before = this.list(env, ["do"]);
      this.take("do");
      env = merge(env, ...before, ...this.list(merge(...before), ["done"]));
      this.take("done");
    }
    return both(env);
  }

  for(env) {
    const name = this.text() ?? "";
    let values = [UNKNOWN];
    this.at++;
    this.newlines();
    if (this.take("in")) {
      const { words } = this.words(env);
      values = env ? union(words.flatMap((word) => expand(word, env))) : [];
    }
    this.skipTo("do");
    const from = this.at;
    let inside = env?.assign([[name, values]]);
    for (let round = 0; round < 2; round++) {
      this.at = from;
      inside = merge(inside, ...this.list(inside, ["done"]));
      this.take("done");
    }
    return both(merge(env, inside));
  }

  case(env) {
    const results = [env];
    this.skipTo("in");
    this.newlines();
    while (this.at < this.tokens.length && !this.take("esac")) {
      this.take("(");
      this.skipTo(")");
      results.push(...this.list(env, [...CASE_ENDS, "esac"]));
      if (CASE_ENDS.includes(this.op())) this.at++;
      this.newlines();
    }
    return both(merge(...results));
  }

  /** A definition: looked into when it is called. */
  function(env) {
    const name = this.text();
    this.at++;
    if (this.take("(")) this.take(")");
    this.newlines();
    // Which of several definitions counts is not known: a call looks into all of them.
    const known = this.shell.functions.get(name) ?? [];
    if (env) this.shell.functions.set(name, [...known, [this.tokens, this.at]]);
    this.command(undefined, undefined);
    return both(env);
  }
}

function hereDocument(texts) {
  return { texts, paths: texts.flatMap((text) => text.match(/[^ \t\n]+/g) ?? []) };
}

const CASE_ENDS = [";;", ";&", ";;&"];
const COMPOUND = new Map([
  ["(", "subshell"],
  ["{", "group"],
  ["!", "negated"],
  ["time", "timed"],
  ["if", "if"],
  ["while", "loop"],
  ["until", "loop"],
  ["for", "for"],
  ["select", "for"],
  ["case", "case"],
  ["function", "function"],
]);
