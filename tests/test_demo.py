"""`make demo`: what its recipe names is there, can be trained, and is what was recorded and measured."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from doc_blocks import CHECKOUT

from eureka_agent.api.check import check
from eureka_agent.critique.critic import refused
from eureka_agent.rewards.reward import Coded

FOLDER = CHECKOUT / "examples" / "backflip"
REPLIES = CHECKOUT / "benchmarks" / "data" / "replies" / "half_cheetah_backflip_1M.jsonl"
MEASURED = CHECKOUT / "benchmarks" / "data" / "demo.json"


def recipe() -> list[str]:
    """Return the words of the demo's command."""
    text = (CHECKOUT / "Makefile").read_text().replace("\\\n", " ")
    (found,) = re.findall(r"^demo:.*\n\t(.*)$", text, flags=re.MULTILINE)
    return shlex.split(found)


def option(name: str) -> str:
    words = recipe()
    return words[words.index(name) + 1]


def coded(path: Path) -> Coded:
    return Coded(path.read_text())


REWARDS = [CHECKOUT / word for word in recipe() if word.endswith(".py")]


def test_the_demo_trains_what_was_measured_with_the_budget_that_was_measured() -> None:
    measured = json.loads(MEASURED.read_text())
    assert [path.name for path in REWARDS] == list(measured["fitness"])
    assert option("--task") == measured["task"]
    assert int(option("--env-steps")) == measured["env_steps"]
    assert measured["seed"] != 0, "the demo's own seeds are not among those that were measured"


@pytest.mark.parametrize("path", REWARDS, ids=lambda path: path.stem)
def test_its_rewards_pass_the_critic_and_say_who_wrote_them(path: Path) -> None:
    findings = check(path, option("--task"))
    assert not refused(findings), findings
    told = path.read_text().splitlines()[0]
    by = "by hand" if path.stem == "by_hand" else "by a language model in"
    assert told.startswith(f'"""Written {by}')


@pytest.mark.parametrize(("name", "key"), [("llm_winner.py", "2-00/turn0"), ("llm_loser.py", "1-00/turn0")])
def test_the_rewards_of_the_search_are_those_of_its_recording(name: str, key: str) -> None:
    (reply,) = [one["reply"] for one in map(json.loads, REPLIES.open()) if one.get("key") == key]
    (code,) = re.findall(r"```python\n(.*?)```", reply, flags=re.DOTALL)
    assert coded(FOLDER / name).digest == Coded(code).digest


def test_the_one_by_hand_is_the_reference_of_before() -> None:
    before = CHECKOUT / "benchmarks" / "data" / "hand_written" / "half_cheetah_backflip.py"
    assert coded(FOLDER / "by_hand.py").digest == coded(before).digest
