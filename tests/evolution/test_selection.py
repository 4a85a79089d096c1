"""Who leads by posterior, and who is trained on another seed."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution, source_worth

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.design.proposer import Draft, Slot
from eureka_agent.evolution.confirmation import finalists_of
from eureka_agent.evolution.loop import Evolution, Interrupted
from eureka_agent.evolution.selection import planned_again
from eureka_agent.training.job import TrainingFailure, TrainingJob

Asked = list[tuple[str, int]]


def evolution_of(root: Path, trainer: FakeTrainer, **options: Any) -> Evolution:
    return make_evolution(root, trainer=trainer, selection="posterior", **options)


def trained_again(evolution: Evolution) -> Asked:
    judgements = evolution.state.judgements
    return [(one.name, one.replicate) for number in sorted(judgements) for one in judgements[number].duel]


def test_some_are_trained_on_another_seed_after_every_generation_the_last_one_too(tmp_path: Path) -> None:
    trainer = FakeTrainer(noise=1.0)
    evolution = evolution_of(tmp_path, trainer)
    evolution.run()
    asked = trained_again(evolution)
    assert len(asked) == 3 * planned_again(evolution.config)
    assert len(set(asked)) == len(asked)
    searched = [(job.name, job.replicate) for job in trainer.jobs if job.stage == "search"]
    assert set(asked) <= set(searched)
    assert len(searched) == 12 + len(asked)
    assert evolution.state.duels, "the last generation's seeds are judged, too"


def test_who_leads_is_who_is_believed_best(tmp_path: Path) -> None:
    evolution = evolution_of(tmp_path, FakeTrainer(noise=1.0))
    evolution.run()
    archive = evolution.state.archive(sign=1.0)
    best = max(archive.beliefs, key=lambda name: archive.beliefs[name].mean)
    assert archive.incumbent_id == best == archive.ranked()[0].id
    assert best in (evolution.state.finalists or ())


def test_finalists_are_those_of_whom_most_is_believed_and_not_the_luckiest() -> None:
    def once(index: int, *scores: float) -> Candidate:
        evaluations = tuple(Evaluation("search", n, n, s, (s,), 1, 0.0, 0) for n, s in enumerate(scores))
        return Candidate(0, index, "seed", status=Status.TRAINED, evaluations=evaluations)

    lucky, sure = once(0, 10.0), once(1, *[9.5] * 8)
    archive = Archive.of([lucky, sure, *(once(n, 0.1 * n) for n in range(2, 6))], sign=1.0, by_posterior=True)
    assert [one.id for one in finalists_of([archive], 2)] == ["0-01", "0-00"]
    duels = replace(archive, by_posterior=False, incumbent_id="0-05")
    assert [one.id for one in finalists_of([duels], 2)] == ["0-05", "0-00"]


def test_no_leader_has_a_privilege(tmp_path: Path) -> None:
    """Whoever is proposed later and better leads at once; duels would keep the first one."""
    evolution = evolution_of(tmp_path, FakeTrainer(), generations=2, samples=3)
    evolution.run()
    worth = {name: c.fitness or 0.0 for name, c in evolution.state.candidates.items()}
    leader = evolution.state.judgements[1].incumbent
    assert leader == max(worth, key=lambda name: worth[name])


def test_a_run_stopped_while_second_seeds_are_trained_goes_on_alike(tmp_path: Path) -> None:
    whole = evolution_of(tmp_path / "whole", FakeTrainer(noise=1.0))
    whole.run()
    stop, first = threading.Event(), FakeTrainer(noise=1.0)

    def stop_at_second_seed(job: TrainingJob) -> None:
        if job.replicate == 1:
            stop.set()

    first.fail = stop_at_second_seed
    with pytest.raises(Interrupted):
        evolution_of(tmp_path / "cut", first, stop=stop).run()
    second = FakeTrainer(noise=1.0)
    again = evolution_of(tmp_path / "cut", second)
    again.run()
    assert trained_again(again) == trained_again(whole)
    assert again.state.judgements == whole.state.judgements
    done = [(job.name, job.stage, job.replicate) for job in first.jobs + second.jobs]
    assert len(done) == len(set(done))


def test_who_fails_on_another_seed_leads_no_longer(tmp_path: Path) -> None:
    def fail(job: TrainingJob) -> TrainingFailure | None:
        hurt = job.stage == "search" and job.replicate == 1
        return TrainingFailure("failed", "it pays otherwise") if hurt else None

    evolution = evolution_of(tmp_path, FakeTrainer(fail=fail), generations=2)
    evolution.run()
    failed = {name for name, c in evolution.state.candidates.items() if c.status is Status.FAILED}
    assert failed
    assert evolution.state.archive(sign=1.0).incumbent_id not in failed


def test_where_all_are_alike_the_first_leads(tmp_path: Path) -> None:
    class Same(CountingProposer):
        def propose(self, slot: Slot, briefing: Briefing) -> Draft:
            return Draft(source_worth(1.0, f"term_{slot.generation}_{slot.index}"))

    evolution = evolution_of(tmp_path, FakeTrainer(), proposer=Same())
    evolution.run()
    assert {c.fitness for c in evolution.state.candidates.values()} == {1.0}
    assert evolution.state.archive(sign=1.0).incumbent_id == "0-00"
