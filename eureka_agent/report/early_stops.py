"""Candidates that were stopped early: by which rule, and what that saved, for the run's summary."""

from __future__ import annotations

from eureka_agent.archive.candidate import Candidate, EarlyStop
from eureka_agent.store.state import RunState


def render_early_stops(state: RunState) -> str:
    """Return a section of the summary; empty where the run had no such rule."""
    rule = state.halving
    if rule is None:
        return ""
    searched = [c for c in state.candidates.values() if c.fitness is not None]
    stopped = [(c, c.stopped) for c in searched if c.stopped is not None]
    lines = [
        "## Early stops",
        "",
        f"The best {rule['survivors']:.0%} of a generation (two at least) are safe. From {rule['first']:.0%} "
        "of the checkpoints on, another candidate stops when its best score so far lies behind the last safe "
        f"one by more than {rule['margin']:.0%} of what that one has gained and by more than "
        f"{rule['errors']:g} standard errors. Nobody stops as long as that gain is below "
        f"{rule['learned']:.0%} of the span of all scores seen.",
        "",
        "Who was stopped is scored by its best checkpoint, ranked after those that were trained to the end, "
        "and never leads. Baselines, duels and the confirmation go to the end.",
        "",
        f"{len(stopped)} of {len(searched)} candidates were stopped{_saved(searched, stopped)}.",
    ]
    if stopped:
        lines += [
            "",
            "| candidate | after steps | behind | allowed | score then |",
            "| --- | --- | --- | --- | --- |",
        ]
    lines += [
        f"| {candidate.id} | {stop.env_steps:,} of {stop.of:,} | {stop.behind:.4g} | {stop.allowed:.4g} "
        f"| {candidate.fitness:.4g} |"
        for candidate, stop in stopped
    ]
    return "\n".join(lines)


def _saved(searched: list[Candidate], stopped: list[tuple[Candidate, EarlyStop]]) -> str:
    if not stopped:
        return ""
    saved = sum(stop.of - stop.env_steps for _, stop in stopped)
    total = stopped[0][1].of * len(searched)
    return f", which saved {saved:,} of {total:,} training steps ({saved / total:.0%})"
