"""A run that is killed while several seeds of each candidate race decides as one that was left alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import STEPS, FakeTrainer, make_evolution

from eureka_agent.archive.candidate import EarlyStop, Evaluation, Status
from eureka_agent.evolution.early_stops import rule_of
from eureka_agent.evolution.loop import Evolution
from eureka_agent.training.job import Outcome, TrainingFailure, TrainingJob
from eureka_agent.training.population.halving import Behind, CheckpointScore
from eureka_agent.training.population.race import Race

LOOKS = 10
ENDS = {"0-00": 100.0, "0-01": 95.0, "0-02": 30.0, "0-03": 20.0}
"""Scores rise in a line to these. Those of 0-02 and 0-03 are clearly behind while 0-01 is in the race."""
FAILS_AT = {"0-01/search-0": 1}
"""One seed of 0-01 fails at this look, the first at which anybody may be stopped; the other goes on."""


class Killed(BaseException):
    """The process is gone."""


class RacingTrainer(FakeTrainer):
    """Lets a generation race as trainers do; it may be killed once a failure was reported."""

    def __init__(self, *, killed: bool = False) -> None:
        super().__init__()
        self.killed = killed

    def train(self, task, jobs, *, on_start, on_outcome, on_checkpoint=None):
        racing = [job for job in jobs if job.contest is not None]
        rest = [job for job in jobs if job.contest is None]
        for job in racing:
            on_start(job)
        for job, outcome in self._race(racing):
            on_outcome(job, outcome)
            if self.killed and isinstance(outcome, TrainingFailure):
                raise Killed
        super().train(task, rest, on_start=on_start, on_outcome=on_outcome, on_checkpoint=on_checkpoint)
        return []

    def _race(self, jobs: Sequence[TrainingJob]):
        if not jobs or jobs[0].contest is None:
            return
        ended = {key: [CheckpointScore(*point) for point in curve] for key, curve in jobs[0].contest.ended}
        race = Race([job.key for job in jobs], checkpoint_scores=LOOKS, ended=ended)
        running = list(jobs)
        for look in range(LOOKS):
            for job in [job for job in running if FAILS_AT.get(job.key) == look]:
                race.leave([job.key])
                running.remove(job)
                yield job, TrainingFailure("failed", "it broke", curve=tuple(curve_of(job)[:look]))
            behind = race.meet({job.key: curve_of(job)[look] for job in running})
            for job in [job for job in running if job.key in behind]:
                running.remove(job)
                yield job, outcome_of(job, look, behind[job.key])
        for job in running:
            yield job, outcome_of(job, LOOKS - 1, None)


def curve_of(job: TrainingJob) -> list[CheckpointScore]:
    return [CheckpointScore(ENDS[job.name] * (look + 1) / LOOKS, 0.0) for look in range(LOOKS)]


def outcome_of(job: TrainingJob, look: int, behind: Behind | None) -> Outcome:
    curve = curve_of(job)[: look + 1]
    steps = STEPS * (look + 1) // LOOKS
    stopped = behind and EarlyStop(look + 1, steps, STEPS, behind.gap, behind.allowed)
    score = curve[-1].score
    curves = {"fitness": tuple(c.score for c in curve), "fitness_error": tuple(c.error for c in curve)}
    return Evaluation(
        job.stage, job.replicate, job.seed, score, (score,), steps, 0.0, look, curves, stopped=stopped
    )


def evolution_of(root: Path, *, killed: bool = False) -> Evolution:
    trainer = RacingTrainer(killed=killed)
    evolution = make_evolution(root, trainer=trainer, generations=1, samples=len(ENDS), search_seeds=2)
    evolution.state.halving = rule_of(evolution.config)
    return evolution


def ends_of(evolution: Evolution) -> dict[str, tuple[Status, tuple[EarlyStop | None, ...]]]:
    return {
        name: (c.status, tuple(e.stopped for e in sorted(c.evaluations, key=lambda e: e.replicate)))
        for name, c in evolution.state.candidates.items()
    }


def test_a_run_killed_after_one_seed_failed_stops_whom_it_would_have_stopped(tmp_path: Path) -> None:
    whole = evolution_of(tmp_path / "whole")
    whole.run()
    assert whole.state.candidates["0-01"].status is Status.FAILED
    assert whole.state.candidates["0-02"].status is Status.STOPPED
    with pytest.raises(Killed):
        evolution_of(tmp_path / "cut", killed=True).run()
    again = evolution_of(tmp_path / "cut")
    assert again.state.candidates["0-01"].status is Status.FAILED
    again.run()
    assert ends_of(again) == ends_of(whole)
    assert again.state.judgements == whole.state.judgements


def test_what_was_judged_is_not_trained_again(tmp_path: Path) -> None:
    """Runs of earlier versions left out the other seeds of one that failed."""
    with pytest.raises(Killed):
        evolution_of(tmp_path, killed=True).run()
    evolution = evolution_of(tmp_path)
    evolution.judge(0)
    evolution.train(0)
    assert not evolution.state.candidates["0-01"].evaluations
