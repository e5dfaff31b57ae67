"""The loop of the original's host, with the counting hook."""

import json
import sys
import traceback

from counting_hook import on_event


def main() -> None:
    for line in sys.stdin:
        line = line.strip()
        if not line:
            continue
        try:
            message = json.loads(line)
        except ValueError:
            traceback.print_exc()
            continue
        if message.get("type") != "hook-event":
            continue
        try:
            on_event(message["event"])
        except Exception:
            traceback.print_exc()


main()
