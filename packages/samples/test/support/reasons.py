"""Says why commands should not run: one JSON request per line on stdin, one JSON answer per line on stdout. The folder
with the installed modules is the first argument."""

import json
import sys

sys.path.insert(0, sys.argv[1])
from recursive_delete import why_not  # noqa: E402

for line in sys.stdin.buffer:
    request = json.loads(line)
    print(json.dumps(why_not(request["command"], request["cwd"], request["home"])))
