"""Order preservation compares only what is certain, and says nothing of too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.analysis.preservation import PaidPolicy, order_preservation

LOW, MIDDLE, HIGH = ((0.0, 0.1, 0.2), (5.0, 5.1, 5.2), (9.0, 9.1, 9.2))


def policies(*paid: float, scores: tuple[tuple[float, ...], ...] = (LOW, MIDDLE, HIGH)) -> list[PaidPolicy]:
    return [
        PaidPolicy(f"p{place}", own, (one, one + 0.01, one + 0.02))
        for place, (own, one) in enumerate(zip(scores, paid, strict=True))
    ]


def test_an_order_that_is_kept_has_tau_1() -> None:
    found = order_preservation(policies(1.0, 2.0, 3.0))
    assert found == (1.0, 27, 3, None)


def test_an_order_turned_round_has_tau_minus_1_and_names_the_worst_pair() -> None:
    found = order_preservation(policies(3.0, 2.0, 1.0))
    assert found is not None
    assert found.tau == -1.0
    assert found.worst == ("p2", "p0")


def test_paying_all_alike_keeps_nothing_and_turns_nothing_round() -> None:
    same = [PaidPolicy(f"p{place}", scores, (1.0,) * 3) for place, scores in enumerate((LOW, MIDDLE, HIGH))]
    assert order_preservation(same) == (0.0, 27, 3, None)


@pytest.mark.parametrize(
    "known",
    [
        policies(1.0, 2.0, scores=(LOW, HIGH)),
        policies(1.0, 2.0, 3.0, scores=(LOW, LOW, HIGH))[:2],
        policies(1.0, 2.0, 3.0, scores=(LOW, (-50.0, 50.0), (-60.0, 70.0))),
        [PaidPolicy(f"p{n}", scores, (1.0,)) for n, scores in enumerate((LOW, MIDDLE, HIGH))],
        [PaidPolicy("one", (1.0,), (1.0,)), PaidPolicy("two", (), ())],
        [],
    ],
    ids=["two policies", "one score", "wide intervals", "few pairs", "single scores", "none"],
)
def test_there_is_no_verdict_on_too_little(known: list[PaidPolicy]) -> None:
    assert order_preservation(known) is None


def test_policies_whose_intervals_meet_are_not_compared() -> None:
    twin = (0.05, 0.15, 0.25)
    found = order_preservation(policies(9.0, 1.0, 10.0, 11.0, scores=(LOW, twin, MIDDLE, HIGH)))
    assert found is not None
    assert (found.tau, found.pairs, found.policies) == (1.0, 45, 4)


@given(st.lists(st.integers(-100, 100), min_size=3, max_size=3), st.integers(1, 50))
def test_only_the_order_counts(paid: list[int], factor: int) -> None:
    plain = policies(*map(float, paid))
    scaled = [PaidPolicy(p.name, p.scores, tuple(factor * r for r in p.returns)) for p in plain]
    one, other = order_preservation(plain), order_preservation(scaled)
    assert one is not None
    assert other is not None
    assert other.tau == one.tau
    assert -1.0 <= one.tau <= 1.0
