"""PPO on a list of rewards: several candidates learn side by side in one simulator, all in step.

Candidates share nothing but the clock: policies, optimisers, normalisation and random numbers are their own,
and equal seeds give equal worlds and equal first policies. What one candidate learns is bit for bit the same
whoever learns beside it, up to the checkpoint at which a race stops it, if one does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.task import Task
from eureka_agent.training.calendar import Evaluated, Failures, OnCheckpoint, OnEnd, TrainingCalendar
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.curriculum import TrainingStage
from eureka_agent.training.evaluation import episode_seeds
from eureka_agent.training.evaluation_rewards import PAID_EPISODES
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.candidate_learner import CandidateLearner, PolicyWeights
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.race import Race
from eureka_agent.training.population.scoring import score
from eureka_agent.training.population.stage_group import StageEnvs, StageGroup
from eureka_agent.training.reward_provider import RewardProvider
from eureka_agent.training.schedule import CheckpointSchedule
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.trajectories.keeping import KEPT_EPISODES

Array = np.ndarray
Candidate = TrainingCandidate[RewardProvider]


class Population:
    """Trains its candidates; ends are told one by one through `on_end`. The calendar asks it (`Learners`)."""

    def __init__(
        self,
        task: Task,
        candidates: Sequence[Candidate],
        *,
        factory: SimulatorFactory,
        learner: Learner,
        env_steps: int,
        on_end: OnEnd,
        on_checkpoint: OnCheckpoint | None = None,
        stages: Sequence[StageEnvs] = (),
        race: Race | None = None,
    ) -> None:
        """`stages` are the stages of a curriculum in order; without them the task itself is trained in.

        `race` is where candidates that are clearly behind get stopped; without one all go to the end.
        """
        self._task, self._factory, self._learner = task, factory, learner
        self._members = {candidate: CandidateLearner(candidate, learner) for candidate in candidates}
        self._stages = tuple(stages) or (StageEnvs(TrainingStage(0, task), factory),)
        self._groups = [StageGroup(self._stages[0], list(self._members.values()), learner, since=0)]
        rollout = learner.settings.rollout
        self._schedule = CheckpointSchedule.of(
            env_steps, checkpoints=task.budget.checkpoints, rollout=rollout
        )
        self._calendar = TrainingCalendar(
            task, self, self._schedule, on_end=on_end, on_checkpoint=on_checkpoint, race=race
        )

    def run(self) -> None:
        """Train all to the end of the budget and score them.

        Raises TaskError or TrainingError where the worlds themselves misbehave, whoever caused it.
        """
        try:
            self._calendar.run(self.iterate)
        finally:
            for group in self._groups:
                group.close()

    @property
    def candidates(self) -> list[Candidate]:
        """Those that still learn."""
        return list(self._members)

    @property
    def weights(self) -> list[Array]:
        """The flat parameters, `(network.size,)` each, of the candidates that still learn."""
        return [member.state.flat for member in self._members.values()]

    def iterate(self) -> Failures:
        """Collect one rollout and learn from it; return who cannot go on."""
        failed: dict[CandidateLearner, EurekaError] = {}
        for group in self._groups:
            failed |= group.train_iteration(self._policies, progress=self._calendar.progress)
        return {member.candidate: error for member, error in failed.items()}

    def settle(self) -> Failures:
        """Nothing is left undone."""
        return {}

    def evaluate(self, candidates: Sequence[Candidate]) -> Evaluated:
        """Run the episodes that checkpoints are chosen by, in the task's own environment."""
        return self._evaluated(candidates, self._task, self._factory, recorded=PAID_EPISODES)

    def means(self, candidate: Candidate) -> Mapping[str, float]:
        """Return mean reward and components since the last call."""
        return self._members[candidate].tally.take()

    def stage(self, candidate: Candidate) -> int | None:
        """Return the index of the stage that a candidate is in; None without a curriculum."""
        if len(self._stages) == 1:
            return None
        member = self._members[candidate]
        return next(group.stage_envs.stage.index for group in self._groups if member in group.members)

    def policy(self, candidate: Candidate) -> PolicyWeights:
        """Return a candidate's policy as it is now."""
        return self._members[candidate].weights

    def score(self, candidates: Sequence[Candidate]) -> Evaluated:
        """Run episodes that chose nothing, with the policy of each one's best checkpoint."""
        chosen: list[PolicyWeights] = [candidate.chosen.policy for candidate in candidates]
        policies = self._stacked(chosen)
        seeds = [episode_seeds(self._task, candidate.seed, "score") for candidate in candidates]
        found = score(self._task, self._factory, policies, seeds, recorded=KEPT_EPISODES)
        return dict(zip(candidates, found, strict=True))

    def drop(self, candidates: Collection[TrainingCandidate[Any]]) -> None:
        """Go on without some candidates and their worlds."""
        gone = [self._members.pop(candidate) for candidate in list(candidates)]
        for group in self._groups:
            group.release(gone)
        self._groups = [group for group in self._groups if group.members]

    def advance(self, steps: int, *, evaluated: bool) -> Failures:
        """Bring candidates into the worlds of their next stage; return who fails an exam's episodes."""
        if self._schedule.over(steps):
            return {}
        failed, passed = self._exams() if evaluated else ({}, set())
        self._move_on(steps, passed, failed)
        return failed

    def _policies(self, members: Sequence[CandidateLearner]) -> Policies:
        return self._stacked([PolicyWeights(p.state.flat, p.moments) for p in members])

    def _stacked(self, weights: Sequence[PolicyWeights]) -> Policies:
        normalizes = self._learner.settings.normalize_observation
        moments = [each.moments for each in weights] if normalizes else None
        return Policies(self._learner.network, [each.flat for each in weights], moments)

    def _evaluated(
        self, candidates: Sequence[Candidate], task: Task, factory: SimulatorFactory, *, recorded: int = 0
    ) -> Evaluated:
        """Run the episodes that checkpoints are chosen by, in the task's or a stage's environment."""
        seeds = [episode_seeds(self._task, candidate.seed, "select") for candidate in candidates]
        policies = self._policies([self._members[candidate] for candidate in candidates])
        found = score(task, factory, policies, seeds, recorded=recorded)
        return dict(zip(candidates, found, strict=True))

    def _exams(self) -> tuple[dict[Candidate, EurekaError], set[Candidate]]:
        """Return who fails in their stage's own episodes, and whose fitness there lets the next one begin."""
        failed: dict[Candidate, EurekaError] = {}
        passed: set[Candidate] = set()
        for group in self._groups:
            stage = group.stage_envs.stage
            if stage.until is None:
                continue
            sat = [member.candidate for member in group.members]
            for candidate, found in self._evaluated(sat, stage.task, group.stage_envs.factory).items():
                if isinstance(found, EurekaError):
                    failed[candidate] = found
                    continue
                candidate.env_steps += found.env_steps
                if stage.passed(found.fitness):
                    passed.add(candidate)
        return failed, passed

    def _move_on(self, steps: int, passed: Collection[Candidate], failed: Collection[Candidate]) -> None:
        """Bring members into the worlds of the next stage, those together that leave together."""
        for group in list(self._groups):
            over = group.stage_envs.stage.over(steps - group.since)
            leaving = [
                member
                for member in group.members
                if member.candidate in passed or (over and member.candidate not in failed)
            ]
            if leaving:
                group.release(leaving)
                stage_envs = self._stages[group.stage_envs.stage.index + 1]
                self._groups.append(StageGroup(stage_envs, leaving, self._learner, since=steps))
        self._groups = [group for group in self._groups if group.members]
