"""A training whose processes died without an answer is tried once more.

The machine kills innocent processes: for want of memory, say. What a reward does by itself it does again,
because trainings are reproducible; so a second death counts against the candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Outcome, Trainer, TrainingFailure, TrainingJob


class SecondChance:
    """A trainer that passes everything on to `trainer`, and what crashed a second time."""

    def __init__(self, trainer: Trainer) -> None:
        self.name = trainer.name
        self._trainer = trainer

    def close(self) -> None:
        """Kill what still runs."""
        self._trainer.close()

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        return self._trainer.steps_of(task, env_steps)

    def train(
        self,
        task: Task,
        jobs: Sequence[TrainingJob],
        *,
        on_start: Callable[[TrainingJob], None],
        on_outcome: Callable[[TrainingJob, Outcome], None],
    ) -> list[Outcome | None]:
        """Train all jobs, then once more those that crashed; a crash is told only if it came twice."""
        crashed: list[TrainingJob] = []

        def keep_crashes(job: TrainingJob, outcome: Outcome) -> None:
            if isinstance(outcome, TrainingFailure) and outcome.crashed:
                crashed.append(job)
            else:
                on_outcome(job, outcome)

        first = self._trainer.train(task, jobs, on_start=on_start, on_outcome=keep_crashes)
        if not crashed:
            return first
        again = self._trainer.train(task, crashed, on_start=on_start, on_outcome=on_outcome)
        repeated = dict(zip(crashed, again, strict=True))
        return [repeated.get(job, outcome) for job, outcome in zip(jobs, first, strict=True)]
