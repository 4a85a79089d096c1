"""Where the candidates of a generation meet at every checkpoint, whichever thread trains them.

The rule must see the whole generation, and what it says must not depend on which thread is faster. So whoever
comes to a checkpoint waits there for all others that are still in the race.

A candidate may race with several training seeds: it is judged by their mean, and stops with all of them.
"""

from __future__ import annotations

import math
import statistics
import threading
from collections.abc import Iterable, Mapping, Sequence

from eureka_agent.training.population.halving import RULE, Behind, CheckpointScore, Rule, clearly_behind


class Race:
    """The candidates that may be stopped early; those who are not in it are never stopped."""

    def __init__(
        self,
        names: Iterable[str],
        *,
        checkpoint_scores: int,
        ended: Mapping[str, Sequence[CheckpointScore]] | None = None,
        rule: Rule = RULE,
    ) -> None:
        """`names` are keys of trainings, and `ended` those that are over already; see `TrainingJob.key`."""
        self._curves: dict[str, list[CheckpointScore]] = {name: [] for name in names}
        self._awaited = set(self._curves)
        self._curves |= {name: list(curve) for name, curve in (ended or {}).items()}
        self._looks, self._rule = checkpoint_scores, rule
        self._met = threading.Condition()

    def meet(self, checkpoint_scores: Mapping[str, CheckpointScore]) -> dict[str, Behind]:
        """Report the next look at some candidates, wait for everybody else's, return who of them stops."""
        with self._met:
            mine = [name for name in checkpoint_scores if name in self._awaited]
            if not mine:
                return {}
            for name in mine:
                self._curves[name].append(checkpoint_scores[name])
            look = len(self._curves[mine[0]]) - 1
            self._met.notify_all()
            self._met.wait_for(lambda: all(len(self._curves[name]) > look for name in self._awaited))
            behind = clearly_behind(_by_candidate(self._curves), look, self._looks, self._rule)
            stopped = {name: behind[_candidate(name)] for name in mine if _candidate(name) in behind}
            self._awaited -= {name for name in self._awaited if _candidate(name) in behind}
        return stopped

    def leave(self, names: Iterable[str]) -> None:
        """Go on without these: they are neither waited for nor stopped. Their curves so far still count."""
        with self._met:
            self._awaited -= set(names)
            self._met.notify_all()


def _candidate(key: str) -> str:
    return key.partition("/")[0]


def _by_candidate(curves: Mapping[str, Sequence[CheckpointScore]]) -> dict[str, list[CheckpointScore]]:
    """Return the mean curve of each candidate's seeds; where one failed the others go on."""
    seeds: dict[str, list[Sequence[CheckpointScore]]] = {}
    for key, curve in curves.items():
        seeds.setdefault(_candidate(key), []).append(curve)
    return {name: _mean_curve(own) for name, own in seeds.items()}


def _mean_curve(seeds: Sequence[Sequence[CheckpointScore]]) -> list[CheckpointScore]:
    if len(seeds) == 1:
        return list(seeds[0])
    looks = range(max(map(len, seeds)))
    return [_mean([curve[look] for curve in seeds if len(curve) > look]) for look in looks]


def _mean(scores: Sequence[CheckpointScore]) -> CheckpointScore:
    """Return the mean over seeds; its error contains how far the seeds lie apart."""
    values = [one.score for one in scores]
    between = statistics.variance(values) / len(values) if len(values) > 1 else 0.0
    within = sum(one.error**2 for one in scores) / len(scores) ** 2
    return CheckpointScore(statistics.fmean(values), math.sqrt(between + within))
