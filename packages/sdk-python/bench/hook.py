"""A hook that does nothing."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from xcodex_hooks import run  # noqa: E402

run(lambda event: None)
