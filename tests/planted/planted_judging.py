"""What each stage of the critic says of rewards: a stage accuses a reward by any error or warning.

The ranking of recorded policies, for which a run needs earlier candidates, asks those of `planted_policies`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from planted_corpus import Planted
from planted_policies import played_policies, read_kept
from scipy.stats import binomtest

from eureka_agent.critique.behaviours import BehaviourCheck
from eureka_agent.critique.critic import Check, ProbeCheck, StaticCheck
from eureka_agent.critique.paying import PayJoined, paying
from eureka_agent.critique.ranking import TURNED, preservation
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.findings import Finding
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.inspecting import FirstLook, first_look
from eureka_agent.trajectories.scripted import NamedEpisodes

RECORDINGS = Path(__file__).parents[2] / "benchmarks" / "data" / "planted"
RANKING = "ranking"

StageFindings = Mapping[str, Sequence[Finding]]
"""By the name of a stage; one that came to no verdict is left out."""


def look_at(task: Task) -> FirstLook:
    """Play at random, as `eureka-agent check` does."""
    return first_look(task, seed=seed_for(0, "transitions"))


def stages(task: Task, look: FirstLook, sandbox: RewardSandbox) -> dict[str, Check]:
    """Return the checks before training, by the name of their column."""
    return {
        "static rules": StaticCheck(task),
        "probe": ProbeCheck(task, look.recording, sandbox),
        "behaviours": BehaviourCheck(task, look.scripted, paying(task, sandbox)),
    }


def checked(task: str, rewards: Iterable[Planted]) -> dict[str, StageFindings]:
    """Return the findings of every stage on rewards of one task, by name."""
    chosen = find_task(task)
    look = look_at(chosen)
    with RewardSandbox() as sandbox:
        checks, pay, policies = stages(chosen, look, sandbox), paying(chosen, sandbox), recorded(chosen)
        return {
            r.name: {stage: check(r.source) for stage, check in checks.items()}
            | ranked(chosen, r.source, policies, pay)
            for r in rewards
        }


def recorded(task: Task) -> list[NamedEpisodes]:
    """Return the kept policies of a task, played again."""
    played = played_policies(task, read_kept(RECORDINGS / f"{task.name}.npz"))
    return [NamedEpisodes(name, tuple(episodes)) for name, episodes in played.items()]


def ranked(
    task: Task, source: str, policies: Sequence[NamedEpisodes], pay: PayJoined
) -> dict[str, list[Finding]]:
    """Return the ranking's finding, a warning from where a run warns; nothing without a verdict."""
    found = preservation(task, source, policies, pay)
    if found is None:
        return {}
    severity = "warning" if found.tau < TURNED else "note"
    what = f"Kendall's tau is {found.tau:.2f} over {found.pairs} pairs."
    return {RANKING: [Finding(RANKING, severity, None, what, "", "", value=found.tau)]}


def accuses(findings: Sequence[Finding]) -> bool:
    """Whether there is an error or a warning among them."""
    return any(finding.severity != "note" for finding in findings)


class Share(NamedTuple):
    """A share with its Wilson interval at 95 %."""

    some: int
    of: int

    def __str__(self) -> str:
        if not self.of:
            return "–"
        bounds = binomtest(self.some, self.of).proportion_ci(method="wilson")
        return f"{self.some}/{self.of} {self.some / self.of:.0%} [{bounds.low:.0%}, {bounds.high:.0%}]"


@dataclass(frozen=True)
class Score:
    """How right a column's accusations are."""

    precision: Share
    recall: Share
    false_alarms: Share
    """Of the twins without a fault, those accused."""

    @classmethod
    def of(cls, rewards: Iterable[Planted], accused: Collection[str], judged: Collection[str]) -> Score:
        """Count over those rewards that were judged."""
        mine = [reward for reward in rewards if reward.name in judged]
        faulty = [reward for reward in mine if reward.faulty]
        hits = sum(reward.name in accused for reward in faulty)
        alarms = sum(reward.name in accused for reward in mine if not reward.faulty)
        return cls(
            precision=Share(hits, hits + alarms),
            recall=Share(hits, len(faulty)),
            false_alarms=Share(alarms, len(mine) - len(faulty)),
        )
