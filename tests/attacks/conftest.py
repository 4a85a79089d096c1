"""`pytest tests/attacks --write-table` runs the corpus and writes what came of it into SECURITY.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from table import Results


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-table", action="store_true", default=False, help="write the table of attacks in SECURITY.md"
    )


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> Iterator[Results]:
    noted = Results()
    yield noted
    if request.config.getoption("--write-table", False):
        noted.write()
