"""PPO on a list of rewards on a device: the whole generation advances by one program an iteration.

What stays on the host is the calendar: when to evaluate, what to remember, whom to end. Candidates that
cannot go on are told at the next checkpoint. The shapes of a program are fixed, so that the rows of those
that ended are computed on until a program of half the size holds everybody else; then that one is compiled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from eureka_agent.errors import EurekaError, RewardError, TrainingError
from eureka_agent.tasks.task import Task
from eureka_agent.training.calendar import Evaluated, Failures, OnCheckpoint, OnEnd, TrainingCalendar
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.device.evaluation import DeviceScoring
from eureka_agent.training.device.iteration import GenerationState, Iteration, IterationReport
from eureka_agent.training.device.reward_provider import DeviceRewardProvider
from eureka_agent.training.device.rollout import DevicePolicies
from eureka_agent.training.device.statistics import DeviceMoments
from eureka_agent.training.device.worlds import DeviceWorlds
from eureka_agent.training.evaluation import episode_seeds
from eureka_agent.training.evaluation_rewards import PAID_EPISODES
from eureka_agent.training.population.candidate_learner import PolicyWeights
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.race import Race
from eureka_agent.training.schedule import CheckpointSchedule
from eureka_agent.trajectories.keeping import KEPT_EPISODES

Candidate = TrainingCandidate[DeviceRewardProvider]


class DevicePopulation:
    """Trains its candidates; ends are told one by one through `on_end`. The calendar asks it (`Learners`)."""

    def __init__(
        self,
        task: Task,
        candidates: Sequence[Candidate],
        *,
        worlds: DeviceWorlds,
        learner: Learner,
        env_steps: int,
        on_end: OnEnd,
        on_checkpoint: OnCheckpoint | None = None,
        race: Race | None = None,
    ) -> None:
        """`race` is where candidates that are clearly behind get stopped; without one all go to the end."""
        self._task, self._learner, self._rows = task, learner, list(candidates)
        self._iteration = Iteration(worlds, learner, [candidate.provider for candidate in candidates])
        self._scoring = DeviceScoring(task, worlds, learner.network)
        self.generation: GenerationState = self._iteration.begin([candidate.seed for candidate in candidates])
        self._reports: list[IterationReport] = []
        self._means: list[dict[str, float]] = []
        self._held: tuple[Any, Any] = (None, None)
        self._gone: set[Candidate] = set()
        rollout = learner.settings.rollout
        self._schedule = CheckpointSchedule.of(
            env_steps, checkpoints=task.budget.checkpoints, rollout=rollout
        )
        self._calendar = TrainingCalendar(
            task, self, self._schedule, on_end=on_end, on_checkpoint=on_checkpoint, race=race
        )

    def run(self) -> None:
        """Train all to the end of the budget and score them."""
        self._calendar.run(self.iterate)

    @property
    def candidates(self) -> list[Candidate]:
        """Those that still learn."""
        return [candidate for candidate in self._rows if candidate not in self._gone]

    @property
    def size(self) -> int:
        """How many candidates the program computes, ended ones among them."""
        return len(self._rows)

    def iterate(self) -> Failures:
        """Collect one rollout of every candidate and learn from it, without waiting for the device."""
        self.generation, report = self._iteration(self.generation, self._calendar.progress)
        self._reports.append(report)
        return {}

    def settle(self) -> Failures:
        """Bring the iterations' reports to the host, and return who could not go on."""
        reports, self._reports = jax.device_get(self._reports), []
        failed: dict[Candidate, EurekaError] = {}
        for report in reports:
            for k, candidate in enumerate(self._rows):
                if candidate in self._gone or candidate in failed:
                    continue
                candidate.env_steps += self._learner.settings.rollout
                candidate.faults += int(report.faults[k])
                if problem := _problem(report, k):
                    failed[candidate] = problem
        self._means = [_means(reports, k, one.provider.components) for k, one in enumerate(self._rows)]
        return failed

    def evaluate(self, candidates: Sequence[Candidate]) -> Evaluated:
        """Run the episodes that checkpoints are chosen by."""
        policies = self._iteration.policies(self.generation)
        seeds = [episode_seeds(self._task, candidate.seed, "select") for candidate in self._rows]
        found = self._scoring(policies, seeds, recorded=PAID_EPISODES)
        self._held = jax.device_get((self.generation.flat, self.generation.moments))
        return {candidate: found[self._rows.index(candidate)] for candidate in candidates}

    def means(self, candidate: Candidate) -> Mapping[str, float]:
        """Return mean reward and components of what `settle` brought."""
        return self._means[self._rows.index(candidate)]

    def stage(self, candidate: Candidate) -> int | None:
        """There is no curriculum on a device."""
        return None

    def policy(self, candidate: Candidate) -> PolicyWeights:
        """Return the policy that was just evaluated."""
        k, (flats, moments) = self._rows.index(candidate), self._held
        return PolicyWeights(np.array(flats[k]), moments.on_host(k))

    def score(self, candidates: Sequence[Candidate]) -> Evaluated:
        """Run episodes that chose nothing, with the policy of each one's best checkpoint."""
        policies = self._chosen()
        seeds = [episode_seeds(self._task, candidate.seed, "score") for candidate in self._rows]
        found = self._scoring(policies, seeds, recorded=KEPT_EPISODES)
        return {candidate: found[self._rows.index(candidate)] for candidate in candidates}

    def drop(self, candidates: Collection[TrainingCandidate[Any]]) -> None:
        """Go on without some candidates; their rows are computed on until the program shrinks."""
        self._gone |= set(candidates)

    def advance(self, steps: int, *, evaluated: bool) -> Failures:
        """Go on with a smaller program where one holds everybody who goes on; ended ones fill it up."""
        running = [k for k, candidate in enumerate(self._rows) if candidate not in self._gone]
        size = bucket(len(running))
        if not evaluated or not running or self._schedule.over(steps) or size >= self.size:
            return {}
        ended = [k for k in range(self.size) if k not in running]
        kept = sorted((running + ended)[:size])
        self._rows = [self._rows[k] for k in kept]
        self._iteration, self.generation = self._iteration.narrowed(self.generation, kept)
        return {}

    def _chosen(self) -> DevicePolicies:
        """Return the policies of the best checkpoints; whoever has none is there with what it is now."""
        now = self._iteration.policies(self.generation)
        best: list[PolicyWeights | None] = [
            None if candidate.best.kept is None else candidate.best.kept.policy for candidate in self._rows
        ]
        flats = [now.flat[k] if one is None else one.flat for k, one in enumerate(best)]
        if now.moments is None:
            return DevicePolicies(np.stack(flats), None)
        held = jax.device_get(now.moments)
        kept = [held.on_host(k) if one is None else one.moments for k, one in enumerate(best)]
        moments = DeviceMoments(
            np.stack([one.mean for one in kept]).astype(np.float32),
            np.stack([one.var for one in kept]).astype(np.float32),
            np.array([one.count for one in kept], np.float32),
        )
        return DevicePolicies(np.stack(flats), moments)


def bucket(candidates: int) -> int:
    """Return the size of the program for so many candidates: a power of two, so that few get compiled."""
    return 1 << max(0, candidates - 1).bit_length()


def _problem(report: IterationReport, k: int) -> EurekaError | None:
    """Return why a candidate cannot go on after an iteration, or None."""
    for name, count in report.bad_rewards[k].items():
        if count:
            what = name if name.startswith("component") else f"the {name}"
            return RewardError(
                f"{what} is NaN or infinite in {int(count)} values of a rollout.",
                allowed="finite numbers within float32",
                fix="Guard divisions, logarithms and exponentials: np.maximum(x, 1e-6), np.clip(x, -10, 10).",
            )
    if not report.finite_weights[k]:
        return TrainingError(
            "Training diverged: the policy's weights are no longer finite.",
            fix="Bound the reward or lower the learning rate.",
        )
    return None


def _means(reports: Sequence[IterationReport], k: int, components: Sequence[str]) -> dict[str, float]:
    """Return a candidate's mean reward and components over some iterations; empty where there are none."""
    if not reports:
        return {}
    rows = [
        {
            "reward": report.reward[k],
            **{f"component/{name}": report.components[k][name] for name in components},
        }
        for report in reports
    ]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
