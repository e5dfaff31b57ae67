#!/usr/bin/env python3
"""The conformance driver of the Python SDK (conformance/PROTOCOL.md, section 8). Without an argument it answers
requests, one JSON line each; as `driver.py serve` or `driver.py run` it is a hook."""

import base64
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from xcodex_hooks import MAX_BYTES, HookInputError, block, parse_event, read_event, run, serve, to_json  # noqa: E402


def written(event):
    return {"type": event.type, "fields": event, "extra": event.extra, "problems": event.problems}


def answer(request):
    data = request["input"] if "input" in request else base64.b64decode(request["input_base64"])
    cap = request.get("options", {}).get("max_payload_file_bytes", MAX_BYTES)
    try:
        event = parse_event(data) if request["kind"] == "event" else read_event(data, max_payload_file_bytes=cap)
    except HookInputError as error:
        return {"error": {"code": error.code, "message": str(error)}}
    return {"event": written(event)}


def line(value):
    return (to_json(value) + "\n").encode("utf-8", "backslashreplace")


def note(what):
    with open(os.environ["CONFORMANCE_OUT"], "ab") as out:
        out.write(line(what))


steps = json.loads(os.environ.get("CONFORMANCE_HOOK", "[]"))
count = 0


def hook(event):
    global count
    note({"event": written(event)})
    count += 1
    for step in steps:
        if step["on"] == count and step["do"] == "print":
            print(step["text"])
        if step["on"] == count and step["do"] == "throw":
            raise RuntimeError(step["text"])
        if step["on"] == count and step["do"] == "block":
            block(step["text"])


start = {"serve": serve, "run": run}.get((sys.argv[1:] or [""])[0])
if start:
    start(hook, on_dropped=lambda dropped: note({"dropped": dropped}))
else:
    for text in sys.stdin.buffer:
        request = json.loads(text)
        sys.stdout.buffer.write(line({"id": request["id"], **answer(request)}))
