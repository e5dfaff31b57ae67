#!/usr/bin/env python3
"""Runs a command with a terminal where a person would have one.

terminal in  TEXT COMMAND...   standard input is a terminal at which TEXT is typed ("" types the end of input)
terminal err COMMAND...        standard error is a terminal; what was drawn there is printed at the end, escapes shown
"""
import os
import pty
import subprocess
import sys
import threading


def typed(text: str, command: list[str]) -> int:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(command, stdin=theirs, close_fds=True)
    os.close(theirs)
    os.write(ours, text.encode() + (b"\n" if text else b"\x04"))
    try:
        code = child.wait(timeout=20)
    except subprocess.TimeoutExpired:
        child.kill()
        code = child.wait()
    os.close(ours)
    return code


def drawn(command: list[str]) -> int:
    ours, theirs = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        try:
            while data := os.read(ours, 65536):
                seen.append(data)
        except OSError:
            pass

    reader = threading.Thread(target=read)
    reader.start()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=theirs, close_fds=True)
    os.close(theirs)
    code = child.wait()
    reader.join()
    os.close(ours)
    sys.stderr.write(b"".join(seen).decode().replace("\r", "\\r").replace("\x1b", "\\e") + "\n")
    return code


where, *rest = sys.argv[1:]
sys.exit(typed(rest[0], rest[1:]) if where == "in" else drawn(rest))
