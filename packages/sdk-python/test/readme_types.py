"""Type-checks every Python program of the README: `readme_types.py mypy` or `readme_types.py pyright`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMMANDS = {"mypy": ["mypy", "--strict", "--python-version", "3.10"], "pyright": ["pyright", "--project"]}


def main(checker: str, folder: str) -> int:
    with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
        programs = re.findall(r"(?ms)^```python (\S+)\n(.*?)^```$", file.read())
    if len(programs) < 2:
        sys.exit("Cannot check the README: it has no programs. Give each a name: ```python guard.py")
    for name, text in programs:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(folder, "pyrightconfig.json"), "w", encoding="utf-8") as file:
        json.dump({"include": ["."], "extraPaths": [FOLDER], "typeCheckingMode": "strict"}, file)
    return subprocess.run([*COMMANDS[checker], folder], env={**os.environ, "MYPYPATH": FOLDER}, cwd=folder).returncode


with tempfile.TemporaryDirectory() as temporary:
    sys.exit(main(sys.argv[1], temporary))
