"""A module that leaves a file behind where it is imported."""

from __future__ import annotations

import os
from pathlib import Path

Path(os.environ["MARK"]).touch()
