"""Labels that were voted on, softened once by the noise of all votes so far, on their way to who learns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from eureka_agent.intrinsic.annotation.asks import Asks
from eureka_agent.intrinsic.annotation.noise import Noise, contradictions, noise_from, softened
from eureka_agent.intrinsic.annotation.questions import Label, Question


class Softening:
    """Softens labels that were voted on by the noise that all votes so far show, of each variant its own.

    Those that come together count before the first of them is softened. Labels without several answers, such
    as a person's, stay as they are. Each label is to pass it once. Not for several threads.
    """

    def __init__(self, known: Iterable[Label] = ()) -> None:
        """`known` are labels that need not be softened, and tell of the noise all the same."""
        self._counts: Counter[tuple[str, str]] = Counter()
        self._counted: set[Question] = set()
        self._count(known)

    def __call__(self, labels: Sequence[Label]) -> list[Label]:
        """Return labels softened, in order."""
        self._count(labels)
        return [softened([label], self.noise(label.question.variant))[0] if label.answers else label
                for label in labels]  # fmt: skip

    def noise(self, variant: str = "") -> Noise:
        """Return what the votes of a variant's labels tell so far."""
        return noise_from(self._counts[variant, "differing"], self._counts[variant, "pairs"])

    def _count(self, labels: Iterable[Label]) -> None:
        for label in labels:
            if label.answers and label.question.key not in self._counted:
                self._counted.add(label.question.key)
                differing, pairs = contradictions([label.answers])
                variant = label.question.variant
                self._counts += Counter({(variant, "differing"): differing, (variant, "pairs"): pairs})


class Softened:
    """An annotator's answers, softened as they come; see `Asks`."""

    def __init__(self, asks: Asks, softening: Softening) -> None:
        self._asks, self._softening = asks, softening

    def submit(self, questions: Sequence[Question]) -> None:
        """Let these be answered some time."""
        self._asks.submit(questions)

    def collect(self) -> Sequence[Label]:
        """Return the labels that came since the last call."""
        return self._softening(self._asks.collect())
