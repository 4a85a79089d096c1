"""Each number of a vector has its own words and bounds where they are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gymnasium import spaces

from eureka_agent.tasks import find_task, write_task
from eureka_agent.tasks.elements import with_elements
from eureka_agent.tasks.observe import leaves_of
from eureka_agent.tasks.task import Element, Signal, Task

DOC = """A thing.

| Num | Action | Min |
|-----|--------|-----|
| 0   | push   | -1  |
| 1   | pull   | -1  |

| Num | Observation      | Min  | Max | Joint | Type (Unit)              |
|-----|------------------|------|-----|-------|--------------------------|
| 0   | height of it     | 0    | 9   | root  | position (m)             |
| 1   | its reward so far | -Inf | Inf | root  | number                  |
| excluded | the x place | -Inf | Inf | root  | position (m)             |
"""


def observed(task: Task) -> Signal:
    signal = task.signal("obs")
    assert signal is not None
    return signal


def test_the_table_of_observations_names_the_elements() -> None:
    space = spaces.Box(np.array([0, -np.inf], np.float32), np.array([9, 3.4e38], np.float32))
    (leaf,) = leaves_of(space)
    assert with_elements(leaf.signal, space, DOC).elements == (
        Element("height of it", "m", 0.0, 9.0),
        Element("", "number", None, None),
    )


def test_gymnasiums_own_tables_are_read() -> None:
    elements = observed(find_task("gym:CartPole-v1")).elements
    assert [element.meaning for element in elements] == [
        "Cart Position", "Cart Velocity", "Pole Angle", "Pole Angular Velocity",
    ]  # fmt: skip
    assert elements[0].high == 4.8
    assert elements[1].high is None
    hopper = observed(find_task("gym:Hopper-v5")).elements
    assert len(hopper) == 11
    assert hopper[0].unit == "m"
    assert hopper[10].unit == "rad/s"


def test_elements_that_nothing_tells_apart_are_not_told_one_by_one() -> None:
    space = spaces.Box(-1.0, 1.0, (5,))
    (leaf,) = leaves_of(space)
    assert with_elements(leaf.signal, space, DOC).elements == ()


def test_pictures_and_grids_say_what_they_are() -> None:
    def meaning(*shape: int) -> str:
        (leaf,) = leaves_of(spaces.Box(0, 255, shape, np.uint8))
        return leaf.signal.meaning

    assert meaning(96, 96, 3).startswith("a picture of 96 x 96 pixels with 3 channels")
    assert meaning(7, 7, 3).startswith("a grid of 7 x 7 cells with 3 numbers each")
    assert meaning(5, 4).startswith("a table of 5 rows and 4 columns")


def test_a_folder_made_by_init_proposes_them(tmp_path: Path) -> None:
    made = write_task("pole", env_id="CartPole-v1", goal="Stay up.", folder=tmp_path)
    assert '{ meaning = "Cart Position", low = -4.8, high = 4.8 },' in (made / "task.toml").read_text()
    assert observed(find_task(made)).elements == observed(find_task("gym:CartPole-v1")).elements
