"""Some pupils who practise the same stage in worlds of their own, all in step since they entered it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.task import Task
from eureka_agent.training.curriculum import Lesson, lessons_of
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.pupil import Pupil
from eureka_agent.training.population.rollout import Collector
from eureka_agent.training.simulators import SimulatorFactory

Array = np.ndarray


class Course(NamedTuple):
    """A lesson and what makes its worlds."""

    lesson: Lesson
    factory: SimulatorFactory


def courses_of(task: Task, env_steps: int, factory: SimulatorFactory) -> tuple[Course, ...]:
    """Return what a training practises in order; `factory` makes the worlds of the task itself."""
    return tuple(
        Course(lesson, SimulatorFactory(lesson.task, threads=factory.threads))
        for lesson in lessons_of(task, env_steps)
    )


class Classroom:
    """Pupils in one simulator; whoever leaves takes everything but the worlds along."""

    def __init__(self, course: Course, pupils: Sequence[Pupil], learner: Learner, *, since: int) -> None:
        """`since` is how many steps of the training were taken before this one began."""
        self.course, self.since = course, since
        self.pupils = list(pupils)
        seeds = [seed for pupil in pupils for seed in pupil.begin()]
        self._collector = Collector(
            course.lesson.task,
            course.factory.make(seeds),
            learner.network,
            learner.settings,
            candidates=len(self.pupils),
        )

    def practise(self, policies_of: Callable[[Sequence[Pupil]], Policies]) -> dict[Pupil, EurekaError]:
        """Collect one rollout and let everybody learn from their part; return who cannot go on, and why."""
        wanted = sorted({name for pupil in self.pupils for name in pupil.candidate.payer.signals})
        noise = [pupil.draw_noise() for pupil in self.pupils]
        rollouts = self._collector.collect(policies_of(self.pupils), noise, wanted)
        failed: dict[Pupil, EurekaError] = {}
        for pupil, rollout in zip(self.pupils, rollouts, strict=True):
            try:
                pupil.learn(rollout, policies_of([pupil]))
            except EurekaError as error:
                failed[pupil] = error
        return failed

    def release(self, leaving: Collection[Pupil]) -> None:
        """Go on without some pupils and their worlds; with nobody left the worlds are closed."""
        kept = [index for index, pupil in enumerate(self.pupils) if pupil not in leaving]
        if len(kept) == len(self.pupils):
            return
        self.pupils = [self.pupils[index] for index in kept]
        if kept:
            self._collector.retain(kept)
        else:
            self._collector.close()

    def close(self) -> None:
        """Close the worlds."""
        self._collector.close()
