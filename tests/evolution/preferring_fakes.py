"""Runs that people judge, without simulators: a trainer that records episodes, and a person who answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from fakes import FakeTrainer
from trajectory_fakes import running

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.evolution.preferring import Question
from eureka_agent.seeds import generator_for, seed_for
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Episode, Preference
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Outcome, TrainingJob
from eureka_agent.trajectories import Trajectory, read_trajectories, write_trajectories
from eureka_agent.trajectories.files import FILE

EPISODES = 3


class RecordingTrainer(FakeTrainer):
    """Records episodes whose height is the worth in a reward's text, and scores them as it is told to."""

    name = "recording"

    def train(self, task: Task, jobs: Sequence[TrainingJob], **told) -> list[Outcome | None]:
        self._task = task
        return super().train(task, jobs, **told)

    def _evaluation(self, job: TrainingJob) -> Evaluation:
        plain = super()._evaluation(job)
        episodes = played(plain.fitness, job)
        job.folder.mkdir(parents=True, exist_ok=True)
        write_trajectories(job.folder / FILE, episodes)
        scores = tuple(TaskFitness(self._task)(one) for one in episodes)
        return replace(plain, fitness=float(np.mean(scores)), episode_fitness=scores)


def played(worth: float, job: TrainingJob) -> list[Trajectory]:
    """Return episodes of somebody worth so much, with some noise and a signal that says nothing.

    As in a training their seeds follow from the training's, which candidates share.
    """
    generator = generator_for(job.seed, job.name)
    made = []
    for number in range(EPISODES):
        height = worth + generator.normal(0, 0.1) + generator.normal(0, 0.05, 20)
        signals = {"height": height, "noise": generator.normal(0, generator.random(), 20)}
        as_floats = {name: array.astype(np.float32) for name, array in signals.items()}
        ended = {"terminated": True, "ending": "it fell", "native_reward": np.zeros(20)}
        made.append(running(as_floats, **ended, fitness=0.0, seed=seed_for(job.seed, "score", number)))
    return made


class Person:
    """Says of two episodes which is higher; answers the first so many questions, then leaves."""

    def __init__(self, root: Path, *, most: int | None = None) -> None:
        self.folder, self.most = RunFolder(root), most
        self.asked: list[Question] = []

    def __call__(self, questions: Sequence[Question]) -> Iterator[Preference]:
        for question in questions:
            if self.most is not None and len(self.asked) >= self.most:
                return
            self.asked.append(question)
            first, second = (self.height(one) for one in question)
            yield Preference(question.first, question.second, "first" if first > second else "second")

    def height(self, episode: Episode) -> float:
        """Return the mean height of an episode."""
        path = self.folder.training(episode.name, "search", episode.replicate) / FILE
        return float(read_trajectories(path)[episode.number].signals["height"].mean())


__all__ = ["EPISODES", "Person", "RecordingTrainer", "played"]
