#!/usr/bin/env python3
"""Shows a desktop notification when the agent asks for permission. Does nothing where there is no program to show it.

Programs: notify-send on Linux, terminal-notifier or osascript on macOS; XCODEX_NOTIFY_BIN names another one, which is
called the way its name says, else like notify-send. What the payload says reaches the program as one argument
(terminal-notifier: as its input), never through a shell, and never as something the program would interpret."""

import os
import shutil
import subprocess
import sys

from xcodex_hooks import run

TITLE = "Permission requested"
LONGEST = 240
TIMEOUT_SEC = 10
SCRIPT = ["on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run"]


def hook(event):
    body = message(event)
    program = find_program() if body else None
    if program:
        show(program, body)


def message(event):
    """What to show; None when the event is no question to the user. The notification that xcodex and Claude Code send
    along with a request is passed over, so that nobody is told twice; Gemini CLI sends nothing else."""
    if event.type == "approval-requested":
        text = question(event)
    elif event.type == "notification" and event.get("notification_type") == "ToolPermission":
        text = event.get("message", "")
    else:
        return None
    name = event.get("agent", {}).get("name")
    return one_line(f"{name}: {text}" if isinstance(name, str) else text)


def question(event):
    given = event.get("tool_input")
    given = given.get("command") if isinstance(given, dict) else None
    candidates = [
        event.get("command"),
        given,
        event.get("paths"),
        event.get("message"),
        event.get("tool_name"),
        "a tool",
    ]
    asked = next(value for value in candidates if value)
    text = " ".join(map(str, asked)) if isinstance(asked, list) else str(asked)
    return f"{event['server_name']}: {text}" if event.get("server_name") else text


def one_line(text):
    """Without control characters and half surrogate pairs, and not too long."""
    text = "".join(
        " " if ord(char) < 32 or 127 <= ord(char) < 160 or 0xD800 <= ord(char) < 0xE000 else char for char in text
    )
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def find_program():
    wanted = os.environ.get("XCODEX_NOTIFY_BIN")
    names = [wanted] if wanted else ["terminal-notifier", "osascript"] if sys.platform == "darwin" else ["notify-send"]
    return next((found for found in map(shutil.which, names) if found), None)


def show(program, body):
    name = os.path.basename(program)
    if name == "terminal-notifier":
        # Takes an argument that starts with [ or ( apart; its input it shows as it is.
        arguments, given = ["-title", TITLE, "-group", "xcodex-hooks"], body
    elif name == "osascript":
        arguments, given = [*(part for line in SCRIPT for part in ("-e", line)), TITLE, body], ""
    else:
        # The body is markup with C escapes: both are made plain text.
        plain = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\\", "\\\\")
        arguments, given = ["--app-name=xcodex", "--", TITLE, plain], ""
    options = {"stdout": subprocess.DEVNULL, "timeout": TIMEOUT_SEC}
    status = subprocess.run([program, *arguments], input=given.encode(), check=False, **options).returncode
    if status != 0:
        raise OSError(f"Cannot show a notification with {program}: it ended with {status}. Try it by hand.")


run(hook)
