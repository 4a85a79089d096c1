"""The tasks that come along, for tests of all of them: what lacks a package is skipped, and says so."""

from __future__ import annotations

from typing import Any

import pytest

from eureka_agent.tasks.registry import TaskSummary, list_tasks


def usable_tasks() -> list[TaskSummary]:
    """Return those that can be built here."""
    return [task for task in list_tasks() if not task.missing]


def every_task() -> list[Any]:
    """Return the names of all, as parameters of a test."""
    return [
        pytest.param(
            task.name, marks=[pytest.mark.skip(reason=f"needs {task.missing}")] if task.missing else []
        )
        for task in list_tasks()
    ]
