"""Goes through a shell command in the order in which it would run, and says what every simple command in it would be
given.

Nothing is run, so what is not known beforehand is followed both ways: a command may succeed or fail, a branch may be
taken or not, a loop runs more than once. An `Env` says where the shell may be and what its variables may hold at one
point; None stands for a point that cannot be reached."""

import re

from shell_words import CLOSE, COMMA, OPEN, SPLIT, TILDE, UNKNOWN, active, literal

MOST = 64
"""Values that are followed for one word; with more of them it counts as unknown."""
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^]]*\])?(\+?=)")


class Env:
    def __init__(self, dirs, variables):
        self.dirs = dirs
        self.variables = variables

    def values(self, name):
        return self.dirs if name == "PWD" else self.variables.get(name, [UNKNOWN])

    def at(self, dirs):
        return Env(dirs, self.variables)

    def assign(self, names_values):
        return Env(self.dirs, {**self.variables, **names_values})


def merge(*envs):
    """The point that is reached from any of these."""
    envs = [env for env in envs if env is not None]
    if len(envs) < 2:
        return envs[0] if envs else None
    names = {name: None for env in envs for name in env.variables}
    variables = {name: _union([env.values(name) for env in envs]) for name in names}
    return Env(_union([env.dirs for env in envs]), variables)


def _union(lists):
    values = list(dict.fromkeys(value for values in lists for value in values))
    return values if len(values) <= MOST else [UNKNOWN]


def both(env):
    """A command that may succeed or fail and changes nothing by itself."""
    return env, env


# -- words -------------------------------------------------------------------------------------------------------------


def expand(parts, env):
    """Everything a word may turn into: a list of alternatives, each a list of fields with marks for what is still
    active."""
    texts = [""]
    for kind, text in parts:
        texts = [before + after for before in texts for after in _part(kind, text, env)]
        if len(texts) > MOST:
            return [[UNKNOWN]]
    keeps_empty = any(kind != "var" for kind, _ in parts)
    return [_fields(text, keeps_empty) for text in texts]


def _part(kind, text, env):
    if kind == "text":
        return [text]
    if kind == "sub":
        return _printed(text, env)
    return [active(value) if kind == "var" else value for value in env.values(text)]


def _printed(script, env):
    """What a substitution prints, where that is known."""
    return env.dirs if script.strip(" \t\n") == "pwd" else [UNKNOWN]


def _fields(text, keeps_empty):
    if text == "":
        return [""] if keeps_empty else []
    return [field for piece in text.split(SPLIT) if piece for field in _braces(piece)]


def _braces(text):
    done, todo = [], [text]
    while todo:
        if len(done) + len(todo) > MOST:
            return [UNKNOWN]
        pieces = _first_brace(todo[0])
        if pieces is None:
            done.append(todo[0])
        todo[0:1] = pieces or []
    return done


def _first_brace(text):
    """The texts that the first {a,b} stands for; None when there is none."""
    start = text.find(OPEN)
    while start >= 0:
        depth, cuts = 0, [start]
        for at in range(start, len(text)):
            depth += {OPEN: 1, CLOSE: -1}.get(text[at], 0)
            if depth == 0 or (depth == 1 and text[at] == COMMA):
                cuts.append(at)
            if depth == 0:
                break
        if depth == 0 and len(cuts) > 2:
            pieces = [text[a + 1 : b] for a, b in zip(cuts, cuts[1:])]
            return [text[:start] + piece + text[cuts[-1] + 1 :] for piece in pieces]
        start = text.find(OPEN, start + 1)
    return None


def assignment(parts, env):
    """What a word like NAME=value assigns: {name: values}. None for any other word."""
    count = next((at for at, part in enumerate(parts) if part[0] != "text"), len(parts))
    lead = "".join(text for _, text in parts[:count])
    match = ASSIGNMENT.match(literal(lead))
    if not match:
        return None
    name, index, operator = match.groups()
    if index or operator == "+=":
        return {name: [UNKNOWN]}
    return {name: assigned([("text", lead[match.end() :]), *parts[count:]], env)}


def assigned(parts, env):
    """The values that an assignment gives: not split, only a tilde is active."""
    texts = [""]
    for kind, text in parts:
        options = [text] if kind == "text" else _printed(text, env) if kind == "sub" else env.values(text)
        texts = [before + after for before in texts for after in options]
        if len(texts) > MOST:
            return [UNKNOWN]
    return [value for text in texts for value in _home(text, env)]


def _home(text, env):
    if not text.startswith(TILDE):
        return [literal(text)]
    if text[1:2] not in ("", "/"):
        return [UNKNOWN]
    return [home + literal(text[1:]) for home in env.values("HOME")]


# -- grammar -----------------------------------------------------------------------------------------------------------


class Walk:
    """One script. `shell` has `run(args, env, inner, given)`, which is told every simple command, returns the points
    after its success and after its failure and what it prints, if that is known; `walk(script, env)` for scripts in
    scripts; `functions`; and `enter` and `leave`, which keep the depth."""

    def __init__(self, shell, script_tokens, at=0):
        self.shell = shell
        self.tokens = script_tokens
        self.at = at
        self.output = None

    def script(self, env):
        while self.at < len(self.tokens):
            env = merge(*self.list(env, ()))
            self.at += 1  # a bracket or a word that nothing has opened
        return env

    # -- where we are

    def op(self):
        return self.tokens[self.at][1] if self.kind() == "op" else None

    def kind(self):
        return self.tokens[self.at][0] if self.at < len(self.tokens) else None

    def text(self):
        """The word here, when it is written out."""
        if self.kind() != "word" or any(kind != "text" for kind, _ in self.tokens[self.at][1]):
            return None
        return "".join(literal(text) for _, text in self.tokens[self.at][1])

    def take(self, what):
        """Moves past an operator or a reserved word, if it is here."""
        here = what in (self.op(), self.text())
        self.at += here
        return here

    def skip_to(self, what):
        while self.at < len(self.tokens) and not self.take(what):
            self.at += 1

    def newlines(self):
        while self.op() == "\n":
            self.at += 1

    # -- lists and pipelines

    def list(self, env, ends):
        succeeded, failed = env, None
        while self.at < len(self.tokens) and self.op() not in ends and self.text() not in ends:
            if self.op() in (";", "\n", "&"):
                self.at += 1
                continue
            before, start = merge(succeeded, failed), self.at
            succeeded, failed = self.and_or(before)
            if self.op() == "&":
                succeeded, failed = merge(before, succeeded, failed), None
            if self.at == start:
                break
        return succeeded, failed

    def and_or(self, env):
        succeeded, failed = self.pipeline(env)
        while self.op() in ("&&", "||"):
            if self.take("&&"):
                self.newlines()
                succeeded, after = self.pipeline(succeeded)
                failed = merge(failed, after)
            elif self.take("||"):
                self.newlines()
                after, failed = self.pipeline(failed)
                succeeded = merge(succeeded, after)
        return succeeded, failed

    def pipeline(self, env):
        succeeded, failed = self.command(env, None)
        while self.op() in ("|", "|&"):
            self.at += 1
            self.newlines()
            succeeded, failed = both(merge(env, succeeded, failed, *self.command(env, self.output)))
        return succeeded, failed

    # -- commands

    def command(self, env, piped):
        self.output = None
        self.shell.enter()
        compound = COMPOUND.get(self.op() or self.text() or "")
        if compound:
            self.at += 1
            result = compound(self, env)
            self.words(env)  # redirections
        elif self.tokens[self.at + 1 : self.at + 3] == [("op", "("), ("op", ")")]:
            result = self.function(env)
        else:
            result = self.simple(env, piped)
        self.shell.leave()
        return result

    def words(self, env):
        """The words up to the next operator and the here-document among them. Substitutions in them are walked."""
        words, given = [], None
        while self.kind() not in (None, "op"):
            kind, parts = self.tokens[self.at]
            self.at += 1
            for part, script in parts:
                if part == "sub" and script and env is not None:
                    self.shell.walk(script, env)
            if kind == "word":
                words.append(parts)
            elif kind == "input" and env is not None:
                texts = assigned(parts, env)
                given = {"texts": texts, "paths": [path for text in texts for path in re.findall(r"[^ \t\n]+", text)]}
        return words, given

    def simple(self, env, piped):
        words, given = self.words(env)
        if env is None:
            return None, None
        inner = env
        while words:
            variables = assignment(words[0], inner)
            if variables is None:
                break
            inner, words = inner.assign(variables), words[1:]
        if not words:
            return both(inner)
        rest = [field for word in words[1:] for fields in expand(word, env) for field in fields]
        results = [self.shell.run([*first, *rest], env, inner, given or piped) for first in expand(words[0], env)]
        self.output = results[0][2] if len(results) == 1 else None
        return merge(*(result[0] for result in results)), merge(*(result[1] for result in results))

    def subshell(self, env):
        self.list(env, (")",))
        self.take(")")
        return both(env)

    def group(self, env):
        result = self.list(env, ("}",))
        self.take("}")
        return result

    def negated(self, env):
        succeeded, failed = self.pipeline(env)
        return failed, succeeded

    def timed(self, env):
        while (self.text() or "").startswith("-"):
            self.at += 1
        return self.pipeline(env)

    def if_(self, env):
        results = []
        while True:
            succeeded, env = self.list(env, ("then",))
            self.take("then")
            results += self.list(succeeded, ("elif", "else", "fi"))
            if not self.take("elif"):
                break
        results += self.list(env, ("fi",)) if self.take("else") else [env]
        self.take("fi")
        return both(merge(*results))

    def loop(self, env):
        start = self.at
        for _ in range(2):
            self.at = start
            before = self.list(env, ("do",))
            self.take("do")
            env = merge(env, *before, *self.list(merge(*before), ("done",)))
            self.take("done")
        return both(env)

    def for_(self, env):
        name, values = self.text() or "", [UNKNOWN]
        self.at += 1
        self.newlines()
        if self.take("in"):
            words, _ = self.words(env)
            values = _union([fields for word in words for fields in expand(word, env)]) if env is not None else []
        self.skip_to("do")
        start, inside = self.at, env and env.assign({name: values})
        for _ in range(2):
            self.at = start
            inside = merge(inside, *self.list(inside, ("done",)))
            self.take("done")
        return both(merge(env, inside))

    def case(self, env):
        results = [env]
        self.skip_to("in")
        self.newlines()
        while self.at < len(self.tokens) and not self.take("esac"):
            self.take("(")
            self.skip_to(")")
            results += self.list(env, (*CASE_ENDS, "esac"))
            self.at += self.op() in CASE_ENDS
            self.newlines()
        return both(merge(*results))

    def function(self, env):
        """A definition: looked into when it is called."""
        name = self.text()
        self.at += 1
        if self.take("("):
            self.take(")")
        self.newlines()
        if env is not None:
            # Which of several definitions counts is not known: a call looks into all of them.
            self.shell.functions.setdefault(name, []).append((self.tokens, self.at))
        self.command(None, None)
        return both(env)


CASE_ENDS = (";;", ";&", ";;&")
COMPOUND = {
    "(": Walk.subshell,
    "{": Walk.group,
    "!": Walk.negated,
    "time": Walk.timed,
    "if": Walk.if_,
    "while": Walk.loop,
    "until": Walk.loop,
    "for": Walk.for_,
    "select": Walk.for_,
    "case": Walk.case,
    "function": Walk.function,
}
