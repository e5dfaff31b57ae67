"""What type checkers have to know about the SDK. Run through `mypy --strict` and pyright, in which an expectation that
is not met, or a suppression that is not needed, is an error. Never executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Optional

from xcodex_hooks import (
    EVENT_TYPES,
    INPUT_CODES,
    MAX_BYTES,
    TOOL_ALIASES,
    AgentInfo,
    Event,
    Hook,
    HookEvent,
    HookEventType,
    HookInputError,
    HostDroppedLine,
    KnownEvent,
    OnDropped,
    Problem,
    SessionStartEvent,
    ToolCallFinishedEvent,
    UnknownEvent,
    as_model,
    block,
    models,
    parse_event,
    payloads,
    read_event,
    run,
    serve,
    to_json,
)

if TYPE_CHECKING:
    from typing_extensions import assert_never, assert_type


def narrows_by_type(event: HookEvent) -> None:
    if event.type == "tool-call-finished":
        assert_type(event, ToolCallFinishedEvent)
        assert_type(event.tool_name, str)
        assert_type(event.duration_ms, Optional[int])
        assert_type(event.success, Optional[bool])
        assert_type(event.tool_input, Any)
    elif event.xcodex_event_type == "session-start":
        assert_type(event, SessionStartEvent)
        assert_type(event.source, Optional[str])
    else:
        assert_type(event.cwd, str)


def narrows_by_class(event: HookEvent) -> None:
    if isinstance(event, ToolCallFinishedEvent):
        assert_type(event.type, Literal["tool-call-finished"])
    elif isinstance(event, UnknownEvent):
        assert_type(event.cwd, str)


def what_every_event_has(event: HookEvent) -> None:
    assert_type(event.extra, Mapping[str, Any])
    assert_type(event.raw, Mapping[str, Any])
    assert_type(event.problems, list[Problem])
    assert_type([problem["code"] for problem in event.problems], list[str])
    assert_type(event["cwd"], Any)
    if event.agent is not None:
        assert_type(event.agent, AgentInfo)
        assert_type(event.agent.get("version"), Optional[str])


def notices_mistakes(event: HookEvent) -> None:
    if event.type == "tool-call-finishd":  # type: ignore[comparison-overlap]  # pyright: ignore[reportUnnecessaryComparison]
        pass
    if event.type == "session-start":
        event.tool_name  # type: ignore[attr-defined]  # pyright: ignore
    event.tool_name  # type: ignore[union-attr]  # pyright: ignore
    block(event)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def must_speak_of_every_event(event: HookEvent) -> str:
    if event.type == "tool-call-finished":
        return event.tool_name
    assert_never(event)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def functions() -> None:
    assert_type(read_event(timeout=None), HookEvent)
    assert_type(read_event(b"{}", max_bytes=MAX_BYTES, max_payload_file_bytes=1), HookEvent)
    assert_type(parse_event("{}"), HookEvent)
    assert_type(parse_event({"cwd": "/"}), HookEvent)
    assert_type(to_json({"a": [1]}), str)
    serve(returns_nothing, an_async_hook, replies=True, on_dropped=dropped)


def models_too(event: HookEvent) -> None:
    model = as_model(event)
    assert_type(model, models.HookModel)
    if model.type == "model-response-completed":
        assert_type(model, models.ModelResponseCompletedEvent)
        assert_type(model.token_usage, Optional[models.TokenUsage])
        if model.token_usage is not None:
            assert_type(model.token_usage.output_tokens, Optional[int])
            assert_type(model.token_usage.raw, dict[str, Any])
    if isinstance(model, models.ToolCallFinishedEvent):
        assert_type(model.tool_name, str)
        model.tool_name = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def plain_dicts(payload: payloads.HookPayload) -> None:
    """A payload that no reader has read, as hooks inside an agent's process get it."""
    assert_type(payload["session_id"], str)
    if payload["xcodex_event_type"] == "tool-call-finished":
        assert_type(payload, payloads.ToolCallFinishedPayload)
        assert_type(payload["tool_name"], str)
        assert_type(payload.get("duration_ms"), Optional[int])
        payload["prompt"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues, reportTypedDictNotRequiredAccess]


def returns_nothing(event: HookEvent) -> None:
    base: Event = event
    print(base.problems)


async def an_async_hook(event: HookEvent) -> int:
    return len(event)


def dropped(line: HostDroppedLine) -> None:
    assert_type(line["count"], int)


def errors() -> None:
    try:
        read_event()
    except HookInputError as error:
        assert_type(error.code, str)
        assert_type(error.field, Optional[str])
        assert_type(INPUT_CODES[error.code], str)


def names(known: KnownEvent) -> None:
    event_type: HookEventType = known.type
    assert_type(EVENT_TYPES[0], HookEventType)
    assert_type(TOOL_ALIASES[0], str)
    print(event_type)


hook: Hook = returns_nothing
on_dropped: OnDropped = dropped


def never_returns() -> NoReturn:
    run(hook, timeout=5, replies=None, on_dropped=on_dropped)
