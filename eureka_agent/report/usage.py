"""How a saved reward is used, in Python that runs as it stands: in its header, after a run and an export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eureka_agent.resources import resource_folders
from eureka_agent.tasks.folder import TASK_FILE
from eureka_agent.tasks.identity import CONSTRUCTORS


def usage(task: Mapping[str, Any], reward: str) -> list[str]:
    """Return lines that wrap the environment of a task with the reward file `reward`.

    `task` is a reference as a log holds it, of which nothing is loaded. No lines where it says nothing known.
    """
    kind, value, options = task.get("kind"), str(task.get("value")), task.get("options") or {}
    if kind in CONSTRUCTORS:
        made = f"env = eureka_agent.RewardWrapper(make_env(), {reward!r})"
        return [
            "import eureka_agent",
            "",
            "# make_env is the constructor that the run was started with",
            made,
        ]
    typed = {"folder": _folder_as_typed, "gym": "gym:{}".format, "factory": str}.get(str(kind))
    if typed is None:
        return []
    limit = options.get("max_episode_steps")
    more = f", max_episode_steps={limit:d}" if isinstance(limit, int) else ""
    return [
        "import eureka_agent",
        "",
        f"task = eureka_agent.find_task({typed(value)!r}{more})",
        f"env = eureka_agent.RewardWrapper(task.make_env(), {reward!r}, task=task)",
    ]


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
