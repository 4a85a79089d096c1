"""Tests of NetHack as it is installed; without `nle` they are skipped, and say so.

`make test-nethack` runs them in an environment of their own: NLE needs Gymnasium 1.2.0.
"""

from __future__ import annotations

import pytest

from eureka_agent.tasks.nethack import env, minihack
from eureka_agent.tasks.packages import missing

NO_NETHACK = missing(env.NEEDS, extra=env.EXTRA)
NO_MINIHACK = missing(minihack.NEEDS, extra=minihack.EXTRA)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name != "nethack":
            continue
        without = NO_MINIHACK if item.get_closest_marker("minihack") else NO_NETHACK
        if without:
            item.add_marker(pytest.mark.skip(reason=f"needs {without}"))
