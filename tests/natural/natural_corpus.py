"""Rewards as people and models write them, each run in the library that it was written for.

A corpus is a folder of originals, `<name>.py`, and a `cases.toml` that says what each of them is; the README
beside this file describes both. Nothing here knows how originals are made portable: see `natural_judging.py`.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from eureka_agent.errors import RewardError
from eureka_agent.rewards.output import RewardOutput, validated
from eureka_agent.tasks.task import Signal, Signals

HERE = Path(__file__).parent
FOLDERS = {name: HERE / name for name in ("tuning", "heldout", "unseen")}
ROWS = 61
"""Worlds of a comparison: a number that no shape of a signal has."""


@dataclass(frozen=True)
class Case:
    """One original and what it is."""

    name: str
    path: Path
    library: Literal["numpy", "torch", "jax"]
    style: str
    batched: bool
    """Written for arrays with a leading axis of worlds; otherwise for one world at a time."""
    valid: bool
    why: str
    """What is wrong with one that is not valid."""
    function: str
    signals: tuple[Signal, ...]

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


def load_cases(folder: Path) -> list[Case]:
    """Return the cases of a corpus in the order of its `cases.toml`."""
    with (folder / "cases.toml").open("rb") as file:
        return [_case(folder, name, entry) for name, entry in tomllib.load(file).items()]


def _case(folder: Path, name: str, entry: Mapping[str, Any]) -> Case:
    signals = tuple(
        Signal(argument, tuple(given["shape"]), low=given["low"], high=given["high"], dtype=given["dtype"])
        for argument, given in entry["signals"].items()
    )
    return Case(
        name, folder / f"{name}.py", entry["library"], entry["style"], entry["batched"], entry["valid"],
        entry.get("why", ""), entry.get("function", "compute_reward"), signals,
    )  # fmt: skip


def random_signals(case: Case, rows: int = ROWS, seed: int = 0) -> Signals:
    """Return every signal as `(rows, ...)`, drawn evenly from its range."""
    rng = np.random.default_rng([seed, *case.name.encode()])
    return {signal.name: _drawn(rng, signal, rows) for signal in case.signals}


def _drawn(rng: np.random.Generator, signal: Signal, rows: int) -> np.ndarray:
    assert signal.low is not None
    assert signal.high is not None
    shape = (rows, *signal.shape)
    if signal.dtype == "int32":
        return rng.integers(int(signal.low), int(signal.high), shape, dtype=np.int32, endpoint=True)
    return rng.uniform(signal.low, signal.high, shape).astype(np.float32)


def original(case: Case) -> Callable[..., Any]:
    """Return the function as it was found, imported from its file."""
    spec = importlib.util.spec_from_file_location(f"natural_{case.path.parent.name}_{case.name}", case.path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, case.function)


def original_output(case: Case, signals: Signals) -> RewardOutput:
    """Run an original in its own library: on the batch, or row by row if it was written for one world.

    Reward and components come back as float32 `(rows,)`; RewardError where they are not finite or of
    another shape, or where a signal was changed.
    """
    function, rows = original(case), len(next(iter(signals.values())))
    if case.batched:
        return validated(_called(case, function, signals), rows)
    outputs = [_called(case, function, {k: x[i] for k, x in signals.items()}) for i in range(rows)]
    components = {name: _column([o.components[name] for o in outputs]) for name in outputs[0].components}
    return validated(RewardOutput(_column([o.reward for o in outputs]), components), rows)


def _called(case: Case, function: Callable[..., Any], signals: Mapping[str, Any]) -> RewardOutput:
    given = {name: _converted(case.library, x) for name, x in signals.items()}
    reward, components = function(**given)
    changed = [name for name, x in signals.items() if not np.array_equal(np.asarray(given[name]), x)]
    if changed:
        raise RewardError(f"{case.name} changes what it is given: {', '.join(changed)}.")
    return RewardOutput(reward, components)


def _converted(library: str, value: Any) -> Any:
    """Return a copy as an array of the library; one number of an unbatched NumPy reward stays one."""
    if library == "torch":
        import torch

        return torch.tensor(value)
    if library == "jax":
        import jax.numpy as jnp

        return jnp.asarray(value)
    return value.copy()


def _column(values: list[Any]) -> np.ndarray:
    """Return single numbers as one array `(rows,)`."""
    return np.stack([np.asarray(value, dtype=np.float32) for value in values])
