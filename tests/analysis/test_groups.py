"""Groups of episodes with an exemplar, and spread over episodes and seeds."""

from __future__ import annotations

from analysis_fakes import trained

from eureka_agent.analysis.groups import clusters, observe_clusters, observe_spread
from eureka_agent.analysis.outcomes import EpisodeOutcome


def told(*pairs: tuple[str, float | None]) -> list[EpisodeOutcome]:
    return [EpisodeOutcome(k, name, 10 + k, fitness, None, True) for k, (name, fitness) in enumerate(pairs)]


def test_the_exemplar_of_a_group_is_its_median() -> None:
    some = told(("fell", 9.0), ("fell", 2.0), ("stood", 5.0), ("fell", 1.0))
    assert clusters(some, {}) == [[1, 0, 3], [2]]
    (large, small) = observe_clusters(some, {})
    assert large.text == "3 of 4 episodes went alike (fell), for example this one."
    assert (large.episode, large.steps) == (1, (0, 10))
    assert small.episode == 2


def test_behaviour_tells_episodes_of_one_outcome_apart() -> None:
    some = told(("timed out", None), ("timed out", None), ("timed out", None))
    assert clusters(some, {1: frozenset({"still"})}) == [[0, 2], [1]]
    assert list(observe_clusters(some, {})) == []
    assert list(observe_clusters([], {})) == []


def test_seeds_that_disagree_are_called_so() -> None:
    (wide,) = observe_spread([trained([k], replicate=n) for n, k in enumerate((1.0, 3.0))])
    assert "over 2 seeds" in wide.text.lower()
    assert wide.text.endswith("one seed says little.")
    (close,) = observe_spread([trained([k], replicate=n) for n, k in enumerate((1.0, 1.1))])
    assert close.text.endswith("1 to 1.1.")
    assert list(observe_spread([trained([1.0])])) == []
    assert list(observe_spread([])) == []


def test_two_groups_of_scores_are_told() -> None:
    (seen,) = observe_spread([trained([0.0], episodes=[0.0, 0.1, 5.0, 5.1, 5.2])])
    assert "two groups: 2 of 5 at 0.1 or less, the others at 5 or more" in seen.text
    for even in ([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 9.0], [0.0, 5.0, 5.0], [1.0] * 5):
        assert list(observe_spread([trained([0.0], episodes=even)])) == []
