"""PPO on a list of rewards: several candidates learn side by side in one simulator, all in step.

Candidates share nothing but the clock: policies, optimisers, normalisation and random numbers are their own,
and equal seeds give equal worlds and equal first policies. What one candidate learns is bit for bit the same
whoever learns beside it, up to the checkpoint at which a race stops it, if one does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from eureka_agent.errors import EurekaError
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.curriculum import TrainingStage
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.candidate_learner import CandidateLearner, Learned, TrainingCandidate
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.moments import Moments
from eureka_agent.training.population.race import Race
from eureka_agent.training.population.scoring import score
from eureka_agent.training.population.stage_group import StageEnvs, StageGroup
from eureka_agent.training.reward_provider import RewardProvider
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.trajectories.keeping import KEPT_EPISODES

Array = np.ndarray
OnEnd = Callable[[TrainingCandidate, Learned | EurekaError], None]


class Population:
    """Trains its candidates; ends are told one by one through `on_end`."""

    def __init__(
        self,
        task: Task,
        candidates: Sequence[TrainingCandidate[RewardProvider]],
        *,
        factory: SimulatorFactory,
        learner: Learner,
        env_steps: int,
        on_end: OnEnd,
        stages: Sequence[StageEnvs] = (),
        race: Race | None = None,
    ) -> None:
        """`stages` are the stages of a curriculum in order; without them the task itself is trained in.

        `race` is where candidates that are clearly behind get stopped; without one all go to the end.
        """
        self._task, self._factory, self._learner = task, factory, learner
        self._settings: PpoSettings = learner.settings
        self._members = [CandidateLearner(candidate, learner) for candidate in candidates]
        self._total = env_steps
        self._steps = 0
        self._on_end, self._race = on_end, race
        self._due = checkpoint_steps(env_steps, task.budget.checkpoints, learner.settings.rollout)
        self._stages = tuple(stages) or (StageEnvs(TrainingStage(0, task), factory),)
        self._groups = [StageGroup(self._stages[0], self._members, learner, since=0)]

    def run(self) -> None:
        """Train all to the end of the budget and score them.

        Raises TaskError or TrainingError where the worlds themselves misbehave, whoever caused it.
        """
        try:
            while self._members and self._steps < self._total:
                self.iterate()
                self._move_on(self._look())
            self._score(self._members)
            self._members = []
        finally:
            for group in self._groups:
                group.close()

    def iterate(self) -> None:
        """Collect one rollout and learn from it; candidates that cannot go on are ended."""
        self._steps += self._settings.rollout
        for group in self._groups:
            self._end(group.train_iteration(self._policies))

    @property
    def weights(self) -> list[Array]:
        """The flat parameters of every candidate that still learns."""
        return [member.state.flat for member in self._members]

    def _policies(self, members: Sequence[CandidateLearner]) -> Policies:
        return self._stacked([p.state.flat for p in members], [p.moments for p in members])

    def _stacked(self, flats: Sequence[Array], moments: Sequence[Moments]) -> Policies:
        known = moments if self._settings.normalize_observation else None
        return Policies(self._learner.network, flats, known)

    def _end(self, failed: Mapping[CandidateLearner, EurekaError]) -> None:
        """Go on without the members that failed and their worlds."""
        for member, error in failed.items():
            self._on_end(member.candidate, error)
        self._drop(set(failed))

    def _drop(self, gone: Collection[CandidateLearner]) -> None:
        """Go on without some members and their worlds."""
        if not gone:
            return
        self._members = [member for member in self._members if member not in gone]
        for group in self._groups:
            group.release(gone)
        self._groups = [group for group in self._groups if group.members]

    def _look(self) -> set[CandidateLearner]:
        """Evaluate every candidate if a checkpoint is due, remember its best policy, stop who is behind.

        Returns the members that need no more of their stage.
        """
        if not self._members or self._steps not in self._due:
            return set()
        failed: dict[CandidateLearner, EurekaError] = {}
        for member, episodes in self._tried(self._members, self._task, self._factory).items():
            if isinstance(episodes, EurekaError):
                failed[member] = episodes
            else:
                self._remember(member, episodes)
        self._end(failed)
        self._stop()
        return self._passed()

    def _stop(self) -> None:
        """Score and drop the candidates that the race says are clearly behind."""
        if self._race is None or not self._members:
            return
        sign = self._task.fitness.sign
        behind = self._race.meet(
            {p.candidate.name: p.candidate.last_checkpoint_score(sign) for p in self._members}
        )
        stopped = [member for member in self._members if member.candidate.name in behind]
        for member in stopped:
            member.candidate.stop(behind[member.candidate.name], env_steps=self._steps, of=self._due[-1])
        self._score(stopped)
        self._drop(set(stopped))

    def _tried(
        self, members: Sequence[CandidateLearner], task: Task, factory: SimulatorFactory
    ) -> dict[CandidateLearner, EpisodeSet | EurekaError]:
        """Run the episodes that checkpoints are chosen by, in the task's or a stage's environment."""
        if not members:
            return {}
        seeds = [episode_seeds(self._task, member.candidate, "select") for member in members]
        found = dict(zip(members, score(task, factory, self._policies(members), seeds), strict=True))
        for member, episodes in found.items():
            if not isinstance(episodes, EurekaError):
                member.candidate.env_steps += episodes.env_steps
        return found

    def _passed(self) -> set[CandidateLearner]:
        """Return the members whose fitness in their stage's own environment lets the next one begin."""
        passed: set[CandidateLearner] = set()
        for group in list(self._groups):
            stage = group.stage_envs.stage
            if stage.until is None or self._steps >= self._total:
                continue
            tried = self._tried(group.members, stage.task, group.stage_envs.factory)
            self._end({member: found for member, found in tried.items() if isinstance(found, EurekaError)})
            passed |= {p for p, e in tried.items() if isinstance(e, EpisodeSet) and stage.passed(e.fitness)}
        return passed

    def _move_on(self, passed: Collection[CandidateLearner]) -> None:
        """Bring members into the worlds of the next stage, those together that leave together."""
        if self._steps >= self._total:
            return
        for group in list(self._groups):
            over = group.stage_envs.stage.over(self._steps - group.since)
            leaving = [member for member in group.members if over or member in passed]
            if leaving:
                group.release(leaving)
                stage_envs = self._stages[group.stage_envs.stage.index + 1]
                self._groups.append(StageGroup(stage_envs, leaving, self._learner, since=self._steps))
        self._groups = [group for group in self._groups if group.members]

    def _remember(self, member: CandidateLearner, episodes: EpisodeSet) -> None:
        means, sign, moments = member.tally.take(), self._task.fitness.sign, member.moments.copy()
        member.candidate.remember(episodes, means, sign, member.state.flat, moments)
        if len(self._stages) > 1:
            member.candidate.curves["stage"].append(float(self._stage_of(member)))

    def _stage_of(self, member: CandidateLearner) -> int:
        """Return the index of the stage that a member is in."""
        return next(group.stage_envs.stage.index for group in self._groups if member in group.members)

    def _score(self, members: Sequence[CandidateLearner]) -> None:
        """Score each candidate's chosen checkpoint on episodes that chose nothing, and end it."""
        if not members:
            return
        chosen = [member.candidate.best for member in members]
        best = [checkpoint for checkpoint in chosen if checkpoint is not None]
        policies = self._stacked([c.flat for c in best], [c.moments for c in best])
        seeds = [episode_seeds(self._task, member.candidate, "score") for member in members]
        found = score(self._task, self._factory, policies, seeds, recorded=KEPT_EPISODES)
        for member, episodes in zip(members, found, strict=True):
            candidate = member.candidate
            failed = isinstance(episodes, EurekaError)
            self._on_end(candidate, episodes if failed else candidate.learned(episodes))


def episode_seeds(task: Task, candidate: TrainingCandidate, purpose: str) -> list[int]:
    """Return the seeds of a candidate's evaluation episodes; equal training seeds have equal ones."""
    return [seed_for(candidate.seed, purpose, index) for index in range(task.budget.eval_episodes)]


def checkpoint_steps(env_steps: int, checkpoints: int, rollout: int) -> list[int]:
    """Return the steps of learning at which candidates are looked at: at the end of a rollout, increasing.

    The last is the end of training. There are fewer than `checkpoints` where rollouts are long.
    """
    due = (round(env_steps * (index + 1) / checkpoints) for index in range(checkpoints))
    return sorted({math.ceil(max(1, steps) / rollout) * rollout for steps in due})
