#!/usr/bin/env python3
"""Appends every payload, whole, as one line of JSON to CODEX_HOME/hooks.jsonl."""

from hooks_log import append_line
from xcodex_hooks import run, to_json


def hook(event):
    append_line("hooks.jsonl", to_json(event.raw))


run(hook)
