"""What the MuJoCo tasks score: behaviour as it was asked for scores high, every cheat scores low."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mujoco_fakes import score

from eureka_agent.tasks.scoring import highest_landed_jump, landed_turns, longest_run, runs

TURN = 2 * np.pi
Array = np.ndarray


def ramp(begin: float, end: float, steps: int) -> Array:
    return np.linspace(begin, end, steps + 1)[1:]


def flat(value: float, steps: int) -> Array:
    return np.full(steps, value)


def joined(*parts: Array) -> Array:
    return np.concatenate(parts)


# Locomotion


def test_reaching_is_measured_at_the_end() -> None:
    held = joined(ramp(0.2, 0.0, 20), flat(0.0, 30))
    passing = joined(ramp(0.2, 0.0, 20), ramp(0.0, 0.2, 30))
    assert score("reacher", distance=held) == pytest.approx(0.0)
    assert score("reacher", distance=passing) > 0.1


def test_running_counts_on_the_feet_only() -> None:
    assert score("half_cheetah", x_velocity=flat(4.0, 1000), upright=1.0) == pytest.approx(4.0)
    assert score("half_cheetah", x_velocity=flat(4.0, 1000), upright=-1.0) == 0.0
    assert score("half_cheetah", x_velocity=flat(-4.0, 1000), upright=1.0) == pytest.approx(-4.0)
    shuttle = joined(flat(2.0, 500), flat(-2.0, 500))
    on_back_home = joined(flat(1.0, 500), flat(-1.0, 500))
    assert score("half_cheetah", x_velocity=shuttle, upright=on_back_home) == pytest.approx(0.0)


@pytest.mark.parametrize("name", ["hopper", "walker"])
def test_distance_counts_whole_and_a_dive_is_worth_little(name: str) -> None:
    walked = score(name, x_velocity=flat(2.0, 1000))
    assert walked == pytest.approx(16.0)
    assert score(name, x_velocity=flat(3.0, 40)) < walked / 10
    assert score(name, x_velocity=flat(0.0, 1000)) == 0.0


def test_humanoid_dive_is_worth_little() -> None:
    assert score("humanoid", x_velocity=flat(1.0, 1000)) == pytest.approx(15.0)
    assert score("humanoid", x_velocity=flat(2.0, 50)) == pytest.approx(1.5)


def test_the_ant_goes_along_x_and_upright() -> None:
    assert score("ant", x_velocity=flat(2.0, 1000), upright=1.0) == pytest.approx(100.0)
    assert score("ant", x_velocity=flat(2.0, 1000), upright=-0.9) == 0.0


def test_backwards_is_backwards_and_not_on_the_tail() -> None:
    name, fast = "half_cheetah_backward", flat(-3.0, 1000)
    assert score(name, x_velocity=fast, upright=1.0, body_clearance=0.4) == pytest.approx(3.0)
    assert score(name, x_velocity=-fast, upright=1.0, body_clearance=0.4) == pytest.approx(-3.0)
    assert score(name, x_velocity=fast, upright=0.6, body_clearance=0.0) == 0.0
    assert score(name, x_velocity=fast, upright=-1.0, body_clearance=0.4) == 0.0


# Backflips


def flip(turns: float, *, steps: int = 40, clearance: float = 0.4) -> dict[str, Array]:
    """Stand for a second, turn backwards by `turns`, and stand again if that ends upright."""
    pitch = joined(flat(0.0, 20), ramp(0.0, -turns * TURN, steps), flat(-turns * TURN, 40))
    upright = np.cos(pitch)
    air = np.arange(len(pitch))
    flying = (air >= 20) & (air < 20 + steps)
    foot = np.where(flying, 0.4, 0.0)
    body = np.where(flying, clearance, np.where(upright > 0.7, 0.5, 0.0))
    return {"pitch": pitch, "upright": upright, "foot": foot, "body": body}


def cheetah(episode: dict[str, Array]) -> float:
    return score(
        "half_cheetah_backflip",
        pitch=episode["pitch"],
        upright=episode["upright"],
        back_foot_height=episode["foot"],
        front_foot_height=episode["foot"],
        body_clearance=episode["body"],
    )


def hopper(episode: dict[str, Array]) -> float:
    return score(
        "hopper_backflip",
        pitch=episode["pitch"],
        upright=episode["upright"],
        foot_height=episode["foot"],
        height=np.where(episode["upright"] > 0.7, 1.2, 0.3),
        body_clearance=episode["body"],
    )


FLIPPERS = pytest.mark.parametrize("scored", [cheetah, hopper])


@FLIPPERS
def test_landed_backflips_count(scored: Any) -> None:
    assert scored(flip(1.0)) == pytest.approx(1.0)
    assert scored(flip(2.0)) == pytest.approx(2.0)
    one, two = flip(1.0), flip(1.0)
    again = {name: joined(one[name], two[name]) for name in one}
    again["pitch"] = joined(one["pitch"], two["pitch"] - TURN)
    assert scored(again) == pytest.approx(2.0)


@FLIPPERS
def test_front_flips_do_not_count(scored: Any) -> None:
    assert scored(flip(-1.0)) == 0.0


@FLIPPERS
def test_rolling_over_the_back_does_not_count(scored: Any) -> None:
    assert scored(flip(1.0, clearance=0.0)) < 0.2
    assert scored(flip(5.0, clearance=0.0)) < 0.2


@FLIPPERS
def test_lying_on_the_back_does_not_count(scored: Any) -> None:
    assert scored(flip(0.5)) <= 0.25
    assert scored(flip(0.25)) <= 0.13


@FLIPPERS
def test_rocking_to_and_fro_does_not_add_up(scored: Any) -> None:
    pitch = np.tile(joined(ramp(0.0, -1.4, 10), ramp(-1.4, 0.0, 10)), 20)
    zeros = np.zeros_like(pitch)
    rocking = {"pitch": pitch, "upright": np.cos(pitch), "foot": zeros, "body": zeros + 0.4}
    assert scored(rocking) < 0.12


@FLIPPERS
def test_tumbling_without_landing_counts_half_a_flip_at_most(scored: Any) -> None:
    episode = flip(1.5, steps=60)
    assert scored(episode) <= 0.5


# Jumps


def jump(height: float, **changes: Any) -> float:
    foot = joined(flat(0.0, 50), height * np.sin(ramp(0.0, np.pi, 60)), flat(0.0, 200))
    signals: dict[str, Any] = {"foot_height": foot, "x_position": 0.0, "upright": 1.0}
    return score("hopper_jump", **(signals | changes))


def test_a_landed_jump_counts_by_the_foot_s_height() -> None:
    assert jump(0.5) == pytest.approx(0.5, abs=0.01)
    assert jump(0.0) == 0.0


def test_a_jump_that_ends_the_episode_does_not_count() -> None:
    foot = joined(flat(0.0, 50), ramp(0.0, 1.0, 60))
    assert jump(0.0, foot_height=foot) == 0.0
    crash = joined(flat(0.0, 50), np.sin(ramp(0.0, np.pi, 60)), flat(0.0, 30))
    assert jump(0.0, foot_height=crash) == 0.0


def test_a_jump_elsewhere_does_not_count() -> None:
    assert jump(0.5, x_position=ramp(0.0, 8.0, 310)) == 0.0
    assert jump(0.5, upright=joined(flat(1.0, 100), flat(0.8, 210))) == 0.0


# Spinning


def spin(turns: float, **changes: Any) -> float:
    heading = (ramp(0.0, turns * TURN, 400) + np.pi) % TURN - np.pi
    signals: dict[str, Any] = {"heading": heading, "x_position": 0.0, "y_position": 0.0, "upright": 1.0}
    return score("ant_spin", **(signals | changes))


def test_turns_are_counted_net_and_one_way() -> None:
    assert spin(5.0) == pytest.approx(5.0, abs=1e-4)
    assert spin(-5.0) == pytest.approx(-5.0, abs=1e-4)
    shaking = np.tile([0.5, -0.5], 200)
    assert abs(spin(0.0, heading=shaking)) < 0.2


def test_turning_elsewhere_or_tilted_does_not_count() -> None:
    assert spin(5.0, x_position=2.0) == 0.0
    assert spin(5.0, upright=0.3) == 0.0


# Crouching


def crouch(**changes: Any) -> float:
    step = np.arange(1000) % 80
    lifted = 0.08
    signals: dict[str, Any] = {
        "height": 0.85,
        "pitch": 0.1,
        "body_clearance": 0.3,
        "x_position": ramp(0.0, 8.0, 1000),
        "right_foot_height": np.where(step < 40, lifted, 0.0),
        "left_foot_height": np.where(step < 40, 0.0, lifted),
    }
    return score("walker_crouch_walk", **(signals | changes))


def test_a_crouched_walk_counts_its_distance() -> None:
    assert crouch() == pytest.approx(8.0, abs=0.01)


@pytest.mark.parametrize(
    "cheat",
    [
        {"height": 1.2},
        {"height": np.where(np.arange(1000) % 4 < 2, 0.85, 1.15)},
        {"pitch": 0.9},
        {"body_clearance": 0.0},
        {"x_position": 0.0},
        {"x_position": ramp(0.0, -8.0, 1000)},
        {"right_foot_height": 0.0, "left_foot_height": 0.0},
        {"right_foot_height": 0.08, "left_foot_height": 0.08},
        {"right_foot_height": 0.0, "left_foot_height": 0.08},
    ],
    ids=["tall", "bobbing", "leaning", "kneeling", "still", "backwards", "sliding", "flying", "one foot"],
)
def test_what_is_no_crouched_walk_does_not_count(cheat: dict[str, Any]) -> None:
    assert crouch(**cheat) == 0.0


def test_a_dive_through_the_crouch_does_not_count() -> None:
    falling, forward = ramp(1.2, 0.6, 60), ramp(0.0, 1.0, 60)
    dive = {"height": falling, "x_position": forward, "right_foot_height": 0.1, "left_foot_height": 0.0}
    assert crouch(**dive) == 0.0


def test_walking_tall_to_and_fro_between_crouches_gains_nothing() -> None:
    out, home = ramp(0.0, 2.0, 250), ramp(2.0, 0.0, 250)
    tall_home = joined(flat(0.85, 250), flat(1.2, 250))
    assert crouch(x_position=np.tile(joined(out, home), 2), height=np.tile(tall_home, 2)) == pytest.approx(
        0.0
    )


# One leg


def balance(**changes: Any) -> float:
    signals: dict[str, Any] = {
        "right_foot_height": flat(0.0, 500),
        "left_foot_height": 0.25,
        "upright": 0.98,
        "height": 1.25,
        "x_velocity": 0.05,
        "y_velocity": 0.0,
    }
    return score("humanoid_stand_one_leg", **(signals | changes))


def test_balance_on_either_leg_counts_in_seconds() -> None:
    assert balance() == pytest.approx(7.5)
    assert balance(left_foot_height=flat(0.0, 500), right_foot_height=0.25) == pytest.approx(7.5)


@pytest.mark.parametrize(
    "cheat",
    [
        {"left_foot_height": 0.0},
        {"right_foot_height": flat(0.25, 500)},
        {"upright": 0.3},
        {"height": 1.02},
        {"x_velocity": 1.5},
    ],
    ids=["two feet", "in the air", "lying", "low", "running"],
)
def test_what_is_no_balance_does_not_count(cheat: dict[str, Any]) -> None:
    assert balance(**cheat) == 0.0


def test_marching_and_hopping_are_not_balance() -> None:
    step = np.arange(500) % 40 < 20
    march = balance(right_foot_height=np.where(step, 0.2, 0.0), left_foot_height=np.where(step, 0.0, 0.2))
    hop = balance(right_foot_height=np.where(np.arange(500) % 20 < 10, 0.05, 0.0))
    assert march <= 0.31
    assert hop <= 0.16


# U-turn


def u_turn(x: Array, heading: Array) -> float:
    return score("swimmer_u_turn", x_position=x, heading=heading)


def test_out_round_and_back_scores_three() -> None:
    x = joined(ramp(0.0, 2.0, 400), flat(2.0, 200), ramp(2.0, 0.0, 400))
    heading = joined(flat(0.0, 400), ramp(0.0, np.pi - 0.01, 200), flat(np.pi - 0.01, 400))
    assert u_turn(x, heading) == pytest.approx(3.0)
    assert u_turn(x[:600], heading[:600]) == pytest.approx(2.0)
    assert u_turn(x[:500], heading[:500]) == pytest.approx(1.0 + 0.5 / 0.75, abs=0.02)
    assert u_turn(x[:150], heading[:150]) == pytest.approx(0.5)


def test_cheats_of_the_u_turn() -> None:
    spinning = (ramp(0.0, 20 * TURN, 1000) + np.pi) % TURN - np.pi
    assert u_turn(flat(0.0, 1000), spinning) < 0.01
    there_and_back = joined(ramp(0.0, 2.0, 500), ramp(2.0, 0.0, 500))
    assert u_turn(there_and_back, flat(0.0, 1000)) == pytest.approx(1.0)
    assert u_turn(ramp(0.0, 8.0, 1000), flat(0.0, 1000)) == pytest.approx(1.0)
    assert u_turn(ramp(0.0, -8.0, 1000), flat(3.0, 1000)) == 0.0
    circles = joined(ramp(0.0, 2.0, 300), 2.0 + 0.3 * np.cos(ramp(0.0, 10 * TURN, 700)) - 0.3)
    assert u_turn(circles, joined(flat(0.0, 300), spinning[:700])) < 2.5


# Pieces


def test_runs_are_found_at_both_ends() -> None:
    assert list(runs(np.array([1, 1, 0, 1, 0, 0, 1]))) == [(0, 2), (3, 4), (6, 7)]
    assert longest_run(np.array([0, 0])) == 0


def test_turns_and_jumps_of_nothing() -> None:
    none = np.zeros(5, dtype=bool)
    assert landed_turns(np.zeros(5), ~none, none, hold=2) == 0.0
    assert highest_landed_jump(np.ones(5), none, hold=2, after=1) == 0.0
