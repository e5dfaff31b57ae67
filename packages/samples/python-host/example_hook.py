"""A hook for host.py: appends one line per finished tool call to CODEX_HOME/hooks-host-tool-calls.log.

The file is loaded once and then called with every event, so it may keep what it knows: open files, connections, counts.
It is not run by itself: `python3 -u hooks/host/python/host.py hooks/host/python/example_hook.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hooks_log import append_line
from tool_call_line import line_of_payload

if TYPE_CHECKING:
    from xcodex_hooks import payloads


def on_event(event: payloads.HookPayload) -> None:
    """Called with each event, a plain dict. Comparing event["xcodex_event_type"] tells type checkers which one it is;
    `xcodex_hooks.parse_event(event)` makes one of the SDK's events of it."""
    line = line_of_payload(event)
    if line is not None:
        append_line("hooks-host-tool-calls.log", line)


# With on_events the host calls this function instead, with a list of all events that have come by now. That is faster
# where much of the work can be done once per list, for example one write or one transaction:
#
# def on_events(events: list[payloads.HookPayload]) -> None:
#     for line in filter(None, map(line_of_payload, events)):
#         append_line("hooks-host-tool-calls.log", line)
#
# With `replies = true` under [hooks.host] a hook may stop what the agent is about to do:
#
# def on_event(event: payloads.HookPayload) -> object:
#     if event["xcodex_event_type"] == "tool-call-started" and event["tool_name"] == "WebFetch":
#         return {"decision": "block", "reason": "No web today."}
#     return None
