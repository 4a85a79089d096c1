"""The page of a run has the parts of the report, and computes them as seldom where they cannot be."""

from __future__ import annotations

import re

from eureka_agent.resources import bundled_folders
from eureka_agent.serve.shown_run import REPORT


def test_every_part_of_the_report_is_one_of_the_page() -> None:
    folder = bundled_folders("templates")[0]
    page = (folder / "report" / "page.html.j2").read_text()
    included = re.findall(r'include "report/(\w+)\.html\.j2"', page)
    assert sorted(REPORT) == sorted(included)
