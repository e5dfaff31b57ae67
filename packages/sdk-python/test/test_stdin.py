"""How stdin is read: late, slow, closed, endless."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from unittest import mock

import xcodex_hooks

from .support import JSON, HookTest

TELL = """
try:
    event = read_event({})
    print(event.type, event.tool_input["command"])
except HookInputError as error:
    print(error.code)
"""
TOLD = "tool-call-started echo äöü 漢字 🚀\n"
UTF8 = {"PYTHONIOENCODING": "utf-8"}


def tell(options: str = "") -> str:
    return TELL.format(options)


class Stdin(HookTest):
    def saved(self, data: bytes = JSON) -> str:
        path = os.path.join(self.folder, "payload.json")
        with open(path, "wb") as file:
            file.write(data)
        return path

    def test_waits_for_a_writer_that_is_late(self) -> None:
        def late(stdin):
            time.sleep(0.3)
            stdin.write(JSON)

        self.assertEqual(self.feed(tell(), late, env=UTF8).stdout, TOLD)

    def test_waits_although_somebody_has_made_it_non_blocking(self) -> None:
        def late(stdin):
            time.sleep(0.3)
            stdin.write(JSON)

        for options in ("", "timeout=None"):
            ended = self.feed(f"import os; os.set_blocking(0, False)\n{tell(options)}", late, env=UTF8)
            self.assertEqual(ended.stdout, TOLD, ended)

    def test_takes_pieces_that_split_characters(self) -> None:
        def bytewise(stdin):
            for byte in JSON:
                stdin.write(bytes([byte]))
                stdin.flush()

        self.assertEqual(self.feed(tell(), bytewise, env=UTF8).stdout, TOLD)

    def test_takes_a_file(self) -> None:
        ended = self.shell(f'PYTHONIOENCODING=utf-8 "$0" "$1" < {self.saved()}', tell())
        self.assertEqual(ended.stdout, TOLD, ended)

    def test_says_no_input_when_there_is_none(self) -> None:
        for redirection in ("<&-", "</dev/null"):
            self.assertEqual(self.shell(f'"$0" "$1" {redirection}', tell()).stdout, "no_input\n")

    def test_does_not_take_another_file_for_a_stdin_that_is_closed(self) -> None:
        body = f"file = open({self.saved()!r})\nassert file.fileno() == 0\n{tell()}"
        self.assertEqual(self.shell('"$0" "$1" <&-', body).stdout, "no_input\n")

    def test_says_input_unreadable_when_it_cannot_be_read_from(self) -> None:
        ended = self.shell(f'"$0" "$1" 0>{self.saved()}', tell())
        self.assertEqual(ended.stdout, "input_unreadable\n", ended)

    def test_says_no_input_at_once_on_a_terminal(self) -> None:
        ours, theirs = pty.openpty()
        try:
            process = self.start([sys.executable, self.script(tell())], stdin=theirs)
            stdout, _ = process.communicate(timeout=20)
        finally:
            os.close(ours)
            os.close(theirs)
        self.assertEqual(stdout, b"no_input\n")

    def test_works_with_every_flag_of_python(self) -> None:
        for flags in (("-O",), ("-OO",), ("-I",), ("-u",), ("-E", "-s"), ("-X", "dev")):
            ended = self.run_hook("run(lambda event: print(event.type))", flags=flags)
            self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, "", "tool-call-started\n"), flags)

    def test_is_not_touched_by_importing_the_package(self) -> None:
        self.assertEqual(self.run_hook("print(sys.stdin.read())", b"hello").stdout, "hello\n")


class Limits(HookTest):
    def test_ends_with_input_timeout_when_the_writer_never_closes(self) -> None:
        process = self.start([sys.executable, self.script(tell("timeout=0.2"))])
        process.stdin.write(b"{")
        process.stdin.flush()
        start = time.monotonic()
        self.assertEqual(process.wait(timeout=20), 0)
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(self.end(process).stdout, "input_timeout\n")

    def test_does_so_although_pieces_keep_coming(self) -> None:
        def trickle(stdin):
            try:
                while True:
                    stdin.write(b" ")
                    stdin.flush()
            except BrokenPipeError:
                pass

        process = self.start([sys.executable, self.script(tell("timeout=0.2, max_bytes=2**40"))])
        trickle(process.stdin)
        self.assertEqual(self.end(process).stdout, "input_timeout\n")

    def test_waits_for_ever_when_told_to(self) -> None:
        def late(stdin):
            time.sleep(0.3)
            stdin.write(JSON)

        for timeout in ("None", "float('inf')", "1e300"):
            ended = self.feed(tell(f"timeout={timeout}"), late, env=UTF8)
            self.assertEqual(ended.stdout, TOLD, ended)

    def test_says_input_too_large_without_reading_an_endless_input(self) -> None:
        self.assertEqual(self.shell('yes | "$0" "$1"', tell("max_bytes=1000")).stdout, "input_too_large\n")

    def test_reads_an_input_exactly_as_long_as_the_cap(self) -> None:
        self.assertEqual(self.run_hook(tell(f"max_bytes={len(JSON)}"), env=UTF8).stdout, TOLD)
        self.assertEqual(self.run_hook(tell(f"max_bytes={len(JSON) - 1}")).stdout, "input_too_large\n")

    def test_has_a_way_to_wait_where_select_does_not_know_pipes(self) -> None:
        body = f"import os, xcodex_hooks\nos.name = 'nt'\n{tell('timeout=0.3')}"
        self.assertEqual(self.run_hook(body, env=UTF8).stdout, TOLD)
        process = self.start([sys.executable, self.script(body)])
        self.assertEqual(process.wait(timeout=20), 0)
        self.assertEqual(self.end(process).stdout, "input_timeout\n")

    def test_says_in_that_way_too_what_the_system_says(self) -> None:
        with mock.patch("os.read", side_effect=OSError(5, "Input/output error")), self.assertRaises(OSError):
            xcodex_hooks._read_in_thread(5)


class Messages(HookTest):
    SAY = "try: read_event()\nexcept HookInputError as error: print(error)"

    def test_say_that_an_input_was_cut_off_and_where(self) -> None:
        self.assertIn("it looks cut off at position 57.", self.run_hook(self.SAY, JSON[:57]).stdout)

    def test_say_what_is_no_json(self) -> None:
        for data in (b"Welcome!", b'{"a":1}}', b'{"a":NaN}', b'{"a":"\n"}', b"{'a':1}"):
            said = self.run_hook(self.SAY, data).stdout
            self.assertRegex(
                said, r"\ACannot read an event from stdin as JSON: .+\. Send exactly one JSON object\.\n\Z"
            )

    def test_name_the_file_of_an_envelope(self) -> None:
        said = self.run_hook(self.SAY, b'{"payload_path":"/nowhere/payload.json"}').stdout
        self.assertTrue(
            said.startswith('Cannot read the payload file "/nowhere/payload.json": it does not exist. '), said
        )

    def test_are_on_one_line_and_short_whatever_is_quoted(self) -> None:
        said = self.run_hook(self.SAY, b'{"payload_path":"/a\\nb' + b"x" * 1000 + b'"}').stdout
        self.assertEqual(said.count("\n"), 1)
        self.assertLess(len(said), 250)


class TheEnvelopesFile(HookTest):
    def test_is_read_once_and_noticed_when_it_grows(self) -> None:
        path = os.path.join(self.folder, "payload.json")
        with open(path, "wb") as file:
            file.write(JSON)
        real = os.read

        def growing(fd: int, length: int) -> bytes:
            with open(path, "ab") as more:
                more.write(b" ")
            return real(fd, length)

        with mock.patch("os.read", growing), self.assertRaises(xcodex_hooks.HookInputError) as raised:
            xcodex_hooks.read_event(f'{{"payload_path":"{path}"}}')
        self.assertEqual((raised.exception.code, raised.exception.field), ("payload_file_mismatch", "payload_path"))

    def test_is_found_under_its_name_whatever_the_locale(self) -> None:
        path = os.path.join(os.fsencode(self.folder), "pâyload 漢字.json".encode())
        with open(path, "wb") as file:
            file.write(JSON)
        ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", **UTF8}
        ended = self.run_hook(tell(), b'{"payload_path":"%s"}' % path, env=ascii_only)
        self.assertEqual(ended.stdout, TOLD, ended)

    def test_is_missing_when_no_file_can_have_its_name(self) -> None:
        existing = os.path.join(self.folder, "é.json")
        with open(existing, "wb") as file:
            file.write(JSON)
        for name in ("\\ud800.json", "\\udcc3\\udca9.json"):
            with self.assertRaises(xcodex_hooks.HookInputError) as raised:
                xcodex_hooks.read_event(f'{{"payload_path":"{self.folder}/{name}"}}')
            self.assertEqual(raised.exception.code, "payload_file_missing")

    def test_that_may_not_be_read_says_so(self) -> None:
        denied = PermissionError(13, "Permission denied")
        with mock.patch("os.lstat", side_effect=denied), self.assertRaises(xcodex_hooks.HookInputError) as raised:
            xcodex_hooks.read_event('{"payload_path":"/x"}')
        self.assertEqual(raised.exception.code, "payload_file_unreadable")
        self.assertIn("Permission denied", str(raised.exception))


class StuckWriter(HookTest):
    def test_does_not_hold_up_a_hook_that_never_reads(self) -> None:
        process = subprocess.Popen([sys.executable, self.script("")], stdin=subprocess.PIPE)
        self.addCleanup(process.stdin.close)
        self.assertEqual(process.wait(timeout=20), 0)
