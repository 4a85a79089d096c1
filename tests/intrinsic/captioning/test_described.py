"""Captions of measured numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trajectory_fakes import running

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captioning.captions import NONE
from eureka_agent.intrinsic.captioning.described import DescribedSignals
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import CaptionPart
from eureka_agent.trajectories import inspect_environment

HEIGHT = CaptionPart("height", (0.0, 1.0), ("low", "", "high"))
SPEED = CaptionPart("speed", (0.45,), ("slow", "fast"), element=1)


def described(*values: float, parts: tuple[CaptionPart, ...] = (HEIGHT,)) -> list[str]:
    heights = np.array(values, np.float32)[:, None]
    captions = DescribedSignals(parts)({"height": heights}, np.zeros(heights.shape, bool))
    return ["" if n == NONE else captions.texts[n] for n in captions.index[:, 0]]


def test_a_number_is_told_by_its_range_and_an_edge_is_in_the_upper_one() -> None:
    assert described(-1.0, -1e-6, 0.0, 0.5, 1.0, 7.0) == ["low", "low", "", "", "high", "high"]


def test_edges_are_rounded_as_the_numbers_are() -> None:
    """The flag at 0.45 lies just below itself in float32."""
    assert described(0.45, parts=(CaptionPart("height", (0.45,), ("before", "at")),)) == ["at"]


def test_words_of_parts_are_joined_in_order_and_empty_ones_left_out() -> None:
    rng = np.random.default_rng(0)
    signals = {
        "height": rng.uniform(-1, 2, (40, 3)).astype(np.float32),
        "speed": rng.uniform(-1, 2, (40, 3, 2)).astype(np.float32),
    }
    captions = DescribedSignals([HEIGHT, SPEED])(signals, np.zeros((40, 3), bool))
    for step, world in np.ndindex(40, 3):
        height, speed = signals["height"][step, world], signals["speed"][step, world, 1]
        words = ["low"] if height < 0 else ["high"] if height >= 1 else []
        words.append("fast" if speed >= np.float32(0.45) else "slow")
        assert captions.texts[captions.index[step, world]] == ", ".join(words)
    assert len(captions.texts) == len(set(captions.texts)) <= 6


def test_ranges_with_the_same_words_are_one_caption() -> None:
    part = CaptionPart("height", (-1.0, 1.0), ("far", "near", "far"))
    heights = np.array([[-2.0, 0.0, 2.0]], np.float32)
    captions = DescribedSignals([part])({"height": heights}, np.zeros((1, 3), bool))
    assert captions.texts == ("far", "near")
    assert captions.index.tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("steps", [0, 1])
def test_rollouts_without_captions(steps: int) -> None:
    heights = np.full((steps, 2), 0.5, np.float32)
    captions = DescribedSignals([HEIGHT])({"height": heights}, np.zeros((steps, 2), bool))
    assert captions.texts == ()
    assert (captions.index == NONE).all()


def test_more_ranges_than_can_be_counted_are_refused() -> None:
    part = CaptionPart("height", tuple(range(255)), ("x",) * 256)
    DescribedSignals([part] * 7)
    for parts in ([part] * 8, []):
        with pytest.raises(ConfigError, match="cannot be made"):
            DescribedSignals(parts)


@pytest.mark.parametrize("name", ["mountain_car", "pendulum", "hopper", "cartpole"])
def test_every_step_of_random_play_is_described(name: str) -> None:
    """By what the task declares, or by what a recording shows."""
    task = find_task(name)
    batch = inspect_environment(task)
    captioner = DescribedSignals.of_task(task, batch.trajectories)
    captions = captioner(batch.signals, batch.first)
    assert (captions.index != NONE).all()
    assert len(captions.texts) >= 3
    assert set(captioner.signals) <= {signal.name for signal in task.signals}


def test_a_declared_caption_names_the_flag() -> None:
    task = find_task("mountain_car")
    at_flag = {"position": np.array([[0.45]], np.float32), "velocity": np.array([[0.04]], np.float32)}
    captions = DescribedSignals.of_task(task)(at_flag, np.zeros((1, 1), bool))
    assert captions.texts == ("the car is at the flag, fast to the right",)


def recorded(**signals: np.ndarray):
    return [running({name: array.astype(np.float32) for name, array in signals.items()})]


def test_generated_captions_tell_numbers_and_units_of_what_varies() -> None:
    task = find_task("cartpole")
    spread = np.linspace(-1, 1, 101)
    captioner = DescribedSignals.of_recording(
        task, recorded(cart_position=spread, cart_velocity=np.zeros(101), pole_angle=0.05 * spread)
    )
    assert captioner.parts == (
        CaptionPart("cart_position", (-0.8, 0.8), (
            "cart position low (below -0.8 m)", "cart position middle (-0.8 to 0.8 m)",
            "cart position high (0.8 m or more)",
        )),
        CaptionPart("pole_angle", (-0.04, 0.04), (
            "pole angle low (below -0.04 rad)", "pole angle middle (-0.04 to 0.04 rad)",
            "pole angle high (0.04 rad or more)",
        )),
    )  # fmt: skip
    assert captioner.legend[0].startswith("cart position: position of the cart, 0 in the middle")


def test_nothing_that_varies_is_an_error() -> None:
    for trajectories in ([], recorded(cart_position=np.ones(5))):
        with pytest.raises(ConfigError, match="no scalar signal that varies"):
            DescribedSignals.of_recording(find_task("cartpole"), trajectories)


PENDULUM = find_task("pendulum")


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=50))
def test_generated_ranges_have_the_edges_that_their_words_name(values: list[float]) -> None:
    try:
        parts = DescribedSignals.of_recording(PENDULUM, recorded(angle=np.array(values))).parts
    except ConfigError:
        assert np.ptp(np.quantile(values, (0.1, 0.9))) < 1e-3 * max(map(abs, values)) or len(set(values)) == 1
        return
    (part,) = parts
    low, high = part.edges
    assert low < high
    assert part.words[0].endswith(f"(below {part.words[1].split('(')[1].split(' to ')[0]} rad)")
    assert float(part.words[1].split("(")[1].split(" to ")[0]) == low
