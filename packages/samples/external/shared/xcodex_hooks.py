"""Write a hook for a coding agent in Python: read the event, look at it, block it or let it go on.

    from xcodex_hooks import run

    def hook(event):
        print(event.type, event.get("tool_name"))

    run(hook)

Works under xcodex, Codex, Claude Code and Gemini CLI. Python 3.9 or newer, nothing else. What is known about events
stands in xcodex_hooks_events.py, which is generated from the schema; this file holds no event's name."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import sys
import traceback
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple

from xcodex_hooks_events import AGENTS, BASE_FIELDS, EVENTS, NAMES, SCHEMA_VERSION, SPELLED_BASE, TOOL_ALIASES

MAX_BYTES = 64 * 1024 * 1024
"""The longest input and the longest payload file, in bytes."""


class HookInputError(Exception):
    """What the hook was given cannot be turned into an event at all.

    `code` is stable and the same in every language (conformance/PROTOCOL.md); the text is for people. Wrong or missing
    fields never raise: they are listed in `problems` of the event."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Event(Dict[str, Any]):
    """One event. A dict of the fields that the catalogue describes, under our names, each of the described type.

    type      canonical type ("tool-call-started"), or the name as it was sent for an event outside the catalogue
    extra     the fields that the catalogue does not describe, untouched
    raw       the payload exactly as it was parsed
    problems  fields that were wrong or missing: dicts with `field`, `code` ("wrong_type" or "missing") and `message`
    """

    def __init__(
        self, fields: Dict[str, Any], extra: Dict[str, Any], raw: Dict[str, Any], problems: List[Dict[str, str]]
    ):
        super().__init__(fields)
        self.type: str = fields["xcodex_event_type"]
        self.extra = extra
        self.raw = raw
        self.problems = problems


Hook = Callable[[Event], None]


def run(hook: Hook) -> NoReturn:
    """Runs a hook for the one event on stdin and ends the process.

    Exit code 0 when the hook is done; 1, and why on stderr, when there is no event or the hook raises; 2 after `block`.
    What the hook prints goes to stderr: an agent takes what it finds on stdout for a reply."""
    sys.stdout = sys.stderr
    try:
        hook(read_event())
    except HookInputError as error:
        _say(f"{error.code}: {error}")
        sys.exit(1)
    except Exception:
        _say(traceback.format_exc().rstrip("\n"))
        sys.exit(1)
    sys.exit(0)


def block(reason: str) -> NoReturn:
    """Stops what the agent is about to do and ends the process: the reason on stderr, exit code 2. That is what xcodex,
    Codex, Claude Code and Gemini CLI alike understand."""
    text = str(reason)
    # Codex takes exit code 2 without a word on stderr for a failure.
    _say(text if text.strip() else "Blocked by a hook.")
    # At once: a hook that catches everything, SystemExit too, has blocked all the same.
    os._exit(2)


def _say(text: str) -> None:
    """Writes a line to stderr, whatever characters it holds. That nobody listens changes nothing."""
    data = (text + "\n").encode("utf-8", "backslashreplace")
    try:
        if sys.stderr:
            sys.stderr.flush()
        while data:
            data = data[os.write(2, data) :]
    except OSError:
        pass


def read_event(data: Any = None, max_payload_file_bytes: int = MAX_BYTES) -> Event:
    """Reads the one event that an agent writes to the hook's stdin, and follows an envelope to the payload's file.

    data                    the input itself (text or bytes), for programs that have read it already
    max_payload_file_bytes  the longest payload file

    Raises HookInputError when there is no event to be had.
    """
    payload = _parse_object(_read_stdin() if data is None else data, "stdin")
    return _to_event(_follow_envelope(payload, max_payload_file_bytes))


def parse_event(json_text: Any) -> Event:
    """Turns the JSON of one event (text, UTF-8 bytes, or the dict that json.loads made of them) into an event. Reads no
    file: an envelope is refused. Raises HookInputError."""
    payload = json_text if isinstance(json_text, dict) else _parse_object(json_text, "the event")
    return _to_event(_as_payload(payload, "the event"))


# -- input -------------------------------------------------------------------------------------------------------------


def _read_stdin() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        state = "it is a terminal" if sys.stdin else "it is closed"
        raise HookInputError("no_input", f"Cannot read an event from stdin: {state}. Pipe an event into the hook.")
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        message = f"Cannot read an event from stdin: it is longer than {MAX_BYTES} bytes. Send an envelope."
        raise HookInputError("input_too_large", message)
    return data


def _parse_object(data: Any, source: str) -> Dict[str, Any]:
    text = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
    text = text[1:] if text.startswith("\ufeff") else text
    if not text.strip(" \t\r\n"):
        raise HookInputError(
            "no_input", f"Cannot read an event from {source}: it is empty. Pipe an event into the hook."
        )
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        message = f"Cannot read an event from {source} as JSON: {error}. Send exactly one JSON object."
        raise HookInputError("not_json", message) from None
    if not isinstance(value, dict):
        message = f"Cannot read an event from {source}: it is no object. Send one JSON object per event."
        raise HookInputError("not_object", message)
    return value


def _no_constant(name: str) -> NoReturn:
    # Python's parser knows NaN and Infinity; JSON does not.
    raise ValueError(f"{name} is not JSON")


_SESSION_KEYS = ("session_id", "session-id", "thread_id", "thread-id")


def _payload_path(value: Dict[str, Any]) -> Optional[str]:
    """The path in an envelope; None when the object is a payload: payloads name their session, envelopes do not."""
    if any(key in value for key in _SESSION_KEYS):
        return None
    path = _either(value, "payload_path")
    return path if isinstance(path, str) else None


def _either(value: Dict[str, Any], key: str) -> Any:
    return value[key] if key in value else value.get(key.replace("_", "-"))


def _as_payload(value: Dict[str, Any], source: str) -> Dict[str, Any]:
    path = _payload_path(value)
    if path is None:
        return value
    message = f"Cannot read an event from {source}: it is an envelope that names the file {json.dumps(path)}."
    raise HookInputError("unexpected_envelope", message + " Read the payload, not the envelope.")


def _follow_envelope(value: Dict[str, Any], max_bytes: int) -> Dict[str, Any]:
    path = _payload_path(value)
    if path is None:
        return value
    if not os.path.isabs(path):
        raise _file_error("payload_path_relative", path, "its path is not absolute")
    data = _read_regular_file(path, max_bytes)
    promised_bytes, promised_hash = _either(value, "payload_bytes"), _either(value, "payload_sha256")
    if promised_bytes is not None and (isinstance(promised_bytes, bool) or promised_bytes != len(data)):
        raise _file_error("payload_file_mismatch", path, f"its length is {len(data)}, not {promised_bytes}")
    if promised_hash is not None and str(promised_hash).lower() != hashlib.sha256(data).hexdigest():
        raise _file_error("payload_file_mismatch", path, "its SHA-256 is not the one the envelope says")
    source = f"the payload file {json.dumps(path)}"
    return _as_payload(_parse_object(data, source), source)


def _read_regular_file(path: str, max_bytes: int) -> bytes:
    # Never follow a link, never wait for the other end of a pipe. Windows has neither flag.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        # Opening a device may already do something, so it is looked at first; what counts is what was opened.
        _must_be_regular(os.lstat(path), path)
        with os.fdopen(os.open(path, flags), "rb") as file:
            _must_be_regular(os.fstat(file.fileno()), path)
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise _os_error(error, path) from None
    if len(data) > max_bytes:
        raise _file_error("payload_file_too_large", path, f"it is longer than {max_bytes} bytes")
    return data


def _must_be_regular(status: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _file_error("payload_file_not_regular", path, "it is not a regular file")


def _os_error(error: Exception, path: str) -> HookInputError:
    number = getattr(error, "errno", None)
    if number in (errno.ENOENT, errno.ENOTDIR):
        return _file_error("payload_file_missing", path, "it does not exist")
    if number in (errno.ELOOP, errno.ENXIO):
        return _file_error("payload_file_not_regular", path, "it is a link, a socket or a device")
    return _file_error("payload_file_unreadable", path, str(error))


def _file_error(code: str, path: str, state: str) -> HookInputError:
    todo = "Read it while the hook runs, as the user the agent runs as."
    return HookInputError(code, f"Cannot read the payload file {json.dumps(path)}: {state}. {todo}")


# -- the payload in our words: the rules of canonical.ts in the schema -------------------------------------------------


def _canonical(payload: Dict[str, Any]) -> Tuple[str, Dict[str, Any], Optional[str]]:
    """Canonical type, the fields in our names, and the agent's name when it is known."""
    fields = _from_kebab(payload) if _is_kebab(payload) else dict(payload)
    name, event_type, alias = _identify(fields)
    spelled = EVENTS[event_type]["spelled"] if event_type else {}
    for ours, theirs in {**SPELLED_BASE, **spelled}.items():
        if ours not in fields:
            value = next((found for found in (_value_at(fields, path) for path in theirs) if found is not None), None)
            if value is not None:
                fields[ours] = value
    for field, value in alias.get("implies", {}).items():
        if fields.get(field) is None:
            fields[field] = value
    return event_type or name, fields, _agent_of(fields, alias)


def _is_kebab(payload: Dict[str, Any]) -> bool:
    return "schema-version" in payload or ("event-id" in payload and "type" in payload)


def _from_kebab(payload: Dict[str, Any]) -> Dict[str, Any]:
    snake = {key: key.replace("-", "_") for key in payload}
    # Of a key in both spellings the one with underscores counts; the other one stays as it is.
    fields = {key if snake[key] in payload else snake[key]: value for key, value in payload.items()}
    if "xcodex_event_type" not in fields and isinstance(fields.get("type"), str):
        fields["xcodex_event_type"] = fields.pop("type")
    return fields


def _find(name: str) -> Optional[Dict[str, Any]]:
    return NAMES.get(name) or NAMES.get(name.strip())


def _identify(fields: Dict[str, Any]) -> Tuple[str, Optional[str], Dict[str, Any]]:
    """The name the event was sent under, its canonical type, and what the name says beyond it."""
    names = [fields.get(key) for key in ("xcodex_event_type", "type", "hook_event_name")]
    names = [name for name in names if isinstance(name, str) and name]
    said = fields.get("hook_event_name")
    said = _find(said) if isinstance(said, str) else None
    for name in names:
        found = _find(name)
        if found:
            # A hook_event_name may say more than the canonical type beside it.
            best = said if said and said["type"] == found["type"] and "alias" in said else found
            return name, found["type"], best
    return (names[0] if names else ""), None, {}


def _agent_of(fields: Dict[str, Any], alias: Dict[str, Any]) -> Optional[str]:
    agent = fields.get("agent")
    if isinstance(agent, dict) and isinstance(agent.get("name"), str):
        return agent["name"]
    if "schema_version" in fields:
        return None
    if "agent" in alias:
        return alias["agent"]
    transcript = fields.get("transcript_path")
    if not isinstance(transcript, str):
        return None
    path = transcript.replace("\\", "/")
    return next((signs["name"] for signs in AGENTS if signs["transcripts"] in path), None)


def _value_at(fields: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(fields, dict) or key not in fields:
            return None
        fields = fields[key]
    return fields


# -- typed fields: the rules of to-event.ts in sdk-core ----------------------------------------------------------------

_STAND_INS = {"schema_version": SCHEMA_VERSION, "permission_mode": "default"}
_DERIVED = ("xcodex_event_type", "hook_event_name")
_FROM_THE_DISPATCHER = ("schema_version", "event_id", "timestamp", "permission_mode", "transcript_path")

_FITS: Dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value) and value == int(value) and abs(value) < 2**53,
    "number": lambda value: _is_number(value),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "strings": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "any": lambda value: True,
}
_EMPTY: Dict[str, Callable[[], Any]] = {
    "string": str, "integer": int, "number": int, "boolean": bool, "object": dict, "array": list, "strings": list,
    "any": lambda: None,
}  # fmt: skip


def _is_number(value: Any) -> bool:
    # A number too large for a double is read as infinity.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) != float("inf")


def _to_event(payload: Dict[str, Any]) -> Event:
    event_type, said, agent = _canonical(payload)
    facts = EVENTS.get(event_type)
    specs = {**BASE_FIELDS, **(facts["fields"] if facts else {})}
    fields, problems = _typed(said, specs)
    fields["xcodex_event_type"] = event_type
    if not isinstance(said.get("hook_event_name"), str):
        fields["hook_event_name"] = facts["default_name"] if facts else event_type
    if agent is not None:
        fields.setdefault("agent", {"name": agent})
    alias = _tool_alias(fields.get("tool_name", "")) if "tool_alias" in specs else None
    if alias is not None:
        fields.setdefault("tool_alias", alias)
    return Event(fields, {key: value for key, value in said.items() if key not in specs}, payload, problems)


def _tool_alias(tool: str) -> Optional[str]:
    """The tool's name in Claude Code's words, where there is one. All tools of MCP servers are MCP."""
    return next(iter(TOOL_ALIASES.get(tool, ())), "MCP" if tool.startswith("mcp__") else None)


def _typed(said: Dict[str, Any], specs: Dict[str, Any]) -> Tuple[Dict[str, Any], List[Dict[str, str]]]:
    foreign = "schema_version" not in said
    fields: Dict[str, Any] = {}
    problems: List[Dict[str, str]] = []
    for field, (kind, required) in specs.items():
        value = said.get(field)
        there = field in said and (value is not None or kind == "any")
        if there and _FITS[kind](value):
            fields[field] = int(value) if kind == "integer" else value
            continue
        if there:
            text = (
                f'Cannot use field "{field}": it should be of type {kind} and is {json.dumps(value)[:60]}. Look in raw.'
            )
            problems.append({"field": field, "code": "wrong_type", "message": text})
        elif required and _is_expected(field, said, foreign):
            text = f'Cannot find field "{field}": the payload does not have it. An empty value stands in for it.'
            problems.append({"field": field, "code": "missing", "message": text})
        if required:
            fields[field] = _STAND_INS.get(field, _EMPTY[kind]())
    return fields, problems


def _is_expected(field: str, said: Dict[str, Any], foreign: bool) -> bool:
    if field in _DERIVED:
        return False
    if field == "transcript_path" and field in said:
        return False  # Codex says null for "there is no transcript".
    return not (foreign and field in _FROM_THE_DISPATCHER)
