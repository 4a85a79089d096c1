"""What a run has tried so far, in short: for the next prompt."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from eureka_agent.analysis.safety import safety_words
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.design.failed_changes import (
    NO_EPISODES,
    Episodes,
    changes_in_words,
    failed_changes,
    unproved_better,
    what_changed,
)
from eureka_agent.design.reflection import number
from eureka_agent.errors import RewardError
from eureka_agent.escaping import cell, one_line
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.source import parse_reward

MOST_TRIED = 8
MOST_FAILURES = 8
MOST_LOST = 16
_MOST_REASONS = 3
_LONGEST_IDEA = 110
_LONGEST_ROW_IDEA = 70
_LONGEST_REASON = 300

NOTHING: dict[str, Any] = {
    "changes": {"leader": ""},
    "better": None,
    "tried": [],
    "by_posterior": False,
    "some_stopped": False,
    "untold": 0,
    "failures": [],
    "lost": None,
}
"""The history of a run without any, and of a designer that is not told."""


def history_of(
    archive: Archive, episodes: Episodes = NO_EPISODES, parents: Collection[str] = ()
) -> dict[str, Any]:
    """Return the values of the history template: failed changes to the leader, what else was tried, failures.

    Failed changes come first and are left out for nobody, with how their recorded `episodes` ended. Who
    scored better than the leader is shown unless it is among the `parents`, whose code the prompt shows
    anyway. Failures with the same reason are told once, with their number. Of a last generation that failed
    as a whole every candidate is told, reasons in full.
    """
    changes = failed_changes(archive)
    ranked = [candidate for candidate in archive.ranked() if candidate not in changes]
    told = ranked[:MOST_TRIED]
    lost = lost_generation(archive)
    by_id = {candidate.id: candidate for candidate in archive.candidates}
    return {
        "changes": changes_in_words(archive, episodes),
        "better": unproved_better(archive, parents),
        "tried": [_tried(candidate, by_id) for candidate in told],
        "by_posterior": archive.by_posterior,
        "some_stopped": any(candidate.stopped for candidate in told),
        "untold": max(0, len(ranked) - MOST_TRIED),
        "failures": _failures([c for c in archive.unusable() if c not in lost]),
        "lost": _lost(lost) if lost else None,
    }


def lost_generation(archive: Archive) -> Sequence[Candidate]:
    """Return the candidates of the last generation if not one of them could be scored, else none."""
    last = max((candidate.generation for candidate in archive.candidates), default=None)
    generation = [
        c for c in archive.candidates if c.generation == last and c.status is not Status.DRAFTED_OUT
    ]
    unusable = archive.unusable()
    return generation if all(candidate in unusable for candidate in generation) else []


def _lost(candidates: Sequence[Candidate]) -> dict[str, Any]:
    told = candidates[:MOST_LOST]
    return {
        "generation": candidates[0].generation,
        "count": len(candidates),
        "untold": len(candidates) - len(told),
        "candidates": [
            {
                "id": candidate.id,
                "status": str(candidate.status),
                "idea": _shortened(one_line(_in_words(candidate.source or "")[0]), _LONGEST_IDEA),
                "reasons": _reasons(candidate),
            }
            for candidate in told
        ],
    }


def _reasons(candidate: Candidate) -> list[str]:
    """Return what refused a candidate, each with the line that it is about; or what its training ended by."""
    errors = [finding for finding in candidate.findings if finding.severity == "error"]
    if not errors:
        return [_shortened(one_line(candidate.reason) or "no reason is known", _LONGEST_REASON)]
    told = [_reason(finding, candidate.source or "") for finding in errors[:_MOST_REASONS]]
    more = len(errors) - len(told)
    return told + ([f"and {more} more of this kind or others"] if more else [])


def _reason(finding: Finding, source: str) -> str:
    lines = source.split("\n")
    known = finding.line is not None and 1 <= finding.line <= len(lines)
    code = one_line(lines[finding.line - 1].strip()).replace("`", "'") if known and finding.line else ""
    place = f"`{_shortened(code, _LONGEST_IDEA)}`: " if code else ""
    return place + _shortened(one_line(f"{finding.what} {finding.fix}"), _LONGEST_REASON)


def _tried(candidate: Candidate, by_id: Mapping[str, Candidate]) -> dict[str, str]:
    idea, components = _in_words(candidate.source or "")
    origin = candidate.operator + (f" of {', '.join(candidate.parents)}" if candidate.parents else "")
    parent = by_id.get(candidate.parents[0]) if len(candidate.parents) == 1 else None
    changed = "" if parent is None else what_changed(parent, candidate)
    return {
        "id": candidate.id,
        "origin": cell(origin),
        "idea": cell(_shortened(idea, _LONGEST_ROW_IDEA)),
        "change": changed or cell(", ".join(components)),
        "outcome": _outcome(candidate),
        "length": _length(candidate),
        "score": ", ".join(number(fitness) for fitness in candidate.fitnesses()),
        "safety": cell(reached) if (reached := safety_words(candidate.safety())) else "",
    }


def _length(candidate: Candidate) -> str:
    """Return how many steps the episodes of the first training's chosen policy lasted."""
    first = next((e for e in candidate.evaluations if e.stage == "search" and e.replicate == 0), None)
    lengths = () if first is None else first.curves.get("episode_length", ())
    return f"{lengths[first.best_checkpoint]:.0f}" if first and lengths else ""


def _outcome(candidate: Candidate) -> str:
    """Return where a training was stopped; empty where it was not."""
    stop = candidate.stopped
    return "" if stop is None else f"stopped at {stop.env_steps / stop.of:.0%}"


def _in_words(source: str) -> tuple[str, Sequence[str]]:
    try:
        reward = parse_reward(source)
    except RewardError:
        return "", ()
    return reward.docstring.strip().split("\n")[0], reward.components or ()


def _failures(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    by_reason: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in reversed(candidates):
        by_reason.setdefault((str(candidate.status), candidate.reason), []).append(candidate)
    return [
        {
            "id": same[0].id,
            "status": status,
            "times": len(same),
            "reason": _shortened(one_line(reason) or "no reason is known", _LONGEST_REASON),
        }
        for (status, reason), same in list(by_reason.items())[:MOST_FAILURES]
    ]


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
