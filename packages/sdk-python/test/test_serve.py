"""`serve`, and `block` in a host."""

from __future__ import annotations

import asyncio
import json
import sys
import unittest

from .support import HookTest, line

REPLIES = {"XCODEX_HOOKS_REPLIES": "1"}
NO = '{"seq":1,"decision":"block","reason":"no"}\n'


class Serve(HookTest):
    def test_handles_events_in_order_one_at_a_time(self) -> None:
        ended = self.run_hook(
            """
            import asyncio
            busy = 0
            async def hook(event):
                global busy
                if busy: print("overlap")
                busy += 1
                await asyncio.sleep(event.tool_input["s"])
                busy -= 1
                print(event.tool_input["n"])
            serve(hook)
            """,
            b"".join(line(n, tool_input={"s": s, "n": n}) for n, s in enumerate((0.03, 0.001, 0.01))),
        )
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, "", "0\n1\n2\n"))

    def test_returns_at_the_end_of_the_input_and_gives_stdout_back(self) -> None:
        body = "import os; serve(lambda event: print('to stderr')); print('to stdout', flush=True); os.write(1, b'too')"
        ended = self.run_hook(body, line(1))
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, "to stdout\ntoo", "to stderr\n"))

    def test_keeps_replies_apart_from_what_programs_print_that_a_hook_starts(self) -> None:
        body = "import subprocess; serve(lambda event: subprocess.run(['echo', 'stray']))"
        ended = self.run_hook(body, line(1), env=REPLIES)
        self.assertEqual((ended.stdout, ended.stderr), ('{"seq":1}\n', "stray\n"))

    def test_calls_every_one_of_several_hooks_whatever_the_others_do(self) -> None:
        body = """
            def first(event): block("no")
            def second(event): raise ValueError("boom")
            def third(event): print("third", event.session_id)
            serve(first, second, third)
        """
        ended = self.run_hook(body, line(1), env=REPLIES)
        self.assertEqual((ended.code, ended.stdout), (0, NO))
        self.assertRegex(ended.stderr, r"(?s)\Axcodex-hooks: Traceback .*ValueError: boom\nthird session-1\n\Z")

    def test_skips_a_line_longer_than_the_cap_and_goes_on(self) -> None:
        body = "serve(lambda event: print(event.session_id), max_bytes=1000)"
        ended = self.run_hook(body, line(1) + line(2, x="x" * 300_000) + line(3))
        self.assertRegex(
            ended.stderr, r"\Asession-1\nxcodex-hooks: line 2 skipped: input_too_large: Cannot .*\nsession-1\n\Z"
        )

    def test_does_not_hold_a_line_longer_than_the_cap_in_memory(self) -> None:
        body = """
            import tracemalloc
            tracemalloc.start()
            serve(print, max_bytes=1000)
            print(tracemalloc.get_traced_memory()[1])
        """
        ended = self.run_hook(body, b"x" * 50_000_000)
        self.assertIn("a line of 50000000 bytes", ended.stderr)
        self.assertLess(int(ended.stdout), 5_000_000)

    def test_logs_the_stack_of_what_a_hook_raises(self) -> None:
        for raised in (
            "ValueError('boom')",
            "asyncio.CancelledError('boom')",
            "SystemExit('boom')",
            "GeneratorExit('boom')",
        ):
            body = f"import asyncio\ndef hook(event):\n  raise {raised}\nserve(hook)"
            ended = self.run_hook(body, line(1) + line(2))
            self.assertEqual(ended.code, 0)
            self.assertEqual(ended.stderr.count("boom"), 4, ended.stderr)

    def test_survives_an_error_that_cannot_be_shown(self) -> None:
        body = """
            class Odd(Exception):
                __cause__ = property(lambda self: 1 / 0)
            def hook(event): raise Odd
            serve(hook)
        """
        ended = self.run_hook(body, line(1) + line(2))
        self.assertEqual((ended.code, ended.stderr), (0, "xcodex-hooks: Odd, which cannot be shown\n" * 2))

    def test_does_not_serve_twice_when_a_hook_forks(self) -> None:
        for end in ("return", "sys.exit(3)", "block('no')", "raise ValueError"):
            body = f"""
                import os
                def hook(event):
                    if os.fork() == 0: {end}
                    print(os.waitstatus_to_exitcode(os.wait()[1]))
                serve(hook)
            """
            ended = self.run_hook(body, line(1) + line(2), env=REPLIES)
            self.assertEqual((ended.code, ended.stdout), (0, '{"seq":1}\n{"seq":2}\n'), end)
            self.assertEqual(ended.stderr.splitlines().count("3"), 2 if "exit" in end else 0, ended)

    def test_takes_sys_exit_for_the_end_of_the_hook_and_not_of_the_host(self) -> None:
        ended = self.run_hook("serve(lambda event: sys.exit())", line(1) + line(2), env=REPLIES)
        self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, '{"seq":1}\n{"seq":2}\n', ""))

    def test_survives_what_a_thread_raises(self) -> None:
        body = """
            import threading
            def hook(event):
                thread = threading.Thread(target=lambda: 1 / 0)
                thread.start()
                thread.join()
            serve(hook)
        """
        ended = self.run_hook(body, line(1) + line(2))
        self.assertEqual((ended.code, ended.stderr.count("ZeroDivisionError")), (0, 2))

    def test_goes_on_when_on_dropped_raises(self) -> None:
        dropped = b'{"schema_version":1,"type":"events-dropped","from_seq":2,"to_seq":4,"count":3,"reason":"full"}\n'
        body = "serve(lambda event: print(event.session_id), on_dropped=lambda line: 1 / (line['count'] - 3))"
        ended = self.run_hook(body, dropped + line(5))
        self.assertRegex(ended.stderr, r"(?s)ZeroDivisionError.*\nsession-1\n\Z")

    def test_goes_on_when_nobody_reads_its_replies_any_more(self) -> None:
        body = "sys.stderr.write('ready\\n'); serve(lambda event: print(event.tool_input))"
        process = self.start([sys.executable, self.script(body)], REPLIES)
        process.stdout.close()
        self.assertEqual(process.stderr.readline(), b"ready\n")
        process.stdin.write(b"".join(line(n, tool_input=n) for n in range(3)))
        process.stdin.close()
        self.assertEqual(process.stderr.read(), b"0\n1\n2\n")
        self.assertEqual(process.wait(timeout=20), 0)
        process.stderr.close()

    def test_names_a_type_of_line_that_it_does_not_know_once(self) -> None:
        ended = self.run_hook("serve(print)", b'{"type":"tick"}\n' * 3 + b'{"type":["event"]}\n{}\n')
        self.assertEqual(ended.stderr.count('"tick"'), 1)
        self.assertEqual(ended.stderr.count("skipped"), 3)

    def test_has_replies_when_an_option_says_so_whatever_the_environment(self) -> None:
        self.assertEqual(self.run_hook("serve(lambda event: 0, replies=True)", line(1)).stdout, '{"seq":1}\n')
        self.assertEqual(self.run_hook("serve(lambda event: 0, replies=False)", line(1), env=REPLIES).stdout, "")

    def test_answers_with_the_number_as_it_was(self) -> None:
        numbers = ("9007199254740993", "1.5", "1e400", "-3")
        event = b'"event":{"hook_event_name":"Stop"}'
        lines = b"".join(b'{"type":"event","seq":%s,%s}\n' % (number.encode(), event) for number in numbers)
        told = [
            json.loads(text)["seq"]
            for text in self.run_hook("serve(lambda e: 0)", lines, env=REPLIES).stdout.splitlines()
        ]
        self.assertEqual(told, [9007199254740993, 1.5, None, -3])

    def test_cannot_be_made_to_crash_by_nesting(self) -> None:
        deep = b'{"type":"event","seq":1,"event":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}\n"
        ended = self.run_hook("serve(lambda event: print(event.session_id))", deep + line(2))
        self.assertRegex(ended.stderr, r"\Axcodex-hooks: line 1 skipped: not_json: .*\nsession-1\n\Z")


class BlockInAHost(HookTest):
    def blocked(self, body: str, lines: bytes = line(1)):
        return self.run_hook(
            f"import asyncio, threading, contextvars, concurrent.futures, time\n{body}", lines, env=REPLIES
        )

    def test_has_blocked_although_the_hook_catches_everything(self) -> None:
        ended = self.blocked("def hook(event):\n  try: block('no')\n  except: pass\n  print('went on')\nserve(hook)")
        self.assertEqual((ended.stdout, ended.stderr), (NO, "went on\n"))

    def test_goes_through_except_exception(self) -> None:
        ended = self.blocked("def hook(event):\n  try: block('no')\n  except Exception: print('caught')\nserve(hook)")
        self.assertEqual((ended.stdout, ended.stderr), (NO, ""))

    def test_keeps_the_first_reason(self) -> None:
        body = "def hook(event):\n  try: block('no')\n  finally: block('later')\nserve(hook)"
        self.assertEqual(self.blocked(body).stdout, NO)

    def test_works_from_deep_inside_async(self) -> None:
        for how in (
            "await asyncio.gather(deep(), deep())",
            "await asyncio.create_task(deep())",
            "await asyncio.to_thread(block, 'no')",
            "await asyncio.get_running_loop().run_in_executor(None, block, 'no')",
        ):
            body = f"async def deep(): block('no')\nasync def hook(event): {how}\nserve(hook)"
            ended = self.blocked(body)
            self.assertEqual((ended.stdout, ended.stderr), (NO, ""), how)

    @unittest.skipUnless(hasattr(asyncio, "TaskGroup"), "There are task groups since Python 3.11")
    def test_works_from_a_group_of_tasks_and_keeps_what_others_raise(self) -> None:
        body = """
async def deep(): block("no")
async def breaks(): 1 / 0
async def hook(event):
    async with asyncio.TaskGroup() as group:
        for task in event.tool_input: group.create_task(globals()[task]())
serve(hook)
"""
        ended = self.blocked(body, line(1, tool_input=["deep"]))
        self.assertEqual((ended.stdout, ended.stderr), (NO, ""))
        ended = self.blocked(body, line(1, tool_input=["deep", "breaks"]))
        self.assertEqual(ended.stdout, NO)
        self.assertIn("ZeroDivisionError", ended.stderr)
        self.assertNotIn("Blocked", ended.stderr)

    def test_leaves_a_thread_without_a_word(self) -> None:
        body = """
def hook(event):
    thread = threading.Thread(target=block, args=("no",))
    thread.start()
    thread.join()
serve(hook)
"""
        ended = self.blocked(body)
        self.assertEqual((ended.stdout, ended.stderr), (NO, ""))

    def test_works_from_a_thread_that_the_hook_has_started(self) -> None:
        body = """
def blocks():
    try: block("no")
    except BaseException: pass
def hook(event):
    thread = threading.Thread(target=blocks)
    thread.start()
    thread.join()
serve(hook)
"""
        ended = self.blocked(body)
        self.assertEqual((ended.stdout, ended.stderr), (NO, ""))

    def test_works_from_a_pool_that_was_there_before_when_the_hook_waits_for_it(self) -> None:
        body = """
pool = concurrent.futures.ThreadPoolExecutor(1)
pool.submit(print, "warm").result()
serve(lambda event: pool.submit(block, "no").result())
"""
        ended = self.blocked(body)
        self.assertEqual((ended.code, ended.stdout), (0, "warm\n" + NO), ended)

    def test_is_an_error_when_it_comes_too_late_and_does_not_hit_the_next_event(self) -> None:
        for carried in ("", "contextvars.copy_context().run, "):
            body = f"""
go, done = threading.Event(), threading.Event()
def late():
    go.wait()
    try: block("late")
    except BaseException as error: print(error)
    done.set()
def hook(event):
    if event.tool_input == 1:
        threading.Thread(target={carried or "late, args=("}{"args=(late,)" if carried else ")"}).start()
    else:
        go.set()
        done.wait()
serve(hook)
""".replace("contextvars.copy_context().run, args", "contextvars.copy_context().run, args")
            ended = self.blocked(body, line(1, tool_input=1) + line(2, tool_input=2))
            self.assertEqual((ended.code, ended.stdout), (0, '{"seq":1}\n{"seq":2}\n'), ended)
            self.assertIn("Cannot block the event", ended.stderr)

    def test_is_an_error_between_events(self) -> None:
        body = """
def hook(event):
    if event.tool_input == 1:
        threading.Thread(target=late).start()
def late():
    while xcodex_hooks._Host.current.scope.open: time.sleep(0.01)
    try: block("late")
    except RuntimeError as error: print(error)
serve(hook)
"""
        process = self.start([sys.executable, self.script(f"import threading, time, xcodex_hooks\n{body}")], REPLIES)
        process.stdin.write(line(1, tool_input=1))
        process.stdin.flush()
        self.assertIn(b"its hook has returned already", process.stderr.readline())
        self.assertEqual(self.end(process, line(2)).code, 0)

    def test_ends_the_process_again_once_the_host_is_done(self) -> None:
        ended = self.blocked("serve(lambda event: None)\nblock('after')")
        self.assertEqual((ended.code, ended.stderr), (2, "after\n"))
