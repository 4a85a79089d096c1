"""Policies are trained on NetHack: with written rewards, with captions of what the game says, in a search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import eureka_agent
from eureka_agent.api.oni import oni
from eureka_agent.intrinsic.options import IntrinsicOptions

FIGHT = """
[[rules]]
pattern = "You kill"
value = 1.0

[[rules]]
pattern = "You (hit|strike|claw|kick) the"
value = 1.0
"""


def test_what_the_game_says_is_labelled_and_paid(tmp_path: Path) -> None:
    (tmp_path / "fight.toml").write_text(FIGHT)
    report = oni(
        "nethack_score",
        goal="fight monsters",
        annotator=f"rules:{tmp_path / 'fight.toml'}",
        learned=IntrinsicOptions(captions="message", message="message"),
        env_steps=6144,
        output=tmp_path / "oni",
    )
    assert report.trainings[0].failure == ""
    captions = report.captions()
    paid = [one.caption for one in captions if one.now > 0.5]
    assert paid
    assert all("You" in caption for caption in paid)
    labels = [json.loads(line) for line in report.labels.read_text().splitlines()]
    assert len(labels) > 50
    assert any("You die" in json.dumps(label) or "You descend" in json.dumps(label) for label in labels)


@pytest.mark.minihack
def test_a_policy_learns_to_cross_the_room_by_the_reference(tmp_path: Path) -> None:
    learned = eureka_agent.train("minihack_room", "reference", env_steps=16_384, output=tmp_path / "a")
    assert (learned.trainings[0].fitness or 0.0) >= 0.8


@pytest.mark.minihack
def test_where_nothing_is_said_signals_are_captioned(tmp_path: Path) -> None:
    (tmp_path / "near.toml").write_text(
        '[[rules]]\npattern = "(on|beside|near) the stairs"\nvalue = 1.0\n'
        '[[rules]]\npattern = "in the half of the room with the stairs"\nvalue = 1.0\n'
    )
    report = oni(
        "minihack_room",
        goal="reach the stairs",
        annotator=f"rules:{tmp_path / 'near.toml'}",
        learned=IntrinsicOptions(beta=0.0),
        env_steps=4096,
        output=tmp_path / "oni",
    )
    assert {one.caption for one in report.captions()} >= {"far from the stairs", "near the stairs"}


@pytest.mark.minihack
def test_a_search_runs_on_it(tmp_path: Path) -> None:
    result = eureka_agent.evolve(
        "minihack_room",
        generations=1,
        samples=2,
        env_steps=1024,
        confirm_seeds=2,
        confirm_top=1,
        film=False,
        runs=tmp_path,
    )
    assert len(list(tmp_path.glob("*/events.jsonl"))) == 1
    assert result.reward is not None
