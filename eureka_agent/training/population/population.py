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
from eureka_agent.training.curriculum import Lesson
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.paying import Payer
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.classroom import Classroom, Course
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.moments import Moments
from eureka_agent.training.population.pupil import Candidate, Learned, Pupil
from eureka_agent.training.population.race import Race
from eureka_agent.training.population.scoring import score
from eureka_agent.training.simulators import SimulatorFactory

Array = np.ndarray
RECORDED_EPISODES = 3
"""How many scoring episodes are kept as trajectories."""


OnEnd = Callable[[Candidate, Learned | EurekaError], None]


class Population:
    """Trains its candidates; ends are told one by one through `on_end`."""

    def __init__(
        self,
        task: Task,
        candidates: Sequence[Candidate[Payer]],
        *,
        factory: SimulatorFactory,
        learner: Learner,
        env_steps: int,
        on_end: OnEnd,
        courses: Sequence[Course] = (),
        race: Race | None = None,
    ) -> None:
        """`courses` are the stages of a curriculum in order; without them the task itself is practised.

        `race` is where candidates that are clearly behind get stopped; without one all go to the end.
        """
        self._task, self._factory, self._learner = task, factory, learner
        self._settings: PpoSettings = learner.settings
        self._pupils = [Pupil(candidate, learner) for candidate in candidates]
        self._total = env_steps
        self._steps = 0
        self._on_end, self._race = on_end, race
        self._due = looks_at(env_steps, task.budget.checkpoints, learner.settings.rollout)
        self._courses = tuple(courses) or (Course(Lesson(0, task), factory),)
        self._rooms = [Classroom(self._courses[0], self._pupils, learner, since=0)]

    def run(self) -> None:
        """Train all to the end of the budget and score them.

        Raises TaskError or TrainingError where the worlds themselves misbehave, whoever caused it.
        """
        try:
            while self._pupils and self._steps < self._total:
                self.iterate()
                self._move_on(self._look())
            self._score(self._pupils)
            self._pupils = []
        finally:
            for room in self._rooms:
                room.close()

    def iterate(self) -> None:
        """Collect one rollout and learn from it; candidates that cannot go on are ended."""
        self._steps += self._settings.rollout
        for room in self._rooms:
            self._end(room.practise(self._policies))

    @property
    def weights(self) -> list[Array]:
        """The flat parameters of every candidate that still learns."""
        return [pupil.state.flat for pupil in self._pupils]

    def _policies(self, pupils: Sequence[Pupil]) -> Policies:
        return self._stacked([p.state.flat for p in pupils], [p.moments for p in pupils])

    def _stacked(self, flats: Sequence[Array], moments: Sequence[Moments]) -> Policies:
        known = moments if self._settings.normalize_observation else None
        return Policies(self._learner.network, flats, known)

    def _end(self, failed: Mapping[Pupil, EurekaError]) -> None:
        """Go on without the pupils that failed and their worlds."""
        for pupil, error in failed.items():
            self._on_end(pupil.candidate, error)
        self._drop(set(failed))

    def _drop(self, gone: Collection[Pupil]) -> None:
        """Go on without some pupils and their worlds."""
        if not gone:
            return
        self._pupils = [pupil for pupil in self._pupils if pupil not in gone]
        for room in self._rooms:
            room.release(gone)
        self._rooms = [room for room in self._rooms if room.pupils]

    def _look(self) -> set[Pupil]:
        """Evaluate every candidate if a checkpoint is due, remember its best policy, stop who is behind.

        Returns the pupils that need no more of their stage.
        """
        if not self._pupils or self._steps not in self._due:
            return set()
        failed: dict[Pupil, EurekaError] = {}
        for pupil, episodes in self._tried(self._pupils, self._task, self._factory).items():
            if isinstance(episodes, EurekaError):
                failed[pupil] = episodes
            else:
                self._remember(pupil, episodes)
        self._end(failed)
        self._stop()
        return self._passed()

    def _stop(self) -> None:
        """Score and drop the candidates that the race says are clearly behind."""
        if self._race is None or not self._pupils:
            return
        sign = self._task.fitness.sign
        behind = self._race.meet({p.candidate.name: p.candidate.last_look(sign) for p in self._pupils})
        stopped = [pupil for pupil in self._pupils if pupil.candidate.name in behind]
        for pupil in stopped:
            pupil.candidate.stop(behind[pupil.candidate.name], env_steps=self._steps, of=self._due[-1])
        self._score(stopped)
        self._drop(set(stopped))

    def _tried(
        self, pupils: Sequence[Pupil], task: Task, factory: SimulatorFactory
    ) -> dict[Pupil, EpisodeSet | EurekaError]:
        """Run the episodes that checkpoints are chosen by, in the task's or a stage's environment."""
        if not pupils:
            return {}
        seeds = [episode_seeds(self._task, pupil.candidate, "select") for pupil in pupils]
        found = dict(zip(pupils, score(task, factory, self._policies(pupils), seeds), strict=True))
        for pupil, episodes in found.items():
            if not isinstance(episodes, EurekaError):
                pupil.candidate.env_steps += episodes.env_steps
        return found

    def _passed(self) -> set[Pupil]:
        """Return the pupils whose fitness in their stage's own environment lets the next one begin."""
        passed: set[Pupil] = set()
        for room in list(self._rooms):
            lesson = room.course.lesson
            if lesson.until is None or self._steps >= self._total:
                continue
            tried = self._tried(room.pupils, lesson.task, room.course.factory)
            self._end({pupil: found for pupil, found in tried.items() if isinstance(found, EurekaError)})
            passed |= {p for p, e in tried.items() if isinstance(e, EpisodeSet) and lesson.passed(e.fitness)}
        return passed

    def _move_on(self, passed: Collection[Pupil]) -> None:
        """Bring pupils into the worlds of the next stage, those together that leave together."""
        if self._steps >= self._total:
            return
        for room in list(self._rooms):
            over = room.course.lesson.over(self._steps - room.since)
            leaving = [pupil for pupil in room.pupils if over or pupil in passed]
            if leaving:
                room.release(leaving)
                course = self._courses[room.course.lesson.index + 1]
                self._rooms.append(Classroom(course, leaving, self._learner, since=self._steps))
        self._rooms = [room for room in self._rooms if room.pupils]

    def _remember(self, pupil: Pupil, episodes: EpisodeSet) -> None:
        means, sign, moments = pupil.tally.take(), self._task.fitness.sign, pupil.moments.copy()
        pupil.candidate.remember(episodes, means, sign, pupil.state.flat, moments)
        if len(self._courses) > 1:
            pupil.candidate.curves["stage"].append(float(self._stage_of(pupil)))

    def _stage_of(self, pupil: Pupil) -> int:
        """Return the index of the stage that a pupil is in."""
        return next(room.course.lesson.index for room in self._rooms if pupil in room.pupils)

    def _score(self, pupils: Sequence[Pupil]) -> None:
        """Score each candidate's chosen checkpoint on episodes that chose nothing, and end it."""
        if not pupils:
            return
        chosen = [pupil.candidate.best for pupil in pupils]
        best = [checkpoint for checkpoint in chosen if checkpoint is not None]
        policies = self._stacked([c.flat for c in best], [c.moments for c in best])
        seeds = [episode_seeds(self._task, pupil.candidate, "score") for pupil in pupils]
        found = score(self._task, self._factory, policies, seeds, recorded=RECORDED_EPISODES)
        for pupil, episodes in zip(pupils, found, strict=True):
            candidate = pupil.candidate
            failed = isinstance(episodes, EurekaError)
            self._on_end(candidate, episodes if failed else candidate.learned(episodes))


def episode_seeds(task: Task, candidate: Candidate, purpose: str) -> list[int]:
    """Return the seeds of a candidate's evaluation episodes; equal training seeds have equal ones."""
    return [seed_for(candidate.seed, purpose, index) for index in range(task.budget.eval_episodes)]


def looks_at(env_steps: int, checkpoints: int, rollout: int) -> list[int]:
    """Return the steps of learning at which candidates are looked at: at the end of a rollout, increasing.

    The last is the end of training. There are fewer than `checkpoints` where rollouts are long.
    """
    due = (round(env_steps * (index + 1) / checkpoints) for index in range(checkpoints))
    return sorted({math.ceil(max(1, steps) / rollout) * rollout for steps in due})
