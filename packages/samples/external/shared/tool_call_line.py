"""The line of facts about a finished tool call. What the payload does not say is "-"."""

from __future__ import annotations

import json
import re
import unicodedata

from xcodex_hooks import parse_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xcodex_hooks import ToolCallFinishedEvent

# Nothing that could be taken for the end of a value, of a line or for another key.
PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,~-]+")
# Invisible or able to rearrange what is shown: controls, formats, surrogates, private use, separators.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs")


def tool_call_line(event: ToolCallFinishedEvent) -> str:
    """The line, without its end: `key=value` with one space between. No value can be taken for anything else."""
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
    return " ".join(f"{key}={value}" for key, value in facts.items())


def line_of_payload(payload: Mapping[str, Any]) -> str | None:
    """The line of a plain payload of any wire; None when it is not about a finished tool call."""
    # The dispatcher says the type in our words. Only what comes from elsewhere has to be looked at to know it.
    if payload.get("xcodex_event_type") not in (None, "tool-call-finished"):
        return None
    event = parse_event(dict(payload))
    return tool_call_line(event) if event.type == "tool-call-finished" else None


def text(value: str | None) -> str:
    """A value that cannot be read as anything else: plain as it is, all others as a JSON string."""
    if value is None:
        return "-"
    if value != "-" and PLAIN.fullmatch(value):
        return value
    return '"' + "".join(escaped(char) for char in value) + '"'


def escaped(char: str) -> str:
    if char in '"\\' or (char != " " and unicodedata.category(char) in UNSEEN):
        return json.dumps(char)[1:-1]
    return char
