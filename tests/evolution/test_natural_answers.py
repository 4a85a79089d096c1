"""An answer in a dialect is trained in the portable subset; its original and notes are kept beside it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from fakes import CountingProposer, make_evolution

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.candidate import Status
from eureka_agent.design.proposer import Draft, Slot
from eureka_agent.evolution.proposing import propose_candidate
from eureka_agent.rewards.natural import arrived
from eureka_agent.tasks.registry import find_task

NATURAL = (
    "import torch\n\n\ndef compute_reward(pole_angle):\n"
    "    term = pole_angle * 2.0\n    # calm\n    term -= 0.1 * torch.abs(pole_angle)\n"
    '    return term, {"term": term}\n'
)
REFUSED = NATURAL.replace("term -= 0.1 * torch.abs(pole_angle)", "pole_angle -= term")


class Answering(CountingProposer):
    """Gives one text to every slot, and remembers what was found in it."""

    def __init__(self, text: str, genome: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.text, self.genome, self.told = text, genome, []

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        return Draft(self.text, genome=self.genome)

    def repair(self, slot, draft, findings, turn, briefing) -> Draft | None:
        self.told.append((draft.source, findings))
        return None


def run(root: Path, proposer: CountingProposer):
    evolution = make_evolution(root, proposer=proposer, generations=1, samples=1, repair_turns=1)
    evolution.run()
    return evolution.state.candidates["0-00"], evolution.folder.candidate("0-00")


def test_a_natural_answer_is_kept_in_both_forms(tmp_path: Path) -> None:
    candidate, place = run(tmp_path, Answering(NATURAL))
    assert candidate.status is not Status.REFUSED
    assert "term = term - 0.1 * np.abs(pole_angle)" in (candidate.source or "")
    assert "# calm" in (candidate.source or "")
    assert (place / "original.txt").read_text() == NATURAL
    assert "import torch" not in (place / "reward.py").read_text()
    notes = [f for f in json.loads((place / "findings.json").read_text()) if f["severity"] == "note"]
    assert {1, 7} <= {note["line"] for note in notes}


def test_what_cannot_be_rewritten_is_refused_by_its_own_lines(tmp_path: Path) -> None:
    proposer = Answering(REFUSED)
    candidate, place = run(tmp_path, proposer)
    assert candidate.status is Status.REFUSED
    assert candidate.source == REFUSED
    assert [f.line for f in candidate.findings] == [7]
    assert proposer.told == [(REFUSED, list(candidate.findings))]
    assert not (place / "original.txt").exists()


def test_what_search_makes_is_left_as_it_is() -> None:
    proposer = Answering(NATURAL, genome={"terms": []})
    candidate, _ = propose_candidate(
        Slot(0, 0, "seed"), Briefing(), proposer, (), repair_turns=0, given=None,
        normalise=partial(arrived, task=find_task("cartpole")),
    )  # fmt: skip
    assert candidate.source == NATURAL
    assert not candidate.findings
