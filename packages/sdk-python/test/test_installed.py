"""The SDK and its template as they are installed in CODEX_HOME/hooks, and what the README says."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
from typing import Any

import xcodex_hooks

from .support import EVENT, FOLDER, JSON, Ended, HookTest, line

FINISHED = {**EVENT, "hook_event_name": "PostToolUse", "duration_ms": 12, "new": 1e400}


class Installed(HookTest):
    """`xcodex hooks install sdks python`, as the manifest says."""

    def setUp(self) -> None:
        super().setUp()
        with open(os.path.join(FOLDER, "language.json"), encoding="utf-8") as file:
            self.sdk = json.load(file)["sdks"][0]
        self.hooks = os.path.join(self.folder, "hooks")
        for entry in self.sdk["files"]:
            source, target = os.path.join(FOLDER, entry["from"]), os.path.join(self.hooks, entry["to"])
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.isdir(source):
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)

    def run_template(self, data: bytes, **env: str) -> Ended:
        _, path = self.sdk["template"]["run"]
        argv = [sys.executable, path.replace("{{hooks}}", self.hooks)]
        return self.end(self.start(argv, {"CODEX_HOME": self.folder, **env}), data)

    def lines(self) -> list[Any]:
        with open(os.path.join(self.folder, "hooks.jsonl"), encoding="utf-8") as file:
            return [json.loads(text, parse_constant=self.fail) for text in file]

    def test_has_a_template_that_logs_every_event(self) -> None:
        for data in (JSON, b'{"hook_event_name":"New","a":"\\ud800"}'):
            ended = self.run_template(data)
            self.assertEqual((ended.code, ended.stdout, ended.stderr), (0, "", ""))
        first, second = self.lines()
        self.assertEqual((first["tool_alias"], first["tool_input"], first["extra"]), ("Bash", EVENT["tool_input"], {}))
        self.assertEqual(second["extra"], {"a": "\ud800"})
        mode = os.stat(os.path.join(self.folder, "hooks.jsonl")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    def test_has_a_template_that_tells_events_apart(self) -> None:
        ended = self.run_template(json.dumps(FINISHED).replace("Infinity", "1e400").encode())
        self.assertEqual((ended.code, ended.stderr), (0, "tool-call-finished: shell took 12 ms\n"))
        self.assertEqual(self.lines()[0]["extra"], {"new": None})

    def test_has_a_template_that_is_a_host_too(self) -> None:
        ended = self.run_template(line(1) + line(2), XCODEX_HOOKS_REPLIES="1")
        self.assertEqual((ended.code, ended.stdout), (0, '{"seq":1}\n{"seq":2}\n'))
        self.assertEqual(len(self.lines()), 2)

    def test_has_a_template_whose_example_of_a_rule_works(self) -> None:
        path = os.path.join(self.hooks, self.sdk["template"]["source"])
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(
            r"(?m)^        # (if |    block)",
            r"        \1",
            text.replace("import HookEvent, run", "import HookEvent, block, run"),
        )
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        ended = self.run_template(json.dumps({**EVENT, "tool_name": "web_fetch"}).encode())
        self.assertEqual((ended.code, ended.stderr), (2, "No web today: web_fetch\n"))
        self.assertEqual(self.run_template(JSON).code, 0)

    def test_wins_over_the_single_file_that_older_versions_installed(self) -> None:
        with open(os.path.join(self.hooks, "xcodex_hooks.py"), "w") as file:
            file.write("raise ImportError('old')")
        with open(os.path.join(self.hooks, "mine.py"), "w") as file:
            file.write("from xcodex_hooks import run\nrun(lambda event: print(event.type))")
        ended = self.end(self.start([sys.executable, os.path.join(self.hooks, "mine.py")]), JSON)
        self.assertEqual((ended.code, ended.stderr), (0, "tool-call-started\n"))


class TheReadme(HookTest):
    def setUp(self) -> None:
        super().setUp()
        with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
            self.readme = file.read()
        self.blocks = re.findall(r"(?ms)^```(\w+)(?: (\S+))?\n(.*?)^```$", self.readme)

    def test_shows_what_its_programs_really_say(self) -> None:
        for _, name, text in self.blocks:
            if name:
                with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
        os.symlink(sys.executable, os.path.join(self.folder, "python3"))
        env = {"PATH": f"{self.folder}:{os.environ['PATH']}", "PYTHONPATH": FOLDER, "PYTHONIOENCODING": "utf-8"}
        consoles = [text for language, _, text in self.blocks if language == "console"]
        self.assertGreater(len(consoles), 2)
        for text in consoles:
            commands = re.findall(r"(?m)^\$ (.*)$", text)
            shown = re.sub(r"(?m)^\$ .*\n", "", text)
            argv = ["sh", "-c", "exec 2>&1\n" + "\n".join(commands)]
            self.assertEqual(self.end(self.start(argv, env, cwd=self.folder)).stdout, shown)

    def test_shows_every_program_in_a_block_that_is_run_or_checked(self) -> None:
        python = [name for language, name, _ in self.blocks if language == "python"]
        self.assertTrue(all(python), python)

    def test_speaks_of_every_function(self) -> None:
        ours = [
            name for name, value in vars(xcodex_hooks).items() if getattr(value, "__module__", "") == "xcodex_hooks"
        ]
        public = [name for name in ours if not name.startswith("_") and name != "Event"]
        self.assertIn("as_model", public)
        for name in public:
            self.assertIn(f"`{name}", self.readme)
