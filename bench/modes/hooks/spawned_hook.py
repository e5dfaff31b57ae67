"""A hook that is started for one event: reads it, from the payload's file when it is too large for stdin, and ends."""

import json
import sys

event = json.load(sys.stdin)
if "payload_path" in event:
    with open(event["payload_path"], encoding="utf-8") as file:
        event = json.load(file)
if event["xcodex_event_type"] != "tool-call-finished":
    sys.exit(1)
