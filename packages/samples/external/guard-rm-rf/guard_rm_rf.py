#!/usr/bin/env python3
"""A gate: blocks shell commands that delete folders outside the project, or the project itself. The project is the
folder the agent works in (`cwd`).

It keeps an agent from accidents; it is no sandbox.
"""

import json
import os

from recursive_delete import quoted, why_not
from xcodex_hooks import block, run

# Where agents and wires put what is to be run, and the folder to run it in.
COMMANDS = ("command", "cmd", "chars", "input")
NESTED = ("params", "arguments")
FOLDERS = ("workdir", "directory", "dir_path", "cwd")

ADVICE = "Delete only what is inside the project, or ask the user to do it."


def hook(event):
    # A patch is no command, wherever an agent puts it.
    if event.type != "tool-call-started" or event["tool_name"] == "apply_patch":
        return
    for command, workdir in commands(event.get("tool_input")):
        reason = why_not(command, event["cwd"], os.environ.get("HOME"), workdir)
        if reason:
            block(f"Cannot run {shown(command)}: {reason}. {ADVICE}")


def commands(given, workdir=None):
    """Every command in a tool's input: text or a list of words, and the folder it is to run in."""
    if isinstance(given, str):
        inner = json_object(given)
        yield from commands(inner) if inner else [(given, workdir)]
    elif isinstance(given, list) and given and all(isinstance(word, str) for word in given):
        yield given, workdir
    elif isinstance(given, dict):
        workdir = next((given[key] for key in FOLDERS if isinstance(given.get(key), str)), None)
        for key in COMMANDS:
            if isinstance(given.get(key), (str, list)):
                yield from commands(given[key], workdir)
        for key in NESTED:
            yield from commands(given.get(key))


def json_object(text):
    try:
        value = json.loads(text) if text.lstrip(" \t\r\n").startswith("{") else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def shown(command):
    text = command if isinstance(command, str) else " ".join(command)
    return quoted(text if len(text) <= 200 else text[:199] + "…")


run(hook)
