#!/usr/bin/env python3
"""Appends one line per finished tool call to CODEX_HOME/hooks-tool-calls.log. What the payload does not say is written
as "-"."""

import json
import re
import unicodedata

from hooks_log import append_line
from xcodex_hooks import run

# Nothing that could be taken for the end of a value, of a line or for another key.
PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,~-]+")
# Invisible or able to rearrange what is shown: controls, formats, surrogates, private use, separators.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs")


def hook(event):
    if event.type != "tool-call-finished":
        return
    success = event.get("success")
    facts = {
        "type": event.type,
        "tool": text(event["tool_name"] or None),
        "status": text(event.get("status")),
        "success": "-" if success is None else "true" if success else "false",
        "duration_ms": str(event.get("duration_ms", "-")),
        "output_bytes": str(event.get("output_bytes", "-")),
        "cwd": text(event["cwd"] or None),
    }
    append_line("hooks-tool-calls.log", " ".join(f"{key}={value}" for key, value in facts.items()))


def text(value):
    """A value that cannot be read as anything else: plain as it is, all others as a JSON string."""
    if value is None:
        return "-"
    if value != "-" and PLAIN.fullmatch(value):
        return value
    return '"' + "".join(escaped(char) for char in value) + '"'


def escaped(char):
    if char in '"\\' or (char != " " and unicodedata.category(char) in UNSEEN):
        return json.dumps(char)[1:-1]
    return char


run(hook)
