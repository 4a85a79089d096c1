"""How a saved reward is used, in Python that runs as it stands: in its header, after a run and an export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eureka_agent.errors import RewardError
from eureka_agent.resources import resource_folders
from eureka_agent.rewards.source import parse_reward
from eureka_agent.store.state import RunState
from eureka_agent.tasks.folder import TASK_FILE
from eureka_agent.tasks.identity import CONSTRUCTORS
from eureka_agent.tasks.task import PROGRESS


def usage(
    task: Mapping[str, Any], reward: str, total_steps: int | None = None, *, learned: str | None = None
) -> list[str]:
    """Return lines that wrap the environment of a task with the reward file `reward`.

    `task` is a reference as a log holds it, of which nothing is loaded. `total_steps` are for a reward that
    reads `progress`, and `learned` is the file of a learned reward for one that reads `intrinsic`. No lines
    where the task says nothing known.
    """
    counted = "" if total_steps is None else f", total_steps={total_steps:_}"
    kind, options = task.get("kind"), task.get("options") or {}
    if kind in CONSTRUCTORS:
        made = f"env = eureka_agent.RewardWrapper(make_env(), {reward!r}{counted})"
        return [
            "import eureka_agent",
            "",
            "# make_env is the constructor that the run was started with",
            made,
        ]
    typed = task_as_typed(task)
    if typed is None:
        return []
    limit = options.get("max_episode_steps")
    more = f", max_episode_steps={limit:d}" if isinstance(limit, int) else ""
    judged = [] if learned is None else [f"task = eureka_agent.intrinsic.with_judgement(task, {learned!r})"]
    return [
        "import eureka_agent",
        *(["import eureka_agent.intrinsic"] if judged else []),
        "",
        f"task = eureka_agent.find_task({typed!r}{more})",
        *judged,
        f"env = eureka_agent.RewardWrapper(task.make_env(), {reward!r}, task=task{counted})",
    ]


def task_as_typed(task: Mapping[str, Any]) -> str | None:
    """Return the name by which a command finds a task, from a log's reference; None for a constructor."""
    typed = {"folder": _folder_as_typed, "gym": "gym:{}".format, "factory": str}.get(str(task.get("kind")))
    return None if typed is None else typed(str(task.get("value")))


def steps_to_count(state: RunState, name: str | None) -> int | None:
    """Return over how many steps a candidate was trained, if its reward reads how far that is; else None.

    In a task that measures a signal `progress` itself a reward reads that, and nobody counts steps.
    """
    candidate = None if name is None else state.candidates.get(name)
    if candidate is None or candidate.source is None or state.facts is None or state.facts.own_progress:
        return None
    try:
        arguments = parse_reward(candidate.source).arguments
    except RewardError:
        return None
    return state.facts.env_steps if PROGRESS.name in arguments else None


def _folder_as_typed(value: str) -> str:
    """Return a task's name where that finds its folder from here, else the shortest path to it."""
    folder = Path(value)
    for root in resource_folders("envs"):
        if (root / folder.name / TASK_FILE).is_file():
            if root / folder.name == folder:
                return folder.name
            break
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) and folder != here else value
