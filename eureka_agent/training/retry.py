"""A training whose processes died without an answer is retried once.

The machine may kill processes, for lack of memory for example. A crash caused by the reward repeats itself,
because trainings are reproducible; so a second crash counts against the candidate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import (
    Contest,
    OnCheckpoint,
    OnOutcome,
    OnStart,
    Outcome,
    Trainer,
    TrainingFailure,
    TrainingJob,
)


class RetryOnCrash:
    """Wraps `trainer` and retries crashed trainings once."""

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
        on_start: OnStart,
        on_outcome: OnOutcome,
        on_checkpoint: OnCheckpoint | None = None,
    ) -> list[Outcome | None]:
        """Train all jobs, then retry those that crashed; a crash is reported only if it happens twice."""
        crashed: list[TrainingJob] = []

        def keep_crashes(job: TrainingJob, outcome: Outcome) -> None:
            if isinstance(outcome, TrainingFailure) and outcome.crashed:
                crashed.append(job)
            else:
                on_outcome(job, outcome)

        first = self._trainer.train(
            task, jobs, on_start=on_start, on_outcome=keep_crashes, on_checkpoint=on_checkpoint
        )
        if not crashed:
            return first
        known = dict(zip(jobs, first, strict=True))
        originals = {_beside_those_that_ended(job, known): job for job in crashed}
        again = self._trainer.train(
            task,
            list(originals),
            on_start=lambda job: on_start(originals[job]),
            on_outcome=lambda job, outcome: on_outcome(originals[job], outcome),
            on_checkpoint=on_checkpoint and (lambda job, reached: on_checkpoint(originals[job], reached)),
        )
        known |= dict(zip(crashed, again, strict=True))
        return [known[job] for job in jobs]


def _beside_those_that_ended(job: TrainingJob, known: Mapping[TrainingJob, Outcome | None]) -> TrainingJob:
    """Return a job whose contest still is the whole generation: it stops if it would have stopped before."""
    if job.contest is None:
        return job
    mates = [(mate.key, outcome) for mate, outcome in known.items() if mate.contest == job.contest]
    ended = tuple(
        (name, outcome.checkpoint_scores if isinstance(outcome, Evaluation) else outcome.curve)
        for name, outcome in mates
        if isinstance(outcome, Evaluation) or (outcome is not None and not outcome.crashed)
    )
    return replace(job, contest=Contest(job.contest.ended + ended))
