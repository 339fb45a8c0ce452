"""What happens by the clock: led by one, and a job that fails stops no other."""

import threading
from pathlib import Path

import pytest
from toolboxes import make_tools  # noqa: F401
