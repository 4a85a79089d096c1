"""Replay the rule of early stops over recorded generations whose candidates were all trained to the end.

    python benchmarks/halving.py [benchmarks/data/generations.json] [--tune]

Prints how often the eventual winner would have been stopped, in how many generations that would have lost the
best score, and which share of the steps (evaluations included) would not have been taken. `--tune` first
chooses the margin on the generations of search seeds 0 and 1: of those that stop the fewest winners the
widest one that saves nine tenths of what any of them does. The result is that of the other seeds, which
chose nothing.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from scipy.stats import binomtest

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.training.population.halving import RULE, CheckpointScore, Rule, clearly_behind
from eureka_agent.training.schedule import CheckpointSchedule

DATA = Path(__file__).parent / "data" / "generations.json"
TUNED_ON = (0, 1)
"""Search seeds whose generations chose the rule."""
MARGINS = (0.2, 0.35, 0.5, 0.65, 0.8)


@dataclass(frozen=True)
class Recorded:
    """One generation, trained to the end."""

    task: str
    seed: int
    scores: dict[str, float]
    """Final scores by candidate, signed so that larger is better."""
    curves: dict[str, list[CheckpointScore]]
    steps: dict[str, list[float]]
    """All steps of a candidate, evaluations included, up to each look."""


class Replayed(NamedTuple):
    """What the rule would have done to a generation."""

    winner_stopped: bool
    """The candidate that won, ties by age, would have been stopped."""
    lost: bool
    """Nobody else with its score would have been left."""
    saved: float
    """Share of the steps that would not have been taken."""


def replay(generation: Recorded, rule: Rule) -> Replayed:
    """Apply the rule look by look, as training does."""
    checkpoint_scores = len(next(iter(generation.curves.values())))
    seen: dict[str, list[CheckpointScore]] = {name: [] for name in generation.curves}
    stopped: dict[str, int] = {}
    for look in range(checkpoint_scores):
        for name, curve in generation.curves.items():
            if name not in stopped:
                seen[name].append(curve[look])
        stopped |= dict.fromkeys(clearly_behind(seen, look, checkpoint_scores, rule), look)
    scores = generation.scores
    winner = max(scores, key=lambda name: scores[name])
    left = max(score for name, score in scores.items() if name not in stopped)
    whole = sum(steps[-1] for steps in generation.steps.values())
    saved = sum(generation.steps[name][-1] - generation.steps[name][look] for name, look in stopped.items())
    return Replayed(winner in stopped, left < scores[winner], saved / whole)


def load(path: Path) -> list[Recorded]:
    """Read recorded generations; candidates without a score are left out."""
    return [_recorded(row) for row in json.loads(path.read_text())]


def _recorded(row: dict[str, Any]) -> Recorded:
    sign, episodes = row["sign"], row["eval_episodes"]
    learned = CheckpointSchedule.of(
        row["env_steps"], checkpoints=row["checkpoints"], rollout=row["rollout"]
    ).checkpoints
    candidates = {c["id"]: c for c in row["candidates"] if "score" in c}
    curves = {
        name: [CheckpointScore(sign * f, e) for f, e in zip(c["fitness"], c["fitness_error"], strict=True)]
        for name, c in candidates.items()
    }
    steps = {}
    for name, candidate in candidates.items():
        looked_at = itertools.accumulate(length * episodes for length in candidate["episode_length"])
        steps[name] = [
            own + checkpoint_scores for own, checkpoint_scores in zip(learned, looked_at, strict=True)
        ]
    scores = {name: sign * candidate["score"] for name, candidate in candidates.items()}
    return Recorded(row["task"], row["seed"], scores, curves, steps)


def tune(generations: Sequence[Recorded]) -> Rule:
    """Return the rule with the widest of those margins that save most without stopping more winners."""
    found = {m: [replay(generation, replace(RULE, margin=m)) for generation in generations] for m in MARGINS}
    winners = {margin: sum(r.winner_stopped for r in replays) for margin, replays in found.items()}
    saved = {margin: fmean(r.saved for r in replays) for margin, replays in found.items()}
    fewest = [margin for margin in MARGINS if winners[margin] == min(winners.values())]
    most = max(saved[margin] for margin in fewest)
    return replace(RULE, margin=max(margin for margin in fewest if saved[margin] >= 0.9 * most))


def report(title: str, generations: Sequence[Recorded], rule: Rule) -> str:
    """Return one row of the table."""
    found = [replay(generation, rule) for generation in generations]
    winners = sum(r.winner_stopped for r in found)
    chance = binomtest(winners, len(found)).proportion_ci(method="exact")
    saved = t_interval([r.saved for r in found])
    return (
        f"| {title} | {len(found)} "
        f"| {winners}: {winners / len(found):.0%} [{chance.low:.0%}, {chance.high:.0%}] "
        f"| {sum(r.lost for r in found)} | {saved.mean:.0%} [{saved.low:.0%}, {saved.high:.0%}] |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=DATA)
    parser.add_argument("--tune", action="store_true", help="choose the margin anew")
    given = parser.parse_args()
    generations = load(given.file)
    parts = [[g for g in generations if (g.seed in TUNED_ON) is own] for own in (True, False)]
    rule = tune(parts[0]) if given.tune else RULE
    print(f"{rule}\n")
    print(
        "| generations | n | winner stopped, 95 % exact | best score lost | steps saved, 95 % t |\n"
        "| --- | --- | --- | --- | --- |"
    )
    print(report("that chose the rule", parts[0], rule))
    print(report("**that did not**", parts[1], rule))
    for task in dict.fromkeys(g.task for g in generations):
        print(report(f"{task}, all", [g for g in generations if g.task == task], rule))


if __name__ == "__main__":
    main()
