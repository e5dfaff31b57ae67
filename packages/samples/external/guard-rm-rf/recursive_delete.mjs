// Says whether a shell command deletes a folder outside a project, as far as that can be told without running it.
//
// What is not known beforehand (a variable that the command does not set, the output of another command) counts as
// outside when it is deleted. This keeps an agent from accidents; it is no sandbox: a program that the command starts
// may delete what it likes.
import { realpathSync, statSync } from "node:fs";
import { assigned, both, Env, merge, Walk } from "./shell_walk.mjs";
import { ANY, CLASS, literal, MARKS, plain, STAR, TILDE, tokens, UNKNOWN } from "./shell_words.mjs";

/** Commands in commands, and commands all in all, that are looked at. */
const DEEPEST = 40;
const LONGEST = 5000;

/** A command deletes what it should not; the text says what and why. */
class Outside extends Error {}

/**
 * Why a command should not run in a project; undefined when it may.
 *
 * @param command text for a shell, or a list of words
 * @param cwd folder of the project, absolute
 * @param home the user's home folder
 * @param workdir where the command runs, when that is not the project's folder
 */
export function whyNot(command, cwd, home, workdir) {
  const guard = new Guard(cwd);
  const start = workdir ? (workdir.startsWith("/") ? workdir : `${cwd}/${workdir}`) : cwd;
  const env = new Env([start || UNKNOWN], new Map([["HOME", [home || UNKNOWN]]]));
  try {
    if (Array.isArray(command)) guard.run(command.map(word), env, env, undefined);
    else guard.walk(command, env);
  } catch (error) {
    if (error instanceof RangeError) return TOO_COMPLICATED;
    if (error instanceof Outside) return error.message;
    throw error;
  }
  return undefined;
}

const TOO_COMPLICATED = "it is too complicated to tell what it deletes";

/** A word of a list: whoever joins the words for a shell after all makes these characters active. */
function word(text) {
  const marked = [...text].map((char) => MARKS.get(char) ?? char).join("");
  return marked.startsWith("~") ? TILDE + marked.slice(1) : marked;
}

// -- paths ------------------------------------------------------------------------------------------------------------

/** The paths that an absolute path with marks may mean: without . and .., links not followed. */
function normal(path) {
  let found = [[]];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    const up = part === ".." || matchesDots(part) ? found.map((names) => names.slice(0, -1)) : [];
    found = part === ".." ? up : [...found.map((names) => [...names, part]), ...up].slice(0, 64);
  }
  return [...new Set(found.map((names) => `/${names.join("/")}`))];
}

const CLASSES = new RegExp(`${CLASS}[!^]?\\]?[^\\]]*\\]`, "g");
const PATTERN = new Map([
  [STAR, ".*"],
  [ANY, "."],
  ["\x0e", "\\."],
  ["\x0f", "(?!)"],
]);

/** Whether a pattern matches "..", as older shells let it. */
function matchesDots(part) {
  if (!part.startsWith(".") || ![STAR, ANY, CLASS].some((mark) => part.includes(mark))) return false;
  const marked = part.replace(CLASSES, classMark);
  const pattern = [...marked].map((char) => PATTERN.get(char) ?? char.replace(/[$()*+.?[\\\]^{|}]/, "\\$&")).join("");
  return new RegExp(`^(?:${pattern})$`).test("..");
}

/** [...] as a mark for "a dot" or "no dot". */
function classMark(text) {
  const negated = text[1] === "!" || text[1] === "^";
  return text.includes(".") !== negated ? "\x0e" : "\x0f";
}

function isEverything(part) {
  return part.includes(STAR) && [...part].every((char) => char === STAR || char === ANY);
}

/** The folders that count as the project: as it is called and, if it exists, where it really is. */
function rootsOf(cwd) {
  const [root] = normal(cwd);
  if (!cwd.startsWith("/") || root === "/") return [];
  try {
    return statSync(cwd).isDirectory() ? [...new Set([root, realpathSync(cwd)])] : [root];
  } catch {
    return [root];
  }
}

/** What Walk tells every command to. */
class Guard {
  constructor(cwd) {
    this.functions = new Map();
    this.depth = 0;
    this.count = 0;
    this.calls = 0;
    this.roots = rootsOf(cwd);
  }

  // -- what Walk needs

  enter() {
    this.depth++;
    this.count++;
    if (this.depth > DEEPEST || this.count > LONGEST) throw new Outside(TOO_COMPLICATED);
  }

  leave() {
    this.depth--;
  }

  /** Looks at a script; returns the point after it. */
  walk(script, env) {
    this.enter();
    const after = new Walk(this, tokens(script)).script(env);
    this.leave();
    return after;
  }

  /**
   * Looks at one command. `env` is where it stands, `inner` what a shell that it starts would see, `given` its input.
   */
  run(args, env, inner, given, functions = true) {
    if (args.length === 0) return both(env);
    const called = literal(args[0]);
    if (functions && this.functions.has(called)) return both(this.call(called, args, env));
    const name = programOf(called);
    if (PREFIXES.has(name)) return this.prefixed(PREFIXES.get(name), args, env, inner, given);
    if (name === "exit" || (name === "return" && this.calls > 0)) return both(undefined);
    if (LOOK.has(name)) this[LOOK.get(name)](args, inner, given);
    else if (name.includes(UNKNOWN) && saysRf(args)) this.rm(args, env);
    return [...(this.change(name, args, env) ?? both(env)), OUTPUTS.get(name)?.(args, given)];
  }

  /** A function: its body, with the arguments of this call. It may leave early, so what was before may still hold. */
  call(name, args, env) {
    const called = env.assign(positional(args));
    this.calls++;
    const after = this.functions.get(name).flatMap(([body, at]) => new Walk(this, body, at).command(called, undefined));
    this.calls--;
    return merge(env, ...after).assign(NO_POSITIONAL.map(([key]) => [key, env.values(key)]));
  }

  // -- deleting

  /** Throws Outside when a target of a deletion is not inside the project. */
  check(target, env) {
    if (target === "") return;
    for (const path of this.paths(target, env)) {
      if (path === undefined) {
        throw new Outside(`it deletes ${shown(plain(target))}, and what that is cannot be known before it runs`);
      }
      this.judge(path);
    }
  }

  /** The absolute paths that a target may stand for; undefined for one that is not known. */
  paths(target, env) {
    if (target.includes(UNKNOWN)) return [undefined];
    const [folders, rest] = startOf(target, env);
    if (folders.some((folder) => folder.includes(UNKNOWN))) return [undefined];
    return folders.flatMap((folder) => normal(`${folder}/${rest}`));
  }

  judge(path) {
    const text = shown(plain(path));
    if (this.roots.length === 0) throw new Outside(`it deletes ${text}, and the agent works in no project folder`);
    const cut = path.lastIndexOf("/");
    const whole = isEverything(path.slice(cut + 1)) ? path.slice(0, cut) : path;
    if (this.roots.includes(whole)) throw new Outside(`it deletes ${text}, which is the project itself`);
    if (this.roots.some((root) => path.startsWith(`${root}/`))) return;
    throw new Outside(`it deletes ${text}, which is outside the project ${shown(this.roots[0])}`);
  }

  rm(args, env) {
    const targets = [];
    let [recursive, options] = [false, true];
    for (const arg of args.slice(1)) {
      const text = literal(arg);
      if (options && text === "--") options = false;
      // GNU takes every beginning of a long option that only one option has.
      else if (options && text.startsWith("--")) recursive ||= "--recursive".startsWith(text);
      else if (options && text.length > 1 && text[0] === "-") recursive ||= /[rR]/.test(text);
      else targets.push(arg);
    }
    if (recursive) for (const target of targets) this.check(target, env);
  }

  find(args, env) {
    if (args.includes("-delete")) for (const path of found(args)) this.check(path, env);
    for (const [at, arg] of args.entries()) {
      if (EXEC.includes(arg)) this.rmLike(untilEnd(args.slice(at + 1)), found(args), ["{}"], env);
    }
  }

  xargs(args, env, given) {
    let [rest, options] = skipOptions(args, XARGS);
    let replaced = options.filter(([name]) => name === "-I" || name === "-J").map(([, text]) => text);
    replaced.push(...options.filter(([name]) => name === "-i" || name === "--replace").map(([, text]) => text || "{}"));
    if (replaced.length === 0) [rest, replaced] = [[...rest, "{}"], ["{}"]];
    const paths = given?.paths ?? [UNKNOWN];
    if (given?.found) this.rmLike(rest, paths, replaced, env);
    else this.run(withPaths(rest, replaced, paths), env, env, undefined);
  }

  /** A command for everything that find finds: rm without -r deletes whole trees then as well. */
  rmLike(args, paths, replaced, env) {
    const isRm = args.length > 0 && programOf(literal(args[0])) === "rm";
    const command = isRm ? [args[0], "-r", ...args.slice(1)] : args;
    this.run(withPaths(command, replaced, paths), env, env, undefined);
  }

  // -- commands in commands

  prefixed(spec, args, start, startInner, given) {
    let [rest, options] = skipOptions(args, spec);
    let [env, inner] = [start, startInner];
    if (options.some(([name]) => spec.asks?.includes(name))) return both(env);
    for (const [name, text] of options) {
      if (spec.folder?.includes(name)) inner = env = env.in(this.folders(text, env));
    }
    while (rest.length > 0 && /^[A-Za-z_][A-Za-z0-9_]*=/.test(literal(rest[0]))) rest = rest.slice(1);
    const script = options.filter(([name]) => spec.script?.includes(name)).map(([, text]) => text);
    if (script.length > 0) {
      this.walk(literal([...script, ...rest].join(" ")), inner);
      return both(env);
    }
    return this.run(rest.slice(spec.operands ?? 0), env, inner, given, false);
  }

  busybox(args, env, given) {
    this.run(args.slice(1), env, env, given);
  }

  shell(args, env, given) {
    const [rest, options] = skipOptions(args, SHELL);
    if (options.some(([name]) => name.includes("c") && !name.startsWith("--"))) {
      // A word with several values makes several scripts, so every word is looked at as one.
      for (const script of rest) this.walk(literal(script), env.assign(positional(rest.slice(1))));
    } else if (rest.length === 0) {
      for (const script of given?.texts ?? []) this.walk(literal(script), env);
    }
  }

  su(args, env) {
    const texts = args.map(literal);
    for (const [at, script] of texts.entries()) {
      if (["-c", "--command"].includes(texts[at - 1])) this.walk(script, env);
    }
  }

  trap(args, env) {
    for (const script of args.slice(1, 2)) this.walk(literal(script), env);
  }

  // -- commands that change where the shell is or what its variables hold

  /** The points after a command that changes the shell itself; undefined for any other. */
  change(name, args, env) {
    const operands = args.slice(1).filter((arg) => !literal(arg).startsWith("-") || literal(arg) === "-");
    const forget = (names) => both(env.assign(names.map((arg) => [literal(arg), [UNKNOWN]])));
    if (name === "cd" || name === "pushd") return [env.in(this.folders(operands[0] ?? TILDE, env)), env];
    if (name === "popd") return [env.in([UNKNOWN]), env];
    if (name === "eval") return both(this.walk(literal(args.slice(1).join(" ")), env));
    if (DECLARE.includes(name)) return both(env.assign(operands.map(literal).flatMap((text) => declared(text, env))));
    if (FORGET.includes(name)) return forget(operands);
    if (name === "printf" && args.includes("-v")) return forget(args.slice(args.indexOf("-v") + 1).slice(0, 1));
    if (name === "set" || name === "shift") return both(env.assign(NO_POSITIONAL));
    return undefined;
  }

  /** Where cd goes. */
  folders(target, env) {
    if (literal(target) === "-") return [UNKNOWN];
    return this.paths(target, env).map((path) => path ?? UNKNOWN);
  }
}

/** The folders that a target starts from, and the rest of it. */
function startOf(target, env) {
  const cut = target.indexOf("/");
  const head = cut < 0 ? target : target.slice(0, cut);
  if (!head.startsWith(TILDE)) return [head === "" && cut === 0 ? [""] : env.dirs, target];
  const folders = head === TILDE ? env.values("HOME") : head.slice(1) === "+" ? env.dirs : [UNKNOWN];
  return [folders, cut < 0 ? "" : target.slice(cut + 1)];
}

function declared(text, env) {
  const cut = text.indexOf("=");
  return cut < 0 ? [] : [[text.slice(0, cut), assigned([["text", text.slice(cut + 1)]], env)]];
}

/** $1 and so on for a function or a script, args[0] being $0. */
function positional(args) {
  const known = args.slice(1, 10).map((arg, index) => [String(index + 1), [literal(arg)]]);
  const all = args.length > 1 ? args.slice(1).map(literal) : [""];
  return [...NO_POSITIONAL, ...known, ["@", all], ["*", all]];
}

/** `rm` for /bin/rm. */
function programOf(name) {
  return name.slice(name.lastIndexOf("/") + 1);
}

function saysRf(args) {
  const options = args
    .slice(1)
    .map(literal)
    .filter((text) => text.startsWith("-"))
    .join("");
  return options.includes("f") && /[rR]/.test(options);
}

/** A path for people: in quotes when it could be taken for something else. */
function shown(path) {
  return /^[A-Za-z0-9_./~*?@%+:,-]+$/.test(path) ? path : quoted(path);
}

/** A text as a JSON string: on one line, whatever it holds. */
export function quoted(text) {
  return `"${text.replace(/["\\\p{Cc}\p{Cs}\u2028\u2029]/gu, escaped)}"`;
}

const ESCAPES = new Map(Object.entries({ '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" }));

function escaped(char) {
  return ESCAPES.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

// -- what is known about commands -------------------------------------------------------------------------------------

/** The words after a command's options, and the options with their values: [[name, value]]. */
function skipOptions(args, { values = [], signs = "-" }) {
  const options = [];
  let at = 1;
  while (at < args.length) {
    const text = literal(args[at]);
    if (text === "--") {
      at++;
      break;
    }
    if (text.length < 2 || !signs.includes(text[0])) break;
    const [name, value] = option(text, values);
    at++;
    options.push([name, value ?? (at < args.length ? args[at++] : "")]);
  }
  return [args.slice(at), options];
}

/** Name and value of an option; undefined for a value that is the next word. */
function option(text, values) {
  if (text.startsWith("--")) {
    const cut = text.indexOf("=");
    if (cut >= 0) return [text.slice(0, cut), text.slice(cut + 1)];
    return [text, values.includes(text) ? undefined : ""];
  }
  const at = [...text].findIndex((letter, index) => index > 0 && values.includes(`-${letter}`));
  if (at < 0) return [text, values.includes(text) ? undefined : ""];
  return [`-${[...text][at]}`, [...text].slice(at + 1).join("") || undefined];
}

/** A command with paths put in where a name stands for them. */
function withPaths(args, names, paths) {
  return args.flatMap((arg) => {
    const text = literal(arg);
    const name = names.map(literal).find((candidate) => text.includes(candidate));
    if (name === undefined) return [arg];
    return name === text ? paths : [text.replaceAll(name, () => UNKNOWN)];
  });
}

const EXEC = ["-exec", "-execdir", "-ok", "-okdir"];

function untilEnd(args) {
  const end = args.findIndex((arg) => arg === ";" || arg === "+");
  return end < 0 ? args : args.slice(0, end);
}

// Tests that leave something over. -type and -mindepth do not count: all files of a project are the project.
const NARROWING =
  /^-(i?name|i?path|i?wholename|i?regex|i?lname|empty|size|user|group|perm|inum|links|newer\w*|[acm](min|time|newer)|used|samefile)$/;
const EVERYTHING = /^(\.?\/)?\*+$/;

/** What find finds, as targets: the folders it starts at, or something inside them when tests leave something over. */
function found(args) {
  let at = 1;
  while (at < args.length && /^(-[HLP]+|-O\d*|-D)$/.test(literal(args[at]))) at += args[at] === "-D" ? 2 : 1;
  const first = args.findIndex((arg, index) => index >= at && /^[-(!)]/.test(literal(arg)));
  const end = first < 0 ? args.length : first;
  const starts = end > at ? args.slice(at, end) : ["."];
  const narrow = narrows(args.slice(end).map(literal));
  return starts.map((start) => (narrow ? `${start.replace(/\/+$/, "")}/${ANY}` : start));
}

/** Whether tests leave something over on every way to an action. */
function narrows(tests) {
  const all = branches(tests);
  const acting = all.filter((branch) => branch.some((test) => test === "-delete" || EXEC.includes(test)));
  return (acting.length > 0 ? acting : all).every(branchNarrows);
}

function branches(tests) {
  const all = [[]];
  let depth = 0;
  for (const test of tests) {
    depth += test === "(" ? 1 : test === ")" ? -1 : 0;
    if (depth === 0 && ["-o", "-or", ","].includes(test)) all.push([]);
    else all.at(-1).push(test);
  }
  return all;
}

function branchNarrows(branch) {
  let negated = false;
  for (let at = 0; at < branch.length; at++) {
    const test = branch[at];
    if (test === "(") {
      const end = closing(branch, at);
      if (!negated && narrows(branch.slice(at + 1, end))) return true;
      at = end;
    } else if (EXEC.includes(test)) at += untilEnd(branch.slice(at)).length;
    else if (NARROWING.test(test) && !negated && !EVERYTHING.test(branch[at + 1] ?? "")) return true;
    negated = test === "!" || test === "-not";
  }
  return false;
}

function closing(branch, start) {
  let depth = 0;
  for (let at = start; at < branch.length; at++) {
    depth += branch[at] === "(" ? 1 : branch[at] === ")" ? -1 : 0;
    if (depth === 0) return at;
  }
  return branch.length;
}

function echoed(args) {
  const words = args.slice(1).filter((arg) => !literal(arg).startsWith("-"));
  const paths = literal(args[0]).endsWith("printf") && words.length > 1 ? words.slice(1) : words;
  return { texts: [paths.join(" ")], paths };
}

function passed(args, given) {
  return args.slice(1).every((arg) => literal(arg).startsWith("-")) ? given : undefined;
}

function foundPaths(args) {
  const acts = args.some((arg) => arg === "-delete" || EXEC.includes(arg));
  return acts ? undefined : { texts: [], paths: found(args), found: true };
}

const NO_POSITIONAL = [..."123456789@*"].map((name) => [name, [UNKNOWN]]);
const DECLARE = ["export", "declare", "typeset", "local", "readonly"];
const FORGET = ["read", "mapfile", "readarray", "getopts", "unset"];
const OUTPUTS = new Map([
  ["echo", echoed],
  ["printf", echoed],
  ["cat", passed],
  ["tee", passed],
  ["find", foundPaths],
  ["gfind", foundPaths],
]);
const SHELL = { values: ["-o", "+o", "-O", "+O", "--rcfile", "--init-file"], signs: "-+" };
const XARGS = {
  values: "-I -J -R -n -P -L -s -d -a -E -S --arg-file --delimiter --max-args --max-procs --max-lines".split(" "),
};
const TIMEOUT = { values: "-k -s --kill-after --signal".split(" "), operands: 1 };
/**
 * Commands that run another one: their options that take a value, and how many words come before that other command.
 */
const PREFIXES = new Map(
  Object.entries({
    sudo: {
      values: "-u -g -p -C -T -h -U -r -t -D -R --user --group --prompt --chdir --host".split(" "),
      folder: ["-D", "--chdir"],
    },
    doas: { values: ["-u", "-C"] },
    env: {
      values: "-u -C -S --unset --chdir --split-string".split(" "),
      folder: ["-C", "--chdir"],
      script: ["-S", "--split-string"],
    },
    command: { asks: ["-v", "-V", "-pv", "-pV"] },
    builtin: {},
    exec: { values: ["-a"] },
    nohup: {},
    nice: { values: ["-n", "--adjustment"] },
    ionice: { values: "-c -n --class --classdata".split(" ") },
    chrt: { operands: 1 },
    time: { values: ["-o", "-f", "--output", "--format"] },
    timeout: TIMEOUT,
    gtimeout: TIMEOUT,
    stdbuf: { values: "-i -o -e --input --output --error".split(" ") },
    setsid: {},
    caffeinate: { values: ["-t", "-w"] },
  }),
);
const LOOK = new Map([
  ...["sh", "bash", "dash", "zsh", "ksh", "ash", "fish"].map((name) => [name, "shell"]),
  ...["busybox", "toybox"].map((name) => [name, "busybox"]),
  ...["rm", "grm"].map((name) => [name, "rm"]),
  ...["find", "gfind"].map((name) => [name, "find"]),
  ["xargs", "xargs"],
  ["su", "su"],
  ["trap", "trap"],
]);
