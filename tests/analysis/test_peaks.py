"""Peaks of safety signals: which steps count as one, and what is said of them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from analysis_fakes import candidate, episode, random_walk
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.analysis.peaks import (
    APART,
    CLEAR,
    LONGEST,
    MOST_BESIDE,
    MOST_PEAKS,
    observe_all_peaks,
    observe_peaks,
    peaks,
)
from eureka_agent.analysis.typical import Typical
from eureka_agent.analysis.whole import Known, Played, analyze_candidate
from eureka_agent.trajectories import Trajectory

STEPS = 100


def bumps(*at: tuple[int, float], width: float = 2.0, rest: float = 1.0) -> np.ndarray:
    """Return `(STEPS,)`: at rest, with a bell of this height and width (in steps) around each step."""
    steps = np.arange(STEPS)
    bells = [height * np.exp(-np.square((steps - step) / width) / 2) for step, height in at]
    return rest + np.sum(bells, axis=0)


def steps_of(impact: np.ndarray) -> list[int]:
    return [peak.step for peak in peaks(episode(len(impact), impact=impact), "impact")]


def test_two_separated_peaks_are_two_the_highest_first() -> None:
    assert steps_of(bumps((30, 20.0), (60, 40.0))) == [60, 30]


def test_a_broad_peak_is_one_however_it_trembles() -> None:
    broad = bumps((50, 40.0), width=10.0)
    assert steps_of(broad) == [50]
    trembling = broad + np.where(np.arange(STEPS) % 2 == 0, 1.5, 0.0)
    assert steps_of(trembling) == [50]
    assert len(steps_of(np.minimum(trembling, 30.0))) == 1


def test_of_two_nearer_than_ten_steps_the_higher_counts() -> None:
    assert steps_of(bumps((50, 20.0), (50 + APART - 1, 40.0), width=1.0)) == [50 + APART - 1]
    assert steps_of(bumps((50, 20.0), (50 + APART, 40.0), width=1.0)) == [50 + APART, 50]


def test_no_more_than_the_three_highest_are_told() -> None:
    impact = bumps((10, 20.0), (30, 50.0), (50, 30.0), (70, 10.0), (90, 40.0))
    assert steps_of(impact) == [30, 90, 50]


def test_an_episode_may_begin_and_end_at_a_peak() -> None:
    impact = np.ones(STEPS)
    impact[0], impact[-1] = 20.0, 30.0
    assert steps_of(impact) == [STEPS - 1, 0]


def test_a_plateau_counts_where_it_begins() -> None:
    impact = np.ones(STEPS)
    impact[40:60] = 20.0
    assert steps_of(impact) == [40]


@pytest.mark.parametrize("value", [0.0, 137.0, -3.0])
def test_of_a_constant_signal_nothing_is_said(value: float) -> None:
    assert list(observe_peaks(episode(STEPS, impact=np.full(STEPS, value)), ["impact"])) == []


def test_what_lies_less_than_five_times_above_the_median_is_no_peak() -> None:
    low, high = (bumps((50, factor * CLEAR - 1.0), width=1.0) for factor in (0.99, 1.01))
    assert steps_of(low) == []
    assert steps_of(high) == [50]
    assert steps_of(np.abs(np.sin(np.arange(STEPS)))) == []


def test_rounding_around_zero_is_no_peak() -> None:
    assert steps_of(bumps((50, 1e-8), rest=0.0)) == []
    (seen,) = observe_peaks(episode(STEPS, impact=np.eye(1, STEPS, 50)[0]), ["impact"])
    assert seen.text == "impact peaks at 1 (step 50), where its median is 0."


def test_a_negative_peak_keeps_its_sign_and_counts_by_its_size() -> None:
    speed = bumps((30, 10.0), rest=0.5) - bumps((70, 20.0), rest=0.0)
    (seen,) = observe_peaks(episode(STEPS, speed=speed), ["speed"], 2)
    assert seen.text.startswith(
        "speed peaks at -19.5 (step 70) and 10.5 (step 30), up to 39 times its median"
    )
    assert (seen.episode, seen.steps) == (2, (30, 70))
    assert seen.values == {"highest": -19.5, "median size": 0.5}


def test_of_a_vector_the_largest_element_counts_and_is_named() -> None:
    torque = np.stack([bumps((20, 9.0)), -bumps((60, 19.0)), np.zeros(STEPS)], axis=1)
    (seen,) = observe_peaks(episode(STEPS, torque=torque), ["torque"])
    assert seen.text.startswith("torque peaks at -20 (step 60, [1]) and 10 (step 20, [0]), up to 20 times")


def landing(*at: int) -> Trajectory:
    """Return an episode that falls and lands at these steps, while it drifts and its clock ticks."""
    falling = np.zeros(STEPS)
    for step in at:
        falling[step - 3 : step] = -2.9
    ticking = np.where(np.arange(STEPS) % 2 == 0, 1.0, -1.0)
    return episode(
        STEPS,
        impact=bumps(*((step, 1000.0) for step in at), width=0.5, rest=100.0),
        z_velocity=falling,
        x_position=np.arange(STEPS) * 3.0,
        ticking=ticking,
        joints=np.stack([falling, falling], axis=1),
    )


TYPICAL = Typical(
    {name: np.ones(1) for name in ("impact", "z_velocity", "x_position", "ticking")} | {"joints": np.ones(2)},
    np.zeros(0),
)


@pytest.mark.parametrize("typical", [TYPICAL, None])
def test_what_changes_unusually_just_before_is_told_and_nothing_else(typical: Typical | None) -> None:
    (seen,) = observe_peaks(landing(40, 70), ["impact"], typical=typical)
    assert seen.text == (
        "impact peaks at 1100 (step 40) and 1100 (step 70), up to 11 times its median size of 100; "
        "3 steps before and then: z_velocity -2.9→0, -2.9→0."
    )


def crowded(*at: int) -> tuple[Trajectory, Typical]:
    """Return a landing beside which ten velocities change, each more than the one before."""
    one = landing(*at)
    many = {f"v{n}": one.signals["z_velocity"] * (n + 1) for n in range(10)}
    unit = Typical({name: np.ones(1) for name in many}, np.zeros(0))
    return episode(STEPS, signals={"impact": one.signals["impact"], **many}), unit


def test_of_many_signals_those_that_change_most_are_told() -> None:
    one, unit = crowded(40)
    (seen,) = observe_peaks(one, ["impact"], typical=unit)
    assert seen.text.endswith("then: v9 -29→0; v8 -26.1→0; v7 -23.2→0; v6 -20.3→0.")
    assert seen.text.count("→") == MOST_BESIDE


def test_a_sentence_stays_short() -> None:
    one, unit = crowded(40, 55, 70)
    (seen,) = observe_peaks(one, ["impact"], typical=unit)
    assert "; 3 steps before and then: v9 -29→0, -29→0, -29→0" in seen.text
    assert len(seen.text) <= LONGEST


def test_a_signal_that_was_not_recorded_is_passed_over() -> None:
    assert list(observe_peaks(landing(40), ["gone"])) == []
    assert len(list(observe_peaks(episode(1, impact=[5.0]), ["impact"]))) == 0


def test_each_signals_worst_episode_comes_before_any_second() -> None:
    def both(impact: float, torque: float) -> Trajectory:
        return episode(STEPS, impact=bumps((50, impact)), torque=bumps((50, torque)))

    seen = list(observe_all_peaks([both(20, 90), both(40, 80), both(30, 0)], ["impact", "torque"]))
    assert [(one.text.split()[0], one.episode) for one in seen] == [
        ("impact", 1), ("torque", 0), ("impact", 2), ("torque", 1), ("impact", 0),
    ]  # fmt: skip


def test_an_analysis_tells_the_peaks_of_the_signals_that_are_known_for_safety() -> None:
    known = Known(1.0, [random_walk()], safety=("impact",))
    told = analyze_candidate(Played(candidate(), [landing(40)]), known).findings
    (seen,) = [finding for finding in told if finding.kind == "peak"]
    assert seen.citation == "candidate 0-00, episode 0, step 40"
    silent = analyze_candidate(Played(candidate(), [landing(40)]), Known(1.0, [random_walk()]))
    assert all(finding.kind != "peak" for finding in silent.findings)


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=60),
    st.sampled_from([0.0, 1e-30, 1.0, 1e30]),
)
def test_peaks_are_apart_clear_in_order_and_told_in_finite_numbers(values: list[float], unit: float) -> None:
    one = episode(len(values), impact=np.array(values) * unit, other=np.array(values[::-1]))
    found = peaks(one, "impact")
    sizes = np.abs(one.signals["impact"].astype(np.float64))
    steps = [peak.step for peak in found]
    assert len(steps) <= MOST_PEAKS
    assert all(b - a >= APART for a, b in zip(sorted(steps), sorted(steps)[1:], strict=False))
    assert all(sizes[step] >= CLEAR * np.median(sizes) for step in steps)
    assert [abs(peak.value) for peak in found] == sorted((sizes[step] for step in steps), reverse=True)
    if steps:
        assert sizes[steps[0]] == sizes.max()
    for seen in observe_peaks(one, ["impact"]):
        json.dumps(seen.to_json(), allow_nan=False)
        assert "nan" not in seen.text
        assert "inf" not in seen.text
