"""Says whether a shell command deletes a folder outside a project, as far as that can be told without running it.

What is not known beforehand (a variable that the command does not set, the output of another command) counts as outside
when it is deleted. This keeps an agent from accidents; it is no sandbox: a program that the command starts may delete
what it likes."""

import os
import re

from shell_walk import Env, Walk, assigned, both, merge
from shell_words import ANY, CLASS, MARKS, STAR, TILDE, UNKNOWN, literal, plain, tokens

DEEPEST = 40
LONGEST = 5000
"""Commands in commands, and commands all in all, that are looked at."""


class Outside(Exception):
    """A command deletes what it should not; the text says what and why."""


def why_not(command, cwd, home=None, workdir=None):
    """Why a command should not run in a project; None when it may.

    command   text for a shell, or a list of words
    cwd       folder of the project, absolute
    home      the user's home folder
    workdir   where the command runs, when that is not the project's folder
    """
    guard = Guard(cwd)
    start = (workdir if workdir.startswith("/") else f"{cwd}/{workdir}") if workdir else cwd
    env = Env([start or UNKNOWN], {"HOME": [home or UNKNOWN]})
    try:
        if isinstance(command, list):
            guard.run([_word(word) for word in command], env, env, None)
        else:
            guard.walk(command, env)
    except RecursionError:
        return TOO_COMPLICATED
    except Outside as error:
        return str(error)
    return None


TOO_COMPLICATED = "it is too complicated to tell what it deletes"


def _word(word):
    """A word of a list: whoever joins the words for a shell after all makes these characters active."""
    return (TILDE + word[1:] if word.startswith("~") else word).translate(str.maketrans(MARKS))


# -- paths -------------------------------------------------------------------------------------------------------------


def normal(path):
    """The paths that an absolute path with marks may mean: without . and .., links not followed."""
    found = [[]]
    for part in path.split("/"):
        if part in ("", "."):
            continue
        up = [names[:-1] for names in found] if part == ".." or _matches_dots(part) else []
        found = up if part == ".." else [*([*names, part] for names in found), *up][:64]
    return list(dict.fromkeys("/" + "/".join(names) for names in found))


def _matches_dots(part):
    """Whether a pattern matches "..", as older shells let it."""
    if not part.startswith(".") or not any(mark in part for mark in (STAR, ANY, CLASS)):
        return False
    pattern = re.sub(CLASS + r"[!^]?\]?[^]]*\]", lambda match: _class(match.group()), part)
    pattern = "".join(
        {STAR: ".*", ANY: ".", "\x0e": r"\.", "\x0f": "(?!)"}.get(char, re.escape(char)) for char in pattern
    )
    return re.fullmatch(pattern, "..") is not None


def _class(text):
    """[...] as a mark for "a dot" or "no dot"."""
    negated = text[1:2] in ("!", "^")
    return "\x0e" if ("." in text) != negated else "\x0f"


def _is_everything(part):
    return STAR in part and set(part) <= {STAR, ANY}


class Guard:
    """What Walk tells every command to."""

    def __init__(self, cwd):
        self.functions = {}
        self.depth = 0
        self.count = 0
        self.calls = 0
        known = cwd.startswith("/") and normal(cwd) != ["/"]
        roots = [*normal(cwd), os.path.realpath(cwd) if os.path.isdir(cwd) else ""] if known else []
        self.roots = list(dict.fromkeys(root for root in roots if root))

    # -- what Walk needs

    def enter(self):
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > LONGEST:
            raise Outside(TOO_COMPLICATED)

    def leave(self):
        self.depth -= 1

    def walk(self, script, env):
        """Looks at a script; returns the point after it."""
        self.enter()
        after = Walk(self, tokens(script)).script(env)
        self.leave()
        return after

    def run(self, args, env, inner, given, functions=True):
        """Looks at one command. `env` is where it stands, `inner` what a shell that it starts would see, `given` its
        input."""
        if not args:
            return (*both(env), None)
        if functions and literal(args[0]) in self.functions:
            return (*both(self.call(literal(args[0]), args, env)), None)
        name = _program(args)
        if name in PREFIXES:
            return self.prefixed(PREFIXES[name], args, env, inner, given)
        if name == "exit" or (name == "return" and self.calls):
            return None, None, None
        if name in LOOK:
            LOOK[name](self, args, inner, given)
        elif UNKNOWN in name and _says_rf(args):
            self.rm(args, env)
        output = OUTPUTS[name](args, given) if name in OUTPUTS else None
        return (*(self.change(name, args, env) or both(env)), output)

    def call(self, name, args, env):
        """A function: its body, with the arguments of this call. It may leave early, so what was before may still
        hold."""
        called, after = env.assign(_positional(args)), [env]
        self.calls += 1
        for function, at in list(self.functions[name]):
            after += Walk(self, function, at).command(called, None)
        self.calls -= 1
        return merge(*after).assign({key: env.values(key) for key in NO_POSITIONAL})

    # -- deleting

    def check(self, target, env):
        """Raises Outside when a target of a deletion is not inside the project."""
        if target == "":
            return
        for path in self.paths(target, env):
            if path is None:
                raise Outside(f"it deletes {_shown(plain(target))}, and what that is cannot be known before it runs")
            self.judge(path)

    def paths(self, target, env):
        """The absolute paths that a target may stand for; None for one that is not known."""
        if UNKNOWN in target:
            return [None]
        head, slash, rest = target.partition("/")
        if head.startswith(TILDE):
            folders = env.values("HOME") if head == TILDE else env.dirs if head[1:] == "+" else [UNKNOWN]
        else:
            folders, rest = [""] if head == "" and slash else env.dirs, target
        known = [folder for folder in folders if UNKNOWN not in folder]
        absolute = [path for folder in known for path in normal(f"{folder}/{rest}")]
        return absolute if len(known) == len(folders) else [None]

    def judge(self, path):
        shown = _shown(plain(path))
        if not self.roots:
            raise Outside(f"it deletes {shown}, and the agent works in no project folder")
        folder, _, last = path.rpartition("/")
        whole = folder if _is_everything(last) else path
        if whole in self.roots:
            raise Outside(f"it deletes {shown}, which is the project itself")
        if not any(path.startswith(root + "/") for root in self.roots):
            raise Outside(f"it deletes {shown}, which is outside the project {_shown(self.roots[0])}")

    def rm(self, args, env, given=None):
        recursive, targets, options = False, [], True
        for arg in args[1:]:
            text = literal(arg)
            if options and text == "--":
                options = False
            elif options and text.startswith("--"):
                # GNU takes every beginning of a long option that only one option has.
                recursive = recursive or "--recursive".startswith(text)
            elif options and len(text) > 1 and text[0] == "-":
                recursive = recursive or "r" in text or "R" in text
            else:
                targets.append(arg)
        for target in targets if recursive else []:
            self.check(target, env)

    def find(self, args, env, given=None):
        for path in found(args) if "-delete" in args else []:
            self.check(path, env)
        for at, arg in enumerate(args):
            if arg in EXEC:
                inner = _until_end(args[at + 1 :])
                self.rm_like(inner, found(args), ["{}"], env)

    def xargs(self, args, env, given):
        rest, options = skip_options(args, XARGS)
        replaced = [text for name, text in options if name in ("-I", "-J")]
        replaced += [text or "{}" for name, text in options if name in ("-i", "--replace")]
        paths = given["paths"] if given else [UNKNOWN]
        if not replaced:
            rest, replaced = [*rest, "{}"], ["{}"]
        if given and given.get("found"):
            self.rm_like(rest, paths, replaced, env)
        else:
            self.run(_replaced(rest, replaced, paths), env, env, None)

    def rm_like(self, args, paths, replaced, env):
        """A command for everything that find finds: rm without -r deletes whole trees then as well."""
        if args and _program(args) == "rm":
            args = [args[0], "-r", *args[1:]]
        self.run(_replaced(args, replaced, paths), env, env, None)

    # -- commands in commands

    def prefixed(self, spec, args, env, inner, given):
        rest, options = skip_options(args, spec)
        if any(name in spec.get("asks", ()) for name, _ in options):
            return (*both(env), None)
        for name, text in options:
            if name in spec.get("folder", ()):
                inner = env = env.at(self.folders(text, env))
        while rest and re.match(r"[A-Za-z_][A-Za-z0-9_]*=", literal(rest[0])):
            rest = rest[1:]
        script = [text for name, text in options if name in spec.get("script", ())]
        if script:
            self.walk(literal(" ".join([*script, *rest])), inner)
            return (*both(env), None)
        return self.run(rest[spec.get("operands", 0) :], env, inner, given, functions=False)

    def shell(self, args, env, given):
        rest, options = skip_options(args, SHELL)
        if any("c" in name and not name.startswith("--") for name, _ in options):
            # A word with several values makes several scripts, so every word is looked at as one.
            for script in rest:
                self.walk(literal(script), env.assign(_positional(rest[1:])))
        elif not rest and given:
            for script in given["texts"]:
                self.walk(literal(script), env)

    def su(self, args, env, given):
        texts = [literal(arg) for arg in args]
        for before, script in zip(texts, texts[1:]):
            if before in ("-c", "--command"):
                self.walk(script, env)

    def trap(self, args, env, given):
        for script in args[1:2]:
            self.walk(literal(script), env)

    # -- commands that change where the shell is or what its variables hold

    def change(self, name, args, env):
        """The points after a command that changes the shell itself; None for any other."""
        operands = [arg for arg in args[1:] if not literal(arg).startswith("-") or literal(arg) == "-"]
        if name in ("cd", "pushd"):
            target = operands[0] if operands else TILDE
            return env.at(self.folders(target, env)), env
        if name == "popd":
            return env.at([UNKNOWN]), env
        if name == "eval":
            return both(self.walk(literal(" ".join(args[1:])), env))
        if name in ("export", "declare", "typeset", "local", "readonly"):
            variables = [literal(arg).partition("=") for arg in operands if "=" in literal(arg)]
            return both(env.assign({key: assigned([("text", value)], env) for key, _, value in variables}))
        if name in ("read", "mapfile", "readarray", "getopts", "unset"):
            return both(env.assign({literal(arg): [UNKNOWN] for arg in operands}))
        if name == "printf" and "-v" in args:
            return both(env.assign({literal(arg): [UNKNOWN] for arg in args[args.index("-v") + 1 :][:1]}))
        if name in ("set", "shift"):
            return both(env.assign(NO_POSITIONAL))
        return None

    def folders(self, target, env):
        """Where cd goes."""
        if literal(target) == "-":
            return [UNKNOWN]
        return [UNKNOWN if path is None else path for path in self.paths(target, env)]


def _busybox(guard, args, env, given):
    guard.run(args[1:], env, env, given)


def _positional(args):
    """$1 and so on for a function or a script, args[0] being $0."""
    known = {str(at): [literal(arg)] for at, arg in enumerate(args[1:10], 1)}
    everything = [literal(arg) for arg in args[1:]] or [""]
    return {**NO_POSITIONAL, **known, "@": everything, "*": everything}


def _program(args):
    """rm for /bin/rm."""
    return literal(args[0]).rpartition("/")[2]


def _says_rf(args):
    options = "".join(literal(arg) for arg in args[1:] if literal(arg).startswith("-"))
    return "f" in options and ("r" in options or "R" in options)


def _shown(path):
    """A path for people: in quotes when it could be taken for something else."""
    return path if re.fullmatch(r"[A-Za-z0-9_./~*?@%+:,-]+", path) else quoted(path)


def quoted(text):
    """A text as a JSON string: on one line, whatever it holds."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    odd = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
    return '"' + odd.sub(lambda match: escapes.get(match.group()) or f"\\u{ord(match.group()):04x}", text) + '"'


# -- what is known about commands --------------------------------------------------------------------------------------


def skip_options(args, spec):
    """The words after a command's options, and the options with their values: [(name, value)]."""
    values, options, at = spec.get("values", ()), [], 1
    while at < len(args):
        text = literal(args[at])
        if text == "--":
            at += 1
            break
        if len(text) < 2 or text[0] not in spec.get("signs", "-"):
            break
        name, value = _option(text, values)
        at += 1
        if value is None and at < len(args):
            value, at = args[at], at + 1
        options.append((name, value or ""))
    return args[at:], options


def _option(text, values):
    """Name and value of an option; None for a value that is the next word."""
    if text.startswith("--"):
        name, equals, value = text.partition("=")
        return (name, value) if equals else (name, None if name in values else "")
    for at, letter in enumerate(text[1:], 1):
        if "-" + letter in values:
            return "-" + letter, text[at + 1 :] or None
    return text, None if text in values else ""


def _replaced(args, names, paths):
    """A command with paths put in where a name stands for them."""
    done = []
    for arg in args:
        name = next((name for name in names if literal(name) in literal(arg)), None)
        if name is None:
            done.append(arg)
        elif literal(name) == literal(arg):
            done.extend(paths)
        else:
            done.append(literal(arg).replace(literal(name), UNKNOWN))
    return done


EXEC = ("-exec", "-execdir", "-ok", "-okdir")


def _until_end(args):
    end = next((at for at, arg in enumerate(args) if arg in (";", "+")), len(args))
    return args[:end]


# Tests that leave something over. -type and -mindepth do not count: all files of a project are the project.
NARROWING = re.compile(
    r"-(i?name|i?path|i?wholename|i?regex|i?lname|empty|size|user|group|perm|inum|links|newer\w*|[acm](min|time|newer)|used|samefile)"
)
EVERYTHING = re.compile(r"(\.?/)?\*+")


def found(args):
    """What find finds, as targets: the folders it starts at, or something inside them when tests leave something
    over."""
    at = 1
    while at < len(args) and re.fullmatch(r"-[HLP]+|-O\d*|-D", literal(args[at])):
        at += 2 if args[at] == "-D" else 1
    end = next((i for i in range(at, len(args)) if literal(args[i])[:1] in ("-", "(", "!", ")")), len(args))
    starts = args[at:end] or ["."]
    narrow = _narrows([literal(arg) for arg in args[end:]])
    return [start.rstrip("/") + "/" + ANY if narrow else start for start in starts]


def _narrows(tests):
    """Whether tests leave something over on every way to an action."""
    branches = _branches(tests)
    acting = [branch for branch in branches if _acts(branch)] or branches
    return all(_branch_narrows(branch) for branch in acting)


def _branches(tests):
    branches, depth = [[]], 0
    for test in tests:
        depth += {"(": 1, ")": -1}.get(test, 0)
        if depth == 0 and test in ("-o", "-or", ","):
            branches.append([])
        else:
            branches[-1].append(test)
    return branches


def _acts(branch):
    return any(test == "-delete" or test in EXEC for test in branch)


def _branch_narrows(branch):
    at, negated = 0, False
    while at < len(branch):
        test = branch[at]
        if test == "(":
            end = _closing(branch, at)
            if not negated and _narrows(branch[at + 1 : end]):
                return True
            at = end
        elif test in EXEC:
            at += len(_until_end(branch[at:]))
        elif NARROWING.fullmatch(test) and not negated and not EVERYTHING.fullmatch("".join(branch[at + 1 : at + 2])):
            return True
        negated = test in ("!", "-not")
        at += 1
    return False


def _closing(branch, start):
    depth = 0
    for at in range(start, len(branch)):
        depth += {"(": 1, ")": -1}.get(branch[at], 0)
        if depth == 0:
            return at
    return len(branch)


def _echoed(args, given):
    paths = [arg for arg in args[1:] if not literal(arg).startswith("-")]
    if literal(args[0]).endswith("printf") and len(paths) > 1:
        paths = paths[1:]
    return {"texts": [" ".join(paths)], "paths": paths}


def _passed(args, given):
    return given if all(literal(arg).startswith("-") for arg in args[1:]) else None


def _found(args, given):
    acts = any(arg == "-delete" or arg in EXEC for arg in args)
    return None if acts else {"texts": [], "paths": found(args), "found": True}


NO_POSITIONAL = {name: [UNKNOWN] for name in "123456789@*"}
OUTPUTS = {"echo": _echoed, "printf": _echoed, "cat": _passed, "tee": _passed, "find": _found, "gfind": _found}
SHELL = {"values": ("-o", "+o", "-O", "+O", "--rcfile", "--init-file"), "signs": "-+"}
XARGS = {
    "values": "-I -J -R -n -P -L -s -d -a -E -S --arg-file --delimiter --max-args --max-procs --max-lines".split(),
}
TIMEOUT = {"values": "-k -s --kill-after --signal".split(), "operands": 1}
# Commands that run another one: their options that take a value, and how many words come before that other command.
PREFIXES = {
    "sudo": {
        "values": "-u -g -p -C -T -h -U -r -t -D -R --user --group --prompt --chdir --host".split(),
        "folder": ("-D", "--chdir"),
    },
    "doas": {"values": ("-u", "-C")},
    "env": {
        "values": "-u -C -S --unset --chdir --split-string".split(),
        "folder": ("-C", "--chdir"),
        "script": ("-S", "--split-string"),
    },
    "command": {"asks": ("-v", "-V", "-pv", "-pV")},
    "builtin": {},
    "exec": {"values": ("-a",)},
    "nohup": {},
    "nice": {"values": ("-n", "--adjustment")},
    "ionice": {"values": "-c -n --class --classdata".split()},
    "chrt": {"operands": 1},
    "time": {"values": ("-o", "-f", "--output", "--format")},
    "timeout": TIMEOUT,
    "gtimeout": TIMEOUT,
    "stdbuf": {"values": "-i -o -e --input --output --error".split()},
    "setsid": {},
    "caffeinate": {"values": ("-t", "-w")},
}
LOOK = {
    **dict.fromkeys(("sh", "bash", "dash", "zsh", "ksh", "ash", "fish"), Guard.shell),
    **dict.fromkeys(("busybox", "toybox"), _busybox),
    "rm": Guard.rm,
    "find": Guard.find,
    "gfind": Guard.find,
    "grm": Guard.rm,
    "xargs": Guard.xargs,
    "su": Guard.su,
    "trap": Guard.trap,
}
