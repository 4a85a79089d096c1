"""Questions about recorded episodes are answered by what was recorded, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from trajectory_fakes import running

from eureka_agent.analysis.columns import MOST_ELEMENTS, columns_of
from eureka_agent.analysis.queries import MOST_ROWS, Episodes, Query, QueryError, answer

HEIGHT = np.arange(100, dtype=np.float32)


def episode(steps: int, **more: np.ndarray):
    made = running({"height": HEIGHT[:steps], "joints": np.ones((steps, 3), np.float32), **more})
    return replace(made, reward=HEIGHT[:steps] / 10, components={"low": -HEIGHT[:steps]})


EPISODES: Episodes = {"0-01": (episode(100), episode(10)), "0-02": (episode(5),), "0-03": ()}


def asked(**query: Any) -> str:
    return answer(TypeAdapter(Query).validate_python(query), EPISODES)


def test_columns_are_elements_rewards_and_components() -> None:
    columns = columns_of(episode(4, many=np.ones((4, 99)), prev_height=np.zeros(4)))
    many = [f"many[{i}]" for i in range(MOST_ELEMENTS)]
    assert list(columns) == [
        "height", "joints[0]", "joints[1]", "joints[2]", *many, "reward", "component:low",
    ]  # fmt: skip
    assert all(column.shape == (4,) for column in columns.values())


def test_a_window_shows_the_steps_between_two_of_them() -> None:
    told = asked(
        query="window", candidate="0-01", episode=1, first=7, last=500, names=["height", "component:low"]
    )
    assert told == (
        "| step | height | component:low |\n| --- | --- | --- |\n"
        "| 7 | 7 | -7 |\n| 8 | 8 | -8 |\n| 9 | 9 | -9 |"
    )
    long = asked(query="window", candidate="0-01", episode=0, first=0, last=99, names=["reward"])
    rows = long.splitlines()[2:]
    assert len(rows) == MOST_ROWS
    assert rows[0] == "| 0 | 0 |"
    assert rows[-1] == "| 99 | 9.9 |"


def test_statistics_are_over_all_episodes_and_over_the_steps_asked_for() -> None:
    whole = asked(query="statistics", candidate="0-01", names=["height"])
    assert whole.startswith("110 of 110 steps.")
    told = asked(
        query="statistics", candidate="0-01", names=["height", "reward"],
        where={"name": "height", "is": "above", "value": 97.5},
    )  # fmt: skip
    assert told.splitlines()[0] == "2 of 110 steps."
    assert told.splitlines()[3].startswith("| height | 98.5 | 98 |")
    none = asked(
        query="statistics", candidate="0-02", names=["height"],
        where={"name": "height", "is": "above", "value": 97.5},
    )  # fmt: skip
    assert none == "None of 5 steps meets the condition."


def test_several_conditions_hold_all_at_once() -> None:
    high = {"name": "height", "is": "above", "value": 40}
    where = [high, {"name": "component:low", "is": "above", "value": -44}]
    told = asked(query="statistics", candidate="0-01", names=["height"], where=where)
    assert told.splitlines()[0] == "3 of 110 steps."
    first = asked(query="first", candidate="0-01", names=["height"], where=where)
    assert first.splitlines()[2] == "| 0 | 41 of 100 | 41 |"
    for wrong in ([], where * 2):
        with pytest.raises(ValidationError):
            asked(query="first", candidate="0-01", names=["height"], where=wrong)


def test_the_first_step_of_a_condition_is_found_in_every_episode() -> None:
    told = asked(
        query="first",
        candidate="0-01",
        names=["reward"],
        where={"name": "height", "is": "above", "value": 41},
    )
    assert told.splitlines()[2:] == ["| 0 | 42 of 100 | 4.2 |", "| 1 | never of 10 |  |"]


def test_two_candidates_are_compared() -> None:
    told = asked(query="comparison", candidate="0-02", other="0-01", names=["height"])
    assert told.splitlines()[0] == "| column | mean 0-02 | median 0-02 | mean 0-01 | median 0-01 |"
    assert told.splitlines()[2].startswith("| height | 2 | 2 | 45.4 |")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"candidate": "0-03"}, "those of 0-01, 0-02"),
        ({"candidate": "../x"}, "those of 0-01, 0-02"),
        ({"names": ["heigth"]}, "Did you mean 'height'?"),
        ({"names": ["joints"]}, "joints\\[2\\]"),
        ({"episode": 2}, "episodes 0 to 1, not 2"),
        ({"first": 200, "last": 300}, "steps 0 to 99"),
        ({"first": 9, "last": 3}, "first ≤ last"),
    ],
)
def test_what_was_not_recorded_is_said_with_what_was(query: dict[str, Any], says: str) -> None:
    whole = {"query": "window", "candidate": "0-01", "episode": 0, "first": 0, "last": 9, "names": ["height"]}
    with pytest.raises(QueryError, match=says):
        asked(**whole | query)


@pytest.mark.parametrize(
    "query",
    [
        {"query": "everything"},
        {"query": "statistics", "candidate": "0-01", "names": []},
        {"query": "statistics", "candidate": "0-01", "names": ["height"] * 9},
        {"query": "statistics", "candidate": "0-01", "names": ["height"], "code": "import os"},
        {"query": "window", "candidate": "0-01", "episode": -1, "first": 0, "last": 9, "names": ["height"]},
        {
            "query": "first",
            "candidate": "0-01",
            "names": ["height"],
            "where": {"name": "x", "is": "!", "value": 0},
        },
    ],
)
def test_there_are_no_other_questions(query: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        asked(**query)
