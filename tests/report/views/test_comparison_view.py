"""What a comparison says in words: who is better beyond doubt, and who is not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from eureka_agent.analysis.agreement import Agreement
from eureka_agent.analysis.statistics import Interval, t_interval
from eureka_agent.report.views.comparison import (
    ComparedReward,
    ComparisonView,
    best_first,
    differing,
    verdict_of,
)

FIRST = ComparedReward("A", "a.py", (1.0, 2.0), level=Interval(1.5, 0.0, 3.0, 2))


def other(letter: str, difference: Interval | None, failure: str = "") -> ComparedReward:
    fitness = () if failure else (1.0, 2.0)
    return ComparedReward(letter, f"{letter}.py", fitness, failure, difference=difference)


BETTER = other("B", Interval(2.0, 1.0, 3.0, 3))
WORSE = other("C", Interval(-2.0, -3.0, -1.0, 3))
OPEN = other("D", Interval(0.5, -1.0, 2.0, 3))
ONE_SEED = other("E", t_interval([1.0]))
SAME = other("F", Interval(0.0, 0.0, 0.0, 3))
FAILED = other("G", None, "timed out: too slow")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (BETTER, "B is better than A beyond doubt: by 2 [1, 3] (95 % interval, 3 seeds)."),
        (WORSE, "A is better than C beyond doubt: by 2 [1, 3] (95 % interval, 3 seeds)."),
        (OPEN, "D and A cannot be told apart: the difference is 0.5 [-1, 2] (95 % interval, 3 seeds), "
         "positive where D is better."),
        (ONE_SEED, "E against A: one seed tells nothing of others. Use 3 at least."),
        (SAME, "F and A score the same on every seed."),
        (FAILED, "G cannot be compared with A: a training failed."),
    ],
)  # fmt: skip
def test_each_is_compared_with_the_first_in_one_sentence(one: ComparedReward, words: str) -> None:
    assert differing(one, FIRST) == words


@pytest.mark.parametrize(
    ("rewards", "words"),
    [
        ([FIRST, BETTER, WORSE, OPEN, SAME],
         "B is better than A; C is worse than A; D and F cannot be told from A."),
        ([FIRST, BETTER, BETTER], "B and B are better than A."),
        ([FIRST, ONE_SEED], "One seed decides nothing."),
        ([FIRST, FAILED], "No other reward could be trained."),
        ([FAILED, OPEN], "G could not be trained, so that nothing is compared with it. timed out: too slow"),
    ],
)  # fmt: skip
def test_the_verdict_sums_them_up(rewards: list[ComparedReward], words: str) -> None:
    assert verdict_of(rewards) == words


def test_a_document_holds_no_infinity() -> None:
    found = Agreement("A", "E", None, 1.0)
    view = ComparisonView(
        "cartpole", "", "steps", "maximize", 100, 1, "cpu", (FIRST, ONE_SEED), (), (found,), "?"
    )
    told = json.loads(json.dumps(view.to_json(), allow_nan=False))
    assert told["rewards"][1]["difference"] == {"mean": 1.0, "low": None, "high": None, "n": 1}
    assert told["agreements"][0]["returns"] == 1.0
    assert view.agreement("E", "A") == found


def test_the_last_line_names_the_best_first_in_either_direction() -> None:
    low = ComparedReward("B", "deep/in/b.py", (0.5, 0.5), level=Interval(0.5, 0.5, 0.5, 2))
    view = ComparisonView("t", "", "steps", "maximize", 300_000, 2, "cpu", (low, FIRST, FAILED), (), (), "?")
    assert (
        best_first(view)
        == "Fitness after 300,000 steps (2 seeds, mean), best first: a.py (A) 1.5, b.py (B) 0.5."
    )
    turned = best_first(replace(view, direction="minimize", seeds=1))
    assert turned == "Fitness after 300,000 steps (1 seed), best first: b.py (B) 0.5, a.py (A) 1.5."
    assert best_first(replace(view, rewards=(FAILED, FAILED))) == ""
