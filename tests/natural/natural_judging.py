"""What becomes of a natural reward: critic alone, critic after normalising, and what it then pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from natural_corpus import ROWS, Case, original_output, random_signals
from trajectory_fakes import running

from eureka_agent.critique import Critic, ProbeCheck, StaticCheck, refused
from eureka_agent.critique.critic import refusal
from eureka_agent.errors import EurekaError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards import load_reward
from eureka_agent.rewards.natural import Normalised, normalise
from eureka_agent.rewards.output import RewardOutput, validated
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.trajectories.batch import TrajectoryBatch

RTOL, ATOL = 1e-4, 1e-5
"""Two libraries in float32; `ATOL` is a share of the largest value, too."""
PROBED = 512
COMPARED = ((ROWS, 0), (ROWS, 1), (3, 2), (1, 3))
"""Rows and seed of each comparison: few rows show an axis that only happens to fit."""


@dataclass(frozen=True)
class Verdict:
    """What became of one case."""

    case: Case
    alone: bool
    """Whether the critic accepts the text as it stands."""
    accepted: bool
    """Whether the critic accepts it after normalising."""
    equal: bool
    """Whether what was accepted pays what the original pays; False where nothing was."""
    reason: str
    """Why it was refused or how it differs; empty for a valid case that passed."""


def judged(case: Case, sandbox: RewardSandbox) -> Verdict:
    """Take one case all the way: critic, normaliser, critic again, comparison with the original."""
    critic = critic_for(case, sandbox)
    alone = not critic(case.text)
    made = portable(case)
    reason = refusal(made.refused) if made.refused else critic(made.text)
    if reason:
        return Verdict(case, alone, accepted=False, equal=False, reason=reason)
    difference = differs(case, made.text) if case.valid else ""
    return Verdict(case, alone, accepted=True, equal=case.valid and not difference, reason=difference)


def portable(case: Case) -> Normalised:
    """Return what the normaliser makes of a case."""
    return normalise(
        case.text,
        {signal.name: signal.shape for signal in case.signals},
        dtypes={signal.name: signal.dtype for signal in case.signals},
    )


def critic_for(case: Case, sandbox: RewardSandbox) -> Callable[[str], str]:
    """Return what today's critic says of a text for this case: why it is refused, or nothing."""
    task = made_up_task(case)
    recording = TrajectoryBatch.in_a_row([running(random_signals(case, PROBED))])
    critic = Critic([StaticCheck(task), ProbeCheck(task, recording, sandbox)])

    def reason(text: str) -> str:
        findings = critic(text)
        return refusal(findings) if refused(findings) else ""

    return reason


def made_up_task(case: Case) -> Task:
    """Return a task that measures the signals of a case; nothing else of it is meant."""
    names = {signal.name for signal in case.signals}
    own = [s for s in case.signals if s.name.removeprefix("prev_") not in names - {s.name}]
    return replace(find_task("cartpole"), name="made_up", signals=tuple(own))


def differs(case: Case, text: str) -> str:
    """Say where a portable text does not pay what its original pays on random signals; empty if nowhere."""
    reward = load_reward(text, strict=True)
    for rows, seed in COMPARED:
        signals = random_signals(case, rows, seed)
        with np.errstate(all="ignore"):
            expected = original_output(case, signals)
            try:
                got = validated(reward(_copies(signals)), rows)
            except EurekaError as error:
                return f"on {rows} rows: {error}"
        if difference := _difference(expected, got):
            return f"on {rows} rows: {difference}"
    return ""


def _copies(signals: Signals) -> Signals:
    return {name: array.copy() for name, array in signals.items()}


def _difference(expected: RewardOutput, got: RewardOutput) -> str:
    if sorted(expected.components) != sorted(got.components):  # jax.jit hands dictionaries back sorted
        return f"components {list(got.components)} instead of {list(expected.components)}"
    pairs = [("reward", expected.reward, got.reward)]
    pairs += [(name, values, got.components[name]) for name, values in expected.components.items()]
    for name, one, other in pairs:
        slack = ATOL * max(1.0, float(np.max(np.abs(one))))
        if not np.allclose(one, other, rtol=RTOL, atol=slack):
            row = int(np.argmax(np.abs(one - other)))
            return f"{name} is {other[row]:.6g} instead of {one[row]:.6g} in row {row}"
    return ""
