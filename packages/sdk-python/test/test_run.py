"""`run` and `block`, for one event and for a program that turns out to be a host."""

from __future__ import annotations

import subprocess
import sys
import time

from .support import JSON, HookTest, line

REPLIES = {"XCODEX_HOOKS_REPLIES": "1"}


class RunForOneEvent(HookTest):
    def test_exits_with_0_when_the_hook_is_done(self) -> None:
        ended = self.run_hook("run(lambda event: print(event.tool_name))")
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, "", "shell\n"))

    def test_runs_an_async_hook_to_its_end(self) -> None:
        ended = self.run_hook("""
            import asyncio
            async def hook(event):
                await asyncio.sleep(0.01)
                print(event.tool_name)
            run(hook)
        """)
        self.assertEqual((ended.code, ended.stderr), (0, "shell\n"))

    def test_lets_what_the_hook_has_started_finish(self) -> None:
        ended = self.run_hook("""
            import threading
            run(lambda event: threading.Timer(0.1, lambda: print("later")).start())
        """)
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, "", "later\n"))

    def test_keeps_an_exit_code_that_the_hook_has_chosen(self) -> None:
        self.assertEqual(self.run_hook("run(lambda event: sys.exit(7))").code, 7)

    def test_sends_everything_that_the_hook_and_its_programs_print_to_stderr(self) -> None:
        ended = self.run_hook("""
            import os, subprocess
            real = sys.stdout
            def hook(event):
                print("a")
                sys.stdout.write("b\\n")
                os.write(1, b"c\\n")
                subprocess.run(["echo", "d"])
                print("e", file=real, flush=True)
            run(hook)
        """)
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, "", "a\nb\nc\nd\ne\n"))

    def test_leaves_what_was_printed_before_on_stdout(self) -> None:
        self.assertEqual(self.run_hook("print('before'); run(lambda event: None)").stdout, "before\n")

    def test_works_when_stdout_or_stderr_is_closed(self) -> None:
        for redirection in (">&-", "2>&-", ">&- 2>&-"):
            body = "run(lambda event: print('x'))"
            ended = self.shell(f'"$0" "$1" {redirection}', body, JSON)
            self.assertEqual((ended.code, ended.stdout), (0, ""), (redirection, ended))

    def test_says_code_and_message_and_no_stack_when_there_is_no_event(self) -> None:
        ended = self.run_hook("run(print)", JSON[:50])
        self.assertEqual(ended.code, 1)
        self.assertRegex(ended.stderr, r"\Anot_json: Cannot read an event from stdin as JSON: [^\n]*\n\Z")

    def test_says_the_stack_of_what_the_hook_raises(self) -> None:
        for body in ("def hook(event): raise ValueError('boom')", "async def hook(event): raise ValueError('boom')"):
            ended = self.run_hook(f"{body}\nrun(hook)")
            self.assertEqual(ended.code, 1)
            self.assertRegex(ended.stderr, r"(?s)\ATraceback .*in hook.*ValueError: boom\n\Z")

    def test_takes_an_input_error_of_the_hook_itself_for_an_error_of_the_hook(self) -> None:
        ended = self.run_hook("run(lambda event: parse_event('nothing'))")
        self.assertEqual(ended.code, 1)
        self.assertIn("Traceback", ended.stderr)

    def test_has_a_deadline_and_a_cap(self) -> None:
        process = self.start([sys.executable, self.script("run(print, timeout=0.2)")])
        process.stdin.write(b"{")
        process.stdin.flush()
        self.assertEqual(process.wait(timeout=20), 1)
        self.assertRegex(self.end(process).stderr, r"\Ainput_timeout: ")
        endless = 'yes | tr -d \'\\n\' | "$0" "$1"'
        self.assertRegex(self.shell(endless, "run(print, max_bytes=100000)").stderr, r"\Ainput_too_large: ")


class RunAsAHost(HookTest):
    HOST = """
        def hook(event):
            print(event.session_id)
            if event.tool_name == "rm":
                block("no rm")
        run(hook, timeout=0.3)
    """

    def test_handles_a_line_when_it_comes_and_not_when_the_input_ends(self) -> None:
        process = self.start([sys.executable, self.script(self.HOST)], REPLIES)
        process.stdin.write(line(1))
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b'{"seq":1}\n')
        ended = self.end(process, line(2, tool_name="rm"))
        self.assertEqual((ended.code, ended.stdout), (0, '{"seq":2,"decision":"block","reason":"no rm"}\n'))

    def test_may_be_idle_longer_than_the_deadline_between_lines(self) -> None:
        def idle(stdin):
            stdin.write(line(1))
            stdin.flush()
            time.sleep(0.6)
            stdin.write(line(2))

        ended = self.feed(self.HOST, idle)
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, "", "session-1\nsession-1\n"))

    def test_may_be_idle_before_the_first_line_when_it_is_said_to_be_a_host(self) -> None:
        def late(stdin):
            time.sleep(0.8)
            stdin.write(line(1))

        self.assertEqual(self.feed(self.HOST, late, env={"XCODEX_HOOKS_REPLIES": "0"}).code, 0)
        process = self.start([sys.executable, self.script(self.HOST)])
        process.wait(timeout=20)
        self.assertEqual(self.end(process).code, 1)

    def test_takes_options_for_hosts(self) -> None:
        dropped = b'{"type":"events-dropped","from_seq":2,"to_seq":4,"count":3,"reason":"queue full"}\n'
        body = "run(lambda event: None, replies=True, on_dropped=lambda line: print(line['count']))"
        ended = self.run_hook(body, dropped + line(5))
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, '{"seq":5}\n', "3\n"))

    def test_may_be_given_more_lines_at_once_than_a_line_may_be_long(self) -> None:
        body = "run(lambda event: None, max_bytes=400, replies=True)"
        many = b"".join(map(line, range(5)))
        self.assertGreater(len(many), 400)
        ended = self.run_hook(body, many)
        self.assertEqual((ended.code, ended.stdout.count("seq")), (0, 5), ended)
        for too_long in (line(1, x="x" * 400), JSON + b" " * 400 + b"\n", JSON + b"\n" + b" " * 400):
            ended = self.run_hook(body, too_long)
            self.assertEqual((ended.code, ended.stderr[:16]), (1, "input_too_large:"))


class Block(HookTest):
    def test_exits_at_once_with_2_and_the_reason_on_stderr(self) -> None:
        ended = self.run_hook("""
            def hook(event):
                block("not here: äöü 🚀")
                print("never")
            run(hook)
        """)
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (2, "", "not here: äöü 🚀\n"))

    def test_cannot_be_caught(self) -> None:
        ended = self.run_hook("""
            def hook(event):
                try:
                    block("no")
                except:
                    pass
                finally:
                    print("never")
            run(hook)
        """)
        self.assertEqual((ended.code, ended.stderr), (2, "no\n"))

    def test_needs_neither_run_nor_an_event(self) -> None:
        self.assertEqual(self.run_hook("read_event(); block('no')").code, 2)
        self.assertEqual(self.run_hook("block('no')", b"").stderr, "no\n")

    def test_works_from_a_thread_and_from_async(self) -> None:
        for how in (
            "threading.Thread(target=block, args=['no']).start()",
            "asyncio.run(asyncio.to_thread(block, 'no'))",
        ):
            ended = self.run_hook(f"import asyncio, threading, time\n{how}\ntime.sleep(5)")
            self.assertEqual((ended.code, ended.stderr), (2, "no\n"))

    def test_gives_a_reason_when_it_is_given_none(self) -> None:
        for reason in ("''", "' \\n'", "None"):
            ended = self.run_hook(f"block({reason})")
            self.assertEqual((ended.code, ended.stderr), (2, "Blocked by a hook.\n"))

    def test_says_a_reason_that_no_encoding_has(self) -> None:
        ended = self.run_hook("block('a\\ud800b')", env={"PYTHONIOENCODING": "ascii:strict"})
        self.assertEqual((ended.code, ended.stderr), (2, "a\\ud800b\n"))

    def test_keeps_what_the_hook_has_said_before(self) -> None:
        ended = self.run_hook("def hook(event):\n  print('thinking', end='')\n  block('no')\nrun(hook)")
        self.assertEqual((ended.code, ended.stderr), (2, "thinkingno\n"))

    def test_keeps_what_was_said_before_without_run(self) -> None:
        ended = self.run_hook("read_event(); print('thinking'); block('no')", env={"PYTHONUNBUFFERED": ""})
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (2, "thinking\n", "no\n"))

    def test_loses_nothing_of_a_long_reason_to_a_slow_reader(self) -> None:
        for blocking in (True, False):
            body = f"import os; os.set_blocking(2, {blocking}); block('x' * 1_000_000)"
            process = self.start([sys.executable, self.script(body)], stdin=subprocess.DEVNULL)
            time.sleep(0.3)
            ended = self.end(process)
            self.assertEqual((ended.code, len(ended.stderr)), (2, 1_000_001))

    def test_blocks_although_nobody_can_hear_why(self) -> None:
        for redirection in ("2>&-", "2>/dev/full"):
            self.assertEqual(self.shell(f'"$0" "$1" {redirection}', "block('no')").code, 2)

    def test_blocks_although_the_reader_of_stderr_is_gone(self) -> None:
        process = self.start([sys.executable, self.script("sys.stdin.read(); block('x' * 1_000_000)")])
        process.stderr.close()
        process.stdin.close()
        self.assertEqual(process.wait(timeout=20), 2)
        process.stdout.close()

    def test_does_not_write_its_reason_into_a_file_that_has_the_number_of_a_closed_stderr(self) -> None:
        body = f"file = open({self.folder + '/notes'!r}, 'w')\nassert file.fileno() == 2\nblock('no')"
        self.assertEqual(self.shell('"$0" "$1" 2>&-', body).code, 2)
        with open(self.folder + "/notes") as notes:
            self.assertEqual(notes.read(), "")
