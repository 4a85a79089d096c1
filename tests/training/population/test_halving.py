"""Who is stopped early: properties that hold for any curves."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.training.population.halving import RULE, CheckpointScore, Rule, clearly_behind

LOOKS = 6
EAGER = Rule(first=0.3, survivors=0.25, margin=0.2, errors=1.0)

scores = st.integers(-50, 50).map(float)
checkpoint_scores = st.builds(CheckpointScore, scores, st.integers(0, 8).map(float))
rules = st.builds(
    Rule,
    first=st.sampled_from([0.0, 0.2, 0.5]),
    survivors=st.sampled_from([0.0, 0.25, 0.5]),
    margin=st.sampled_from([0.1, 0.5, 0.9]),
    learned=st.sampled_from([0.0, 0.25]),
    errors=st.sampled_from([0.0, 2.0]),
)
generations = st.lists(
    st.lists(checkpoint_scores, min_size=LOOKS, max_size=LOOKS), min_size=1, max_size=9
).map(lambda curves: {f"c{index}": curve for index, curve in enumerate(curves)})


def stops(curves: dict[str, list[CheckpointScore]], rule: Rule) -> dict[str, int]:
    """Return who stops at which look when the rule is applied look by look, as in training."""
    seen: dict[str, list[CheckpointScore]] = {name: [] for name in curves}
    stopped: dict[str, int] = {}
    for look in range(LOOKS):
        for name, curve in curves.items():
            if name not in stopped:
                seen[name].append(curve[look])
        stopped |= dict.fromkeys(clearly_behind(seen, look, LOOKS, rule), look)
    return stopped


def rising(*ends: float) -> dict[str, list[CheckpointScore]]:
    """Curves that rise from 0 in equal steps."""
    return {
        f"c{i}": [CheckpointScore(end * look / (LOOKS - 1), 0.1) for look in range(LOOKS)]
        for i, end in enumerate(ends)
    }


def test_those_that_learn_nothing_stop_and_those_that_learn_go_on() -> None:
    stopped = stops(rising(100.0, 90.0, 80.0, 2.0, 0.0, 85.0), EAGER)
    assert set(stopped) == {"c3", "c4"}
    assert set(stopped.values()) == {1}


def test_a_candidate_is_judged_by_its_best_checkpoint_so_far() -> None:
    curves = rising(100.0, 100.0, 100.0, 100.0)
    curves["fell"] = [CheckpointScore(100.0, 0.1)] + [CheckpointScore(0.0, 0.1)] * (LOOKS - 1)
    assert "fell" not in stops(curves, EAGER)


def test_while_the_safe_ones_have_learned_little_nobody_stops() -> None:
    """As HalfCheetah starts: all but one stand still, and each does so in every episode alike."""
    ends = {"falls": -0.5, "stands": 0.0, "creeps": 0.01, "crawls": 0.02, "walks": 1.0}
    curves = {
        name: [CheckpointScore(0.0, 0.0)] + [CheckpointScore(end, 0.0)] * (LOOKS - 1)
        for name, end in ends.items()
    }
    assert stops(curves, replace(EAGER, survivors=0.5)) == {}
    assert "stands" in stops(curves, replace(EAGER, survivors=0.5, learned=0.0))


def test_what_may_be_chance_stops_nobody() -> None:
    curves = {
        name: [CheckpointScore(look.score, 60.0) for look in curve]
        for name, curve in rising(100, 100, 0).items()
    }
    assert stops(curves, EAGER) == {}
    calm = {name: [CheckpointScore(look.score, 0.0) for look in curve] for name, curve in curves.items()}
    assert set(stops(calm, EAGER)) == {"c2"}


@given(generations, rules)
def test_the_safe_are_never_too_few_and_the_best_is_among_them(
    curves: dict[str, list[CheckpointScore]], rule: Rule
) -> None:
    stopped = stops(curves, rule)
    left = curves.keys() - stopped.keys()
    assert len(left) >= min(len(curves), 2, math.ceil(rule.survivors * len(curves)) or 2)
    assert len(left) >= min(len(curves), rule.safe(len(curves)))
    for name, look in stopped.items():
        own = max(seen.score for seen in curves[name][: look + 1])
        assert own < max(seen.score for other in left for seen in curves[other][: look + 1])


@given(generations, rules)
def test_nobody_stops_too_early_or_at_the_end(curves: dict[str, list[CheckpointScore]], rule: Rule) -> None:
    assert all(rule.first * LOOKS <= look + 1 < LOOKS for look in stops(curves, rule).values())


@given(st.integers(1, 9), scores, rules)
def test_nobody_stops_while_fitness_is_flat(count: int, level: float, rule: Rule) -> None:
    flat = {f"c{index}": [CheckpointScore(level, 0.0)] * LOOKS for index in range(count)}
    assert stops(flat, rule) == {}


@given(generations, rules, st.integers(-100, 100), st.sampled_from([0.25, 2.0, 64.0]))
def test_neither_the_units_of_fitness_nor_its_zero_matter(
    curves: dict[str, list[CheckpointScore]], rule: Rule, zero: int, unit: float
) -> None:
    rule = replace(rule, margin=0.5)  # exact in binary, as the scores are: no tie is decided by rounding
    rule = replace(rule, errors=0.0)
    other = {
        name: [CheckpointScore(unit * (look.score + zero), unit * look.error) for look in curve]
        for name, curve in curves.items()
    }
    assert stops(other, rule) == stops(curves, rule)


@given(generations, rules, st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(
    curves: dict[str, list[CheckpointScore]], rule: Rule, random: object
) -> None:
    names = list(curves)
    random.shuffle(names)  # pyright: ignore[reportAttributeAccessIssue]
    assert stops({name: curves[name] for name in names}, rule) == stops(curves, rule)


@given(generations, rules, st.integers(0, LOOKS - 1))
def test_what_comes_later_is_not_read(
    curves: dict[str, list[CheckpointScore]], rule: Rule, look: int
) -> None:
    so_far = {name: curve[: look + 1] for name, curve in curves.items()}
    assert clearly_behind(so_far, look, LOOKS, rule) == clearly_behind(curves, look, LOOKS, rule)


@given(generations, st.integers(0, LOOKS - 1))
def test_a_larger_margin_stops_nobody_else(curves: dict[str, list[CheckpointScore]], look: int) -> None:
    strict, lenient = (clearly_behind(curves, look, LOOKS, replace(RULE, margin=m)) for m in (0.2, 0.8))
    assert lenient.keys() <= strict.keys()
