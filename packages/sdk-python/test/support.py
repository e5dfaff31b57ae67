"""Runs hooks as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from collections.abc import Callable
from typing import Any

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""Folder of the SDK."""

EVENT = {
    "hook_event_name": "PreToolUse",
    "session_id": "session-1",
    "cwd": "/home/dev",
    "tool_name": "shell",
    "tool_input": {"command": "echo äöü 漢字 🚀"},
}
JSON = json.dumps(EVENT, ensure_ascii=False).encode()

ALL = "from xcodex_hooks import *; from xcodex_hooks import HookInputError, block, parse_event, read_event, run, serve"


class Ended:
    """How a process ended."""

    def __init__(self, code: int, stdout: bytes, stderr: bytes) -> None:
        self.code = code
        self.stdout = stdout.decode()
        self.stderr = stderr.decode()

    def __repr__(self) -> str:
        return f"code {self.code}\nstdout: {self.stdout}\nstderr: {self.stderr}"


def line(seq: int, event: Any = None, **more: Any) -> bytes:
    """A line for a host."""
    whole = {"schema_version": 1, "type": "event", "seq": seq, "event": {**(event or EVENT), **more}}
    return json.dumps(whole).encode() + b"\n"


class HookTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = self.enterContext_(tempfile.TemporaryDirectory())

    def enterContext_(self, context: Any) -> Any:
        # `enterContext` only exists since Python 3.11.
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def script(self, body: str) -> str:
        """A hook that has everything of the SDK imported."""
        path = os.path.join(self.folder, f"hook{len(os.listdir(self.folder))}.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"import sys\nsys.path.insert(0, {FOLDER!r})\n{ALL}\n{textwrap.dedent(body)}\n")
        return path

    def start(self, argv: list[str], env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[bytes]:
        """Starts a process with pipes; the environment that decides about replies is not inherited."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("XCODEX_")}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(argv, env={**inherited, **(env or {})}, **{**pipes, **options})
        self.addCleanup(process.kill)
        return process

    def end(self, process: subprocess.Popen[bytes], data: bytes = b"") -> Ended:
        """Feeds a process and waits for its end."""
        stdout, stderr = process.communicate(data, timeout=60)
        return Ended(process.returncode, stdout or b"", stderr or b"")

    def run_hook(
        self, body: str, data: bytes = JSON, *, flags: tuple[str, ...] = (), env: dict[str, str] | None = None
    ) -> Ended:
        return self.end(self.start([sys.executable, *flags, self.script(body)], env), data)

    def feed(self, body: str, write: Callable[[Any], None], **options: Any) -> Ended:
        """Runs a hook whose stdin is written piece by piece, and then closed."""
        process = self.start([sys.executable, self.script(body)], **options)
        write(process.stdin)
        return self.end(process)

    def shell(self, command: str, body: str, data: bytes = b"") -> Ended:
        """Runs a command in which "$0" "$1" is the hook."""
        return self.end(self.start(["sh", "-c", command, sys.executable, self.script(body)]), data)
