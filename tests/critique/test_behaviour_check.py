"""What a reward pays behaviours whose fitness is known: good ones are left alone, bad ones are told of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from trajectory_fakes import whole

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.critique.behaviours import BehaviourCheck, misled, paid_behaviours, payment_lines
from eureka_agent.critique.paying import paying
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.evaluate_reward import RewardEvaluator, with_reward
from eureka_agent.training.scripted_play import play_scripted
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.scripted import NamedEpisodes, by_behaviour
from eureka_agent.trajectories.trajectory import Trajectory

UPRIGHT = """
import numpy as np

def compute_reward(pole_angle):
    upright = np.exp(-np.square(pole_angle / 0.1))
    return upright, {"upright": upright}
"""
FALLING = """
def compute_reward(pole_angle):
    price = -10.0 * abs(pole_angle) - 1.0
    return price, {"price": price}
"""
COUNTING = """
import numpy as np

MEMORY = {"steps": 0.0}

def compute_reward(pole_angle, memory):
    steps = memory["steps"] + 1.0
    return steps + pole_angle, {"steps": steps, "angle": pole_angle}, {"steps": steps}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as sandbox:
        yield sandbox


@cache
def played(name: str) -> tuple[NamedEpisodes, ...]:
    return by_behaviour(play_scripted(find_task(name), seed=0))


Check = Callable[[str, str], list]


@pytest.fixture
def check(sandbox: RewardSandbox) -> Check:
    def checked(name: str, source: str) -> list:
        task = find_task(name)
        return BehaviourCheck(task, played(name), paying(task, sandbox))(source)

    return checked


def test_a_price_on_every_step_is_told_with_numbers(check: Check) -> None:
    (finding,) = check("cartpole", FALLING)
    assert (finding.rule, finding.severity) == ("behaviours", "warning")
    assert "throughout earns most" in finding.what
    assert "it scores 9." in finding.what
    assert "all ended early after 9 on average" in finding.what
    assert "scores 38 and earns" in finding.what
    assert "no fault by itself" in finding.why


def test_its_sound_twin_is_left_alone(check: Check) -> None:
    assert check("cartpole", UPRIGHT) == []


@pytest.mark.parametrize("name", ["cartpole", "pendulum", "half_cheetah_backward", "hopper_jump", "acrobot"])
def test_a_reference_is_not_warned_of(check: Check, name: str) -> None:
    assert check(name, find_task(name).reference) == []


@pytest.mark.parametrize(
    ("name", "hack"),
    [("cartpole", "deviation_only"), ("half_cheetah", "sit_still"), ("humanoid", "topple_forward")],
)
def test_a_hack_that_scripted_behaviours_can_play_is_warned_of(check: Check, name: str, hack: str) -> None:
    assert [finding.rule for finding in check(name, find_task(name).hacks[hack])] == ["behaviours"]


def test_a_reward_that_fails_is_left_to_other_checks(check: Check) -> None:
    assert check("cartpole", "def compute_reward(pole_angle):\n    return pole_angle / 0, {}\n") == []
    assert check("cartpole", "no reward") == []


def test_nothing_is_said_without_behaviours(sandbox: RewardSandbox) -> None:
    task = find_task("cartpole")
    assert BehaviourCheck(task, (), paying(task, sandbox))(FALLING) == []


@pytest.mark.parametrize("source", [UPRIGHT, COUNTING])
def test_all_episodes_at_once_are_paid_as_each_alone(sandbox: RewardSandbox, source: str) -> None:
    task, reward = find_task("cartpole"), Coded(source)
    episodes = [episode for one in played("cartpole") for episode in one.episodes]
    together = paying(task, sandbox)(reward, JoinedEpisodes(episodes))
    with RewardEvaluator(reward, task=task, sandbox=sandbox) as evaluate:
        alone = [with_reward(evaluate.batch, episode) for episode in episodes]
    for one, other in zip(together, alone, strict=True):
        assert one.reward is not None
        assert other.reward is not None
        np.testing.assert_allclose(one.reward, other.reward, rtol=1e-6)
        for name, values in one.components.items():
            np.testing.assert_allclose(values, other.components[name], rtol=1e-6)


def test_a_recorded_success_that_earns_less_is_told(sandbox: RewardSandbox) -> None:
    task = find_task("cartpole")
    longest = max((e for one in played("cartpole") for e in one.episodes), key=lambda e: e.length)
    success = repeated(longest, 10)
    briefing = briefed({"0-03": (500.0, (success,) * 3)})
    check = BehaviourCheck(task, played("cartpole"), paying(task, sandbox))
    (finding,) = check(FALLING, briefing)
    assert "The policy of 0-03 scores 500" in finding.what
    assert check(UPRIGHT, briefing) == []


def repeated(episode: Trajectory, times: int) -> Trajectory:
    signals = {name: np.concatenate([array] * times) for name, array in episode.signals.items()}
    return Trajectory(signals, terminated=False, truncated=True, ending="time limit", fitness=500.0)


def briefed(candidates: dict[str, tuple[float, tuple[Trajectory, ...]]]) -> Briefing:
    archive = Archive.of(
        (
            Candidate(
                int(name[0]), int(name[2:]), "seed", status=Status.TRAINED,
                evaluations=(Evaluation("search", 0, 0, score, (score,) * 3, 1, 0.0, 0),),
            )
            for name, (score, _) in candidates.items()
        ),
        sign=1.0,
    )  # fmt: skip
    return Briefing(archive, trajectories={name: episodes for name, (_, episodes) in candidates.items()})


def test_payments_are_means_sums_and_discounted_sums() -> None:
    task = replace(find_task("cartpole"), algorithm={"gamma": 0.5})
    steps = np.array([1.0, 2.0, 3.0])
    three = NamedEpisodes("three steps", (whole(3),))

    def pay(_reward: Coded, joined: JoinedEpisodes) -> list[Trajectory]:
        return [replace(one, reward=steps, components={"half": steps / 2}) for one in joined.episodes]

    (paid,) = paid_behaviours(task, UPRIGHT, [three], pay)
    assert paid.payments == ((2.0, 6.0, 2.75),)
    assert (paid.whole, paid.components) == (6.0, {"half": 3.0})


def test_who_reviews_a_reward_is_told_what_it_pays_and_for_how_long(sandbox: RewardSandbox) -> None:
    task = find_task("cartpole")
    lines = payment_lines(paid_behaviours(task, FALLING, played("cartpole"), paying(task, sandbox)))
    assert len(lines) == len(played("cartpole"))
    (random,) = [line for line in lines if line.startswith("random actions: ")]
    assert re.search(r": \d+ steps, always ended early; -[\d.]+ a step \(`\w+` -[\d.]+", random), random
    assert random.endswith(" an episode")
    assert payment_lines([]) == []


def test_ranges_that_touch_warn_of_nothing(sandbox: RewardSandbox) -> None:
    task = find_task("cartpole")
    paid = paid_behaviours(task, FALLING, played("cartpole"), paying(task, sandbox))
    found = misled(task, paid)
    assert found is not None
    best = max(score for one in paid for score in one.scores)
    touching = [replace(one, scores=(*one.scores, best)) for one in paid]
    assert misled(task, touching) is None


def test_behaviours_are_paid_as_at_the_end_of_a_training(sandbox: RewardSandbox) -> None:
    fades = """
def compute_reward(pole_angle, progress):
    left = 1.0 - progress + 0.0 * pole_angle
    return left, {"left": left}
"""
    episodes = [e.at_progress(0.25) for e in played("cartpole")[0].episodes]
    for episode in paying(find_task("cartpole"), sandbox)(Coded(fades), JoinedEpisodes(episodes)):
        np.testing.assert_array_equal(episode.reward, np.zeros(episode.length))
