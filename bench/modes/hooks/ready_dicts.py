"""The least that Python in-process can cost: a loop that calls the hook with dicts that are there already.

Usage: `ready_dicts.py HOW EVENTS < LINES`, where HOW is `each` or how many events go into one call. Prints seconds.
"""

import json
import sys
import time

from counting_hook import on_event, on_events


def one_by_one(events: list, rounds: int) -> None:
    for _ in range(rounds):
        for event in events:
            on_event(event)


def in_batches(batches: list, rounds: int) -> None:
    for _ in range(rounds):
        for batch in batches:
            on_events(batch)


def main(how: str, count: int) -> None:
    events = [json.loads(line)["event"] for line in sys.stdin]
    rounds = max(1, count // len(events))
    size = 1 if how == "each" else int(how)
    batches = [events[at : at + size] for at in range(0, len(events), size)]
    started = time.monotonic_ns()
    if how == "each":
        one_by_one(events, rounds)
    else:
        in_batches(batches, rounds)
    seconds = (time.monotonic_ns() - started) / 1e9
    print(json.dumps({"events": rounds * len(events), "seconds": seconds}))


main(sys.argv[1], int(sys.argv[2]))
