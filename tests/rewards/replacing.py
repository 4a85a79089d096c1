"""Applying the rewrites of findings, and asking plain Python what the original meant."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType

import numpy as np

from eureka_agent.rewards import check_source
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.replacement import Replacement

HEAD = "import numpy as np\nimport math"
ROWS = 64
Signals = dict[str, np.ndarray]


def drawn() -> Signals:
    """Scalars x, y, h > 0; vectors act (4), a, b (3); a matrix img (2, 5); an identifier k."""
    random = np.random.default_rng(3)
    shapes = {"x": (), "y": (), "h": (), "act": (4,), "a": (3,), "b": (3,), "img": (2, 5)}
    signals: dict[str, np.ndarray] = {
        name: random.normal(size=(ROWS, *shape)).astype(np.float32) for name, shape in shapes.items()
    }
    signals["x"][:8] = 0.0
    signals["h"] = np.abs(signals["h"]) + 0.1
    return signals | {"k": random.integers(0, 4, ROWS).astype(np.int32)}


SIGNALS = drawn()


def with_line(lines: str, head: str = "import numpy as np") -> str:
    body = "\n    ".join(lines.split("\n"))
    return (
        f"{head}\ndef compute_reward({', '.join(SIGNALS)}):\n    {body}\n    return x + 0.0 * y, {{'z': z}}\n"
    )


def mended(source: str) -> tuple[str, list[Finding]]:
    """Apply one printed rewrite after the other, the innermost first, until none is left."""
    used: list[Finding] = []
    for _ in range(30):
        edits = [f for f in check_source(source, SIGNALS) if f.severity == "error" and f.replacement]
        if not edits:
            return source, used
        # What an import calls by its name has to be found before the import is gone.
        used.append(min(edits, key=lambda f: (f.rule == "forbidden-import", *_length(f.replacement))))
        assert used[-1].replacement is not None
        source = used[-1].replacement.applied(source)
    raise AssertionError(f"no end of rewriting:\n{source}")


def _length(edit: Replacement | None) -> tuple[int, int]:
    assert edit is not None
    return edit.end_line - edit.line, edit.end_column - edit.column


def original(source: str) -> list[np.ndarray]:
    """Return what plain Python makes of `z` in every reading in which worlds stay apart."""
    scope: dict[str, object] = {}
    exec(source, scope)
    compute = scope["compute_reward"]
    assert isinstance(compute, FunctionType)
    readings: list[Callable[[], np.ndarray]] = [
        lambda: np.asarray(compute(**copied())[1]["z"]),
        lambda: np.stack([np.asarray(compute(**copied(i))[1]["z"]) for i in range(ROWS)]),
        lambda: np.stack([np.asarray(compute(**plain(i))[1]["z"]) for i in range(ROWS)]),
    ]
    found = []
    for reading in readings:
        try:
            value = reading()
        except (TypeError, ValueError, LookupError, AttributeError):
            continue  # this reading does not exist
        if value.shape[:1] == (ROWS,):
            found.append(value)
    return found


def copied(row: int | None = None) -> Signals:
    return {name: np.array(values if row is None else values[row]) for name, values in SIGNALS.items()}


def plain(row: int) -> dict[str, object]:
    return {n: v[row].item() if v.ndim == 1 else np.array(v[row]) for n, v in SIGNALS.items()}
