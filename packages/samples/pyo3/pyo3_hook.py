"""A hook in the agent's own process: appends every event, whole, to CODEX_HOME/hooks-pyo3.jsonl and one line per
finished tool call to CODEX_HOME/hooks-tool-calls-pyo3.log.

The agent imports this file once and calls `on_event`, or `on_events` with `batch_size` above 1. What it does here it
does in the agent's process: keep it short. The same file runs in a process of its own with host.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hooks_log import append, open_log
from tool_call_line import line_of_payload
from xcodex_hooks import to_json

if TYPE_CHECKING:
    from xcodex_hooks import payloads

files: dict[str, int] = {}
"""File descriptors by name. They stay open: opening a file costs more than writing to it."""


def on_event(event: payloads.HookPayload) -> None:
    """Called with each event, a plain dict."""
    on_events([event])


def on_events(events: list[payloads.HookPayload]) -> None:
    """Called with several events at once, in the order in which they happened."""
    write("hooks-pyo3.jsonl", [to_json(event) for event in events])
    write("hooks-tool-calls-pyo3.log", [line for line in map(line_of_payload, events) if line is not None])


def write(name: str, lines: list[str]) -> None:
    """Appends lines to a file that is opened when there is something to write for the first time."""
    if not lines:
        return
    if name not in files:
        files[name] = open_log(name)
    append(files[name], lines)
