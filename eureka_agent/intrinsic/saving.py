"""States of learned rewards as arrays without objects, and what is accepted back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from eureka_agent.errors import ConfigError

Array = np.ndarray
Saved = Mapping[str, Array]
"""Everything a model needs to go on, as arrays without objects: texts are JSON in uint8."""
_ABOUT = "about"
_BETWEEN = "/"


def packed(value: object) -> Array:
    """Return `value` as JSON in uint8; it consists of what JSON can hold."""
    return np.frombuffer(json.dumps(value).encode("ascii"), dtype=np.uint8)


def unpacked(saved: Mapping[str, Array], name: str) -> Any:
    """Return what `packed` made the array `name` of; ConfigError if it is missing or no JSON."""
    letters = array_of(saved, name, (None,))
    if letters.dtype != np.uint8:
        raise damaged(f"'{name}' is of {letters.dtype}, not of uint8")
    try:
        return json.loads(letters.tobytes())
    except ValueError as damage:
        raise damaged(f"'{name}' cannot be read ({damage})") from damage


def texts_of(saved: Mapping[str, Array], name: str) -> list[str]:
    """Return the texts that `packed` made the array `name` of; ConfigError if it holds anything else."""
    texts = unpacked(saved, name)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise damaged(f"'{name}' is no list of texts")
    return texts


def keys_of(saved: Mapping[str, Array], name: str, sizes: tuple[int, ...] = (1, 2)) -> list[tuple[str, ...]]:
    """Return the captions of questions that `packed` made the array `name` of, each of one of `sizes`."""
    keys = unpacked(saved, name)
    fine = isinstance(keys, list) and all(
        isinstance(key, list) and len(key) in sizes and all(isinstance(text, str) for text in key)
        for key in keys
    )
    if not fine or len({len(key) for key in keys}) > 1:
        raise damaged(f"'{name}' holds no captions of questions of one kind")
    return [tuple(key) for key in keys]


def places_of(saved: Mapping[str, Array], name: str, shape: tuple[int | None, ...], below: int) -> Array:
    """Return whole numbers from 0 on and below a bound; ConfigError if they aren't so."""
    places = array_of(saved, name, shape)
    if places.dtype.kind not in "iu" or not ((places >= 0) & (places < below)).all():
        raise damaged(f"'{name}' holds no whole numbers from 0 to {below - 1}")
    return places


def array_of(
    saved: Mapping[str, Array],
    name: str,
    shape: tuple[int | None, ...] | None = None,
    *,
    least: float = -np.inf,
    most: float = np.inf,
    infinite: bool = False,
) -> Array:
    """Return the array `name`, of `shape` if one is given (None: any length).

    Raises ConfigError if it isn't so, or doesn't hold numbers from `least` to `most`; `infinite` ones may be.
    """
    if name not in saved:
        raise damaged(f"'{name}' is missing")
    array = saved[name]
    fits = shape is None or (
        array.ndim == len(shape)
        and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    )
    if not fits:
        raise damaged(f"'{name}' has the shape {array.shape}, not {shape}")
    if array.dtype.kind not in "biuf" or np.isnan(array).any() or not (infinite or np.isfinite(array).all()):
        raise damaged(f"'{name}' holds what is no number")
    if array.size and not (least <= array.min() and array.max() <= most):
        raise damaged(f"'{name}' holds numbers that are not from {least:g} to {most:g}")
    return array


def damaged(why: str) -> ConfigError:
    """Return the error that says what is wrong with a saved state."""
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
    state = unpacked(saved, name)
    try:
        rng.bit_generator.state = state
    except (KeyError, OverflowError, TypeError, ValueError) as damage:
        raise damaged(f"'{name}' is no state of a generator ({damage})") from damage
