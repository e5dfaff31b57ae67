"""Appends to the log files that hooks keep under CODEX_HOME."""

from __future__ import annotations

import errno
import os


def codex_home() -> str:
    """The folder that hooks keep their files in: $CODEX_HOME, else ~/.codex."""
    return os.environ.get("CODEX_HOME") or os.path.join(os.path.expanduser("~"), ".codex")


def open_log(name: str) -> int:
    """Opens a file for `append`, which only its owner may read if it is new."""
    os.makedirs(codex_home(), mode=0o700, exist_ok=True)
    return os.open(os.path.join(codex_home(), name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def append(file: int, lines: list[str]) -> None:
    """Appends lines to an opened file. Hooks may do so at the same time: all of it is one write at the end of the file,
    so lines never mix. Half a surrogate pair, which UTF-8 does not have, is written as a JSON escape."""
    data = "".join([line + "\n" for line in lines]).encode("utf-8", "backslashreplace")
    if os.write(file, data) != len(data):
        raise OSError(errno.ENOSPC, "Cannot append all of a line to a log: the disk is full. Make room.")


def append_line(name: str, line: str) -> None:
    """Appends one line to a file, see `append`."""
    file = open_log(name)
    try:
        append(file, [line])
    finally:
        os.close(file)
