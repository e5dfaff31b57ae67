#!/usr/bin/env python3
"""Appends every payload, whole, as one line of JSON to CODEX_HOME/hooks.jsonl."""

import json

from hooks_log import append_line
from xcodex_hooks import run


def hook(event):
    append_line("hooks.jsonl", json.dumps(event.raw, ensure_ascii=False, separators=(",", ":")))


run(hook)
