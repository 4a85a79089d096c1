"""A task for a reward that was given none: made of the spaces and of the `info` that the reward asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eureka_agent.errors import TaskError
from eureka_agent.rewards.source import RewardSource
from eureka_agent.tasks.generic import spaces_task
from eureka_agent.tasks.info_entries import InfoEntry, names_reward
from eureka_agent.tasks.observe import as_identifier, leaves_of, numeric_info
from eureka_agent.tasks.task import PROGRESS, Task


class SpaceTask:
    """Finds the `info` entries that a reward asks for as they appear: at a reset, or with the first step."""

    def __init__(self, source: RewardSource, env: Any) -> None:
        """`env` has `observation_space`, `action_space` and `spec`, as a single environment does."""
        taken = {leaf.name for leaf in leaves_of(env.observation_space)} | {"action"}
        asked = {name.removeprefix("prev_") for name in source.arguments}
        # `progress` is an entry of `info` where there is one, else the share of the training.
        needed = {name.removeprefix("prev_") for name in source.arguments if name != PROGRESS.name}
        self._asked, self._needed = asked - taken, needed - taken
        self._entries: dict[str, InfoEntry] = {}

    def make(self, env: Any, info: Mapping[str, Any], *, stepped: bool) -> Task | None:
        """Return the task, or None where entries are missing that a step may still bring.

        Raises TaskError if one is missing after a step, too.
        """
        for key, value in info.items():
            array = numeric_info(value)
            known = as_identifier(key) in self._asked or f"info_{as_identifier(key)}" in self._asked
            if array is not None and known and not names_reward(key):
                # One `info` cannot tell an identifier from a number that happens to be whole.
                entry = InfoEntry(key, array.shape, "float32", late=stepped)
                self._entries.setdefault(key, entry)
        entries = list(self._entries.values())
        task = spaces_task(env, name="this environment", info=entries, goal="", context="")
        missing = sorted(self._needed - {signal.name for signal in task.signals})
        if missing and stepped:
            raise TaskError(
                f"The reward asks for '{missing[0]}', which this environment does not show.",
                allowed=", ".join(signal.name for signal in task.readable_signals)
                + ", and numeric entries of info",
                fix='Give the task the reward was designed for: task="name".',
            )
        return None if missing else task
