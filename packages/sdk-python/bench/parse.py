"""Parses one payload again and again: `parse.py FILE ROUNDS`. Prints the nanoseconds per parse. The first tenth of the
rounds does not count."""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from xcodex_hooks import parse_event  # noqa: E402

with open(sys.argv[1], "rb") as file:
    payload = file.read()
rounds = int(sys.argv[2])
for _ in range(rounds // 10):
    parse_event(payload)
start = time.perf_counter_ns()
for _ in range(rounds):
    parse_event(payload)
print((time.perf_counter_ns() - start) / rounds)
