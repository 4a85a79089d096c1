"""Three whole runs that are disturbed; `benchmarks/chaos.py` makes fifty of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from disk import why_no_disk
from scenario import Case, disturbed, undisturbed


@pytest.mark.parametrize(
    ("seed", "trainer", "wire"), [(1, "sb3", False), (2, "population", False), (3, "population", True)]
)
def test_a_run_that_is_disturbed_ends_and_nothing_is_lost_or_repeated(
    tmp_path: Path, seed: int, trainer: str, wire: bool
) -> None:
    disk = not why_no_disk(tmp_path)  # a full disk is one fault of several: without root the others remain
    expected = None if wire else undisturbed(trainer, tmp_path / "peace")
    report = disturbed(Case(seed, trainer, wire, disk, attempts=2), tmp_path / "war", expected)
    assert not report.violations
    assert report.struck


@pytest.mark.parametrize("kind", ["worker", "zygote", "trainer", "server", "parent", "disk"])
def test_every_fault_is_among_those_of_a_few_seeds(kind: str) -> None:
    from faults import plan

    assert any(kind in fault.kinds for seed in range(10) for fault in plan(seed, attempts=4, disk=True))
