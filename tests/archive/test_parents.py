"""Parents are drawn from what is believed of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, EarlyStop, Evaluation, Status
from eureka_agent.archive.parents import drawn_parents


def candidate(index: int, *scores: float, stopped: bool = False) -> Candidate:
    stop = EarlyStop(checkpoint=1, env_steps=1, of=4, behind=1.0, allowed=0.5) if stopped else None
    evaluations = tuple(
        Evaluation("search", n, n, score, (score,), 1, 0.0, 0, stopped=stop) for n, score in enumerate(scores)
    )
    status = Status.STOPPED if stopped else Status.TRAINED
    return Candidate(0, index, "seed", status=status, evaluations=evaluations)


def drawn(archive: Archive, count: int, seed: int) -> tuple[str, ...]:
    return drawn_parents(archive, count, np.random.default_rng(seed))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_who_may_be_best_has_more_children_whichever_direction_is_better(sign: float) -> None:
    scores = (9.0, 8.0, 1.0, 0.5, 0.2)
    archive = Archive.of((candidate(i, sign * score) for i, score in enumerate(scores)), sign=sign)
    taken = Counter(drawn(archive, 1, seed)[0] for seed in range(300))
    assert taken["0-00"] > taken["0-01"] > taken["0-04"]


def test_a_leader_that_is_sure_has_more_children_than_one_by_a_single_seed() -> None:
    others = [candidate(i, score) for i, score in enumerate((4.0, 2.0, 1.0, 0.0), start=1)]
    lucky = Archive.of([candidate(0, 5.0), *others], sign=1.0)
    sure = Archive.of([candidate(0, *[5.0] * 8), *others], sign=1.0)
    shares = [Counter(drawn(archive, 1, seed)[0] for seed in range(300))["0-00"] for archive in (lucky, sure)]
    assert shares[0] < shares[1]


def test_who_was_stopped_early_is_no_parent_and_there_may_be_fewer_than_asked_for() -> None:
    archive = Archive.of([candidate(0, 1.0), candidate(1, 9.0, stopped=True)], sign=1.0)
    assert drawn(archive, 2, 0) == ("0-00",)
    assert drawn(Archive.of([], sign=1.0), 2, 0) == ()
