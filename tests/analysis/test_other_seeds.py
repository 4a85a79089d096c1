"""What the same reward taught on another seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from analysis_fakes import episode, trained, typical

from eureka_agent.analysis.observation import ObservationKind
from eureka_agent.analysis.other_seeds import first_training, most_different_training, observe_other_seed
from eureka_agent.archive.candidate import Candidate

WALKED = np.cumsum(np.full(60, 0.5))


def seeds(*scores: float, stage: str = "search") -> Candidate:
    """Return a candidate with a training for each score, the last one first in the list."""
    evaluations = [
        replace(trained([1.0]), stage=stage, replicate=replicate, fitness=score)
        for replicate, score in enumerate(scores)
    ]
    return Candidate(0, 3, "seed", evaluations=tuple(reversed(evaluations)))


def test_the_training_that_differs_most_from_the_first_is_told() -> None:
    torn = seeds(12.0, 11.0, 0.0, 13.0)
    first, other = first_training(torn), most_different_training(torn)
    assert first is not None
    assert other is not None
    assert (first.replicate, other.replicate) == (0, 2)
    fell = episode(20, "the torso came too low", position=WALKED[:20], velocity=WALKED[:20])
    (seen,) = observe_other_seed(torn, [fell, fell])
    assert seen.kind is ObservationKind.SPREAD
    ended = "2 of 2 the torso came too low, after 20 steps on average."
    assert seen.text == f"On another training seed it scored 0, not 12: {ended}"
    assert seen.citation == "the training search-2"


def test_that_it_stood_still_is_told_where_random_play_is_known() -> None:
    stood = np.concatenate([WALKED[:10], np.full(50, WALKED[9])])
    still = episode(60, "done", position=stood, velocity=stood)
    (seen,) = observe_other_seed(seeds(1.0, 0.0), [still], typical())
    assert "1 of 1 done, after 60 steps on average, standing still for 51." in seen.text


def test_without_another_seed_or_its_episodes_nothing_is_said() -> None:
    walked = episode(60, position=WALKED, velocity=WALKED)
    assert not list(observe_other_seed(seeds(1.0), [walked]))
    assert not list(observe_other_seed(seeds(1.0, 0.0), []))
    assert not list(observe_other_seed(seeds(1.0, 0.0, stage="confirm"), [walked]))
    assert most_different_training(seeds()) is None
