"""What became of the analyst's reports: those that could not be read, and evidence that does not exist."""

from __future__ import annotations

from collections.abc import Mapping

from eureka_agent.store.records import AnalystReport


def analyst_lines(reports: Mapping[str, AnalystReport]) -> list[str]:
    """Return a line on all reports of a run, and one for each that could not be read or lost something."""
    if not reports:
        return []
    causes = sum(len(report.causes) for report in reports.values())
    asked = sum(report.queries for report in reports.values())
    whole = f"Reports of the analyst: {len(reports)}, with {asked} questions and {causes} causes in all."
    told = ((name, analyst_line(report)) for name, report in sorted(reports.items()))
    return [whole, *(f"Of {name}: {line}" for name, line in told if line)]


def analyst_line(report: AnalystReport) -> str:
    """Return what was wrong with a report, as a sentence; empty where nothing was."""
    if report.unreadable:
        return f"there is no report, its answer could not be read: {report.unreadable}"
    if not (report.dropped_evidence or report.dropped_causes):
        return ""
    return (
        f"dropped were {report.dropped_evidence} cited steps that nobody recorded, and causes without "
        f"any other evidence: {report.dropped_causes}."
    )
