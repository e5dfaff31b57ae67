#!/usr/bin/env python3
"""Appends one line per finished tool call to CODEX_HOME/hooks-tool-calls.log. What the payload does not say is written
as "-"."""

from hooks_log import append_line
from tool_call_line import tool_call_line
from xcodex_hooks import run


def hook(event):
    if event.type == "tool-call-finished":
        append_line("hooks-tool-calls.log", tool_call_line(event))


run(hook)
