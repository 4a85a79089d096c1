"""Three whole runs that are disturbed; `benchmarks/chaos.py` makes fifty of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from disk import why_no_disk
from faults import plan
from scenario import Case, disturbed, undisturbed


@pytest.mark.parametrize(
    "case",
    [
        Case(10, "population", wire=False, disk=True, attempts=2),
        Case(1, "population", wire=True, disk=True, attempts=1),
        Case(8, "sb3", wire=True, disk=True, attempts=1),
    ],
    ids=str,
)
def test_a_run_that_is_disturbed_ends_and_nothing_is_lost_or_repeated(tmp_path: Path, case: Case) -> None:
    if why_no_disk(tmp_path):  # without root the other faults remain
        case = replace(case, disk=False)
    expected = None if case.wire else undisturbed(case.trainer, tmp_path / "peace")
    report = disturbed(case, tmp_path / "war", expected)
    assert not report.violations
    assert report.struck


@pytest.mark.parametrize("kind", ["worker", "zygote", "trainer", "server", "parent", "disk"])
def test_every_fault_is_among_those_of_a_few_seeds(kind: str) -> None:
    assert any(kind in fault.kinds for seed in range(10) for fault in plan(seed, attempts=4, disk=True))
