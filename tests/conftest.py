"""What all tests share: no test fails because the machine, its disk or its proxy is slow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def environment_of_the_suite(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give all tests a cache and a state folder of the suite's own, and no proxy to this machine."""
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    os.environ["EUREKA_AGENT_CACHE"] = str(_cache(tmp_path_factory))
    os.environ["EUREKA_AGENT_STATE"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(autouse=True)
def environment_as_before() -> Iterator[None]:
    """Take back what a test, or the code it runs, leaves in the environment."""
    before = dict(os.environ)
    yield
    if os.environ != before:
        os.environ.clear()
        os.environ.update(before)


def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all processes of the suite: what is compiled is compiled once."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "cache"
