"""After a training the saved file is evaluated again: the imported reward must equal the trained one.

A fresh worker loads the file and evaluates recorded steps in another order and in batches of another size.
Results of a CPU training must match bit for bit; a device computes in a different order. The file is also
imported as plain Python, in a locked-down worker without the facade, and on more steps before a
confirmation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import RewardError, WorkerCrashedError, WorkerError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.reward_file import write_reward
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.training.job import (
    OnCheckpoint,
    OnOutcome,
    OnStart,
    Outcome,
    Trainer,
    TrainingFailure,
    TrainingJob,
)
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.training.reward_sample import FILE, RewardSample, read_samples
from eureka_agent.trajectories.batch import TrajectoryBatch

Array = np.ndarray
RTOL = 1e-4
"""How far float32 results of two array libraries may differ."""
MOST_BEYOND = 0.001
"""Share of rows that may differ further: where a threshold falls between two roundings."""
CONFIRM = "confirm"


@dataclass(frozen=True)
class Agreement:
    """The tolerance between two rewards of the same steps."""

    exact: bool = False
    slack: float = 1e-6
    """Share of a column's largest value by which any of it may differ: where large numbers cancel, little of
    a small difference is exact."""

    def broken(self, paid: Array, again: Array) -> bool:
        """Return whether two arrays of rewards, `(rows,)` each, differ by more than is allowed."""
        if self.exact:
            return not np.array_equal(paid, again)
        if not paid.size:  # with memory, where no episode of these steps began within the sample
            return False
        atol = self.slack * max(1.0, float(np.max(np.abs(paid), initial=0.0)))
        beyond = ~np.isclose(paid, again, rtol=RTOL, atol=atol)
        return float(np.mean(beyond)) > MOST_BEYOND


ON_CPU, ON_DEVICE = Agreement(exact=True), Agreement()
AS_PLAIN = Agreement(slack=RTOL)
"""A plain file computes with constants of 64 bits, of which the loader makes 32."""


class AuditedTrainer:
    """Wraps a trainer and fails candidates whose saved file returns other rewards."""

    def __init__(
        self,
        trainer: Trainer,
        sandbox: RewardSandbox,
        *,
        saved: Callable[[TrainingJob], Path | None],
        recording: TrajectoryBatch,
        on_device: bool = False,
    ) -> None:
        """`saved` tells where a job's reward lies as a file, None for baselines; it is written where missing.

        `recording` is of random play, on which plain files are compared.
        """
        self.name = trainer.name
        self._trainer, self._sandbox, self._saved = trainer, sandbox, saved
        self._recording = recording
        self._agreement = ON_DEVICE if on_device else ON_CPU

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
        """Train all jobs and report each outcome once the saved file is verified; see `Trainer.train`."""
        audited: dict[TrainingJob, Outcome] = {}

        def audit(job: TrainingJob, outcome: Outcome) -> None:
            audited[job] = self._audited(task, job, outcome)
            on_outcome(job, audited[job])

        outcomes = self._trainer.train(
            task, jobs, on_start=on_start, on_outcome=audit, on_checkpoint=on_checkpoint
        )
        return [audited.get(job, outcome) for job, outcome in zip(jobs, outcomes, strict=True)]

    def _audited(self, task: Task, job: TrainingJob, outcome: Outcome) -> Outcome:
        path = self._saved(job)
        if isinstance(outcome, TrainingFailure):
            return outcome
        if path is None or not isinstance(job.reward, Coded):
            problem = ""
        else:
            problem = self._twice(partial(self._problem, task, job, job.reward, path))
        if problem:
            return _failure(outcome, problem)
        (job.folder / FILE).unlink(missing_ok=True)
        return outcome

    @staticmethod
    def _twice(problem: Callable[[], str]) -> str:
        """Return the problem; a worker that died is tried once more, for the machine may have killed it."""
        try:
            return problem()
        except WorkerCrashedError:
            pass
        except (RewardError, WorkerError) as error:
            return error.what
        try:
            return problem()
        except (RewardError, WorkerError) as error:
            return error.what

    def _problem(self, task: Task, job: TrainingJob, reward: Coded, path: Path) -> str:
        """Return what of a saved reward differs from what was trained with, or an empty string."""
        if not path.exists():
            write_reward(path, reward.text)
        saved = Coded(path.read_bytes().decode(errors="replace"))
        samples = read_samples(job.folder)
        if not samples:
            return "the training kept no steps to compare it by"
        for sample in samples:
            if name := self._differs(task, saved, sample, self._agreement):
                return f"{name} is another one than in training"
        more = [*samples[:-1], self._at_random(task, saved)] if job.stage == CONFIRM else []
        for sample in (samples[-1], *more):
            if name := self._differs(task, saved, sample, AS_PLAIN, plain=True):
                return f"imported as plain Python, {name} is another one than in training"
        return ""

    def _differs(
        self, task: Task, saved: Coded, sample: RewardSample, agreement: Agreement, *, plain: bool = False
    ) -> str:
        """Return the first output that the file pays differently, in words, or an empty string."""
        parsed = saved.parsed
        for part in _parts(sample if parsed.uses_memory else sample.flat()):
            paid = pay_again(saved, part, task=task, sandbox=self._sandbox, plain=plain)
            known = part.begun if parsed.uses_memory else np.ones_like(part.first)
            if part.components.keys() != paid.components.keys():
                return "the list of components"
            pairs = [("the reward", part.reward, paid.reward)]
            pairs += [(f"component `{n}`", v, paid.components[n]) for n, v in part.components.items()]
            for name, before, after in pairs:
                if agreement.broken(before[known], after[known]):
                    return name
        return ""

    def _at_random(self, task: Task, saved: Coded) -> RewardSample:
        """Return the steps of random play with what the loaded file pays for them."""
        signals = {name: self._recording.signals[name] for name in task.measured(saved.parsed.arguments)}
        unpaid = np.zeros(self._recording.first.shape, np.float32)
        asked = RewardSample(signals, self._recording.first, unpaid, {})
        paid = pay_again(saved, asked, task=task, sandbox=self._sandbox)
        return replace(asked, reward=paid.reward, components=paid.components)


def pay_again(
    saved: Coded, sample: RewardSample, *, task: Task, sandbox: RewardSandbox, plain: bool = False
) -> RewardBatch:
    """Return what a file pays for recorded steps, in a fresh worker; raises what `RewardEvaluator` raises."""
    with RewardEvaluator(saved, task=task, sandbox=sandbox, plain=plain) as evaluate:
        return evaluate(sample.signals, sample.first, progress=sample.progress)


def _parts(sample: RewardSample) -> list[RewardSample]:
    """Return the worlds of a sample in another order, in two batches of unequal size."""
    worlds = sample.first.shape[1]
    order = np.random.default_rng(0).permutation(worlds)
    cut = max(1, worlds // 3)
    return [sample.worlds(part) for part in (order[:cut], order[cut:]) if part.size]


def _failure(outcome: Evaluation, problem: str) -> TrainingFailure:
    return TrainingFailure(
        "failed",
        f"The saved reward does not pay what was trained with: {problem}. It was asked again for recorded "
        "steps, in another order and in batches of another size. Keep the reward a pure function of its "
        "signals: no state outside MEMORY, nothing that depends on other rows or on how many there are.",
        env_steps=outcome.env_steps,
        curve=outcome.checkpoint_scores,
    )
