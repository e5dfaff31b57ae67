"""Write a hook for a coding agent in Python: read the event, look at it, block it or let it go on.

    from xcodex_hooks import run

    def hook(event):
        print(event.type, event.cwd)

    run(hook)

Works under xcodex, Codex, Claude Code and Gemini CLI, as the hook of one event and as a long-lived host. Python 3.9 or
newer, nothing else. What is known about events stands in `generated/`; this file names none. The rules that it follows
are those of conformance/PROTOCOL.md."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time

from .generated import catalogue

# What most hooks never need is imported where it is needed, and `typing` never: half of a hook's time is its start.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Callable, NoReturn, TypedDict

    from .generated import models as models
    from .generated import payloads as payloads
    from .generated.types import *

    class Problem(TypedDict):
        """Something about one field that is not as the catalogue says. The event is usable all the same."""

        field: str
        """Our name of the field, for example `cwd`."""
        code: str
        """`wrong_type`: it was there with a value of another type, and is left out. `missing`: it should be there."""
        message: str
        """What is wrong, with the value quoted. For people: its wording may change."""

    Hook = Callable[[HookEvent], object]
    """A hook: a function, or an `async def`, that is called with each event. What it returns is ignored."""
    OnDropped = Callable[[HostDroppedLine], object]
    """Called with the line that says that the dispatcher had to drop events."""
    _Fields = dict[str, Any]
else:
    Problem = _Fields = dict
    Hook = OnDropped = object

MAX_BYTES = 64 * 1024 * 1024
"""The longest input, and the longest payload file, unless an option says otherwise: 64 MiB."""

INPUT_CODES = {
    "no_input": "There is nothing to read: the input is empty or blank, or it is a terminal.",
    "not_json": "The input is not one JSON document.",
    "not_object": "The input is JSON, but not an object.",
    "input_too_large": "The input is longer than the cap.",
    "input_timeout": "The input did not end in time.",
    "input_unreadable": "The input failed while it was being read.",
    "unexpected_envelope": "There is an envelope where the payload itself should be.",
    "payload_path_relative": "The envelope's path is not absolute.",
    "payload_file_missing": "The payload file does not exist.",
    "payload_file_not_regular": "The payload file is a link, a folder, a pipe or a device.",
    "payload_file_too_large": "The payload file is longer than the cap.",
    "payload_file_mismatch": "The payload file does not have the length or the hash that the envelope promises.",
    "payload_file_unreadable": "The payload file exists and cannot be read.",
}
"""Every code of a HookInputError and what it means. The same in every language."""


class HookInputError(Exception):
    """What the hook was given cannot be turned into an event at all. Wrong or missing fields never raise: they are
    listed in `problems` of the event.

    code   one of INPUT_CODES; stable, while the text is for people
    field  the field of the envelope that led here, where one did: "payload_path", "payload_bytes" or "payload_sha256"
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class Event(_Fields):
    """What all events have in common. An event is a dict of the fields that the catalogue describes, under our names,
    each of the described type; every field is an attribute too, which is None for an optional field that is not there.

    type      canonical type, or the name as it was sent for an event outside the catalogue
    """

    extra: Mapping[str, Any]
    """Fields that the catalogue does not describe for this event, values untouched."""
    raw: Mapping[str, Any]
    """The payload exactly as it was parsed, whatever its spelling."""
    problems: list[Problem]
    """Fields that were wrong or missing; empty when all is well."""

    if not TYPE_CHECKING:  # checkers know each event's own attributes, and complain about all others

        @property
        def type(self):
            return self["xcodex_event_type"]

        def __getattr__(self, name):
            if name in self:
                return self[name]
            if name in _specs(self.get("xcodex_event_type")):
                return None
            raise AttributeError(f"{type(self).__name__!r} has no field {name!r}. Look in `extra`, or in `raw`.")


def __getattr__(name: str) -> Any:
    """The types of the events, their models and their payloads, when they are asked for."""
    if name in ("models", "payloads"):
        from importlib import import_module

        return import_module(f".generated.{name}", __name__)
    from .generated import types

    if name in types.__all__:
        return getattr(types, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# -- what hooks call ---------------------------------------------------------------------------------------------------


def run(
    hook: Hook,
    *,
    timeout: float | None = 30.0,
    max_bytes: int = MAX_BYTES,
    max_payload_file_bytes: int = MAX_BYTES,
    replies: bool | None = None,
    on_dropped: OnDropped | None = None,
) -> NoReturn:
    """Runs a hook however it was started, and ends the program: once for the one event on stdin or, when the first line
    is a line for a host, as a host. So the same program works in every delivery mode.

    Exit code 0 when the hook is done; 1, and why on stderr, when there is no event or the hook raises; 2 after `block`.
    What the hook prints goes to stderr, from programs that it starts too: an agent takes what it finds on stdout for an
    answer.

    timeout                 seconds that the input may take to end; None waits for ever. Not for hosts
    max_bytes               longest input; of a host, longest line
    max_payload_file_bytes  longest payload file
    replies, on_dropped     see `serve`
    """
    stdout = _Stdout()
    stdin = _Stdin(timeout, max_bytes)
    try:
        told_to_be_host = replies is not None or "XCODEX_HOOKS_REPLIES" in os.environ
        if _is_host_line(stdin.first_line(patient=told_to_be_host)):
            host = _Host((hook,), on_dropped, max_payload_file_bytes, stdout if _has_replies(replies) else None)
            host.serve(stdin.lines())
            sys.exit(0)
        event = _event_in(stdin.whole(), max_payload_file_bytes)
    except HookInputError as error:
        _say(f"{error.code}: {error}")
        sys.exit(1)
    try:
        _call(hook, event)
    except Exception as error:
        _say(_stack_of(error))
        sys.exit(1)
    sys.exit(0)


def serve(
    hook: Hook,
    *more_hooks: Hook,
    max_bytes: int = MAX_BYTES,
    max_payload_file_bytes: int = MAX_BYTES,
    replies: bool | None = None,
    on_dropped: OnDropped | None = None,
) -> None:
    """Serves as a long-lived host: calls the hook for every event line on stdin, one after the other, and returns after
    the last one. Of several hooks each is called with every event, in order. Bad lines and hooks that raise are logged
    to stderr and end nothing.

    replies     whether every event line is answered on stdout. By default what the dispatcher says: it sets
                XCODEX_HOOKS_REPLIES=1 for hosts with `replies = true`
    on_dropped  called with the line that says that events were dropped on the way here
    """
    stdout = _Stdout()
    try:
        reply_to = stdout if _has_replies(replies) else None
        host = _Host((hook, *more_hooks), on_dropped, max_payload_file_bytes, reply_to)
        host.serve(_Stdin(None, max_bytes).lines())
    finally:
        stdout.release()


def block(reason: str) -> NoReturn:
    """Stops what the agent is about to do, and does not return. A blank reason becomes "Blocked by a hook.".

    As the hook of one event: the reason on stderr and exit code 2, at once, without leaving `with` or `finally`. That
    is what xcodex, Codex, Claude Code and Gemini CLI alike understand. In a host it becomes the reply to the event, and
    the hook is left with an exception that `except Exception` does not catch; the host goes on with the next event.

    Raises RuntimeError in a host when the hook has returned already: nothing can be blocked then.
    """
    # Codex takes exit code 2 without a word on stderr for a failure.
    text = str(reason) if str(reason).strip() and reason is not None else "Blocked by a hook."
    if _Host.current is not None:
        _Host.current.block(text)
    _flush(sys.stdout)
    _say(text)
    # At once: a hook that catches everything, SystemExit too, has blocked all the same.
    os._exit(2)


def read_event(
    input: str | bytes | None = None,
    *,
    timeout: float | None = 30.0,
    max_bytes: int = MAX_BYTES,
    max_payload_file_bytes: int = MAX_BYTES,
) -> HookEvent:
    """Reads the one event that an agent writes to the hook's stdin, and follows an envelope to the payload's file.

    input                   the input itself, for programs that have read it already. Stdin is not touched then
    timeout                 seconds that the input may take to end; None waits for ever
    max_bytes               longest input
    max_payload_file_bytes  longest payload file

    Raises HookInputError when there is no event to be had.
    """
    data = _Stdin(timeout, max_bytes).whole() if input is None else input
    return _event_in(data, max_payload_file_bytes)


def parse_event(payload: str | bytes | dict[str, Any]) -> HookEvent:
    """Turns the JSON of one event into an event: text, UTF-8 bytes, or the dict that `json.loads` made of them. Every
    wire and the payloads of Codex, Claude Code and Gemini CLI are understood. Reads no file: an envelope is refused.

    Raises HookInputError: no_input, not_json, not_object, unexpected_envelope.
    """
    if isinstance(payload, (str, bytes, bytearray, memoryview)):
        payload = _parse_object(payload, "the event")
    return _to_event(_as_payload(_must_be_object(payload, "the event"), "the event"))


def as_model(event: HookEvent) -> models.HookModel:
    """The event as a frozen dataclass, for those who like that better: `models.<its class>`. Objects inside it that
    have a name are dataclasses too, in which everything has the type it says or is None."""
    from .generated import models

    return models.model_of(event)


def to_json(value: object) -> str:
    """A value as one line of JSON. It is JSON in every case: numbers beyond a double, which `json.dumps` would write as
    `Infinity`, are null. Halves of surrogate pairs stay what they are: encode it with `errors="backslashreplace"`,
    which makes them escapes again."""
    import json

    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"))


# -- stdin, stdout, stderr ---------------------------------------------------------------------------------------------


class _Stdin:
    """Standard input, with a deadline and a cap. Not touched before something of it is asked for."""

    def __init__(self, timeout: float | None, max_bytes: int) -> None:
        self.timeout = timeout
        self.max_bytes = max_bytes
        self.parts: list[bytes] = []
        """What was read so far."""
        self.length = 0
        """How many bytes that are."""
        self.deadline: float | None = None
        self.has_to_wait = False
        """Whether somebody has made it non-blocking."""

    def whole(self) -> bytes:
        """All of it."""
        self._start_deadline()
        self._must_be_short(self.length)
        self._read_until(lambda _: False)
        return b"".join(self.parts)

    def first_line(self, patient: bool) -> bytes:
        """The first line that is not blank, or all there is when no line ends. With `patient` the deadline only starts
        with the first byte: a host may be started long before its first event."""
        begun = False

        def is_complete(piece: bytes) -> bool:
            nonlocal begun
            self._start_deadline()
            piece = piece if begun else piece.lstrip(_BLANK)
            begun = begun or piece != b""
            return begun and b"\n" in piece

        if not patient:
            self._start_deadline()
        self._read_until(is_complete)
        line = b"".join(self.parts).lstrip(_BLANK).partition(b"\n")[0]
        self._must_be_short(len(line))
        return line

    def lines(self) -> Iterator[bytes | int]:
        """The lines without their ends, as they come; of a line that is longer than the cap only its length. LF ends a
        line and nothing else. There is no deadline any more."""
        parts: list[bytes] = []
        length = 0
        for piece in self._pieces():
            *ends, rest = piece.split(b"\n")
            for end in ends:
                length += len(end)
                yield length if length > self.max_bytes else b"".join((*parts, end))
                parts, length = [], 0
            length += len(rest)
            parts = [*parts, rest] if length <= self.max_bytes else []
        if length:
            yield length if length > self.max_bytes else b"".join(parts)

    def _pieces(self) -> Iterator[bytes]:
        self.deadline = None
        yield from self.parts
        yield from iter(self._read, b"")

    def _start_deadline(self) -> None:
        """From now on the input has so many seconds to end. A second call changes nothing."""
        if self.timeout is not None and self.deadline is None:
            self.deadline = time.monotonic() + self.timeout

    def _read_until(self, enough: Callable[[bytes], bool]) -> None:
        """Reads on until `enough` says so, or to the end."""
        for piece in iter(self._read, b""):
            self.parts.append(piece)
            self.length += len(piece)
            # Before the cap: what comes after the first line of a host does not count.
            if enough(piece):
                return
            self._must_be_short(self.length)

    def _must_be_short(self, length: int) -> None:
        if length > self.max_bytes:
            state = f"it is longer than {self.max_bytes} bytes"
            raise _unreadable("input_too_large", _STDIN, state, "Raise `max_bytes`, or send an envelope")

    def _read(self) -> bytes:
        """The next piece; b"" at the end."""
        if sys.__stdin__ is None:  # what has its number now is something else
            raise _unreadable("no_input", _STDIN, "it is closed", _PIPE_ONE)
        try:
            if not self.parts and os.isatty(0):
                raise _unreadable("no_input", _STDIN, "it is a terminal", _PIPE_ONE)
            piece = self._read_in_time()
        except OSError as error:
            advice = "Give the hook a pipe or a file as its input"
            raise _unreadable("input_unreadable", _STDIN, str(error.strerror), advice) from error
        if piece is None:
            state = f"it did not end within {self.timeout:g} s"
            raise _unreadable("input_timeout", _STDIN, state, "Close the input after the event, or raise `timeout`")
        return piece

    def _read_in_time(self) -> bytes | None:
        """The next piece; None when the deadline is over before there is one."""
        while True:
            left = None if self.deadline is None else min(max(self.deadline - time.monotonic(), 0), _LONGEST_WAIT)
            if left is not None and os.name == "nt":
                return _read_in_thread(left)
            if (left is not None or self.has_to_wait) and not _wait_for_input(left):
                return None
            try:
                return os.read(0, _PIECE)
            except BlockingIOError:
                self.has_to_wait = True


_STDIN = "an event from stdin"
_PIPE_ONE = "Run the hook from an agent or pipe an event into it"
_PIECE = 65536
_LONGEST_WAIT = 2_000_000.0
_BLANK = b" \t\r\n\xef\xbb\xbf"
"""The bytes of white space and of a byte order mark."""


def _wait_for_input(seconds: float | None) -> bool:
    """Waits until there is something to read from stdin, or its end. False when it took too long."""
    import select

    return bool(select.select([0], [], [], seconds)[0])


def _read_in_thread(seconds: float) -> bytes | None:
    """The next piece of stdin, read by a thread that may be left behind: on Windows nothing else can wait for a pipe.
    None when it took too long."""
    import _thread

    results: list[bytes | OSError] = []
    done = _thread.allocate_lock()
    done.acquire()

    def read() -> None:
        try:
            results.append(os.read(0, _PIECE))
        except OSError as error:
            results.append(error)
        done.release()

    _thread.start_new_thread(read, ())
    if not done.acquire(timeout=seconds):
        return None
    if isinstance(results[0], OSError):
        raise results[0]
    return results[0]


class _Stdout:
    """Standard output, taken away from everybody else: what a hook prints goes to stderr, and so does what programs
    print that it starts. What reads stdout takes every line of it for a reply."""

    def __init__(self) -> None:
        self.of_python = sys.stdout
        self.fd: int | None = None
        if sys.__stdout__ is not None:
            _flush(sys.stdout)
            self.fd = os.dup(1)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere if sys.__stderr__ is None else 2, 1)
            os.close(nowhere)
        sys.stdout = sys.stderr

    def write(self, line: str) -> None:
        """Writes to the real one. A reader that is gone ends the replies, not the host."""
        if self.fd is not None:
            _write(self.fd, line.encode("utf-8", "backslashreplace"), None)

    def release(self) -> None:
        """Gives it back."""
        sys.stdout = self.of_python
        if self.fd is not None:
            os.dup2(self.fd, 1)
            os.close(self.fd)


def _say(text: str) -> None:
    """Writes a line to stderr, whatever characters it holds. That nobody listens changes nothing."""
    _flush(sys.stderr)
    if sys.__stderr__ is not None:  # else what has its number now is something else
        _write(2, (text + "\n").encode("utf-8", "backslashreplace"), 2.0)


def _log(message: str) -> None:
    _say(f"xcodex-hooks: {message}")


def _flush(file: Any) -> None:
    try:
        file.flush()
    except (AttributeError, OSError, ValueError):
        pass  # closed, or nobody listens


def _write(fd: int, data: bytes, patience: float | None) -> None:
    """Writes all of it, also to a pipe that is full and does not block. Gives up when nobody listens, or reads nothing
    for so many seconds."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(fd, rest) :]
        except BlockingIOError:
            import select

            if not select.select([], [fd], [], patience)[1]:
                return
        except OSError:
            return


# -- hosts -------------------------------------------------------------------------------------------------------------


class _Blocked(BaseException):
    """Leaves a hook of a host at once. No Exception, so that `except Exception` lets it through."""

    def __init__(self, reason: str, kept: bool) -> None:
        super().__init__(
            "Cannot block the event from here: this thread was there before the event. "
            "Wait in the hook for what the thread returns, or call block() there."
        )
        self.reason = reason
        self.kept = kept
        """Whether the event is blocked already. Otherwise the hook has to wait for the thread that raises this."""


class _Scope:
    """What one event of a host has come to."""

    def __init__(self) -> None:
        self.open = False
        """Whether its hook is running: later it is too late to block."""
        self.reason: str | None = None
        """Why it is blocked; None when it is not."""
        self.other_threads: set[int] = set()
        """Threads that were there before it."""


class _Host:
    """Handles the lines of a host, one after the other."""

    current: _Host | None = None
    """The one that is being served; None while `block` ends the process."""

    def __init__(
        self,
        hooks: Iterable[Hook],
        on_dropped: OnDropped | None,
        max_payload_file_bytes: int,
        reply_to: _Stdout | None,
    ) -> None:
        from contextvars import ContextVar

        self.hooks = hooks
        self.on_dropped = on_dropped
        self.max_payload_file_bytes = max_payload_file_bytes
        self.reply_to = reply_to
        self.known_types: set[str] = set()
        self.scope = _Scope()
        self.scopes: ContextVar[_Scope] = ContextVar("xcodex_hooks")
        self.pid = os.getpid()

    def serve(self, lines: Iterable[bytes | int]) -> None:
        import threading

        def report(raised: threading.ExceptHookArgs) -> None:
            # A thread of a hook that has blocked has done what it should.
            if not (isinstance(raised.exc_value, _Blocked) and raised.exc_value.kept):
                report_of_others(raised)

        report_of_others, threading.excepthook = threading.excepthook, report
        _Host.current = self
        try:
            for number, line in enumerate(lines, 1):
                try:
                    self._handle(line)
                except HookInputError as error:
                    _log(f"line {number} skipped: {error.code}: {error}")
        finally:
            _Host.current = None
            threading.excepthook = report_of_others

    def block(self, reason: str) -> NoReturn:
        """Blocks the event that the caller belongs to. The decision is kept before anything is raised: a hook that
        catches everything has blocked all the same."""
        scope = self.scopes.get(None)
        if scope is None:  # a thread that knows nothing: it belongs to the event in which it was started
            import _thread

            if self.scope.open and _thread.get_ident() in self.scope.other_threads:
                raise _Blocked(reason, kept=False)
            scope = self.scope
        if not scope.open:
            raise RuntimeError(
                "Cannot block the event: its hook has returned already. Wait for everything that may block."
            )
        if scope.reason is None:
            scope.reason = reason
        raise _Blocked(reason, kept=True)

    def _handle(self, line: bytes | int) -> None:
        if isinstance(line, int):
            state = "it is longer than the cap"
            raise _unreadable("input_too_large", f"a line of {line} bytes", state, "Raise `max_bytes`")
        # Not `_BLANK` alone: those are bytes, and other characters begin with them too.
        if not line.strip(_BLANK) and not line.replace(b"\xef\xbb\xbf", b"").strip(_BLANK[:4]):
            return
        value = _parse_object(line, "an event from the line")
        kind = value.get("type")
        if kind in ("event", "hook-event"):
            self._handle_event(value)
        elif kind == "events-dropped":
            if self.on_dropped is not None:
                self._isolated(self.on_dropped, value)
        else:
            self._note_type(f"lines of the type {_described(kind)}" if "type" in value else "a line without a type")

    def _note_type(self, name: str) -> None:
        """Lines of other types may come one day and are skipped. The first of each is worth a word, or a mix-up stays
        unseen."""
        if name not in self.known_types:
            self.known_types.add(name)
            _log(f'{name} skipped: a host reads lines of the types "event" and "hook-event"')

    def _handle_event(self, line: dict[str, Any]) -> None:
        scope = self.scope = _Scope()
        try:
            value = _must_be_object(line.get("event"), "an event from the line", 'its "event"')
            event = _to_event(_follow_envelope(value, self.max_payload_file_bytes))
            self._call_hooks(event, scope)
        finally:
            # An event that could not be read is answered too: somebody may be waiting.
            self._answer(line.get("seq"), scope.reason)

    def _call_hooks(self, event: HookEvent, scope: _Scope) -> None:
        scope.other_threads = set(sys._current_frames())
        token = self.scopes.set(scope)
        scope.open = True
        try:
            for hook in self.hooks:
                self._isolated(hook, event)
        finally:
            scope.open = False
            self.scopes.reset(token)

    def _isolated(self, function: Callable[[Any], object], argument: object) -> None:
        """Runs what the author wrote; what it raises is logged and goes no further."""
        code: object = 0
        try:
            _call(function, argument)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._note_raised(error)
            code = (error.code or 0) if isinstance(error, SystemExit) else 1
        if os.getpid() != self.pid:
            # A child that the hook has forked and not ended must not serve too.
            _flush(sys.stderr)
            os._exit(code if isinstance(code, int) else 1)

    def _note_raised(self, error: BaseException) -> None:
        signal, error_beside_it = _block_in(error)
        # Known already, unless it comes from another thread, through what the hook waited for.
        if signal is not None and self.scope.reason is None:
            self.scope.reason = signal.reason
        # `sys.exit()` in a hook ends the hook, not the host.
        if error_beside_it is not None and (not isinstance(error, SystemExit) or error.code):
            _log(_stack_of(error_beside_it))

    def _answer(self, seq: object, reason: str | None) -> None:
        if self.reply_to is None:
            if reason is not None:
                advice = "Set `replies = true` under [hooks.host]"
                _log(f"Cannot block the event: nobody reads the replies of this host. {advice}.")
        elif _is_number(seq):
            decision = "" if reason is None else f',"decision":"block","reason":{to_json(reason)}'
            self.reply_to.write(f'{{"seq":{to_json(seq)}{decision}}}\n')


def _has_replies(replies: bool | None) -> bool:
    return os.environ.get("XCODEX_HOOKS_REPLIES") == "1" if replies is None else replies


def _is_host_line(line: bytes) -> bool:
    # Most first lines are payloads, and large: look before parsing.
    if b'"type"' not in line or not any(kind in line for kind in (b'"event"', b'"hook-event"', b'"events-dropped"')):
        return False
    try:
        value = _parse_object(line, "an event from the line")
    except HookInputError:
        return False
    kind = value.get("type")
    if kind == "events-dropped":
        return _is_number(value.get("from_seq"))
    return kind in ("event", "hook-event") and _is_number(value.get("seq")) and isinstance(value.get("event"), dict)


def _call(function: Callable[[Any], object], argument: object) -> None:
    """Calls a hook and, when it is an `async def`, runs it to its end."""
    result: Any = function(argument)
    if hasattr(result, "__await__"):
        import asyncio

        async def awaited() -> None:
            await result

        asyncio.run(awaited())


def _block_in(error: Any) -> tuple[_Blocked | None, BaseException | None]:
    """The block in what a hook has raised, and what it has raised beside it."""
    if isinstance(error, _Blocked):
        return error, None
    import builtins

    # What `asyncio.TaskGroup` raises, since Python 3.11.
    group = getattr(builtins, "BaseExceptionGroup", ())
    if not isinstance(error, group):
        return None, error
    signal, rest = error.split(_Blocked)
    while isinstance(signal, group):
        signal = signal.exceptions[0]
    return signal, rest


def _stack_of(error: BaseException) -> str:
    import traceback

    try:
        return "".join(traceback.format_exception(type(error), error, error.__traceback__)).rstrip("\n")
    except Exception:  # of the error's own making
        return f"{type(error).__name__}, which cannot be shown"


# -- JSON --------------------------------------------------------------------------------------------------------------


def _int(text: str) -> int | float:
    try:
        # Longer ones take Python ages, or are refused.
        return int(text) if len(text) < 600 else float(text)
    except ValueError:
        return float(text)


def _no_constant(name: str) -> NoReturn:
    # Python's parser knows NaN and Infinity; JSON does not.
    raise ValueError(f"{name} is not JSON")


class _Rules:
    """How the scanner of Python's own `json` is to read."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = staticmethod(_int)
    parse_constant = staticmethod(_no_constant)
    memo: dict[str, str] = {}


if TYPE_CHECKING:
    _scan: Callable[[str, int], tuple[object, int]]
    _quoted: Callable[[str], str]
else:
    try:
        if hasattr(sys, "gettotalrefcount"):  # in a debug build of Python the SystemError below ends the process
            raise ImportError
        # The core of the module `json`, without the rest of it, which takes as long to import as everything else here.
        from _json import encode_basestring as _quoted
        from _json import make_scanner as _make_scanner

        _scan = _make_scanner(_Rules)
    except (ImportError, AttributeError):
        import json

        _scan = json.JSONDecoder(parse_int=_int, parse_constant=_no_constant).scan_once
        _quoted = json.encoder.py_encode_basestring


def _scan_all(text: str) -> tuple[object, int]:
    """The JSON value at the start of a text, and where it ends. Raises ValueError, RecursionError or StopIteration."""
    try:
        return _scan(text, 0)
    except SystemError:
        # Up to Python 3.12 the scanner looks for its error in this module, and does not import it itself.
        import json.decoder  # noqa: F401

        return _scan(text, 0)


def _parse_object(data: str | bytes | bytearray | memoryview, source: str) -> dict[str, Any]:
    """The one JSON object in a text or in UTF-8 bytes. `source` is what is read, for messages."""
    text = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
    text = text[1:] if text.startswith("\ufeff") else text
    body = text.strip(" \t\r\n")
    if not body:
        raise _unreadable("no_input", source, "it is empty", _PIPE_ONE)
    try:
        value, end = _scan_all(body)
        if end < len(body):
            raise ValueError(f"something comes after it at position {end}")
    except (ValueError, RecursionError, StopIteration) as error:
        raise _not_json(text, source, error) from None
    return _must_be_object(value, source)


def _not_json(text: str, source: str, error: Exception) -> HookInputError:
    if _looks_cut_off(text):
        state = f"it looks cut off at position {len(text)}"
        advice = "Check that its sender writes all of it and then closes the input"
    else:
        state = "it does not begin with a JSON value" if isinstance(error, StopIteration) else str(error)
        advice = "Send exactly one JSON object"
    return _unreadable("not_json", f"{source} as JSON", state, advice)


def _looks_cut_off(text: str) -> bool:
    """Whether a text that is no JSON ends inside a string, an object or an array."""
    pieces = text.replace("\\\\", "").replace('\\"', "").split('"')
    outside = "".join(pieces[::2])
    depth = sum(map(outside.count, "{[")) - sum(map(outside.count, "}]"))
    return len(pieces) % 2 == 0 or depth > 0


def _must_be_object(value: object, source: str, what: str = "it") -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    state = f"{what} is {_described(value)}, not an object"
    raise _unreadable("not_object", source, state, "Send one JSON object per event")


def _unreadable(code: str, what: str, state: str, advice: str, field: str | None = None) -> HookInputError:
    return HookInputError(code, f"Cannot read {what}: {state}. {advice}.", field)


def _described(value: object) -> str:
    """A value in a few words, for messages."""
    if isinstance(value, str):
        return f"the string {_shown(value)}"
    if isinstance(value, bool):
        return "the boolean true" if value else "the boolean false"
    if isinstance(value, (int, float)):
        return f"the number {value}" if _is_double(value) else "a number beyond a double"
    return "null" if value is None else "an array" if isinstance(value, list) else "an object"


def _shown(text: str) -> str:
    """A text in quotation marks, cut when it is long. What it holds stays legible, but no line ends in it."""
    return _quoted(text if len(text) <= 60 else text[:60] + "…")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_double(value: Any) -> bool:
    """Whether a double can hold it: what rounds to 2**1024 and more is infinite."""
    return _is_number(value) and abs(value) < 2**1024 - 2**970


def _whole(value: Any) -> int:
    """An integer that is spelled `1.0` or `1e3` is one."""
    return int(value)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if _is_number(value) and not _is_double(value) else value


# -- envelopes ---------------------------------------------------------------------------------------------------------

_SESSION_KEYS = ("session_id", "session-id", "thread_id", "thread-id")


def _event_in(data: str | bytes, max_payload_file_bytes: int) -> HookEvent:
    """The event in the whole of an input."""
    return _to_event(_follow_envelope(_parse_object(data, _STDIN), max_payload_file_bytes))


def _payload_path(value: dict[str, Any]) -> str | None:
    """The path in an envelope; None when the object is a payload: payloads name their session, envelopes do not."""
    path = _either(value, "payload_path")
    return path if isinstance(path, str) and not any(key in value for key in _SESSION_KEYS) else None


def _either(value: dict[str, Any], key: str) -> Any:
    """A field of an envelope in either spelling."""
    return value[key] if key in value else value.get(key.replace("_", "-"))


def _as_payload(value: dict[str, Any], source: str) -> dict[str, Any]:
    path = _payload_path(value)
    if path is None:
        return value
    state = f"it is an envelope that names the file {_shown(path)}"
    raise _unreadable("unexpected_envelope", source, state, "Read the payload, not the envelope", "payload_path")


def _follow_envelope(value: dict[str, Any], max_bytes: int) -> dict[str, Any]:
    """The payload: the object itself or, when it is an envelope, the object in its file. Length and hash are compared
    when the envelope has them; old senders give neither."""
    path = _payload_path(value)
    if path is None:
        return value
    if not os.path.isabs(path):
        advice = "Write the whole path into the envelope"
        raise _file_error("payload_path_relative", path, "its path is not absolute", advice)
    data = _read_payload_file(path, max_bytes)
    length, promised = _either(value, "payload_bytes"), _either(value, "payload_sha256")
    if length is not None and (not _is_number(length) or length != len(data)):
        raise _mismatch("payload_bytes", path, f"length is {len(data)}", length)
    if promised is not None:
        import hashlib

        sha256 = hashlib.sha256(data).hexdigest()
        if not isinstance(promised, str) or promised.lower() != sha256:
            raise _mismatch("payload_sha256", path, f"SHA-256 is {sha256}", promised)
    source = f"the payload file {_shown(path)}"
    return _as_payload(_parse_object(data, source), source)


def _read_payload_file(path: str, max_bytes: int) -> bytes:
    # Never follow a link, never wait for the other end of a pipe, never become a terminal's process. Windows has none
    # of the three flags; there the look before opening has to do.
    flags = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
    # In UTF-8, as its sender has spelled it, whatever the locale says.
    name = path if os.name == "nt" else path.encode("utf-8", "surrogatepass")
    try:
        # Opening a device may already do something, so it is looked at first; what counts is what was opened.
        _must_be_regular(os.lstat(name), path)
        file = os.open(name, flags)
        try:
            return _read_opened(file, path, max_bytes)
        finally:
            os.close(file)
    except (OSError, ValueError) as error:
        raise _system_error(error, path) from error


def _read_opened(file: int, path: str, max_bytes: int) -> bytes:
    status = os.fstat(file)
    _must_be_regular(status, path)
    if status.st_size > max_bytes:
        state = f"it has {status.st_size} bytes, more than {max_bytes}"
        raise _file_error("payload_file_too_large", path, state, "Raise `max_payload_file_bytes`")
    parts: list[bytes] = []
    left = status.st_size + 1  # a file that is still growing is noticed
    while left:
        part = os.read(file, left)
        if not part:
            return b"".join(parts)
        parts.append(part)
        left -= len(part)
    advice = "Write it before the envelope is sent"
    raise _file_error("payload_file_mismatch", path, "it grew while it was read", advice)


def _must_be_regular(status: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _file_error("payload_file_not_regular", path, "it is not a regular file", "Name the file itself")


def _system_error(error: Exception, path: str) -> HookInputError:
    number = getattr(error, "errno", None)
    if number in (errno.ELOOP, errno.ENXIO):
        state = "it is a link, a socket or a device"
        return _file_error("payload_file_not_regular", path, state, "Name the file itself")
    advice = "Read it while the hook runs, as the user the agent runs as"
    if number in (errno.ENOENT, errno.ENOTDIR):
        return _file_error("payload_file_missing", path, "it does not exist", advice)
    state = getattr(error, "strerror", None) or str(error)
    return _file_error("payload_file_unreadable", path, state, advice)


def _file_error(code: str, path: str, state: str, advice: str) -> HookInputError:
    return _unreadable(code, f"the payload file {_shown(path)}", state, advice, "payload_path")


def _mismatch(field: str, path: str, state: str, promised: object) -> HookInputError:
    message = (
        f"Cannot trust the payload file {_shown(path)}: its {state}, and the envelope says {_described(promised)}."
    )
    return HookInputError("payload_file_mismatch", f"{message} Something else wrote to it.", field)


# -- the payload in our words ------------------------------------------------------------------------------------------


class _Said:
    """A payload of any wire and any agent, in our words. Values are not looked at."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.lifecycle = not _is_kebab(payload) and _is_lifecycle(payload)
        """Whether it is of the lifecycle wire, which has no `cwd` and whose names belong to no agent."""
        from_wire = _from_kebab if _is_kebab(payload) else _from_lifecycle if self.lifecycle else dict
        self.fields = fields = from_wire(payload)
        self.type, name = _identify(fields)
        """Canonical type, or the name as it was sent for an event outside the catalogue."""
        if self.lifecycle:
            _add_own_words(fields, payload.get("context"), self.type)
        beyond = catalogue.ALIASES.get(name, {})
        for ours, paths in catalogue.SPELLED.get(self.type, catalogue.SPELLED_BASE).items():
            values = [] if ours in fields else [_value_at(fields, path) for path in paths]
            for value in values:
                if value is not None:
                    fields.setdefault(ours, value)
        for field, value in beyond.get("implies", {}).items():
            if fields.get(field) is None:
                fields[field] = value
        self.foreign = "schema_version" not in fields
        """Whether it comes from an agent: fields that only the dispatcher fills in are not to be expected."""
        self.agent = _agent_of(fields, {} if self.lifecycle else beyond, self.foreign)


def _is_kebab(payload: dict[str, Any]) -> bool:
    return "schema-version" in payload or ("event-id" in payload and "type" in payload)


def _from_kebab(payload: dict[str, Any]) -> dict[str, Any]:
    snake = {key: key.replace("-", "_") for key in payload}
    # Of a key in both spellings the one with underscores counts; the other one stays as it is.
    fields = {key if snake[key] in payload else snake[key]: value for key, value in payload.items()}
    if "xcodex_event_type" not in fields and isinstance(fields.get("type"), str):
        fields["xcodex_event_type"] = fields.pop("type")
    return fields


def _is_lifecycle(payload: dict[str, Any]) -> bool:
    event = payload.get("event")
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return False
    return not any(key in payload for key in ("xcodex_event_type", "hook_event_name", "type"))


def _from_lifecycle(payload: dict[str, Any]) -> dict[str, Any]:
    """What can be said before it is known which event it is."""
    fields = {key: value for key, value in payload.items() if key != "event"}
    # A `context` that is no object says nothing about the agent: a field like any other.
    if isinstance(payload.get("context"), dict):
        del fields["context"]
    fields.update(payload["event"])
    for field in catalogue.BASE_FIELDS:
        _rename(fields, _camel_case(field), field)
    _rename(fields, "type", "hook_event_name")
    return fields


def _add_own_words(fields: dict[str, Any], context: Any, event_type: str) -> None:
    """The event's own fields, the keys of seed 003, and what the agent says of itself."""
    own = catalogue.FIELDS.get(event_type, {})
    for field in own:
        _rename(fields, _camel_case(field), field)
    made: dict[str, dict[str, Any]] = {}
    for key, (field, *inside) in catalogue.LIFECYCLE.get(event_type, ()):
        if not inside:
            _rename(fields, key, field)
        # What is in a field that was sent has been said.
        elif key in fields and (field in made or field not in fields):
            fields[field] = made.setdefault(field, {})
            made[field][inside[0]] = fields.pop(key)
    if isinstance(context, dict):
        _add_context(fields, dict(context), own)


def _add_context(fields: dict[str, Any], context: dict[str, Any], own: Mapping[str, object]) -> None:
    for field in ("model", "provider"):
        if field in context:
            fields.setdefault(field, context.pop(field))
    for name in ("context", "agent_context"):
        if context and name not in fields and name not in own:
            fields[name] = context
            return


def _rename(fields: dict[str, Any], key: str, field: str) -> None:
    """Of two spellings of one field the one in our words counts; the other one stays as it is."""
    if key in fields and field not in fields:
        fields[field] = fields.pop(key)


def _camel_case(field: str) -> str:
    first, *more = field.split("_")
    return first + "".join(part.capitalize() for part in more)


def _identify(fields: dict[str, Any]) -> tuple[str, str]:
    """The event's type, and the name that says most about it."""
    values = [fields.get(key) for key in ("xcodex_event_type", "type", "hook_event_name")]
    names = [value for value in values if isinstance(value, str) and value]
    for name in map(_known_name, names):
        if name in catalogue.NAMES:
            event_type = catalogue.NAMES[name]
            # A hook_event_name may say more than the canonical type beside it.
            said = _known_name(values[2]) if isinstance(values[2], str) else ""
            return event_type, said if said in catalogue.ALIASES and catalogue.NAMES[said] == event_type else name
    return (names[0] if names else ""), ""


def _known_name(name: str) -> str:
    return name if name in catalogue.NAMES else name.strip(" \t\r\n")


def _agent_of(fields: dict[str, Any], beyond: Mapping[str, Any], foreign: bool) -> str | None:
    agent, transcript = fields.get("agent"), fields.get("transcript_path")
    if isinstance(agent, dict) and isinstance(agent.get("name"), str):
        return str(agent["name"])
    if not foreign:
        return None
    if "agent" in beyond:
        return str(beyond["agent"])
    path = transcript.replace("\\", "/") if isinstance(transcript, str) else ""
    return next((name for name, folder in catalogue.AGENTS if folder in path), None)


def _value_at(fields: Any, path: Iterable[str]) -> Any:
    for key in path:
        if not isinstance(fields, dict) or key not in fields:
            return None
        fields = fields[key]
    return fields


# -- the event ---------------------------------------------------------------------------------------------------------

_STAND_INS: dict[str, object] = {"schema_version": catalogue.SCHEMA_VERSION, "permission_mode": "default"}
_DERIVED = ("xcodex_event_type", "hook_event_name")
_FROM_THE_DISPATCHER = ("schema_version", "event_id", "timestamp", "permission_mode", "transcript_path")

_TYPES: dict[str, tuple[str, Callable[[Any], bool], Callable[[], object]]] = {
    "string": ("a string", lambda value: isinstance(value, str), str),
    "integer": ("an integer", lambda value: _is_number(value) and abs(value) < 2**53 and value == int(value), int),
    "number": ("a number", lambda value: _is_double(value), int),
    "boolean": ("a boolean", lambda value: isinstance(value, bool), bool),
    "object": ("an object", lambda value: isinstance(value, dict), dict),
    "array": ("an array", lambda value: isinstance(value, list), list),
    "strings": (
        "an array of strings",
        lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
        list,
    ),
    "any": ("anything", lambda _: True, lambda: None),
}
"""Each type: its name, whether a value is of it, and what stands in for a required field that is not there, a new one
each time so that nobody shares it. Objects and arrays are not looked into any further."""

_specs_by_type: dict[str, Mapping[str, tuple[str, bool]]] = {}


def _specs(event_type: str) -> Mapping[str, tuple[str, bool]]:
    """All fields of an event; of an unknown one only those that every event has."""
    specs = _specs_by_type.get(event_type)
    if specs is None:
        if event_type not in catalogue.FIELDS:
            return catalogue.BASE_FIELDS
        specs = _specs_by_type[event_type] = {**catalogue.BASE_FIELDS, **catalogue.FIELDS[event_type]}
    return specs


def _to_event(payload: dict[str, Any]) -> HookEvent:
    """A payload of any wire and any agent as an event. Its shape never raises: what is wrong stands in `problems`."""
    from .generated import types

    said = _Said(payload)
    specs = _specs(said.type)
    event: Any = types.EVENT_CLASSES.get(said.type, types.UnknownEvent)()
    event.extra = {name: value for name, value in said.fields.items() if name not in specs}
    event.raw = payload
    event.problems = _fill(event, said, specs)
    _derive(event, said, specs)
    return event  # type: ignore[no-any-return]


def _fill(event: dict[str, Any], said: _Said, specs: Mapping[str, tuple[str, bool]]) -> list[Problem]:
    """Puts the typed fields into an event. What was wrong with them."""
    problems: list[Problem] = []
    for field, (kind, required) in specs.items():
        value: Any = said.fields.get(field)
        there = value is not None or (kind == "any" and field in said.fields)
        name, fits, empty = _TYPES[kind]
        if there and fits(value):
            event[field] = _whole(value) if kind == "integer" else value
            continue
        if required:
            event[field] = _STAND_INS.get(field, empty())
        if there:
            message = f'Cannot use field "{field}": it should be {name} and is {_described(value)}. Look in `raw`.'
            problems.append({"field": field, "code": "wrong_type", "message": message})
        elif required and _is_expected(field, said):
            message = (
                f'Cannot find field "{field}": the payload does not have it. Here it is {_described(event[field])}.'
            )
            problems.append({"field": field, "code": "missing", "message": message})
    return problems


def _is_expected(field: str, said: _Said) -> bool:
    if field in _DERIVED or (said.foreign and field in _FROM_THE_DISPATCHER):
        return False
    # Codex says null for "there is no transcript".
    if field == "transcript_path" and field in said.fields:
        return False
    # The lifecycle wire has no place for it.
    return not (said.lifecycle and field == "cwd")


def _derive(event: dict[str, Any], said: _Said, specs: Mapping[str, tuple[str, bool]]) -> None:
    """Fields that can be said even when the payload does not, or not in a way that can be used."""
    event["xcodex_event_type"] = said.type
    if not isinstance(said.fields.get("hook_event_name"), str):
        event["hook_event_name"] = catalogue.DEFAULT_NAMES.get(said.type, said.type)
    if said.agent is not None:
        event.setdefault("agent", {"name": said.agent})
    tool = event.get("tool_name")
    if "tool_alias" in specs and isinstance(tool, str):
        alias = catalogue.TOOLS.get(tool, "MCP" if tool.startswith("mcp__") else None)
        if alias is not None:
            event.setdefault("tool_alias", alias)
