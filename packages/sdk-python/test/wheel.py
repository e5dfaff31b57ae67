"""Builds the wheel, installs it into an environment of its own, runs a hook there and type-checks one against it. What
it is built and checked with is beside mypy (requirements-dev.txt): nothing is fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from glob import glob

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = os.path.dirname(shutil.which("mypy") or sys.exit("Cannot build the wheel: mypy is not in PATH."))
EXPECTED = [
    "__init__.py",
    *(f"generated/{name}.py" for name in ("__init__", "catalogue", "models", "payloads", "types")),
    "py.typed",
]


def run(*argv: str, **options: object) -> str:
    ended = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)  # type: ignore
    if ended.returncode != 0:
        sys.exit(f"Cannot run {argv}: it ended with {ended.returncode}.\n{ended.stdout}")
    return str(ended.stdout)


def build(folder: str) -> str:
    pip = [os.path.join(TOOLS, "python3"), "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "wheel", FOLDER, "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder)
    (wheel,) = glob(os.path.join(folder, "*.whl"))
    return wheel


def check_contents(wheel: str) -> None:
    names = sorted(zipfile.ZipFile(wheel).namelist())
    ours = [name for name in names if not name.startswith("xcodex_hooks-")]
    assert ours == [f"xcodex_hooks/{name}" for name in EXPECTED], ours
    assert any(name.endswith("LICENSE") for name in names), names
    print(os.path.basename(wheel), *ours)


def main(folder: str) -> None:
    wheel = build(folder)
    check_contents(wheel)
    environment = os.path.join(folder, "env")
    venv.create(environment, with_pip=True)
    python = os.path.join(environment, "bin", "python3")
    run(python, "-m", "pip", "--disable-pip-version-check", "install", "--no-index", wheel)
    hook = "from xcodex_hooks import as_model, run; run(lambda event: print(as_model(event).tool_alias))"
    payload = '{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/","tool_name":"shell"}'
    said = run(python, "-I", "-c", hook, input=payload, cwd=folder)
    assert said == "Bash\n", said
    shutil.copy(os.path.join(FOLDER, "test", "typing", "consumer.py"), folder)
    print(
        run(os.path.join(TOOLS, "mypy"), "--strict", "--python-executable", python, "consumer.py", cwd=folder), end=""
    )


if sys.flags.optimize:
    sys.exit("Cannot check the wheel: Python was told to leave assertions out. Run it without -O.")
with tempfile.TemporaryDirectory() as temporary:
    main(temporary)
