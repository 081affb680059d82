"""Puts the folder of the tests on the path, so that they share their runner."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
