from __future__ import annotations

from collections import Counter

import pytest
from design_fakes import SOURCE, archive_of, failed, make_task, trained

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.api.models import proposer_of
from eureka_agent.archive.archive import Archive
from eureka_agent.config import make_config
from eureka_agent.design.designer import Designer
from eureka_agent.design.proposer import Slot
from eureka_agent.design.untrained import as_if_measured
from eureka_agent.errors import ModelError, StoreError
from eureka_agent.llm.model import Message, Reply, Usage
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.rewards.findings import Finding

GOOD = f"It is good.\n```python\n{SOURCE}```\n"
FINDING = Finding("nan", "error", None, "It is NaN.", "", "Guard it.")


def designer(*replies: str) -> tuple[Designer, ScriptedModel]:
    model = ScriptedModel(list(replies))
    return Designer(make_task(), model, seed=3), model


def plan(samples: int, *candidates, generation: int = 1) -> Counter[tuple[str, tuple[str, ...]]]:
    slots = designer()[0].plan(generation, samples, archive_of(*candidates))
    assert [slot.index for slot in slots] == list(range(samples))
    assert {slot.generation for slot in slots} == {generation}
    return Counter((slot.operator, slot.parents) for slot in slots)


def test_generation_0_is_all_seeds() -> None:
    assert plan(16, generation=0) == {("seed", ()): 16}


def test_later_generations_mostly_rewrite_the_best() -> None:
    shares = plan(16, trained(0, 0, 1.0), trained(0, 1, 9.0), trained(0, 2, 5.0))
    assert shares[("rewrite", ("0-01",))] == 8
    assert shares[("rewrite", ("0-02",))] == 4
    assert shares[("seed", ())] == 2
    crosses = {parents for (operator, parents) in shares if operator == "cross"}
    assert ("0-01", "0-02") in crosses
    assert all(parents[0] == "0-01" and len(set(parents)) == 2 for parents in crosses)


@pytest.mark.parametrize("samples", range(1, 20))
def test_every_size_of_generation_is_filled(samples: int) -> None:
    assert sum(plan(samples, trained(0, 0, 1.0), trained(0, 1, 2.0)).values()) == samples
    assert plan(samples, trained(0, 0, 1.0))[("rewrite", ("0-00",))] >= samples - samples // 8


def test_four_slots_still_hold_three_operators_of_parents() -> None:
    shares = plan(4, trained(0, 0, 1.0), trained(0, 1, 2.0))
    assert shares == {("rewrite", ("0-01",)): 2, ("rewrite", ("0-00",)): 1, ("cross", ("0-01", "0-00")): 1}


@pytest.mark.parametrize(("sign", "expected"), [(1.0, (8, 4)), (-1.0, (6, 6))])
def test_who_scored_higher_than_the_leader_is_rewritten_as_often(
    sign: float, expected: tuple[int, int]
) -> None:
    archive = Archive.of([trained(0, 0, 5.0), trained(0, 1, 3.0)], sign=sign, incumbent_id="0-00")
    shares = Counter(
        slot.parents for slot in designer()[0].plan(1, 16, archive) if slot.operator == "rewrite"
    )
    assert (shares[("0-00",)], shares[("0-01",)]) == expected


def test_nothing_trained_means_seeds_again() -> None:
    assert plan(4, failed(0, 0, "no"), failed(0, 1, "no")) == {("seed", ()): 4}


def test_planning_is_deterministic() -> None:
    candidates = [trained(0, i, float(i)) for i in range(8)]
    one, other = designer()[0], designer()[0]
    assert one.plan(2, 64, archive_of(*candidates)) == other.plan(2, 64, archive_of(*candidates))


def test_the_incumbent_is_rewritten_rather_than_a_lucky_challenger() -> None:
    archive = archive_of(trained(0, 0, 5.0), trained(0, 1, 9.0), incumbent="0-00")
    assert designer()[0].plan(1, 1, archive)[0].parents == ("0-00",)


def test_rewrites_of_one_parent_take_different_directions() -> None:
    archive = archive_of(trained(0, 0, 5.0), trained(0, 1, 3.0))
    proposer, model = designer(*[GOOD] * 5)
    slots = [slot for slot in proposer.plan(1, 6, archive) if slot.operator == "rewrite"]
    by_parent: dict[tuple[str, ...], list[str]] = {}
    for slot in slots:
        by_parent.setdefault(slot.parents, []).append(slot.direction)
        proposer.propose(slot, Briefing(archive))
    assert all(len(set(directions)) == len(directions) for directions in by_parent.values())
    requests = [messages[-1].content for _, messages in model.requests]
    assert len(set(requests)) == len(requests)


def test_a_direction_that_nobody_takes_is_not_planned() -> None:
    archive = archive_of(trained(0, 0, 5.0))
    slot = Slot(1, 0, "rewrite", ("0-00",), direction="../../etc")
    with pytest.raises(StoreError, match="no direction"):
        designer(GOOD)[0].propose(slot, Briefing(archive))


def test_by_posterior_parents_are_draws_and_a_lucky_leader_shares_its_children() -> None:
    candidates = [trained(0, i, score) for i, score in enumerate((9.0, 8.0, 0.0, 0.1, 0.2, 0.3))]
    archive = Archive.of(candidates, sign=1.0, incumbent_id="0-02", by_posterior=True)
    slots = designer()[0].plan(1, 64, archive)
    assert slots == designer()[0].plan(1, 64, archive)
    shares = Counter(slot.parents[0] for slot in slots if slot.operator == "rewrite")
    assert shares["0-00"] > shares["0-02"]
    assert shares["0-01"] > shares["0-02"]
    crosses = [slot.parents for slot in slots if slot.operator == "cross"]
    assert all(len(set(parents)) == 2 for parents in crosses)
    assert len(set(crosses)) > 1


def test_a_draft_holds_source_conversation_and_usage() -> None:
    proposer, model = designer(GOOD)
    draft = proposer.propose(Slot(0, 2, "seed"), Briefing())
    assert draft.source == SOURCE
    assert draft.problems == ()
    assert [message.role for message in draft.conversation] == ["system", "user", "assistant"]
    assert draft.conversation[-1].content == GOOD
    assert draft.usage == Usage(0, 0, 0.0)
    assert model.requests[0][0] == "0-02/turn0"


def test_an_unusable_reply_becomes_problems() -> None:
    draft = designer("I refuse to think.")[0].propose(Slot(0, 0, "seed"), Briefing())
    assert draft.source is None
    assert draft.problems[0].rule == "reply-no-code"


def test_repair_continues_the_conversation_without_hidden_thinking() -> None:
    proposer, model = designer("<think>hm</think>" + GOOD, GOOD, GOOD)
    slot = Slot(0, 1, "seed")
    first = proposer.propose(slot, Briefing())
    second = proposer.repair(slot, first, [FINDING], 1, Briefing())
    assert second is not None
    third = proposer.repair(slot, second, [FINDING], 2, Briefing())
    assert third is not None
    assert [key for key, _ in model.requests] == ["0-01/turn0", "0-01/turn1", "0-01/turn2"]
    assert [m.role for m in third.conversation] == ["system", "user"] + ["assistant", "user"] * 2 + [
        "assistant"
    ]
    sent = model.requests[1][1]
    assert sent[:2] == first.conversation[:2]
    assert sent[2] == Message("assistant", GOOD.strip())
    assert "It is NaN. Guard it." in sent[3].content
    assert first.conversation[2].content.startswith("<think>")


class _Ending:
    name = "ending"
    max_parallel = 1

    def __init__(self, text: str, finish) -> None:
        self._reply = Reply(text, Usage(1, 2, None), self.name, 0.0, finish)

    def reply(self, key, messages, stop) -> Reply:
        return self._reply


@pytest.mark.parametrize(
    ("text", "finish", "rule"),
    [
        ("Let me think about", "length", "reply-truncated"),
        ("", "refusal", "reply-refusal"),
        ("```python\ndef compute_reward(", "length", "reply-truncated"),
    ],
)
def test_how_the_reply_ended_is_the_first_problem(text: str, finish, rule: str) -> None:
    draft = Designer(make_task(), _Ending(text, finish)).propose(Slot(0, 0, "seed"), Briefing())
    assert draft.problems[0].rule == rule
    assert draft.usage == Usage(1, 2, None)


def test_a_model_that_cannot_answer_is_an_error() -> None:
    with pytest.raises(ModelError, match="0-00/turn0"):
        designer()[0].propose(Slot(0, 0, "seed"), Briefing())


def test_the_prompt_tells_the_steps_and_the_target_of_the_run() -> None:
    model = ScriptedModel(["no code"])
    given = {"env_steps": 12_345, "target": 77.5}
    config = make_config({"task": {"kind": "folder", "value": "cartpole"}, **given})
    proposer = proposer_of(make_task(), config, [model], seed=0, untrained=as_if_measured(make_task()))
    proposer.propose(Slot(0, 0, "seed"), Briefing())
    ((_, messages),) = model.requests
    assert "learns for 12345 environment steps" in messages[1].content
    assert "at 77.5 the task counts as done" in messages[1].content


@pytest.mark.parametrize(
    "slot",
    [
        Slot(0, 0, "system"),
        Slot(0, 0, "rewrite"),
        Slot(0, 0, "seed", ("0-00",)),
        Slot(1, 0, "cross", ("0-00",)),
    ],
    ids=lambda slot: slot.operator,
)
def test_a_slot_that_no_designer_plans_is_a_sentence_and_asks_nobody(slot: Slot) -> None:
    proposer, model = designer()
    with pytest.raises(StoreError, match=f"there is no {slot.operator} of {len(slot.parents)} parents"):
        proposer.propose(slot, Briefing(archive_of(trained(0, 0, 1.0))))
    assert not model.requests
