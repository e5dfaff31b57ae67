"""Conformance driver of the Python SDK that the samples bring along (conformance/PROTOCOL.md, section 8, without
hosts). The folder with the installed modules is the first argument."""

import base64
import json
import sys

sys.path.insert(0, sys.argv[1])
from xcodex_hooks import MAX_BYTES, HookInputError, parse_event, read_event  # noqa: E402


def answer(request):
    data = request["input"] if "input" in request else base64.b64decode(request["input_base64"])
    try:
        if request["kind"] == "event":
            event = parse_event(data)
        else:
            event = read_event(data, request.get("options", {}).get("max_payload_file_bytes", MAX_BYTES))
    except HookInputError as error:
        return {"error": {"code": error.code, "message": str(error)}}
    return {"event": {"type": event.type, "fields": event, "extra": event.extra, "problems": event.problems}}


for line in sys.stdin.buffer:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], **answer(request)}))
