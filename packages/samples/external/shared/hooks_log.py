"""Appends to the log files that hooks keep under CODEX_HOME."""

import errno
import os


def codex_home() -> str:
    """The folder that hooks keep their files in: $CODEX_HOME, else ~/.codex."""
    return os.environ.get("CODEX_HOME") or os.path.join(os.path.expanduser("~"), ".codex")


def append_line(name: str, line: str) -> None:
    """Appends a line to a file that only its owner may read. Hooks may do so at the same time: the whole line is one
    write at the end of the file, so lines never mix. Half a surrogate pair, which UTF-8 does not have, is written as a
    JSON escape."""
    os.makedirs(codex_home(), mode=0o700, exist_ok=True)
    data = (line + "\n").encode("utf-8", "backslashreplace")
    file = os.open(os.path.join(codex_home(), name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(file, data) != len(data):
            raise OSError(errno.ENOSPC, f"Cannot append all of a line to {name}: the disk is full. Make room.")
    finally:
        os.close(file)
