"""Whatever a run came to, its first lines say whether it is better, why, and what it cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution
from hostile import STRINGS
from synthetic_run import synthetic_run

from eureka_agent.cli.output import answer_lines
from eureka_agent.report.conclusion import conclude
from eureka_agent.report.views.in_short import InShort, in_short
from eureka_agent.store.records import Reply, RequestKey, Usage
from eureka_agent.store.state import RunState


def told(state: RunState) -> InShort:
    return in_short(state, conclude(state))


def test_a_finished_run_answers_all_three(tmp_path: Path) -> None:
    found = told(synthetic_run(tmp_path / "run", generations=2, samples=4))
    assert found.better.startswith("No, it is worse. Reward 1-02 is worse than the reference")
    assert "was made from 0-02 (rewrite)" in found.why
    assert "that moved it from 130 to 200" in found.why
    assert "who proposed it: “- What the leader 0-02 showed" in found.why
    assert "environment steps in" in found.cost
    assert found.cost.count(";") == 2
    assert "$0." in found.cost


def test_words_without_spaces_are_told_as_far_as_there_is_room(tmp_path: Path) -> None:
    state = synthetic_run(tmp_path / "run", generations=2, samples=4)
    for name in state.candidates:
        reply = Reply("倒立摆" * 200, Usage(1, 1, None), "a-model", 1.0)
        state.replies[RequestKey("designer", name, 0)] = reply
    assert "“倒立摆倒立摆" in told(state).why


def test_the_summary_begins_with_them(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, trainer=FakeTrainer(noise=0.5))
    evolution.run()
    lines = [line for line in (tmp_path / "summary.md").read_text().splitlines() if line]
    assert [line.partition(" ")[0] for line in lines[:4]] == ["#", "**Better:**", "**Why:**", "**Cost:**"]
    found = told(evolution.state)
    assert all(
        answer.split(" ")[-1] in line for line, (_, answer) in zip(lines[1:4], found.lines, strict=True)
    )


def test_a_run_in_which_nothing_was_trained_yet(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    found = told(evolution.state)
    assert found.better.startswith("Not known yet. Generation 0")
    assert found.why.startswith("No reward leads yet")
    assert found.cost.endswith("$0.00: no language model was asked")


def test_a_run_in_which_all_failed_says_what_went_wrong(tmp_path: Path) -> None:
    proposer = CountingProposer(broken=frozenset({"0-00", "0-01"}))
    evolution = make_evolution(tmp_path, proposer=proposer, generations=1, samples=2)
    evolution.run()
    found = told(evolution.state)
    assert found.better.startswith("No reward was found: 2 refused")
    assert found.why.startswith("There is no best reward to explain. Refused by the critic: ")
    assert "(2), e.g. 0-00: " in found.why


@pytest.mark.parametrize("words", ["", *STRINGS])
def test_what_others_wrote_stays_on_its_line(tmp_path: Path, words: str) -> None:
    state = synthetic_run(tmp_path / "run", generations=2, samples=4)
    for name, one in list(state.candidates.items()):
        state.candidates[name] = replace(one, proposer=words, operator=words, reason=words)
        reply = Reply(f"{words}\n{words}", Usage(1, 1, None), words, 1.0)
        state.replies[RequestKey("designer", name, 0)] = reply
    lines = answer_lines(told(state))
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
