"""The measurement itself, at sizes that say nothing about speed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from eureka_agent.api.bench_physics import physics_steps_a_second
from eureka_agent.api.bench_speed import POPULATION, SpeedReport, SpeedRow, measure_speed
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError
from eureka_agent.tasks.registry import find_task


def row(scheme: str, candidates: int, wall_s: float) -> SpeedRow:
    return SpeedRow("half_cheetah", scheme, candidates, 1000, 2000 * candidates, wall_s, 1.0, 1.0, (0.0,))


def test_ratios_compare_candidates_in_equal_time() -> None:
    population, peer = row(POPULATION, 8, 10.0), row("sb3, one at a time", 2, 30.0)
    report = SpeedReport("a machine", 2, physics={"half_cheetah": 3200.0}, rows=[population, peer])
    assert report.ratio(peer) == pytest.approx(12.0)
    assert report.share_of_physics(population) == pytest.approx(0.5)
    assert SpeedReport("a machine", 2, rows=[peer]).ratio(peer) is None


def test_a_tiny_generation_is_measured() -> None:
    report = measure_speed(["cartpole"], peers=False, candidates=2, env_steps=512, settings={"n_steps": 16})
    (measured,) = report.rows
    assert (measured.scheme, measured.candidates) == (POPULATION, 2)
    assert measured.env_steps > 512 * 2
    assert measured.wall_s > 0
    assert report.settings["cartpole"]["n_steps"] == 16
    assert report.physics == {}


@pytest.mark.slow
def test_the_peer_is_measured_one_and_two_at_a_time() -> None:
    report = measure_speed(["cartpole"], candidates=2, peer_candidates=1, env_steps=512)
    assert [(r.scheme, r.candidates) for r in report.rows] == [
        (POPULATION, 2), ("sb3, one at a time", 1), ("sb3, two at a time", 2),
    ]  # fmt: skip


def test_bare_physics_is_measured_for_mujoco_only() -> None:
    assert physics_steps_a_second(find_task("cartpole"), threads=1) is None
    measured = physics_steps_a_second(find_task("reacher"), threads=1)
    assert measured is not None
    assert measured > 0


def test_unknown_cases_and_settings_say_what_is_allowed() -> None:
    with pytest.raises(ConfigError, match="half_cheetah"):
        measure_speed(["half_cheeta"])
    result = CliRunner().invoke(app, ["bench", "speed", "--set", "batch_size:64"])
    assert result.exit_code != 0
    with pytest.raises(ConfigError, match="batch_size"):
        measure_speed(["cartpole"], settings={"batch_sise": json.loads("64")})
