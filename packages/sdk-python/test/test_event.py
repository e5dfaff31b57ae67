"""The event itself: a dict, attributes, and a dataclass."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
import unittest

import xcodex_hooks
from xcodex_hooks import HookInputError, as_model, models, parse_event, to_json
from xcodex_hooks.generated import catalogue, types

from .support import EVENT, FOLDER, JSON

FINISHED = {"hook_event_name": "PostToolUse", "session_id": "s", "cwd": "/", "tool_name": "shell", "duration_ms": 12.0}


class AnEvent(unittest.TestCase):
    def test_is_a_dict_of_its_typed_fields(self) -> None:
        event = parse_event(FINISHED)
        self.assertEqual(event["tool_name"], "shell")
        self.assertEqual(json.dumps(event["duration_ms"]), "12")
        self.assertNotIn("exit_code", event)
        self.assertNotIn("extra", event)
        self.assertEqual(json.loads(json.dumps(event)), dict(event))

    def test_has_its_fields_as_attributes_and_none_for_those_that_are_not_there(self) -> None:
        event = parse_event(FINISHED)
        self.assertEqual((event.type, event.xcodex_event_type), ("tool-call-finished", "tool-call-finished"))
        self.assertEqual((event.tool_name, event.duration_ms, event.exit_code, event.agent), ("shell", 12, None, None))

    def test_has_no_other_attributes(self) -> None:
        with self.assertRaisesRegex(AttributeError, "'ToolCallFinishedEvent' has no field 'prompt'. Look in `extra`"):
            getattr(parse_event(FINISHED), "prompt")  # noqa: B009
        self.assertFalse(hasattr(parse_event({"type": "New", "prompt": "x"}), "prompt"))

    def test_is_of_the_class_of_its_type(self) -> None:
        for event_type, cls in types.EVENT_CLASSES.items():
            event = parse_event({"xcodex_event_type": event_type})
            self.assertIs(type(event), cls)
            self.assertIs(getattr(xcodex_hooks, cls.__name__), cls)
        self.assertIs(type(parse_event({"type": "New"})), types.UnknownEvent)
        self.assertEqual(parse_event({"type": "New"}).type, "New")

    def test_can_be_copied_and_pickled(self) -> None:
        event = parse_event({**FINISHED, "new": [1]})
        for twin in (copy.copy(event), copy.deepcopy(event), pickle.loads(pickle.dumps(event))):
            self.assertEqual((twin, twin.extra, twin.raw, twin.type), (event, event.extra, event.raw, event.type))
            self.assertIs(type(twin), type(event))

    def test_leaves_what_it_was_made_of_alone(self) -> None:
        payload = {"event-id": "1", "type": "agent-turn-complete", "thread-id": "t"}
        before = dict(payload)
        event = parse_event(payload)
        self.assertIs(event.raw, payload)
        self.assertEqual(payload, before)

    def test_says_what_was_wrong_with_it(self) -> None:
        event = parse_event({**FINISHED, "duration_ms": "5\n" + "x" * 100, "cwd": None})
        said = {problem["field"]: problem for problem in event.problems}
        self.assertEqual(
            {field: problem["code"] for field, problem in said.items()}, {"cwd": "missing", "duration_ms": "wrong_type"}
        )
        self.assertRegex(
            said["duration_ms"]["message"], r'\ACannot use field "duration_ms": .* the string "5\\nx{58}…"\. Look'
        )
        self.assertEqual(event.cwd, "")

    def test_never_shares_an_empty_value(self) -> None:
        self.assertIsNot(parse_event({"type": "x"}).problems, parse_event({"type": "x"}).problems)

    def test_takes_text_and_bytes_of_every_kind(self) -> None:
        for given in (JSON.decode(), JSON, bytearray(JSON), memoryview(JSON), json.loads(JSON)):
            self.assertEqual(parse_event(given).tool_input, EVENT["tool_input"])
        for given in ([], None, 7):
            with self.assertRaises(HookInputError) as raised:
                parse_event(given)
            self.assertEqual(raised.exception.code, "not_object")


class Json(unittest.TestCase):
    def code(self, text: str) -> str:
        try:
            parse_event(text)
        except HookInputError as error:
            return error.code
        return ""

    def test_may_be_nested_and_never_crashes(self) -> None:
        for depth, code in ((100, ""), (100_000, "not_json"), (5_000_000, "not_json")):
            self.assertEqual(self.code('{"a":' + "[" * depth + "]" * depth + "}"), code)
            self.assertEqual(self.code('{"a":' * depth + "1" + "}" * depth), code)

    def test_may_hold_numbers_that_nothing_else_can(self) -> None:
        event = parse_event(
            '{"a":1e400,"b":-1e400,"c":%s,"d":18446744073709551615,"schema_version":1e999}' % ("9" * 10_000)
        )
        self.assertEqual(to_json(event.extra), '{"a":null,"b":null,"c":null,"d":18446744073709551615}')
        self.assertIn("a number beyond a double", event.problems[0]["message"])

    def test_is_read_the_same_without_the_core_of_the_module(self) -> None:
        script = """
import sys
sys.modules["_json"] = None
from xcodex_hooks import HookInputError, parse_event
for text in sys.stdin.read().split("|"):
    try: print(parse_event(text).extra)
    except HookInputError as error: print(error.code)
"""
        texts = '{"a":[1,1.5,"\\u00e9"]}|{"a":NaN}|{"a":01}|{"a":1.}|[]||{"a":"\n"}'
        ended = subprocess.run([sys.executable, "-c", script], input=texts, capture_output=True, text=True, cwd=FOLDER)
        expected = ["{'a': [1, 1.5, 'é']}", "not_json", "not_json", "not_json", "not_object", "no_input", "not_json"]
        self.assertEqual(ended.stdout.splitlines(), expected, ended.stderr)

    def test_is_written_as_one_line_that_any_parser_takes(self) -> None:
        value = {"a": "äöü 漢字 🚀\n", "b": [float("inf"), {"c": float("-inf")}], "d": "\ud800"}
        text = to_json(value)
        self.assertEqual(text, '{"a":"äöü 漢字 🚀\\n","b":[null,{"c":null}],"d":"\ud800"}')
        self.assertEqual(json.loads(text.encode("utf-8", "backslashreplace"))["d"], "\ud800")
        self.assertEqual(to_json((1, (float("nan"),), 10**5000)), "[1,[null],null]")


class Models(unittest.TestCase):
    def test_exist_for_every_event_and_have_a_value_in_every_field(self) -> None:
        examples = {
            "string": "x",
            "integer": 1,
            "number": 1.5,
            "boolean": True,
            "object": {},
            "array": [],
            "strings": ["x"],
            "any": 0,
        }
        for event_type, fields in catalogue.FIELDS.items():
            specs = {**catalogue.BASE_FIELDS, **fields}
            payload = {**{name: examples[kind] for name, (kind, _) in specs.items()}, "xcodex_event_type": event_type}
            model = as_model(parse_event(payload))
            self.assertEqual(type(model).__name__, types.EVENT_CLASSES[event_type].__name__)
            self.assertEqual(model.type, event_type)
            for name, value in payload.items():
                found = getattr(model, name)
                self.assertEqual(getattr(found, "raw", found), value, f"{event_type}.{name}")

    def test_have_none_for_what_is_not_there(self) -> None:
        model = as_model(parse_event({"type": "Stop"}))
        self.assertEqual((model.session_id, model.model, model.agent, model.duration_ms), ("", None, None, None))

    def test_have_everything_that_reading_adds(self) -> None:
        event = parse_event({**FINISHED, "new": 1, "success": 1})
        model = as_model(event)
        self.assertEqual((model.extra, model.raw, model.problems), (event.extra, event.raw, event.problems))
        self.assertEqual(as_model(parse_event({"type": "New", "x": 1})).extra, {"type": "New", "x": 1})

    def test_take_of_an_object_what_is_of_its_type(self) -> None:
        usage = {"input_tokens": 5.0, "output_tokens": "7", "total_tokens": 2**60, "new": 1}
        model = as_model(parse_event({"type": "model-response-completed", "token_usage": usage}))
        self.assertEqual(
            model.token_usage,
            models.TokenUsage(
                input_tokens=5, cached_input_tokens=None, output_tokens=None, reasoning_output_tokens=None,
                total_tokens=None, raw=usage,
            ),
        )  # fmt: skip

    def test_take_objects_in_objects_too(self) -> None:
        policy = {
            "type": 7,
            "access": {"type": "restricted", "readable_roots": ["/", 1]},
            "read_only_access": "x",
            "network_access": "enabled",
        }
        found = as_model(parse_event({"type": "approval-requested", "sandbox_policy": policy})).sandbox_policy
        self.assertEqual((found.type, found.network_access, found.read_only_access), (None, "enabled", None))
        self.assertEqual((found.access.type, found.access.readable_roots), ("restricted", None))

    def test_cannot_be_changed(self) -> None:
        with self.assertRaises(dataclasses.FrozenInstanceError):
            as_model(parse_event(FINISHED)).cwd = "/x"


class ThePackage(unittest.TestCase):
    def loaded(self, code: str) -> set[str]:
        """What a program has loaded, beyond what Python loads for every program."""
        show = f"import os, stat, sys; before = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before))"
        ended = subprocess.run([sys.executable, "-S", "-c", show], input=JSON, capture_output=True, cwd=FOLDER)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return set(ended.stdout.decode().split())

    def test_loads_for_a_hook_only_what_it_needs(self) -> None:
        loaded = self.loaded("import xcodex_hooks\nxcodex_hooks.read_event()")
        ours = {
            "xcodex_hooks",
            "xcodex_hooks.generated",
            "xcodex_hooks.generated.catalogue",
            "xcodex_hooks.generated.types",
        }
        self.assertLessEqual(loaded - ours, {"__future__", "errno", "_json", "select"})
        self.assertLessEqual(ours, loaded)

    def test_imports_nothing_but_the_standard_library(self) -> None:
        code = "import xcodex_hooks as x\nx.as_model(x.read_event())\nx.to_json(1)"
        loaded = self.loaded(f"import asyncio, contextvars, hashlib, traceback\n{code}")
        known = getattr(sys, "stdlib_module_names", None)
        if known is not None:  # since Python 3.10
            self.assertEqual({name.split(".")[0] for name in loaded} - known, {"xcodex_hooks"})

    def test_names_no_event_in_its_runtime(self) -> None:
        with open(xcodex_hooks.__file__, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual([name for name in types.EVENT_TYPES if name in text], [])

    def test_has_the_codes_of_the_protocol(self) -> None:
        with open(f"{FOLDER}/../../conformance/PROTOCOL.md", encoding="utf-8") as file:
            rows = [line.split("|") for line in file if line.startswith("| `")]
        codes = {row[1].strip(" `"): row[2].strip() for row in rows if len(row) == 4}
        for code, meaning in xcodex_hooks.INPUT_CODES.items():
            self.assertEqual(codes[code], meaning)

    def test_has_every_type_as_a_name_to_import(self) -> None:
        for name in types.__all__:
            self.assertIs(getattr(xcodex_hooks, name), getattr(types, name))
        with self.assertRaisesRegex(AttributeError, "has no attribute 'nothing'"):
            getattr(xcodex_hooks, "nothing")  # noqa: B009
