"""The conformance driver as a hook of host.py: conformance/PROTOCOL.md, section 8."""

import json
import os

from xcodex_hooks import block, parse_event, to_json

steps = json.loads(os.environ["CONFORMANCE_HOOK"])
count = 0


def note(what):
    with open(os.environ["CONFORMANCE_OUT"], "ab") as out:
        out.write((to_json(what) + "\n").encode("utf-8", "backslashreplace"))


def on_event(payload):
    global count
    event = parse_event(payload)
    note({"event": {"type": event.type, "fields": event, "extra": event.extra, "problems": event.problems}})
    count += 1
    for step in steps:
        if step["on"] == count and step["do"] == "print":
            print(step["text"])
        if step["on"] == count and step["do"] == "throw":
            raise RuntimeError(step["text"])
        if step["on"] == count and step["do"] == "block":
            block(step["text"])


def on_dropped(notice):
    note({"dropped": notice})
