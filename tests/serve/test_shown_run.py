"""The page of a run has the parts of the report, and computes them as seldom where they cannot be."""

from __future__ import annotations

import re
from pathlib import Path

from door import unfinished

from eureka_agent.resources import bundled_folders
from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.shown_run import REPORT, ShownRun


def test_every_part_of_the_report_is_one_of_the_page() -> None:
    folder = bundled_folders("templates")[0]
    page = (folder / "report" / "page.html.j2").read_text()
    included = re.findall(r'include "report/(\w+)\.html\.j2"', page)
    assert sorted(REPORT) == sorted(included)


def test_a_report_that_cannot_be_is_tried_as_seldom_as_one_that_can(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    link = folder.root / "link"
    link.symlink_to(tmp_path)
    now = [0.0]
    run = ShownRun(folder, Renderer(), clock=lambda: now[0])
    assert "symbolic link" in run.refresh()["trouble"].html
    link.unlink()
    assert "symbolic link" in run.refresh()["trouble"].html
    now[0] += 1_000.0
    parts = run.refresh()
    assert "symbolic link" not in parts["trouble"].html
    assert "lineage" in parts
