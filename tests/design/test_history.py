"""What the next generation is told when the last one came to nothing."""

from __future__ import annotations

from dataclasses import replace

from design_fakes import archive_of, failed, make_task, trained

from eureka_agent.archive.candidate import Status
from eureka_agent.design.history import MOST_LOST, history_of, lost_generation
from eureka_agent.design.prompts import PromptBook
from eureka_agent.rewards.findings import Finding

SOURCE = 'import numpy as np\n\ndef compute_reward(height):\n    """Stay up."""\n    x = height.sum()\n'
AXIS = Finding("missing-axis", "error", 5, "`height.sum()` has no axis.", "It mixes worlds.", "Write height.")
WARNING = Finding("scale", "warning", None, "The reward is large.", "", "")


def prompt(archive) -> str:
    return PromptBook().request("seed", make_task(), **history_of(archive))


def test_a_lost_generation_is_told_candidate_by_candidate() -> None:
    refused = replace(failed(1, 0, "long"), status=Status.REFUSED, source=SOURCE, findings=(AXIS, WARNING))
    archive = archive_of(trained(0, 0, 1.0), failed(0, 1, "an old fault"), refused, failed(1, 1, "it dived"))
    told = prompt(archive)
    assert "## The whole of generation 1 was lost" in told
    assert (
        "- 1-00 (refused), Stay up.\n  - `x = height.sum()`: `height.sum()` has no axis. Write height."
        in told
    )
    assert "- 1-01 (failed)\n  - it dived" in told
    assert "The reward is large" not in told
    assert told.count("it dived") == 1
    assert "an old fault" in told, "earlier failures stay where they were"


def test_the_same_reason_is_told_of_each() -> None:
    lost = history_of(archive_of(failed(0, 0, "NaN"), failed(0, 1, "NaN")))["lost"]
    assert [(one["id"], one["reasons"]) for one in lost["candidates"]] == [
        ("0-00", ["NaN"]),
        ("0-01", ["NaN"]),
    ]


def test_a_generation_with_one_score_is_not_lost() -> None:
    assert lost_generation(archive_of(failed(1, 0, "NaN"), trained(1, 1, 1.0))) == []
    assert lost_generation(archive_of(failed(0, 0, "NaN"), trained(1, 0, 1.0))) == []
    assert lost_generation(archive_of()) == []
    assert "was lost" not in prompt(archive_of(failed(1, 0, "NaN"), trained(1, 1, 1.0)))


def test_who_was_drafted_out_has_not_kept_a_generation_from_being_lost() -> None:
    out = replace(failed(1, 1, "drafted out"), status=Status.DRAFTED_OUT)
    assert [c.id for c in lost_generation(archive_of(failed(1, 0, "NaN"), out))] == ["1-00"]


def test_what_is_told_of_a_lost_generation_has_bounds() -> None:
    many = tuple(replace(AXIS, what=f"{number} " + 1000 * "x") for number in range(9))
    candidates = [
        replace(failed(0, index, ""), status=Status.REFUSED, source=SOURCE, findings=many)
        for index in range(40)
    ]
    told = prompt(archive_of(*candidates))
    assert f"- {40 - MOST_LOST} more" in told
    assert "and 6 more of this kind or others" in told
    assert len(told) - len(prompt(archive_of())) < MOST_LOST * 1600
