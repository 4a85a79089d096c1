"""Episodes and curves made by hand for the analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eureka_agent.analysis.typical import Typical
from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.trajectories import Trajectory


def episode(steps: int, ending: str = "time limit", **parts: Any) -> Trajectory:
    """Return an episode with signals as given, each `(T,)` or `(T, d)`; other fields of it pass through."""
    known = set(Trajectory.__dataclass_fields__) - {"action"}
    fields = {name: parts.pop(name) for name in list(parts) if name in known}
    signals = {name: np.asarray(values, np.float32) for name, values in parts.items()}
    given = fields.pop("signals", {})
    early = ending not in ("time limit", "running", "unknown")
    built = Trajectory(
        **{
            "signals": {**{n: np.asarray(v, np.float32) for n, v in given.items()}, **signals},
            "terminated": early,
            "truncated": ending == "time limit",
            "ending": ending,
            **fields,
        }
    )
    assert built.length == steps
    return built


def random_walk(steps: int = 200, seed: int = 0, ending: str = "time limit", **fields: Any) -> Trajectory:
    """Return random play: position and velocity change by about 1 a step, the action by about 1."""
    rng = np.random.default_rng(seed)
    return episode(
        steps,
        ending,
        position=np.cumsum(rng.normal(size=steps)),
        velocity=np.cumsum(rng.normal(size=steps)),
        action=rng.normal(size=(steps, 1)),
        **fields,
    )


def typical() -> Typical:
    """Return what random play of `random_walk` changes in a step: about 1 everywhere."""
    measured = Typical.of([random_walk()])
    assert measured is not None
    return measured


def trained(
    fitness: Sequence[float] = (),
    reward: Sequence[float] = (),
    components: Mapping[str, Sequence[float]] | None = None,
    *,
    length: Sequence[float] = (),
    episodes: Sequence[float] = (),
    error: float = 0.0,
    returns: Sequence[float] = (),
    paid: Mapping[str, Sequence[float]] | None = None,
    replicate: int = 0,
) -> Evaluation:
    """Return a search training with these curves; its episodes score as the last checkpoint by default.

    `returns` are those of evaluation episodes, and `paid` their components; without them it is a training of
    an earlier version.
    """
    curves = {
        "fitness": tuple(fitness),
        "fitness_error": (error,) * len(fitness),
        "reward": tuple(reward),
        "episode_length": tuple(length) or (100.0,) * len(reward),
        **{f"component/{name}": tuple(values) for name, values in (components or {}).items()},
        **{f"evaluation/component/{name}": tuple(values) for name, values in (paid or {}).items()},
    }
    if returns:
        lengths = curves["episode_length"]
        curves["evaluation/return"] = tuple(returns)
        curves["evaluation/return_error"] = (0.0,) * len(returns)
        curves["evaluation/reward"] = tuple(r / n for r, n in zip(returns, lengths, strict=True))
    scored = tuple(episodes) or (fitness[-1],) * 10
    mean = float(np.mean(scored))
    return Evaluation("search", replicate, 0, mean, scored, 1000, 1.0, len(fitness) - 1, curves)


def candidate(
    *evaluations: Evaluation, source: str | None = None, index: int = 0, **fields: Any
) -> Candidate:
    return Candidate(0, index, "given", source=source, evaluations=evaluations, **fields)
