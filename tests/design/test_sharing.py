from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from design_fakes import SOURCE, archive_of, make_task, trained

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.design.designer import Designer
from eureka_agent.design.sharing import SharedDesign
from eureka_agent.errors import StoreError
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.rewards.findings import Finding


def shared(*names: str) -> tuple[SharedDesign, list[ScriptedModel]]:
    models = [ScriptedModel(lambda _, __: f"```python\n{SOURCE}```", name=name) for name in names]
    return SharedDesign([Designer(make_task(), model) for model in models]), models


def test_slots_are_dealt_in_turn_and_the_draft_names_the_model() -> None:
    design, models = shared("a", "b", "c")
    archive = archive_of(trained(0, 0, 5.0), incumbent="0-00")
    drafts = [design.propose(slot, Briefing(archive)) for slot in design.plan(1, 6, archive)]
    assert [draft.proposer for draft in drafts] == ["b", "c", "a", "b", "c", "a"]
    assert Counter(len(model.requests) for model in models) == {2: 3}
    assert design.name == "a,b,c"
    assert design.max_parallel == 3


def test_a_slot_names_its_model_and_no_other_is_asked() -> None:
    slots = shared("a", "b")[0].plan(0, 2, archive_of())
    assert [slot.model for slot in slots] == ["a", "b"]
    turned, _ = shared("b", "a")
    assert [turned.propose(slot, Briefing()).proposer for slot in slots] == ["a", "b"]
    with pytest.raises(StoreError, match="Slot 0-00 cannot be filled"):
        turned.propose(replace(slots[0], model="c"), Briefing())


def test_the_deal_moves_on_each_generation() -> None:
    design, _ = shared("a", "b")
    archive = archive_of()
    first = [design.propose(design.plan(g, 2, archive)[0], Briefing(archive)).proposer for g in range(3)]
    assert first == ["a", "b", "a"]


def test_a_draft_is_repaired_by_who_wrote_it() -> None:
    design, models = shared("a", "b")
    slot = design.plan(0, 2, archive_of())[1]
    draft = design.propose(slot, Briefing())
    repaired = design.repair(slot, draft, [Finding("r", "error", 1, "Wrong.", "", "Mend.")], 1, Briefing())
    assert repaired is not None
    assert repaired.proposer == draft.proposer == "b"
    assert [key for key, _ in models[1].requests] == ["0-01/turn0", "0-01/turn1"]
    assert not models[0].requests
