"""States of learned rewards as arrays without objects, and what is accepted back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from eureka_agent.errors import ConfigError

Array = np.ndarray
_ABOUT = "about"
_BETWEEN = "/"


def packed(value: object) -> Array:
    """Return `value` as JSON in uint8; it consists of what JSON can hold."""
    return np.frombuffer(json.dumps(value).encode("ascii"), dtype=np.uint8)


def unpacked(saved: Mapping[str, Array], name: str) -> Any:
    """Return what `packed` made the array `name` of; ConfigError if it is missing or no JSON."""
    try:
        return json.loads(array_of(saved, name).astype(np.uint8).tobytes())
    except ValueError as damage:
        raise _damaged(f"'{name}' cannot be read ({damage})") from damage


def array_of(saved: Mapping[str, Array], name: str, shape: tuple[int | None, ...] | None = None) -> Array:
    """Return the array `name`, of `shape` if one is given (None: any length); ConfigError if it isn't so."""
    if name not in saved:
        raise _damaged(f"'{name}' is missing")
    array = saved[name]
    fits = shape is None or (
        array.ndim == len(shape)
        and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    )
    if not fits:
        raise _damaged(f"'{name}' has the shape {array.shape}, not {shape}")
    return array


def _damaged(why: str) -> ConfigError:
    return ConfigError(
        f"The saved state of a learned reward is damaged: {why}.",
        allowed="what state_dict() returned, with all its arrays",
        fix="Go on from an older checkpoint, or begin anew.",
    )


def about(kind: str, **facts: object) -> dict[str, Array]:
    """Return the part of a state that tells what it is of."""
    return {_ABOUT: packed({"kind": kind, **facts})}


def expect(saved: Mapping[str, Array], kind: str, **facts: object) -> None:
    """Check that a state is of the same `kind`, with the same `facts`; ConfigError says what it is of."""
    found = unpacked(saved, _ABOUT)
    for name, wanted in {"kind": kind, **facts}.items():
        got = found.get(name) if isinstance(found, dict) else None
        if got != wanted:
            raise ConfigError(
                f"The saved state is of a learned reward with {name} {got!r}, not {wanted!r}.",
                allowed=f"a state of {name} {wanted!r}",
                fix="Use the settings it was saved with, or begin anew.",
            )


def nested(name: str, saved: Mapping[str, Array]) -> dict[str, Array]:
    """Return the arrays of a part under names that begin with the part's."""
    return {f"{name}{_BETWEEN}{key}": array for key, array in saved.items()}


def part_of(saved: Mapping[str, Array], name: str) -> dict[str, Array]:
    """Return the arrays that `nested` put under `name`."""
    beginning = f"{name}{_BETWEEN}"
    return {key[len(beginning) :]: array for key, array in saved.items() if key.startswith(beginning)}


def generator_state(rng: np.random.Generator) -> Array:
    """Return where a generator stands."""
    return packed(rng.bit_generator.state)


def restore_generator(rng: np.random.Generator, saved: Mapping[str, Array], name: str) -> None:
    """Put a generator where `generator_state` found one."""
    rng.bit_generator.state = unpacked(saved, name)
