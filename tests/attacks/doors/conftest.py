"""With `--write-table` what came of the programs of this folder is written into SECURITY.md as well."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "evolution"))

from door_table import DoorResults


@pytest.fixture(scope="session")
def door_results(request: pytest.FixtureRequest) -> Iterator[DoorResults]:
    noted = DoorResults()
    yield noted
    if request.config.getoption("--write-table", False):
        noted.write()
