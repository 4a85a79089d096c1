"""What became of an analyst's reports is told to a person."""

from __future__ import annotations

from pathlib import Path

from fakes import make_evolution
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.api.runs import show
from eureka_agent.cli.app import app
from eureka_agent.report.analyst_lines import analyst_line, analyst_lines
from eureka_agent.report.summary import render_summary
from eureka_agent.store.event_types import PolicyAnalyzed
from eureka_agent.store.records import AnalystReport, Cause, Evidence

GOOD = AnalystReport((Cause("It idles.", (Evidence("0-00", 0, 3),), "Pay for walking."),), queries=2)
INVENTED = AnalystReport(dropped_evidence=3, dropped_causes=1, queries=1)
BROKEN = AnalystReport(unreadable="it holds no fenced json block")


def test_reports_are_counted_and_what_was_wrong_is_said() -> None:
    whole, dropped, unreadable = analyst_lines({"0-02": BROKEN, "0-00": GOOD, "0-01": INVENTED})
    assert whole == "Reports of the analyst: 3, with 3 questions and 1 causes in all."
    assert dropped.startswith("Of 0-01: dropped were 3 cited steps that nobody recorded")
    assert unreadable.endswith("could not be read: it holds no fenced json block")
    assert analyst_line(GOOD) == ""
    assert analyst_lines({}) == []


def test_show_summary_and_analyze_tell_it(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path / "run")
    evolution.run()
    for name, report in (("0-00", GOOD), ("0-01", BROKEN)):
        evolution.log.append(PolicyAnalyzed(name=name, report=report))
    words = "could not be read: it holds no fenced json block"
    summary = render_summary(evolution.folder, evolution.state, evolution.task, evolution.config)
    assert words in summary
    assert words in show(str(tmp_path / "run")).analyst[1]
    assert eureka_agent.analyze(str(tmp_path / "run"), "0-01").report == BROKEN
    shown = [
        CliRunner().invoke(app, ["analyze", str(tmp_path / "run"), name]).stdout for name in ("0-00", "0-01")
    ]
    assert "Pay for walking." in shown[0]
    assert words in shown[1]
