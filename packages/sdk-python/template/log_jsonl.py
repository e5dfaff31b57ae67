#!/usr/bin/env python3
"""A hook to start from: appends every event as one line of JSON to CODEX_HOME/hooks.jsonl.

Try it by hand (CODEX_HOME is ~/.codex unless it is set):

    cd ~/.codex/hooks/templates/python
    echo '{"hook_event_name":"SessionStart","session_id":"s-1","cwd":"/"}' | python3 log_jsonl.py

See what to put into CODEX_HOME/config.toml, to run it for one kind of event or as one long-lived host for all of them:

    python3 log_jsonl.py --config
"""

from __future__ import annotations

import os
import sys

# The SDK is beside the folder `templates`: CODEX_HOME/hooks/xcodex_hooks.
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
from xcodex_hooks import HookEvent, run, to_json  # noqa: E402


def hook(event: HookEvent) -> None:
    append(to_json({**event, "extra": event.extra}))
    # Comparing `type` tells your editor and the type checker which event it is, and so which fields it has.
    if event.type == "tool-call-finished":
        took = "an unknown time" if event.duration_ms is None else f"{event.duration_ms} ms"
        # What a hook prints goes to its log: an agent takes what it finds on stdout for an answer.
        print(f"{event.type}: {event.tool_name} took {took}")
    elif event.type == "tool-call-started":
        pass
        # Your own rule, with `block` imported above. It stops the agent where a hook may do so: with `mode = "sync"`,
        # or in a host with `replies = true`.
        # if event.tool_alias == "WebFetch":
        #     block(f"No web today: {event.tool_name}")


def append(line: str) -> None:
    """One write at the end of the file, so that hooks which run at the same time never mix their lines."""
    home = os.environ.get("CODEX_HOME") or os.path.join(os.path.expanduser("~"), ".codex")
    os.makedirs(home, mode=0o700, exist_ok=True)
    # Only you may read it: it holds what your agent sees and does.
    file = os.open(os.path.join(home, "hooks.jsonl"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, (line + "\n").encode("utf-8", "backslashreplace"))
    finally:
        os.close(file)


def config() -> str:
    """What to put into config.toml."""
    argv = to_json(["python3", os.path.abspath(__file__)])
    return f"""# Into CODEX_HOME/config.toml. For one kind of event:
[[hooks.command.tool_call_finished]]
hooks = [{{ argv = {argv} }}]

# Or for all of them, as one long-lived host; `replies` lets it block:
# [hooks.host]
# enabled = true
# command = {argv}
# replies = true"""


if "--config" in sys.argv:
    print(config())
else:
    run(hook)
