#!/usr/bin/env python3
"""A long-lived host: loads hook files once and gives them every event.

    python3 -u host.py HOOK.py [HOOK2.py ...]

A hook file defines one function or several:

    on_event(event)      called with each event
    on_events(events)    called with a list of all events that have come by now, instead of on_event
    on_dropped(notice)   called with the line that says that the agent had to drop events

An event is the payload as a plain dict: `xcodex_hooks.payloads.HookPayload`. Functions may be `async def`. With
XCODEX_HOOKS_REPLIES=1, which the dispatcher sets for `replies = true`, a hook blocks what the agent is about to do with
`xcodex_hooks.block(reason)` or by returning {"decision": "block", "reason": "..."}; on_event is preferred then, and a
list for on_events holds one event.

What a hook raises is logged to stderr and ends nothing. What it prints goes to stderr as well, and its stdin is empty:
stdout and stdin belong to the agent. Exit code 0 at the end of the input, 2 when there is no hook to call.

The rules of the lines are those of conformance/PROTOCOL.md, section 6, and xcodex_hooks keeps them. What is here beside
the loading of hooks is a short cut for lines with nothing special about them, because that loop bounds the whole mode.
"""

from __future__ import annotations

import gc
import importlib.machinery
import importlib.util
import inspect
import io
import json
import os
import select
import sys
import traceback
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Callable, NoReturn

HERE = os.path.dirname(os.path.abspath(__file__))
HOOKS = os.path.dirname(os.path.dirname(HERE))
"""The folder of all hooks: this file is in `host/python` of it."""

# In front only for this import: the SDK that was installed along with this file, and no other one. Later the folder
# comes last, so that a hook called json.py takes nobody's `json` away.
sys.path.insert(0, HOOKS)
import xcodex_hooks  # noqa: E402
from xcodex_hooks import MAX_BYTES, HookInputError  # noqa: E402

sys.path.remove(HOOKS)

Payload = dict[str, Any]
"""An event as a plain dict."""
Call = Callable[[Any], object]
"""A function of a hook, called with an event, a list of events or a notice."""

PIPE_BYTES = 1 << 20
"""How much the pipe on stdin should hold, where that can be chosen: whoever writes to it has to wait less often."""
SMALLEST_READ = 1 << 16
LARGEST_READ = 1 << 20
F_SETPIPE_SZ = 1031
"""Linux only; `fcntl` knows its name since Python 3.10."""
TYPES = ("event", "hook-event")


def main(files: list[str]) -> int:
    """Serves until the input ends. The exit code: 0, 1 when it cannot be read, 2 when there is no hook to call."""
    if not files:
        say("usage", f"Cannot start the host: no hook is named. Run: python3 -u {sys.argv[0]} HOOK.py [HOOK2.py ...]")
        return 2
    if sys.__stdin__ is None:
        say("no_input", "Cannot read events from stdin: it is closed. Start the host with a pipe as its input.")
        return 1
    stdin = take_stdin()
    stdout = xcodex_hooks._Stdout()
    hooks = [hook for hook in map(load, files, range(1, len(files) + 1)) if hook]
    if not hooks:
        say("no_hook_loaded", "Cannot start the host: none of its hooks can be used. Mend what is said above.")
        return 2
    # What is there by now stays: the garbage collector need not look at it again.
    gc.freeze()
    replies = os.environ.get("XCODEX_HOOKS_REPLIES") == "1"
    Host(hooks, stdout if replies else None).serve_pieces(pieces(stdin))
    return 0


def say(code: str, text: str) -> None:
    """Writes a message and its code to stderr."""
    xcodex_hooks._say(f"{code}: {text}")


# -- loading -----------------------------------------------------------------------------------------------------------


class Hook:
    """The functions of a hook file that was loaded. None for those that it does not have."""

    def __init__(self, module: ModuleType) -> None:
        self.on_event = function_of(module, "on_event")
        self.on_events = function_of(module, "on_events")
        self.on_dropped = function_of(module, "on_dropped")

    def for_one(self, prefer_list: bool) -> Call:
        """A function for a single event."""
        on_event, on_events = self.on_event, self.on_events
        if on_events and (prefer_list or not on_event):
            return lambda event: on_events([event])
        return on_event or (lambda event: None)


def load(file: str, number: int) -> Hook | None:
    """Loads a hook file as a module of its own. None, and why on stderr, when it cannot be used; the others can."""
    path = os.path.abspath(file)
    folders = (
        os.path.dirname(path),
        HOOKS,
        os.path.join(os.environ.get("CODEX_HOME") or os.path.dirname(HOOKS), "hooks"),
    )
    sys.path.extend(folder for folder in dict.fromkeys(folders) if folder not in sys.path)
    name = f"xcodex_user_hook_{number}"
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.machinery.ModuleSpec(name, loader, origin=path))
    module.__file__ = path
    # Before it runs: dataclasses and pickle look their module up by name.
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        advice = "Mend it and restart the host"
        if isinstance(error, SystemExit):
            advice = (
                'Only define on_event(event) in it; what runs it by itself belongs below `if __name__ == "__main__"`'
            )
        say("hook_not_loaded", f"Cannot load the hook {json.dumps(file)}: {why(error, path)}. {advice}.")
        xcodex_hooks._say(xcodex_hooks._stack_of(error))
        del sys.modules[name]
        return None
    hook = Hook(module)
    if hook.on_event or hook.on_events:
        return hook
    say(
        "hook_without_function",
        f"Cannot use the hook {json.dumps(file)}: it is no hook for a host. Define on_event(event).",
    )
    return None


def function_of(module: ModuleType, name: str) -> Call | None:
    """A function of a module; an `async def` as one that runs to its end."""
    function: Any = getattr(module, name, None)
    if not callable(function):
        return None
    if not inspect.iscoroutinefunction(function):
        return function  # type: ignore[no-any-return]

    def run_to_its_end(argument: Any) -> object:
        import asyncio

        return asyncio.run(function(argument))

    return run_to_its_end


def why(error: BaseException, path: str) -> str:
    """What went wrong, and the line of the hook where it did."""
    text = " ".join(traceback.format_exception_only(type(error), error)[-1].split())
    if isinstance(error, SyntaxError):
        return f"{text} at {error.filename}:{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f"{text} at {path}:{lines[-1]}" if lines else text


# -- reading -----------------------------------------------------------------------------------------------------------


def take_stdin() -> int:
    """Takes stdin away from everybody else: the lines are for the host, not for what a hook reads or starts. A file
    descriptor of its own, which programs that a hook starts do not have."""
    stdin = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    try:
        import fcntl

        fcntl.fcntl(stdin, F_SETPIPE_SZ, PIPE_BYTES)
    except (ImportError, OSError):
        pass  # no pipe, not Linux, or more than this user may have
    return stdin


def pieces(stdin: int) -> Iterator[str | int]:
    """What has come by now, as often as something comes: whole lines, each with its end. Of a line that is longer than
    the cap only its length."""
    lines = Lines()
    with io.FileIO(stdin, closefd=False) as file:
        while True:
            try:
                count = file.readinto(lines.room())
            except OSError as error:
                say("input_unreadable", f"Cannot read events from stdin: {error.strerror}. Start the host with a pipe.")
                sys.exit(1)
            if count is None:  # somebody has made it non-blocking
                select.select([stdin], [], [])
            elif count:
                yield from lines.add(count)
            else:
                yield from lines.rest()
                return


class Lines:
    """A buffer that is filled from behind and emptied line by line. Every byte is moved a bounded number of times,
    however long its line is and however small the pieces are in which it comes."""

    def __init__(self) -> None:
        self.read_bytes = SMALLEST_READ
        """How much is asked for at once: little for small lines, so that all of them stay near the processor, more for
        large ones."""
        self.buffer = bytearray(2 * SMALLEST_READ)
        self.start = 0
        self.end = 0
        """`buffer[start:end]` is the beginning of a line whose end has not come yet."""
        self.skipped = 0
        """Bytes of a line beyond the cap that were thrown away; 0 when there is none."""

    def room(self) -> memoryview:
        """Where the next bytes go."""
        if len(self.buffer) - self.end < self.read_bytes or (self.end == 0 and len(self.buffer) > 4 * LARGEST_READ):
            beginning = self.buffer[self.start : self.end]
            needed = len(beginning) + self.read_bytes
            if not needed <= len(self.buffer) <= 4 * LARGEST_READ:
                # Twice as much as is needed, so that a long line is moved seldom; small again when it is gone.
                self.buffer = bytearray(2 * needed)
            self.buffer[: len(beginning)] = beginning
            self.start, self.end = 0, len(beginning)
        return memoryview(self.buffer)[self.end : self.end + self.read_bytes]

    def add(self, count: int) -> Iterator[str | int]:
        """So many bytes have come. The lines that they complete."""
        begin, self.end = self.end, self.end + count
        first = self.buffer.find(b"\n", begin, self.end)
        if self.skipped + (self.end if first < 0 else first) - self.start > MAX_BYTES:
            if first < 0:
                self.skipped += self.end - self.start
                self.start = self.end = 0
                return
            yield self.skipped + first - self.start
            self.skipped, self.start = 0, first + 1
        end_of_last = self.buffer.rfind(b"\n", begin, self.end) + 1
        if end_of_last > self.start:
            yield self.take(end_of_last)
        if self.start == self.end:
            self.start = self.end = 0
        if count == self.read_bytes:
            second = self.buffer.find(b"\n", first + 1, begin + count)
            self.adapt(second - first if 0 <= first < second else count)

    def adapt(self, line_bytes: int) -> None:
        """There was at least as much as was asked for, and a line of that length in it."""
        if 8 * line_bytes > self.read_bytes:
            self.read_bytes = min(2 * self.read_bytes, LARGEST_READ)
        elif 256 * line_bytes < self.read_bytes:
            self.read_bytes = max(self.read_bytes // 2, SMALLEST_READ)

    def rest(self) -> Iterator[str | int]:
        """The last line, when it has no end."""
        if self.skipped:
            yield self.skipped + self.end - self.start
        elif self.end > self.start:
            yield self.take(self.end) + "\n"

    def take(self, cut: int) -> str:
        """Everything up to there as text."""
        with memoryview(self.buffer) as view:
            text = str(view[self.start : cut], "utf-8", "replace")
        self.start = cut
        return text


# -- the host ----------------------------------------------------------------------------------------------------------


class Host(xcodex_hooks._Host):
    """Handles lines, one after the other. Without replies, those with nothing special about them are read many at a
    time; all others are left to the SDK. Either way the hooks get plain payloads."""

    def __init__(self, hooks: list[Hook], reply_to: xcodex_hooks._Stdout | None) -> None:
        prefer_lists = reply_to is None
        alone = [hook.for_one(prefer_lists) for hook in hooks]
        super().__init__(list(map(self.with_payload, alone)), self.tell_dropped, MAX_BYTES, reply_to)
        self.for_lists = [hook.on_events for hook in hooks if hook.on_events]
        self.for_each = [call for call, hook in zip(alone, hooks) if not hook.on_events]
        self.for_notices = [hook.on_dropped for hook in hooks if hook.on_dropped]
        self.ahead = LARGEST_READ if self.for_lists else 1 << 14
        """How many bytes are read ahead. Little, so that an event is still near the processor when its hook is called;
        for hooks that get lists all there is."""
        self.reader = Reader()
        self.number = 0
        """Lines so far."""

    def serve_pieces(self, pieces: Iterator[str | int]) -> None:
        """Handles everything that comes, until it ends."""
        if self.reply_to is not None:
            self.serve(line for piece in pieces for line in lines_of(piece))
            return
        xcodex_hooks._Host.current = self
        for piece in pieces:
            if isinstance(piece, str):
                self.handle_many(piece)
            else:
                self.handle_alone(piece)

    def handle_many(self, text: str) -> None:
        """Handles whole lines."""
        start = 0
        while start < len(text):
            limit = min(start + self.ahead, len(text))
            events, stop = self.reader.read_ahead(text, start, limit)
            self.number += len(events)
            self.deliver(events)
            start = stop
            if start < limit:
                stop = text.index("\n", start)
                self.handle_alone(text[start:stop].encode())
                start = stop + 1

    def handle_alone(self, line: bytes | int) -> None:
        """Handles one line, whatever it holds."""
        self.number += 1
        try:
            self._handle(line)
        except HookInputError as error:
            xcodex_hooks._log(f"line {self.number} skipped: {error.code}: {error}")

    def deliver(self, events: list[Payload]) -> None:
        """Calls all hooks. What one of them raises ends neither the others nor the events after it."""
        if len(self.for_each) == 1:
            self.call_with_each(self.for_each[0], events)
        elif self.for_each:
            for event in events:
                for call in self.for_each:
                    self.attempt(call, event)
        if events:
            for call in self.for_lists:
                self.attempt(call, events.copy())

    def call_with_each(self, call: Call, events: list[Payload]) -> None:
        # The innermost loop: what it does for every event is what the mode costs beside reading JSON.
        rest, forked = iter(events), forks
        while True:
            try:
                for event in rest:
                    answer = call(event)
                    if answer is not None or forked:
                        self.after(answer)
                return
            except BaseException as error:
                self.note(error)

    def attempt(self, call: Call, argument: object) -> None:
        try:
            self.after(call(argument))
        except BaseException as error:
            self.note(error)

    def after(self, answer: object) -> None:
        """Looks at what a hook has returned."""
        self.leave_when_forked(0)
        if isinstance(answer, dict) and answer.get("decision") == "block":
            self.block(str(answer.get("reason") or "Blocked by a hook."))

    def note(self, error: BaseException) -> None:
        """Logs what a hook has raised, a block that nobody hears of too."""
        if isinstance(error, KeyboardInterrupt):
            raise error
        self.scope = xcodex_hooks._Scope()
        self._note_raised(error)
        self._answer(None, self.scope.reason)
        self.leave_when_forked(error.code if isinstance(error, SystemExit) else 1)

    def leave_when_forked(self, code: object) -> None:
        """Ends a child that a hook has forked and not ended: it must not serve too."""
        if os.getpid() != self.pid:
            xcodex_hooks._flush(sys.stderr)
            os._exit(code if isinstance(code, int) else 0 if code is None else 1)

    def block(self, reason: str) -> NoReturn:
        if self.reply_to is None:
            raise xcodex_hooks._Blocked(reason, kept=True)
        super().block(reason)

    def with_payload(self, call: Call) -> Call:
        """A function for an event of the SDK, of one for its payload."""
        return lambda event: self.after(call(event.raw))

    def tell_dropped(self, notice: object) -> None:
        xcodex_hooks._log(f"events were dropped before they came here: {xcodex_hooks.to_json(notice)}")
        for call in self.for_notices:
            self.attempt(call, notice)


def no_constant(name: str) -> NoReturn:
    # Python's parser knows NaN and Infinity; JSON does not.
    raise ValueError(f"{name} is not JSON")


scan: Callable[[str, int], tuple[Any, int]] = getattr(json.JSONDecoder(parse_constant=no_constant), "scan_once")  # noqa: B009
"""The JSON value at a position of a text, and where it ends."""

forks: list[int] = []
"""Not empty in a child of this process."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: forks.append(os.getpid()))


class Reader:
    """Reads lines that have nothing special about them: an event with its payload. Envelopes do not name a session."""

    def __init__(self) -> None:
        self.seq = 1
        """The number that the next line should have."""

    def read_ahead(self, text: str, start: int, limit: int) -> tuple[list[Payload], int]:
        """The payloads of the lines between two positions, up to the first line with anything special about it, and
        where the line after them starts."""
        events: list[Payload] = []
        add, find, starts_with, seq = events.append, text.find, text.startswith, self.seq
        try:
            while start < limit:
                head = f'{{"schema_version":1,"type":"event","seq":{seq},"event":'
                # Nearly always the line begins like that. Then only the payload has to be parsed.
                if starts_with(head, start):
                    event, stop = scan(text, start + len(head))
                    if text[stop] != "}":
                        break
                    stop += 1
                else:
                    line, stop = scan(text, start)
                    event, seq = line["event"], line["seq"]
                    if line["type"] not in TYPES:
                        break
                _ = event["session_id"]
                if find("\n", start) != stop:
                    break
                add(event)
                start = stop + 1
                seq += 1
        except (LookupError, TypeError, ValueError, StopIteration, RecursionError):
            pass
        self.seq = seq
        return events, start


def lines_of(piece: str | int) -> list[bytes] | list[int]:
    """The lines of a piece, without their ends."""
    return [piece] if isinstance(piece, int) else piece.encode().split(b"\n")[:-1]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
