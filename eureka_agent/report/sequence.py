"""What reports say of a run that goes on after another: its rewards are the last of a sequence."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from eureka_agent.report.usage import task_as_typed
from eureka_agent.store.state import RunState

TRAINED_ON = "the reward before, trained on for as long"
"""What takes the place of the reference."""
WARM = (
    "Scores of the search are warm: its trainings went on from one saved policy, so that they compare with "
    "each other only, and not with those of the run before."
)


def reference_words(state: RunState) -> str:
    """Return what the winner of a run is compared with, as a sentence says it."""
    return TRAINED_ON if state.rewards_before else "the reference"


def is_trained_on(state: RunState, name: str) -> bool:
    """Tell whether a candidate is what the winner is compared with: the last reward before, trained on."""
    before = [one.source for one in state.rewards_before.values()]
    return bool(before) and state.candidates[name].source == before[-1]


def before_files(path: Path, state: RunState) -> dict[str, Path]:
    """Return where the rewards before lie beside a saved one, by their names."""
    return {name: path.with_name(f"{name}.py") for name in state.rewards_before}


def sequence_words(state: RunState, file: str) -> str:
    """Return what a run's rewards were trained after, in a sentence; empty where after none.

    `file` is what the saved reward is called.
    """
    rewards, facts = state.rewards_before, state.facts
    if not rewards or facts is None:
        return ""
    before = [f"{name}.py for {one.env_steps:,} steps" for name, one in rewards.items()]
    return (
        f"{', then '.join(before)}, then {file} for {facts.env_steps:,}, each from the policy that the one "
        "before left on the same seed, the first from random weights"
    )


def sequence_commands(state: RunState, file: str) -> list[str]:
    """Return the commands that train the whole sequence, where a command can name its task."""
    rewards, facts = state.rewards_before, state.facts
    typed = task_as_typed(state.config.get("task", {}))
    if not rewards or facts is None or typed is None:
        return []
    stages = [(f"{name}.py", one.env_steps) for name, one in rewards.items()] + [(file, facts.env_steps)]
    trainer = state.config.get("trainer", "population")
    begin = f"eureka-agent train {shlex.quote(typed)}"
    more = "" if trainer == "population" else f" --trainer {trainer}"
    if len({steps for _, steps in stages}) == 1:
        named = " ".join(f"--reward {shlex.quote(name)}" for name, _ in stages)
        return [f"{begin} {named} --env-steps {facts.env_steps}{more}"]
    return _one_by_one(stages, begin, more, "policy.npz" if trainer == "population" else "policy.zip")


def _one_by_one(stages: Sequence[tuple[str, int]], begin: str, more: str, policy: str) -> list[str]:
    lines: list[str] = []
    for number, (name, steps) in enumerate(stages, start=1):
        start = f" --init-policy trained-{number - 1}/seed-0/{policy}" if number > 1 else ""
        lines.append(
            f"{begin} --reward {shlex.quote(name)} --env-steps {steps}{start} --output trained-{number}{more}"
        )
    return lines
