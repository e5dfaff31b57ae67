"""What the addon needs that is easier said in Python: loading a hook, its output, and what to say of an exception.

Nothing here is for hooks. Python 3.9 has to understand it.
"""

import importlib
import json
import os
import re
import stat
import sys
import traceback

_OWN_FILE = __file__
_STDLIB = os.path.dirname(os.__file__) + os.sep
_TEXT_LIMIT = 1000
_TRACEBACK_LIMIT = 16 * 1024

_scripts = set()
_folders = []
_streams = {}


class HookTimeout(TimeoutError):
    """Raised inside a hook that runs longer than it may."""

    def __str__(self):
        return "the hook ran longer than its timeout"


class HookStopped(BaseException):
    """Raised inside a hook that goes on after HookTimeout: `except Exception` does not hold it."""

    def __str__(self):
        return "the hook went on after its timeout"


# Output ---------------------------------------------------------------------------------------------------------------


def silence():
    """The agent's terminal is not the hook's: nothing is read from it and nothing written to it."""
    sys.stdin = sys.__stdin__ = open(os.devnull, encoding="utf-8")
    write_to(os.devnull)


def write_to(log):
    """Sends everything that Python prints from now on to `log`. Returns what writes out a line that has no end yet."""
    stream = _streams.get(log)
    if stream is None:
        try:
            stream = _open_log(log)
        except OSError:
            # A log that cannot be written must not keep the hook from running.
            stream = _open_log(os.devnull)
        _streams[log] = stream
    sys.stdout = sys.__stdout__ = stream
    sys.stderr = sys.__stderr__ = stream
    return stream.flush


def _open_log(path):
    _make_folder(os.path.dirname(path))
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
    fd = os.open(path, flags, 0o600)
    mode = os.fstat(fd).st_mode
    if stat.S_ISFIFO(mode):
        os.close(fd)
        raise OSError("a pipe is no log")
    os.set_blocking(fd, True)
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace")


def _make_folder(folder):
    if os.path.isdir(folder):
        return
    _make_folder(os.path.dirname(folder))
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass


# Loading --------------------------------------------------------------------------------------------------------------


def load(name, script, codex_home, function, batch):
    """Executes a script as the module `name`. Returns what to call, and whether it takes a list of events."""
    _scripts.add(script)
    for folder in (os.path.dirname(script), os.path.join(codex_home, "hooks")):
        _append(sys.path, folder)
        _append(_folders, os.path.join(folder, ""))
    importlib.invalidate_caches()
    before = set(sys.modules)
    module = type(sys)(name)
    module.__file__ = script
    # Before it is executed: dataclasses look their module up while it runs.
    sys.modules[name] = module
    try:
        exec(compile(_source(script), script, "exec", dont_inherit=True), module.__dict__)
        return _target(module, function, batch)
    except BaseException:
        unload(name)
        _forget_helpers(before)
        raise


def unload(name):
    """Forgets the module of a script."""
    sys.modules.pop(name, None)


def _append(items, item):
    if item not in items:
        items.append(item)


def _source(script):
    # A pipe would be waited for.
    if not stat.S_ISREG(os.stat(script).st_mode):
        raise OSError(f"{script} is no regular file")
    with open(script, "rb") as file:
        return file.read()


def _forget_helpers(before):
    """Helpers that a failed load imported are read again by the next: the mistake may be in one of them."""
    for name in set(sys.modules) - before:
        if _is_users(getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def _target(module, function, batch):
    if batch and callable(getattr(module, "on_events", None)):
        return _plain(module.on_events, "on_events"), True
    found = getattr(module, function, None)
    if callable(found):
        return _plain(found, function), False
    state = "is not callable" if found is not None else "is missing"
    raise AttributeError(f"{function} {state} in {module.__file__}")


_NOT_PLAIN = ((0x80, "async"), (0x200, "async"), (0x20, "a generator"))


def _plain(function, name):
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
    for flag, what in _NOT_PLAIN:
        if flags & flag:
            raise TypeError(f"{name} is {what}; write a plain function")
    return function


def refuse(result):
    """Raises for what a call returned, when that shows that nothing has been run."""
    what = "a generator" if hasattr(result, "send") and not hasattr(result, "cr_frame") else "async"
    close = getattr(result, "close", None)
    if close:
        close()
    raise TypeError(f"the function is {what}; write a plain function")


# Events that the fast parser refuses ----------------------------------------------------------------------------------


def _constant(name):
    raise ValueError(f"{name} is no JSON")


def parse_one(data):
    """Reads one event: bytes, which have to be UTF-8."""
    return json.loads(data.decode(), parse_constant=_constant)


def parse(data, count):
    """Reads a JSON array of `count` events: bytes, which have to be UTF-8.

    Returns those that can be read, their places in the array, and `(place, text)` for each of the others.
    Raises ValueError when it cannot be said where one event ends and the next begins.
    """
    try:
        events = parse_one(data)
    except (ValueError, RecursionError):
        return _parse_each(_split(data), count)
    if type(events) is not list or len(events) != count:
        raise ValueError(f"no array of {count} events")
    return events, list(range(count)), []


def _parse_each(parts, count):
    if len(parts) != count:
        raise ValueError(f"no array of {count} events")
    events, places, refused = [], [], []
    for place, part in enumerate(parts):
        try:
            events.append(parse_one(part))
            places.append(place)
        except (ValueError, RecursionError) as error:
            refused.append((place, _one_line(error)))
    return events, places, refused


_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)


def _split(data):
    """The bytes of an array's elements, by its brackets alone."""
    data = data.strip()
    if not (data.startswith(b"[") and data.endswith(b"]")):
        return []
    parts, depth, start = [], 0, 1
    for token in _TOKEN.finditer(data):
        found = token.group()
        if found in (b"[", b"{"):
            depth += 1
        elif found in (b"]", b"}"):
            depth -= 1
        if depth == 0 and token.end() < len(data):
            return []
        if (found == b"," and depth == 1) or depth == 0:
            parts.append(data[start : token.start()])
            start = token.end()
    return parts if depth == 0 else []


# What is said of an exception -----------------------------------------------------------------------------------------


def describe(error):
    """`ValueError: …` on one line, and the innermost line of the user's files that it went through."""
    if isinstance(error, SyntaxError) and isinstance(error.filename, str) and _is_users(error.filename):
        return _one_line(error), error.filename, error.lineno if isinstance(error.lineno, int) else None
    file, line = None, None
    step = error.__traceback__
    while step is not None:
        if _is_users(step.tb_frame.f_code.co_filename):
            file, line = step.tb_frame.f_code.co_filename, step.tb_lineno
        step = step.tb_next
    return _one_line(error), file, line


def _one_line(error):
    try:
        text = " ".join(str(error).split("\n"))
    except Exception:
        text = "(it cannot be said)"
    if len(text) > _TEXT_LIMIT:
        text = text[:_TEXT_LIMIT] + "…"
    name = type(error).__name__
    return f"{name}: {text}" if text else name


def trace(error):
    """The traceback as Python prints it, without our own frames; the end of it when it is long."""
    step = error.__traceback__
    while step is not None and step.tb_frame.f_code.co_filename == _OWN_FILE:
        step = step.tb_next
    text = "".join(traceback.format_exception(type(error), error, step))
    end = text[-_TRACEBACK_LIMIT:].encode("utf-8", "backslashreplace")[-_TRACEBACK_LIMIT:]
    return end.decode("utf-8", "ignore")


def stands_at(thread):
    """Where in the user's files a thread is, as (file, line); None when it is nowhere in them."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if _is_users(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def _is_users(file):
    if file in _scripts:
        return True
    if file.startswith(_STDLIB) or "site-packages" in file or "dist-packages" in file:
        return False
    return file.startswith(tuple(_folders))
