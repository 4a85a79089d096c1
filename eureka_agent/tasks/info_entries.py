"""Which entries of an environment's `info` may be signals, found by random steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import gymnasium as gym

from eureka_agent.tasks.observe import numeric_info
from eureka_agent.tasks.task import Array

PROBE_EPISODES = 2
PROBE_STEPS = 100


@dataclass(frozen=True)
class InfoEntry:
    """One numeric entry of `info` that may be a signal."""

    key: str
    shape: tuple[int, ...]
    dtype: Literal["float32", "int32"]
    late: bool = False
    """Whether only steps bring it; it is 0 after a reset."""


def names_reward(text: str) -> bool:
    """Tell whether a name speaks of rewards: such entries are never shown to a designer."""
    return "reward" in text.lower()


class ProbedInfo(NamedTuple):
    """What random steps showed of `info`."""

    entries: tuple[InfoEntry, ...]
    sometimes: tuple[str, ...]
    """Numeric entries that some steps lack, or that change their shape."""


def probe_info(env: gym.Env, *, seed: int = 0) -> ProbedInfo:
    """Look at the numeric `info` entries of about 100 random steps.

    Those that a reset does not bring are `late`. Keys that match `reward` are never among them: HalfCheetah's
    `info` holds the parts of its reward.
    """
    env.action_space.seed(seed)
    begun: list[dict[str, Array]] = []
    seen: list[dict[str, Array]] = []
    for episode in range(PROBE_EPISODES):
        _, info = env.reset(seed=seed + episode)
        begun.append(_numeric(info))
        ended = False
        while not ended and len(seen) < PROBE_STEPS * (episode + 1) // PROBE_EPISODES:
            _, _, terminated, truncated, info = env.step(env.action_space.sample())
            seen.append(_numeric(info))
            ended = terminated or truncated
    keys = dict.fromkeys(key for info in (*begun, *seen) for key in info)
    entries = {key: entry for key in keys if (entry := _entry(key, begun, seen)) is not None}
    return ProbedInfo(tuple(entries.values()), tuple(key for key in keys if key not in entries))


def _numeric(info: Mapping[str, Any]) -> dict[str, Array]:
    arrays = {key: numeric_info(value) for key, value in info.items() if isinstance(key, str)}
    return {key: array for key, array in arrays.items() if array is not None and not names_reward(key)}


def _entry(
    key: str, begun: Sequence[Mapping[str, Array]], seen: Sequence[Mapping[str, Array]]
) -> InfoEntry | None:
    """Return the entry of one key if every step has it, in one shape."""
    shapes = {info[key].shape if key in info else None for info in seen}
    if len(shapes) != 1 or None in shapes:
        return None
    late = any(key not in info or info[key].shape not in shapes for info in begun)
    whole = all(info[key].dtype.kind in "iu" for info in (*seen, *([] if late else begun)))
    return InfoEntry(key, seen[0][key].shape, "int32" if whole else "float32", late=late)


def offered(env: gym.Env, probed: ProbedInfo) -> tuple[tuple[InfoEntry, ...], tuple[str, ...]]:
    """Return the entries that become signals, and sentences on the others."""
    entries, notices = probed.entries, []
    late = [entry.key for entry in entries if entry.late]
    if late and type(env.unwrapped).__module__.startswith("gymnasium.envs.mujoco."):
        # The batched simulators of these show what a reset shows; without them training is far slower.
        entries = tuple(entry for entry in entries if not entry.late)
        notices.append(
            f"Entries of info that only steps bring are left out: {', '.join(late)}. A task folder may take "
            f"them with step_info, on a slower simulator."
        )
    elif late:
        notices.append(f"Entries of info that only steps bring are 0 after a reset: {', '.join(late)}.")
    if probed.sometimes:
        notices.append(
            "Entries of info that some steps lack, or that change their shape, are left out: "
            f"{', '.join(probed.sometimes)}."
        )
    return entries, tuple(notices)
