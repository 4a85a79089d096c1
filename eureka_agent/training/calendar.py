"""The training calendar of every trainer: when candidates are evaluated, saved, stopped and scored.

The learning itself is done by `Learners`: populations on a CPU or a device, Stable-Baselines3. They iterate,
evaluate and return policies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.task import Task
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.population.race import Race
from eureka_agent.training.schedule import CheckpointSchedule

OnEnd = Callable[[TrainingCandidate[Any], Learned | EurekaError], None]
OnCheckpoint = Callable[[TrainingCandidate[Any], int], None]
"""Called with a candidate that was just evaluated, and its training steps."""
Failures = Mapping[TrainingCandidate[Any], EurekaError]
Evaluated = Mapping[TrainingCandidate[Any], EpisodeSet | EurekaError]


class Learners(Protocol):
    """Candidates that learn in lockstep; calls return those that failed, which are then dropped."""

    @property
    def candidates(self) -> Sequence[TrainingCandidate[Any]]:
        """The candidates that still learn."""
        ...

    def settle(self) -> Failures:
        """Wait for pending work; called before candidates are evaluated."""
        ...

    def evaluate(self, candidates: Sequence[TrainingCandidate[Any]]) -> Evaluated:
        """Run the checkpoint-selection episodes with the current policies."""
        ...

    def means(self, candidate: TrainingCandidate[Any]) -> Mapping[str, float]:
        """Return a candidate's mean reward and components per step since its last checkpoint."""
        ...

    def stage(self, candidate: TrainingCandidate[Any]) -> int | None:
        """Return the index of the stage that a candidate is in; None without a curriculum."""
        ...

    def policy(self, candidate: TrainingCandidate[Any]) -> Any:
        """Return a copy of the policy that was just evaluated."""
        ...

    def advance(self, steps: int, *, evaluated: bool) -> Failures:
        """Advance after `steps` training steps, e.g. to the next stage of a curriculum."""
        ...

    def score(self, candidates: Sequence[TrainingCandidate[Any]]) -> Evaluated:
        """Run the held-out scoring episodes with the policy of each one's best checkpoint."""
        ...

    def drop(self, candidates: Collection[TrainingCandidate[Any]]) -> None:
        """Drop some candidates."""
        ...


class TrainingCalendar:
    """Trains candidates to the end of the schedule; each end is reported through `on_end`."""

    def __init__(
        self,
        task: Task,
        learners: Learners,
        schedule: CheckpointSchedule,
        *,
        on_end: OnEnd,
        on_checkpoint: OnCheckpoint | None = None,
        race: Race | None = None,
    ) -> None:
        """`race` stops candidates that are clearly behind; without one all are trained to the end."""
        self._learners, self._schedule, self._race = learners, schedule, race
        self._sign = task.fitness.sign
        self._on_end, self._on_checkpoint = on_end, on_checkpoint
        self._steps = 0

    @property
    def progress(self) -> float:
        """The share of the whole training that is done, from 0 to 1; stages of a curriculum share it."""
        return self._schedule.progress(self._steps)

    def run(self, iterate: Callable[[], Failures]) -> None:
        """Go through the whole schedule; `iterate` collects one rollout and learns from it."""
        while self._learners.candidates and not self._schedule.over(self._steps):
            self._end(iterate())
            self.reach(self._steps + self._schedule.rollout)
        self.finish()

    def reach(self, steps: int) -> None:
        """Do what is due after this many training steps."""
        self._steps = steps
        due = self._schedule.due(steps)
        if due:
            self._checkpoint()
        self._end(self._learners.advance(steps, evaluated=due))

    def finish(self) -> None:
        """Score all candidates that reached the end."""
        self._score(self._learners.candidates)

    def _checkpoint(self) -> None:
        self._end(self._learners.settle())
        found = self._learners.evaluate(self._learners.candidates) if self._learners.candidates else {}
        for candidate, episodes in found.items():
            if isinstance(episodes, EpisodeSet):
                self._remember(candidate, episodes.at_progress(self.progress))
        self._end({c: error for c, error in found.items() if isinstance(error, EurekaError)})
        self._stop()

    def _remember(self, candidate: TrainingCandidate[Any], episodes: EpisodeSet) -> None:
        candidate.remember(
            episodes,
            env_steps=self._steps,
            means=self._learners.means(candidate),
            stage=self._learners.stage(candidate),
            sign=self._sign,
            policy=lambda: self._learners.policy(candidate),
        )
        index, of = candidate.checkpoints - 1, len(self._schedule)
        candidate.recorded.offer(index, self._steps, episodes.trajectories, checkpoints=of)
        if self._on_checkpoint is not None:
            self._on_checkpoint(candidate, self._steps)

    def _stop(self) -> None:
        """Score and drop the candidates that the race says are clearly behind."""
        running = self._learners.candidates
        if self._race is None or not running:
            return
        behind = self._race.meet({c.name: c.last_checkpoint_score(self._sign) for c in running})
        stopped = [candidate for candidate in running if candidate.name in behind]
        for candidate in stopped:
            candidate.stop(behind[candidate.name], env_steps=self._steps, of=self._schedule.end)
        self._score(stopped)

    def _score(self, candidates: Sequence[TrainingCandidate[Any]]) -> None:
        """Score each candidate's chosen checkpoint, and end it.

        Its episodes are paid as its policy was when it was kept: with the progress of that checkpoint.
        """
        if not candidates:
            return
        for candidate, episodes in self._learners.score(candidates).items():
            if isinstance(episodes, EurekaError):
                self._on_end(candidate, episodes)
                continue
            kept = self._schedule.progress(candidate.chosen.env_steps)
            self._on_end(candidate, candidate.learned(episodes.at_progress(kept)))
        self._learners.drop(candidates)

    def _end(self, failures: Failures) -> None:
        for candidate, error in failures.items():
            self._on_end(candidate, error)
        if failures:
            self._learners.drop(failures.keys())
