#!/usr/bin/env python3
"""Appends a line to CODEX_HOME/analytics/performance.jsonl (~/.codex/analytics/) for every command that has run:

{"timestamp": "2024-01-01T12:00:00Z", "session_id": "s-1", "program": "cargo", "exit_code": 0, "duration_ms": 5000}

What is not known is null. Of the command only its program is kept: arguments hold file names, addresses and passwords.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from datetime import datetime, timezone

SHELLS = {"sh", "bash", "zsh", "dash", "ksh"}


def main() -> None:
    os.umask(0o077)
    session_id = os.environ.get("CODEX_SESSION_ID")
    if not session_id:
        sys.exit("Cannot measure the command: CODEX_SESSION_ID is not set. Run this as a hook, or set it.")
    metrics = {
        "timestamp": os.environ.get("CODEX_TIMESTAMP") or datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "session_id": session_id,
        "program": program(os.environ.get("CODEX_COMMAND", "")),
        "exit_code": number(os.environ.get("CODEX_EXIT_CODE", "")),
        "duration_ms": number(os.environ.get("CODEX_DURATION", "")),
    }
    try:
        append_line("performance.jsonl", json.dumps(metrics))
    except OSError as error:
        sys.exit(f"Cannot measure the command: {error}.")


def program(command: str) -> str | None:
    """The name of the program of a command, which is a JSON array of words, or of one word that is a line of shell."""
    try:
        words = json.loads(command)
    except (ValueError, RecursionError):
        return None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        return None
    if os.path.basename(words[0]) in SHELLS and len(words) > 2 and re.fullmatch(r"-[a-z]*c", words[1]):
        words = [words[2]]
    return first_program(words[0]) if len(words) == 1 else os.path.basename(words[0])


def first_program(line: str) -> str | None:
    """The first program of a line of shell, behind the variables that are set for it."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # a quotation mark without its partner
        words = line.split()
    programs = (word for word in words if not re.match(r"\w+=", word))
    first = next(programs, None)
    return None if first is None else os.path.basename(first)


def number(text: str) -> float | int | None:
    """A number as it is written; None for anything else."""
    if re.fullmatch(r"-?[0-9]{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,15}", text) else None


def append_line(name: str, line: str) -> None:
    """Appends a line to a file that only its owner may read: one write at its end, so that lines never mix."""
    home = os.environ.get("CODEX_HOME") or os.path.join(os.path.expanduser("~"), ".codex")
    folder = os.path.join(home, "analytics")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    file = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{line}\n".encode())
    finally:
        os.close(file)


if __name__ == "__main__":
    main()
