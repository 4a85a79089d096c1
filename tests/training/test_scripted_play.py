"""Scripted behaviours are played to the end of their episodes, as far as that is affordable."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eureka_agent.tasks.registry import find_task
from eureka_agent.training.scripted_play import EPISODES, affordable, play_scripted
from eureka_agent.trajectories import played_again
from eureka_agent.trajectories.scripted import RANDOM, STAGE, by_behaviour


def test_every_behaviour_has_whole_scored_episodes_from_the_same_starts() -> None:
    task = find_task("cartpole")
    played = by_behaviour(play_scripted(task, seed=5))
    names = [one.name for one in played]
    assert len(names) == len(set(names)) == 6
    for one in played:
        assert [episode.seed for episode in one.episodes] == [5, 6, 7]
        assert all(e.ended and e.origin.stage == STAGE and e.fitness == e.length for e in one.episodes)
        assert one.scores == tuple(e.fitness for e in one.episodes)


def test_an_episode_is_what_its_seed_and_actions_give() -> None:
    task = find_task("hopper")
    one = next(one for one in by_behaviour(play_scripted(task, seed=0)) if one.name == RANDOM).episodes[1]
    again = played_again(task, one)
    assert again.length == one.length
    assert again.fitness == one.fitness


@pytest.mark.parametrize(
    ("behaviours", "steps", "pace", "episodes"),
    [(7, 1000, None, EPISODES), (7, 2500, None, 2), (7, 10_000, None, 0), (7, 1000, 100.0, 0)],
)
def test_long_or_slow_episodes_are_fewer(
    behaviours: int, steps: int, pace: float | None, episodes: int
) -> None:
    assert affordable(behaviours, steps, pace) == episodes


def test_nothing_is_played_where_it_would_take_too_long() -> None:
    assert play_scripted(find_task("cartpole"), seed=0, steps_a_second=20.0) == []


def test_a_behaviour_without_an_end_is_left_out_where_nobody_named_a_limit() -> None:
    task = replace(find_task("acrobot"), time_limit_known=False)
    kept = by_behaviour(play_scripted(task, seed=0, steps_a_second=100.0))
    assert kept == ()  # no episode of 500 steps ends within the 142 that are affordable
