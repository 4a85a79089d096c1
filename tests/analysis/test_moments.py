"""The table of an episode's key moments."""

from __future__ import annotations

import numpy as np
from analysis_fakes import episode, random_walk, typical

from eureka_agent.analysis.moments import MOST_ROWS, first_steps, joined, key_moments


def test_rows_stand_every_ten_steps_around_what_happened() -> None:
    table = key_moments(random_walk(200), {100: "it slipped"}, typical(), 3)
    assert table.episode == 3
    assert {0, 70, 80, 90, 100, 110, 120, 130, 169, 179, 189, 199} <= set(table.steps)
    assert len(table.steps) <= MOST_ROWS
    assert dict(zip(table.steps, table.notes, strict=True))[100] == "it slipped"
    assert table.notes[-1] == "time limit"
    assert table.columns == ("position", "velocity", "action")


def test_one_step_is_a_table_of_one_row() -> None:
    table = key_moments(episode(1, "it fell", height=np.ones(1)), {0: "it hops", 7: "elsewhere"})
    assert (table.steps, table.rows, table.notes) == ((0,), ((1.0,),), ("it hops; it fell",))


def test_scalars_that_change_come_first_and_a_third_is_left_to_vectors() -> None:
    rows = np.arange(30.0)
    signals = {f"s{k}": rows * (k > 1) + 1 for k in range(8)}
    table = key_moments(episode(30, signals=signals, legs=np.stack([rows, rows], 1)), {})
    assert table.columns == ("s2", "s3", "s4", "s5", "legs[0]", "legs[1]")


def test_what_is_paid_and_the_fitness_so_far_stand_at_the_end() -> None:
    values = np.arange(30, dtype=np.float32)
    one = episode(30, height=values, reward=values, components={"near": values}, fitness_so_far=values)
    assert key_moments(one, {}).columns == ("height", "reward", "component:near", "task_score")
    assert key_moments(one, {}).to_json()["rows"][0] == {"step": 0, "values": [0.0] * 4, "note": ""}


def test_a_long_episode_with_many_events_stays_small() -> None:
    happened = dict.fromkeys(range(0, 2000, 7), "hop")
    assert len(key_moments(random_walk(2000), happened).steps) <= MOST_ROWS + 1


def test_what_comes_after_an_event_stands_before_what_was_before_it() -> None:
    happened: dict[int, str] = dict.fromkeys(range(100, 800, 200), "hop")
    steps = set(key_moments(random_walk(900), happened).steps)
    assert {step + after for step in happened for after in (10, 20)} <= steps
    assert len(steps) == MOST_ROWS


def test_the_first_touch_of_a_contact_is_a_moment() -> None:
    steps = np.arange(60)
    foot, knee = np.where(steps % 20 < 5, 3.0, 0.0), np.where(steps > 40, 0.2, 0.0)
    signals = {"foot": foot, "knee": knee, "speed": np.sin(steps), "never": 0.0 * steps, "height": steps + 1}
    table = key_moments(episode(60, signals=signals, action=np.eye(2)[steps % 2]), {20: "it slips"})
    assert table.noted == {20: "it slips; foot first leaves 0", 41: "knee first leaves 0", 59: "time limit"}


def test_events_are_noted_where_they_begin_and_share_a_step() -> None:
    masks = {"a": np.array([0, 1, 1, 0, 1]) > 0, "b": np.zeros(5, bool), "c": np.array([0, 1, 0, 0, 0]) > 0}
    assert first_steps(masks) == {1: "'a'; 'c'"}
    assert joined({1: "x"}, {1: "y", 2: "z"}) == {1: "x; y", 2: "z"}


def test_a_model_reads_the_same_rows_as_a_table() -> None:
    paid = np.ones(2, np.float32)
    one = episode(2, "a | b", height=[0.12345, 1e-9], components={"x|y": paid}, reward=paid)
    lines = key_moments(one, {0: "it hops"}).to_markdown().splitlines()
    assert lines[0].startswith("| step | height | reward | component:x")
    assert lines[2].startswith("| 0 | 0.123 | 1 | 1 | it hops |")
    assert [line.replace("\\|", "").count("|") for line in lines] == [6, 6, 6, 6]
