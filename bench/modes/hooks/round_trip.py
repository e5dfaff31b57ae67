"""The least that a decision through a warm process can cost: reads a line, parses it, answers with its number."""

import json
import sys

for line in sys.stdin:
    sys.stdout.write('{"seq":%d}\n' % json.loads(line)["seq"])
    sys.stdout.flush()
