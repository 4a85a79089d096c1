"""Where the candidates of a generation meet at every checkpoint, whichever thread trains them.

The rule must see the whole generation, and what it says must not depend on which thread is faster. So whoever
comes to a checkpoint waits there for all others that are still in the race.
"""

from __future__ import annotations

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
        """`looks` is how many checkpoints there are; `ended` are rivals whose training is over already."""
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
            behind = clearly_behind(self._curves, look, self._looks, self._rule)
            self._awaited -= behind.keys()
        return {name: behind[name] for name in mine if name in behind}

    def leave(self, names: Iterable[str]) -> None:
        """Go on without these: they are neither waited for nor stopped. Their curves so far still count."""
        with self._met:
            self._awaited -= set(names)
            self._met.notify_all()
