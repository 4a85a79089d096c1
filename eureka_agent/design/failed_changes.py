"""What was changed in the leading reward without success, and what each change did: for the next prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType
from typing import Any

from eureka_agent.analysis.code_changes import changed_components, code_difference
from eureka_agent.analysis.outcomes import outcomes
from eureka_agent.analysis.statistics import clearly_better
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.design.reflection import number
from eureka_agent.escaping import code_cell, fence, one_line, visible
from eureka_agent.rewards.comments import without_comments
from eureka_agent.trajectories.trajectory import Trajectory

Episodes = Mapping[str, Sequence[Trajectory]]
"""Recorded episodes, by candidate."""
NO_EPISODES: Episodes = MappingProxyType({})

MOST_IN_FULL = 6
MOST_IN_SHORT = 20
MOST_LINES = 12
"""Changed lines shown of one difference."""
REWRITTEN = 30
"""Whoever changed more lines wrote another reward: its difference says little, its code more."""
MOST_CODES = 2
"""Rewritten rewards whose code is shown: those that scored best."""
MOST_CODE_LINES = 70
_LONGEST_LINE = 200
_MOST_COMPONENTS = 10
_LONGEST_NAME = 40
_LONGEST_WAY = 80


def failed_changes(archive: Archive) -> Sequence[Candidate]:
    """Return the trained children of the leader that scored no better than it, the latest first."""
    ranked = archive.ranked()
    if not ranked:
        return ()
    leader = ranked[0]
    score = archive.sign * (leader.fitness or 0.0)
    failed = [c for c in ranked if leader.id in c.parents and archive.sign * (c.fitness or 0.0) <= score]
    return sorted(failed, key=lambda child: (child.generation, child.index), reverse=True)


def changes_in_words(archive: Archive, episodes: Episodes = NO_EPISODES) -> dict[str, Any]:
    """Return the failed changes as words: some in full, the rest a line each, the very rest counted.

    Of those in full it is told how their recorded `episodes` ended.
    """
    children = failed_changes(archive)
    if not children:
        return {"leader": "", "in_full": [], "in_short": [], "untold": 0}
    leader = archive.ranked()[0]
    rewritten = [one for one in children[:MOST_IN_FULL] if _rewrites(leader, one)]
    shown = sorted(rewritten, key=lambda one: -archive.sign * (one.fitness or 0.0))[:MOST_CODES]
    short = children[MOST_IN_FULL : MOST_IN_FULL + MOST_IN_SHORT]
    return {
        "leader": leader.id,
        "in_full": [
            _in_full(leader, child, archive.sign, code=child in shown)
            | {"ended": ended_in_words(episodes.get(child.id, ()))}
            for child in children[:MOST_IN_FULL]
        ],
        "in_short": [_in_short(leader, child, archive.sign) for child in short],
        "untold": len(children) - MOST_IN_FULL - len(short),
    }


def unproved_better(archive: Archive, without: Collection[str] = ()) -> dict[str, Any] | None:
    """Return who scored best of those above the leader, with its code; None where it is among `without`.

    It does not lead because it was trained once only, or because its seeds disagree.
    """
    ranked = archive.ranked()
    if not ranked:
        return None
    leader, whole = ranked[0], [one for one in ranked if one.stopped is None]
    best = max(whole, key=lambda one: archive.sign * (one.fitness or 0.0), default=leader)
    if archive.sign * (best.fitness or 0.0) <= archive.sign * (leader.fitness or 0.0) or best.id in without:
        return None
    lines, more = code_in_short(best.source or "")
    return {
        "id": best.id,
        "leader": leader.id,
        "scores": ", ".join(number(score) for score in best.fitnesses()),
        "lines": lines,
        "more": more,
        "fence": fence("\n".join(lines)),
    }


def ended_in_words(episodes: Sequence[Trajectory]) -> str:
    """Return how episodes ended and after how many steps; empty without any."""
    told = outcomes(episodes)
    if not told:
        return ""
    ways = Counter(one_line(one.name) for one in told).most_common()
    ended = ", ".join(f"{count} of {len(told)} {_cut(way, _LONGEST_WAY)}" for way, count in ways)
    return f"{ended}, after {fmean(one.length for one in told):.0f} steps"


def what_changed(parent: Candidate, child: Candidate) -> str:
    """Return which components a child added, removed and changed; empty where the code does not say."""
    changed = changed_components(parent.source or "", child.source or "")
    told = [
        f"{word} {', '.join(names)}"
        for word in ("added", "removed", "changed")
        if (names := _names([name for name, became in changed.items() if became == word]))
    ]
    return "; ".join(told)


def _in_full(leader: Candidate, child: Candidate, sign: float, *, code: bool) -> dict[str, Any]:
    rewritten = _rewrites(leader, child)
    lines, more = ([], 0) if rewritten else _difference(leader.source or "", child.source or "")
    if rewritten and code:
        lines, more = code_in_short(child.source or "")
    return _in_short(leader, child, sign) | {
        "rewritten": rewritten,
        "lines": lines,
        "more": more,
        "fence": fence("\n".join(lines)),
        "components": _component_changes(leader, child),
    }


def _in_short(leader: Candidate, child: Candidate, sign: float) -> dict[str, Any]:
    return {
        "id": child.id,
        "others": ", ".join(parent for parent in child.parents if parent != leader.id),
        "changed": what_changed(leader, child),
        "before": number(leader.fitness or 0.0),
        "after": number(child.fitness or 0.0),
        "certain": _certain(leader, child, sign),
        "stopped": "" if child.stopped is None else f"{child.stopped.env_steps / child.stopped.of:.0%}",
    }


def _rewrites(leader: Candidate, child: Candidate) -> bool:
    return len(_changed_lines(leader.source or "", child.source or "")) > REWRITTEN


def _changed_lines(parent: str, child: str) -> list[str]:
    found = [line for line in code_difference(parent, child).split("\n")[2:] if line[:1] in ("+", "-")]
    return [line for line in found if line[1:].strip()]


def _difference(parent: str, child: str) -> tuple[list[str], int]:
    """Return the first changed lines, and how many more there are."""
    return _bounded(_changed_lines(parent, child), MOST_LINES)


def code_in_short(source: str) -> tuple[list[str], int]:
    """Return the first lines of a reward without comments, and how many more there are."""
    bare = without_comments(source) or source
    return _bounded([line for line in bare.split("\n") if line.strip()], MOST_CODE_LINES)


def _bounded(lines: Sequence[str], most: int) -> tuple[list[str], int]:
    return [visible(_cut(line, _LONGEST_LINE)) for line in lines[:most]], max(0, len(lines) - most)


def _certain(leader: Candidate, child: Candidate, sign: float) -> str:
    """Return over what both scores are spread if they differ by more than that; else an empty text."""
    trainings = leader.fitnesses(), child.fitnesses()
    over = "trainings"
    if min(map(len, trainings)) < 2:
        trainings, over = (_first(leader).episode_fitness, _first(child).episode_fitness), "episodes"
    return over if min(map(len, trainings)) > 1 and clearly_better(*trainings, sign=sign) else ""


def _component_changes(leader: Candidate, child: Candidate) -> str:
    """Return what each component came to a step under the kept policies, before and after."""
    before, after = _paid(_first(leader)), _paid(_first(child))
    told = [
        f"`{_name(name)}` {_value(before, name)} → {_value(after, name)}"
        for name in list(dict.fromkeys((*before, *after)))[:_MOST_COMPONENTS]
    ]
    return ", ".join(told)


def _paid(training: Evaluation) -> dict[str, float]:
    curves = {name: training.curves[f"component/{name}"] for name in training.components}
    kept = training.best_checkpoint
    found = {name: values[kept] for name, values in curves.items() if kept < len(values)}
    lengths = training.curves.get("episode_length", ())
    return found | ({"episode_length": lengths[kept]} if kept < len(lengths) else {})


def _first(candidate: Candidate) -> Evaluation:
    trainings = [one for one in candidate.evaluations if one.stage == "search"]
    return min(trainings, key=lambda one: one.replicate)


def _value(paid: dict[str, float], name: str) -> str:
    return number(paid[name]) if name in paid else "none"


def _names(names: Sequence[str]) -> list[str]:
    more = [f"{len(names) - _MOST_COMPONENTS} more"] if len(names) > _MOST_COMPONENTS else []
    return [f"`{_name(name)}`" for name in names[:_MOST_COMPONENTS]] + more


def _name(name: str) -> str:
    return code_cell(_cut(one_line(name), _LONGEST_NAME))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
