#!/usr/bin/env python3
"""Looks for what is dangerous in a command before it runs.

It reads CODEX_COMMAND, a JSON array of words; one word alone is a line of shell. What it finds becomes a line of JSON
in CODEX_HOME/security.log (~/.codex/security.log). Exit codes:

0  nothing, or something of medium severity, which is only logged
2  something of high severity, with the reason on standard error; with `mode = "sync"` in hooks.toml the command does
   not run
1  the command could not be read, or the log not written; with `on_failure = "deny"` it does not run then either

It keeps an agent from accidents and is no sandbox: what a program or a script file does by itself it does not see.
To add a rule of your own, write a function like those below and name it in RULES.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
import shlex
import sys
from dataclasses import dataclass, field
from datetime import datetime, timezone

# Reading a line of shell ---------------------------------------------------------------------------------------------

PLAIN = re.compile(r"""[^\s\\'"`$<>|&;()#]+""")
OPERATOR = re.compile(r"&>>?|&&|\|\||\|&|;;|[;|\n()]|<<<|<<-?|<>|>>|>\||[<>]&|[<>]|&")
REDIRECT = re.compile(r"[<>]|&>")
PIECE = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*"|[()]|[^\\'"()]+|.""", re.DOTALL)


@dataclass
class Command:
    """One program with its arguments, as a shell would start it."""

    words: list[str] = field(default_factory=list)
    """Without their quotes."""
    redirects: list[tuple[str, str]] = field(default_factory=list)
    """Operator and file."""
    inner: list[str] = field(default_factory=list)
    """What stands in $(…), `…` and <(…)."""
    documents: list[str] = field(default_factory=list)
    """Here-documents and here-strings."""


class Reader:
    """Takes a line of shell apart into pipelines. What is no proper shell is read as well as it goes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.pipelines: list[list[Command]] = [[]]
        self.command = Command()
        self.word: list[str] | None = None  # pieces of the word that is being read
        self.redirect: str | None = None  # the operator that the next word belongs to
        # Here-documents whose lines are still to come: operator, last line, whose input it is.
        self.awaited: list[tuple[str, str, Command]] = []

    def read(self) -> list[list[Command]]:
        while self.at < len(self.text):
            self.step()
        self.end_command()
        return [pipeline for pipeline in self.pipelines if pipeline]

    def step(self) -> None:
        text, at = self.text, self.at
        if plain := PLAIN.match(text, at):
            self.add(plain.group(), plain.end())
        elif text[at] == "\\":
            escaped = text[at + 1 : at + 2]
            self.at = at + 2
            if escaped != "\n":
                self.add(escaped, at + 2)
        elif text[at] == "'" or text.startswith("$'", at):
            start = text.index("'", at) + 1
            end = self.find("'", start)
            self.add(text[start:end], end + 1)
        elif text[at] == '"' or text.startswith('$"', at):
            self.double_quoted(text.index('"', at) + 1)
        elif text[at] == "`" or text.startswith(("$(", "<(", ">("), at):
            self.substitution()
        elif text[at] == "#" and self.word is None:
            self.at = self.find("\n", at)
        elif operator := OPERATOR.match(text, at):
            self.act_on(operator.group(), operator.end())
        elif text[at].isspace():
            self.end_word()
            self.at = at + 1
        else:
            self.add(text[at], at + 1)

    def find(self, what: str, start: int) -> int:
        found = self.text.find(what, start)
        return len(self.text) if found < 0 else found

    def add(self, piece: str, at: int) -> None:
        self.word = self.word or []
        self.word.append(piece)
        self.at = at

    def double_quoted(self, start: int) -> None:
        text = self.text
        self.add("", start)
        while self.at < len(text) and text[self.at] != '"':
            if text[self.at] == "\\":
                self.add(text[self.at + 1 : self.at + 2], self.at + 2)
            elif text[self.at] == "`" or text.startswith("$(", self.at):
                self.substitution()
            else:
                self.add(text[self.at], self.at + 1)
        self.at += 1

    def substitution(self) -> None:
        """The text of a substitution stays in its word: what it will be is not known."""
        if self.text[self.at] == "`":
            end = self.find("`", self.at + 1)
            inner = self.text[self.at + 1 : end]
        else:
            end = self.closing(self.at + 2)
            inner = self.text[self.at + 2 : end]
        self.command.inner.append(inner)
        self.add(self.text[self.at : end + 1], end + 1)

    def closing(self, start: int) -> int:
        """Where the parenthesis is closed that was opened just before `start`."""
        depth = 1
        for piece in PIECE.finditer(self.text, start):
            depth += {"(": 1, ")": -1}.get(piece.group(), 0)
            if depth == 0:
                return piece.start()
        return len(self.text)

    def act_on(self, operator: str, end: int) -> None:
        if REDIRECT.match(operator):
            # The number in 2> is no word of the command.
            if self.word is not None and "".join(self.word).isdigit():
                self.word = None
            self.end_word()
            self.redirect = operator
        elif operator in ("|", "|&"):
            self.end_command(of_pipeline=False)
        else:
            self.end_command()
        self.at = end
        if operator == "\n":
            self.read_documents()

    def end_word(self) -> None:
        if self.word is None:
            return
        word, self.word = "".join(self.word), None
        if self.redirect is None:
            self.command.words.append(word)
        elif self.redirect == "<<<":
            self.command.documents.append(word)
        elif self.redirect.startswith("<<"):
            self.awaited.append((self.redirect, word, self.command))
        else:
            self.command.redirects.append((self.redirect, word))
        self.redirect = None

    def end_command(self, of_pipeline: bool = True) -> None:
        self.end_word()
        if self.command != Command():
            self.pipelines[-1].append(self.command)
        self.command = Command()
        if of_pipeline:
            self.pipelines.append([])

    def read_documents(self) -> None:
        """The lines after a command that are its input. They are no commands, unless a shell reads them."""
        for operator, delimiter, command in self.awaited:
            lines = []
            while self.at < len(self.text):
                end = self.find("\n", self.at)
                line = self.text[self.at : end]
                self.at = end + 1
                if (line.lstrip("\t") if operator == "<<-" else line) == delimiter:
                    break
                lines.append(line)
            command.documents.append("\n".join(lines))
        self.awaited = []


# Words of a command --------------------------------------------------------------------------------------------------

SHELLS = {"sh", "bash", "zsh", "dash", "ksh", "fish", "ash"}
INTERPRETERS = SHELLS | {"python", "python3", "perl", "ruby", "node", "php"}
DOWNLOADERS = {"curl", "wget", "fetch", "aria2c"}
DECODERS = {"base64", "base32", "xxd", "openssl", "uudecode"}
# Programs that start another one, and the letters of their options that take a value.
STARTERS = {
    "sudo": "ugpCrtTUDRh",
    "doas": "uC",
    "env": "uCS",
    "time": "fo",
    "timeout": "ks",
    "nice": "n",
    "exec": "a",
    "xargs": "IndPELsa",
    "stdbuf": "ioe",
    "ionice": "cnp",
    "watch": "n",
    "chroot": "",
    "nohup": "",
    "setsid": "",
    "command": "",
    "builtin": "",
    "busybox": "",
}
LONG_WITH_VALUE = {"--user", "--group", "--chdir", "--unset", "--signal", "--kill-after", "--adjustment", "--max-args"}
BEFORE_PROGRAM = {"timeout": 1, "chroot": 1}
MOST_STARTED = 20
RESERVED = {"{", "!", "if", "then", "elif", "else", "while", "until", "do"}
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")

# A program and its arguments.
Call = tuple[str, list[str]]


def calls(words: list[str]) -> list[Call]:
    """The programs that a command starts: its own, and those that it has other programs start."""
    found: list[Call] = []
    waiting = [words]
    while waiting and len(found) < MOST_STARTED:
        words = waiting.pop()
        start = next((at for at, word in enumerate(words) if word not in RESERVED and not ASSIGNMENT.match(word)), None)
        if start is None:
            continue
        name, args = program_of(words[start]), words[start + 1 :]
        found.append((name, args))
        if name == "find":
            waiting += [args[at + 1 :] for at, arg in enumerate(args) if arg in ("-exec", "-execdir", "-ok")]
        elif name in STARTERS and not (name == "command" and set("vV") & set(flags(args))):
            waiting.append(behind_options(name, args))
    return found


def program_of(word: str) -> str:
    """The name of a program without its folder. A substitution stays what it is."""
    return word if word.startswith(("$(", "`")) else posixpath.basename(word)


def behind_options(name: str, args: list[str]) -> list[str]:
    """What a starter starts."""
    at = 0
    while at < len(args) and (args[at].startswith("-") or ASSIGNMENT.match(args[at])):
        option = args[at]
        at += 1
        if option == "--":
            break
        # `-u root` takes the next word with it, `-uroot` and `--user=root` do not.
        letters = [place for place, letter in enumerate(option[1:], 1) if letter in STARTERS[name]]
        short = not option.startswith("--") and letters[:1] == [len(option) - 1]
        at += 1 if short or option in LONG_WITH_VALUE else 0
    return args[at + BEFORE_PROGRAM.get(name, 0) :]


def flags(args: list[str]) -> str:
    """The letters of all short options."""
    return "".join(arg[1:] for arg in args if re.fullmatch(r"-[A-Za-z]+", arg))


def script_of(name: str, args: list[str]) -> str | None:
    """The line of shell that is handed to a shell: `bash -lc "…"`, `eval …`."""
    if name == "eval":
        return " ".join(args)
    if name not in SHELLS or "c" not in flags(args):
        return None
    at = next(at for at, arg in enumerate(args) if re.fullmatch(r"-[A-Za-z]*c[A-Za-z]*", arg))
    return next((arg for arg in args[at + 1 :] if not arg.startswith("-")), None)


def runs_its_input(name: str, args: list[str]) -> bool:
    """Whether what is piped into a program is run: into `bash`, `bash -s x`, `python3 -`, but not `bash x.sh`."""
    name = re.sub(r"[0-9.]+$", "", name)
    if name not in INTERPRETERS:
        return False
    code = "c" if name in SHELLS else "cemr"
    rest = iter(args)
    for arg in rest:
        if arg in ("-", "/dev/stdin") or (name in SHELLS and re.fullmatch(r"-[A-Za-z]*s", arg)):
            return True
        if not arg.startswith(("-", "+")) or (re.fullmatch(r"-[A-Za-z]+", arg) and set(arg) & set(code)):
            return False
        if name in SHELLS and arg.endswith("o"):
            next(rest, None)  # -o pipefail
    return True


SYSTEM = {
    *("/", "~", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/opt", "/proc", "/root", "/sbin", "/srv"),
    *("/sys", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/var", "/var/lib"),
    *("/Users", "/System", "/Library", "/Applications", "/private", "/Volumes"),
}
HOME = re.compile(r"(\$HOME|\$\{HOME\}|~[\w.-]*|/root|/(home|Users)/[^/*]+)(?=/|$)")
DISK = re.compile(r"/dev/(sd|hd|vd|xvd|nvme|mmcblk|r?disk|dm-|md|mapper/)\w+")
CREDENTIALS = re.compile(
    r"/etc/g?shadow\b|/\.ssh/(id_[a-z0-9]+|identity)(?![\w.])|/\.aws/credentials\b|/\.(netrc|pgpass|git-credentials)\b"
)
TRUSTED_FILE = re.compile(
    r"/etc/(passwd|g?shadow|sudoers|sudoers\.d/.*|ld\.so\.preload|crontab|cron\.\w+/.*)|~/\.ssh/authorized_keys2?"
)


def place(path: str) -> str:
    """A path in the one way that it is compared: without `/*`, `..` and `//`, every home being `~`."""
    path = re.sub(r"(/\.?\*)+$", "/", path)
    path = re.sub(r"^/+", "/", posixpath.normpath(path))
    return HOME.sub("~", path, count=1) if HOME.match(path) else path


def vital(paths: list[str]) -> str | None:
    """The first of some paths that is the root, a folder of the system or somebody's home as a whole."""
    return next((path for path in paths if path and place(path) in SYSTEM), None)


def operands(args: list[str]) -> list[str]:
    return [arg for arg in args if not arg.startswith("-")]


# Rules: why a call is dangerous, or None -----------------------------------------------------------------------------

FIND_FILTERS = re.compile(r"-(i?name|i?path|i?regex|[acm](time|min)|newer\w*|size|empty|perm|user|inum|samefile)")


def deletes_system(name: str, args: list[str]) -> str | None:
    if name == "rm" and "--no-preserve-root" in args:
        return "it deletes everything"
    if name == "rm" and ("--recursive" in args or set("rR") & set(flags(args))):
        target = vital(operands(args))
        return target and f"it deletes {target} and all that is in it"
    if name == "find" and ("-delete" in args or ({"-exec", "-execdir"} & set(args) and "rm" in args)):
        folders = args[: next(at for at, arg in enumerate(args) if arg.startswith("-"))]
        target = None if any(FIND_FILTERS.fullmatch(arg) for arg in args) else vital(folders)
        return target and f"it deletes what is in {target}"
    return None


def overwrites_disk(name: str, args: list[str]) -> str | None:
    written = {
        "dd": [arg[3:] for arg in args if arg.startswith("of=")],
        "tee": operands(args),
        "cp": args[-1:],
        "shred": operands(args),
        "wipefs": operands(args),
        "blkdiscard": operands(args),
    }.get("mkfs" if name.startswith("mkfs.") else name, operands(args) if name.startswith("mkfs") else [])
    disk = next((path for path in written if DISK.match(path)), None)
    return disk and f"it overwrites the disk {disk}"


def opens_system(name: str, args: list[str]) -> str | None:
    if name in ("chmod", "chown", "chgrp") and ("--recursive" in args or "R" in flags(args)):
        target = vital([path for path in operands(args)[1:] if place(path) != "~"])
        return target and f"it changes who may do what with {target} and all that is in it"
    return None


def connects_a_shell(name: str, args: list[str]) -> str | None:
    runs = set("ec") & set(flags(args)) or {"--exec", "--sh-exec"} & {arg.split("=")[0] for arg in args}
    return "it lets another machine use a shell here" if name in ("nc", "ncat", "netcat") and runs else None


def changes_trusted_file(name: str, args: list[str]) -> str | None:
    edits = name == "sed" and any(re.match(r"-[A-Za-z]*i|--in-place", arg) for arg in args)
    written = operands(args) if name == "tee" or edits else args[-1:] if name in ("cp", "mv", "install", "ln") else []
    path = next((path for path in written if TRUSTED_FILE.fullmatch(place(path))), None)
    return path and f"it changes {path}, which says who may do what on this machine"


def stops_the_machine(name: str, args: list[str]) -> str | None:
    if name in ("shutdown", "reboot", "halt", "poweroff") or (name == "init" and args[:1] in (["0"], ["6"])):
        return "it stops the machine"
    if name == "systemctl" and {"poweroff", "reboot", "halt"} & set(args):
        return "it stops the machine"
    return "it ends every process" if name == "kill" and args[-1:] == ["-1"] and len(args) > 1 else None


def reads_credentials(name: str, args: list[str]) -> str | None:
    reads = name in DECODERS or name in ("cat", "less", "more", "head", "tail", "cp", "tar", "zip", "strings", "grep")
    path = next((arg for arg in args if CREDENTIALS.search(arg)), None) if reads else None
    return path and f"it reads {path}"


def sends_credentials(name: str, args: list[str]) -> str | None:
    sends = name in DOWNLOADERS or name in ("scp", "rsync", "nc", "ncat", "netcat", "ftp", "sftp")
    # These say with which key; what is behind them is not sent.
    keys = {at + 1 for at, arg in enumerate(args) if arg in ("-i", "-e", "--rsh", "--key", "--cert", "--netrc-file")}
    path = next((arg for at, arg in enumerate(args) if at not in keys and CREDENTIALS.search(arg)), None)
    return f"it sends {path} to another machine" if sends and path else None


def empty_variable(name: str, args: list[str]) -> str | None:
    if name != "rm" or not ({"--recursive"} & set(args) or set("rR") & set(flags(args))):
        return None
    path = next((arg for arg in args if re.fullmatch(r"\$(\w+|\{\w+\})/\*?", arg) and not HOME.match(arg)), None)
    return path and f"it deletes the whole disk if the variable in {path} is empty"


def acts_as_root(name: str, args: list[str]) -> str | None:
    return "it acts as another user" if name in ("sudo", "doas", "su", "pkexec") else None


def lets_everybody_write(name: str, args: list[str]) -> str | None:
    modes = operands(args)[:1] if name == "chmod" else []
    open_to_all = any(re.fullmatch(r"[0-7]?[0-7]{2}[2367]|[ug]*[ao][ugo]*\+[rx]*w[rwx]*", mode) for mode in modes)
    return "it lets everybody write" if open_to_all else None


def throws_work_away(name: str, args: list[str]) -> str | None:
    if name != "git":
        return None
    pushes = "push" in args and ({"--force", "--mirror"} & set(args) or "f" in flags(args))
    discards = ("reset" in args and "--hard" in args) or ("clean" in args and "f" in flags(args))
    return "it throws work away that may be nowhere else" if pushes or discards else None


def trusts_anybody(name: str, args: list[str]) -> str | None:
    unchecked = {"curl": {"--insecure"}, "wget": {"--no-check-certificate"}}.get(name, set()) & set(args)
    return "it does not check who it talks to" if unchecked or (name == "curl" and "k" in flags(args)) else None


RULES = [
    ("high", deletes_system),
    ("high", overwrites_disk),
    ("high", opens_system),
    ("high", connects_a_shell),
    ("high", changes_trusted_file),
    ("high", stops_the_machine),
    ("high", sends_credentials),
    ("medium", reads_credentials),
    ("medium", empty_variable),
    ("medium", acts_as_root),
    ("medium", lets_everybody_write),
    ("medium", throws_work_away),
    ("medium", trusts_anybody),
]

# Scanning ------------------------------------------------------------------------------------------------------------

FORK_BOMB = re.compile(r"([\w:.]{1,40})\s*\(\)\s*\{\s*\1\s*\|\s*\1\s*&")
DEEPEST = 10
UNREADABLE = "it is nested too deeply to be read"


@dataclass(frozen=True)
class Finding:
    severity: str
    rule: str
    reason: str


class Scan:
    """Everything that is found in one command, and in the commands within it."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.seen: set[str] = set()

    def found(self, severity: str, rule: str, reason: str | None) -> None:
        finding = Finding(severity, rule, reason or "")
        if reason and finding not in self.findings:
            self.findings.append(finding)

    def line(self, text: str, depth: int = 0) -> None:
        """Scans a line of shell."""
        if text in self.seen:
            return
        self.seen.add(text)
        if depth > DEEPEST:
            self.found("high", "nested", UNREADABLE)
            return
        if FORK_BOMB.search(text):
            self.found("high", "fork_bomb", "it starts processes without end")
        for pipeline in Reader(text).read():
            self.pipeline(pipeline, depth)
            for command in pipeline:
                self.command(command, depth)

    def command(self, command: Command, depth: int = 0) -> None:
        for operator, path in command.redirects:
            self.redirect(operator, path)
        started = calls(command.words)
        if len(started) == MOST_STARTED:
            self.found("high", "nested", UNREADABLE)
        for name, args in started:
            for severity, rule in RULES:
                self.found(severity, rule.__name__, rule(name, args))
            self.scripts(name, args, command, depth)
        for inner in command.inner:
            self.line(inner, depth + 1)

    def scripts(self, name: str, args: list[str], command: Command, depth: int) -> None:
        """What a program is given to run."""
        script = script_of(name, args)
        if script is not None:
            self.line(script, depth + 1)
        if runs_its_input(name, args):
            for document in command.documents:
                self.line(document, depth + 1)
        fetched = any(self.fetches(inner) for inner in command.inner)
        if fetched and (name in SHELLS or name in ("eval", "source", ".") or name.startswith(("$(", "`"))):
            self.found("high", "runs_what_it_fetches", "it runs what it downloads, whatever that is")

    def redirect(self, operator: str, path: str) -> None:
        if re.match(r"/dev/(tcp|udp)/", path):
            self.found("high", "connects_a_shell", "it connects a program here with another machine")
        if ">" in operator and DISK.match(path):
            self.found("high", "overwrites_disk", f"it overwrites the disk {path}")
        if ">" in operator and TRUSTED_FILE.fullmatch(place(path)):
            self.found("high", "changes_trusted_file", f"it changes {path}, which says who may do what on this machine")
        if operator == "<" and CREDENTIALS.search(path):
            self.found("medium", "reads_credentials", f"it reads {path}")

    def pipeline(self, pipeline: list[Command], depth: int) -> None:
        """What goes from one program to the next."""
        fetched, secret = False, None
        texts: list[str] = []
        for command in pipeline:
            started = calls(command.words)
            if any(runs_its_input(name, args) for name, args in started):
                for text in texts:
                    self.line(text, depth + 1)
                if fetched:
                    self.found("high", "runs_what_it_fetches", "it runs what it downloads or decodes, whatever that is")
            if secret and any(name in DOWNLOADERS or name in ("nc", "ncat", "netcat", "ssh") for name, _ in started):
                self.found("high", "sends_credentials", f"{secret} and sends it to another machine")
            fetched = fetched or any(fetches(name, args) for name, args in started)
            secret = secret or next((reason for each in started if (reason := reads_credentials(*each))), None)
            texts += command.documents + [" ".join(args) for name, args in started if name in ("echo", "printf")]

    def fetches(self, text: str) -> bool:
        return any(
            fetches(name, args)
            for pipeline in Reader(text).read()
            for command in pipeline
            for name, args in calls(command.words)
        )


def fetches(name: str, args: list[str]) -> bool:
    """Whether what a program prints is not known before it runs."""
    decodes = name in DECODERS and bool({"-d", "-D", "-r", "--decode"} & set(args))
    return name in DOWNLOADERS or decodes


# The hook ------------------------------------------------------------------------------------------------------------

LONGEST = 2000


def main() -> int:
    os.umask(0o077)
    words = words_of(os.environ.get("CODEX_COMMAND", ""))
    if words is None:
        state = "not a JSON array of words" if os.environ.get("CODEX_COMMAND") else "not set"
        print(f'Cannot scan the command: CODEX_COMMAND is {state}. Set it to ["ls", "-la"], say.', file=sys.stderr)
        return 1
    scan = Scan()
    if len(words) == 1:
        scan.line(words[0])
    else:
        scan.command(Command(words=words))
    shown = words[0] if len(words) == 1 else shlex.join(words)
    return answer(scan.findings, shown)


def words_of(text: str) -> list[str] | None:
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def answer(findings: list[Finding], command: str) -> int:
    code = 0
    if findings and not log(findings, command):
        code = 1
    high = next((finding for finding in findings if finding.severity == "high"), None)
    if high:
        reason = f"{high.reason}. Do it in a narrower way, or ask the user to do it."
        print(f'Cannot run "{printable(command)}": {printable(reason)}', file=sys.stderr)
        code = 2
    return code


def log(findings: list[Finding], command: str) -> bool:
    """Appends a line that only its owner may read: one write at the end of the file, so that lines never mix."""
    entry = {
        "timestamp": os.environ.get("CODEX_TIMESTAMP") or datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "session_id": os.environ.get("CODEX_SESSION_ID"),
        "severity": "high" if any(finding.severity == "high" for finding in findings) else "medium",
        "command": command[:LONGEST],
        "findings": [finding.__dict__ for finding in findings],
    }
    home = os.environ.get("CODEX_HOME") or os.path.join(os.path.expanduser("~"), ".codex")
    try:
        os.makedirs(home, mode=0o700, exist_ok=True)
        file = os.open(os.path.join(home, "security.log"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{json.dumps(entry)}\n".encode())
        finally:
            os.close(file)
    except OSError as error:
        print(f"Cannot write security.log: {error}.", file=sys.stderr)
        return False
    return True


def printable(text: str) -> str:
    """On one line, without anything invisible, and not endless."""
    line = "".join(char if char.isprintable() else " " for char in text[:LONGEST])
    return f"{line[:200]}…" if len(line) > 200 else line


if __name__ == "__main__":
    sys.exit(main())
