"""Cuts a shell command into tokens, as far as a reader needs who wants to know what it would do. Nothing is run.

A token is ("op", text), ("word", parts), ("redirect", parts) or ("input", parts): a here-document or here-string. A
part is ("text", characters), ("var", name), ("quoted-var", name) or ("sub", script) for everything that is only known
when it runs: a command substitution, or "" where there is nothing to look into.

Characters that mean something because they are not quoted are replaced in "text" by marks: control characters that no
real command holds. `literal` turns them back."""

import re

UNKNOWN = "\x00"
STAR, ANY, CLASS, OPEN, COMMA, CLOSE, TILDE, SPLIT = "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x07", "\x08"
MARKS = {"*": STAR, "?": ANY, "[": CLASS, "{": OPEN, ",": COMMA, "}": CLOSE}
BACK = {mark: char for char, mark in MARKS.items()}
BACK.update({TILDE: "~", SPLIT: " "})

OPERATOR = re.compile(r";;&|;;|;&|&&|\|\||\|&|[;&|()\n]")
REDIRECT = re.compile(r"&>>?|(?:[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})?(<<<|<<-?|<>|>>|>\||[<>]&?)(?!\()")
BLANKS = re.compile(r"(?:[ \t\r]|\\\r?\n)*(?:#[^\n]*)?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SIMPLE_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "", "b": "", "e": "", "f": "\f", "v": "\v"}
ANSI = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3})|([\s\S]))")


def literal(text):
    """A text with its marks turned back into what they were. What is not known stays UNKNOWN."""
    return "".join(BACK.get(char, char) for char in text)


def plain(text):
    """A text for people, what is not known as an ellipsis."""
    return literal(text).replace(UNKNOWN, "…")


def active(text):
    """A text as if it stood unquoted in a command."""
    return "".join(MARKS.get(char, SPLIT if char in " \t\n" else char) for char in text)


def tokens(script):
    """The tokens of a script. A quote or bracket that is not closed ends with the script. Only UNKNOWN may come in as a
    mark."""
    return _Reader(re.sub(r"[\x01-\x08]", UNKNOWN, script)).read()


class _Reader:
    def __init__(self, text, at=0, inside=False):
        self.text = text
        self.at = at
        self.inside = inside
        self.found = []
        self.documents = []
        self.quoted = False

    def read(self):
        """All tokens, or those up to the bracket that closes a substitution, which is read as well."""
        depth = 0
        while self._skip_blanks():
            redirect = REDIRECT.match(self.text, self.at)
            operator = OPERATOR.match(self.text, self.at)
            if redirect:
                self._redirect(redirect)
            elif operator:
                self._operator(operator.group())
                depth += {"(": 1, ")": -1}.get(operator.group(), 0)
                if depth < 0 and self.inside:
                    return self.found
            else:
                self.found.append(("word", self._word()))
        self._here_documents()
        return self.found

    def _operator(self, text):
        self.at += len(text)
        self.found.append(("op", text))
        if text == "\n":
            self._here_documents()

    def _skip_blanks(self):
        """Moves to the next token; False at the end."""
        self.at = BLANKS.match(self.text, self.at).end()
        return self.at < len(self.text)

    def _redirect(self, match):
        self.at = re.compile(r"[ \t]*").match(self.text, match.end()).end()
        kind = match.group(1)
        word = self._word()
        if kind in ("<<", "<<-"):
            body = []
            end = literal("".join(text for _, text in word))
            self.documents.append((body, end, kind == "<<-", self.quoted))
            self.found.append(("input", body))
        else:
            self.found.append(("input" if kind == "<<<" else "redirect", word))

    def _here_documents(self):
        """Reads the bodies of the here-documents that were announced on the line that ends here."""
        for body, end, strip, quoted in self.documents:
            lines = []
            while self.at < len(self.text):
                newline = self.text.find("\n", self.at)
                newline = len(self.text) if newline < 0 else newline
                line, self.at = self.text[self.at : newline], newline + 1
                line = line.lstrip("\t") if strip else line
                if line == end:
                    break
                lines.append(line + "\n")
            text = "".join(lines)
            body.extend([("text", text)] if quoted else _Reader(text).double_quoted(None))
        self.documents = []

    def _word(self):
        """The parts of the word that starts here. Sets `quoted`: whether any of it was."""
        parts, start = [], self.at
        self.quoted = False
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in "<>" and self.text[self.at + 1 : self.at + 2] == "(":
                self.at += 2
                parts.append(("sub", self._substitution()))
            elif char in " \t\r\n;&|<>()":
                break
            else:
                parts.extend(self._unquoted(char, start))
        return parts or [("text", "")]

    def _unquoted(self, char, start):
        self.at += 1
        if char == "\\":
            self.quoted = True
            escaped, self.at = self.text[self.at : self.at + 1], self.at + 1
            return [("text", "" if escaped == "\n" else escaped)]
        if char == "'":
            self.quoted = True
            return [("text", self._to("'"))]
        if char == '"':
            self.quoted = True
            return [("text", ""), *self.double_quoted('"')]
        if char == "$" or char == "`":
            return self._dollar(char, "var")
        # A tilde counts at the start of a word, and of the value of an assignment.
        if char == "~" and (self.at - 1 == start or self.text[self.at - 2] in "=:"):
            return [("text", TILDE)]
        return [("text", MARKS.get(char, char))]

    def double_quoted(self, end):
        """The parts up to the closing quote; up to the end for None."""
        parts, text = [], []
        while self.at < len(self.text) and self.text[self.at] != end:
            char = self.text[self.at]
            self.at += 1
            if char == "\\" and self.text[self.at : self.at + 1] in ("$", "`", '"', "\\", "\n"):
                text.append(self.text[self.at].replace("\n", ""))
                self.at += 1
            elif char in "$`":
                parts.append(("text", "".join(text)))
                text = []
                parts.extend(self._dollar(char, "quoted-var"))
            else:
                text.append(char)
        self.at += 1
        return [*parts, ("text", "".join(text))]

    def _dollar(self, char, kind):
        """What follows a dollar sign or a backquote, which has been read."""
        rest = self.text[self.at : self.at + 2]
        if char == "`":
            return [("sub", re.sub(r"\\([`\\$])", r"\1", self._to("`")))]
        if rest.startswith("'") and kind == "var":
            self.at += 1
            self.quoted = True
            return [("text", self._ansi())]
        if rest.startswith('"') and kind == "var":
            self.at += 1
            return self.double_quoted('"')
        if rest.startswith("("):
            self.at += 1
            return self._arithmetic() or [("sub", self._substitution())]
        if rest.startswith("{"):
            self.at += 1
            inner = self._until("}")
            return (
                [(kind, inner)] if re.fullmatch(r"\w+|[@*]", inner, re.ASCII) else [("sub", ""), *_substitutions(inner)]
            )
        return self._variable(kind)

    def _substitution(self):
        """The script up to the bracket that closes it. Read as tokens: a bracket in a here-document closes nothing."""
        inner, start = _Reader(self.text, self.at, inside=True), self.at
        inner.read()
        self.at = inner.at
        return self.text[start : inner.at - 1] if inner.found[-1:] == [("op", ")")] else self.text[start:]

    def _arithmetic(self):
        """The rest of $((...)); None when the brackets turn out to be those of a subshell in a substitution."""
        start = self.at
        if self.text[start : start + 1] == "(":
            self.at += 1
            inner = self._until(")")
            if self.text[self.at : self.at + 1] == ")":
                self.at += 1
                return [("sub", ""), *_substitutions(inner)]
        self.at = start
        return None

    def _variable(self, kind):
        name = NAME.match(self.text, self.at)
        if name:
            self.at = name.end()
            return [(kind, name.group())]
        if re.match(r"[0-9@*]", self.text[self.at : self.at + 1]):
            self.at += 1
            return [(kind, self.text[self.at - 1])]
        if re.match(r"[#?!$-]", self.text[self.at : self.at + 1]):
            self.at += 1
            return [("sub", "")]
        return [("text", "$")]

    def _to(self, end):
        """The text up to a character, which is read as well. A backquote may be escaped."""
        start = self.at
        while self.at < len(self.text) and self.text[self.at] != end:
            self.at += 2 if end == "`" and self.text[self.at] == "\\" else 1
        self.at = min(self.at, len(self.text))
        text, self.at = self.text[start : self.at], self.at + 1
        return text

    def _until(self, close):
        """The text up to the bracket that closes, past quotes and nested brackets. The bracket is read as well."""
        opening = {")": "(", "}": "{"}[close]
        start, depth = self.at, 1
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char == "\\":
                self.at += 1
            elif char in "'`":
                self._to(char)
            elif char == '"':
                self.double_quoted('"')
            elif char == opening:
                depth += 1
            elif char == close:
                depth -= 1
                if depth == 0:
                    return self.text[start : self.at - 1]
        return self.text[start:]

    def _ansi(self):
        start = self.at
        while self.at < len(self.text) and self.text[self.at] != "'":
            self.at += 2 if self.text[self.at] == "\\" else 1
        text, self.at = self.text[start : self.at], self.at + 1
        return ANSI.sub(_ansi_char, text)


def _substitutions(text):
    """The substitutions inside an expansion that is itself not known."""
    return [part for part in _Reader(text).double_quoted(None) if part[0] == "sub" and part[1]]


def _ansi_char(match):
    hexadecimal, unicode, octal, char = match.groups()
    if char is not None:
        return SIMPLE_ANSI.get(char, char)
    code = int(hexadecimal or unicode or octal, 8 if octal else 16)
    return chr(code) if 31 < code < 0xD800 else UNKNOWN
