"""Captions as bags of hashed n-grams, the same on every machine and in every process."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np

from eureka_agent.errors import ConfigError, did_you_mean

Array = np.ndarray
EncoderKind = Literal["words", "characters"]
DIMENSION = 2**14
_TOKEN = re.compile(r"\w+|[^\w\s]")
_FACTOR = np.uint64(0x100000001B3)
_ENDS = "  "
"""Around a text, so that its first and last characters are in as many n-grams as others."""


def stable_hash(text: str, salt: str = "") -> int:
    """Return a number in [0, 2**64) that depends on both texts alone; Python's depends on the process."""
    data = f"{salt}\x1f{text}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def scrambled(numbers: Array) -> Array:
    """Return uint64 numbers whose bits all depend on all bits of `numbers` (the finaliser of SplitMix64)."""
    mixed = numbers.astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


class Bags(NamedTuple):
    """The n-grams of B texts."""

    indices: Array
    """int64 `(n,)`: below the encoder's dimension; those of one text differ."""
    rows: Array
    """int64 `(n,)`: which text each belongs to."""
    size: int
    """B."""


class Encoder:
    """Turns texts into bags of n-grams, each n-gram a number below `dimension`.

    `words` are single words and pairs of neighbours, without regard to case; `characters` are runs of 3 and
    of 4, for captions whose words are mostly new. The `cache` last texts are kept.
    """

    def __init__(
        self, kind: EncoderKind = "words", *, dimension: int = DIMENSION, cache: int = 32_768
    ) -> None:
        if kind not in get_args(EncoderKind):
            raise ConfigError(
                f"There is no encoder '{kind}'.{did_you_mean(kind, get_args(EncoderKind))}",
                allowed=" or ".join(get_args(EncoderKind)),
            )
        self.kind, self.dimension = kind, dimension
        self._grams = _word_grams if kind == "words" else _character_grams
        self._capacity = cache
        self._cache: OrderedDict[str, Array] = OrderedDict()

    def __len__(self) -> int:
        """How many texts are cached."""
        return len(self._cache)

    def encode(self, text: str) -> Array:
        """Return the n-grams of a text, int64, ascending and without repeats; maybe none."""
        known = self._cache.get(text)
        if known is not None:
            self._cache.move_to_end(text)
            return known
        indices = np.unique(scrambled(self._grams(text)) % np.uint64(self.dimension)).astype(np.int64)
        self._cache[text] = indices
        if len(self._cache) > self._capacity:
            self._cache.popitem(last=False)
        return indices

    def bags(self, texts: Sequence[str]) -> Bags:
        """Return the n-grams of all texts, in order."""
        encoded = [self.encode(text) for text in texts]
        lengths = np.array([len(one) for one in encoded], np.int64)
        indices = np.concatenate(encoded) if encoded else np.zeros(0, np.int64)
        return Bags(indices, np.repeat(np.arange(len(encoded)), lengths), len(encoded))


def _word_grams(text: str) -> Array:
    tokens = _TOKEN.findall(text.lower())
    words = np.array([zlib.crc32(t.encode("utf-8", "surrogatepass")) for t in tokens], np.uint64)
    return np.concatenate([words, scrambled(words[:-1]) * _FACTOR + words[1:]])


def _character_grams(text: str) -> Array:
    padded = f"{_ENDS}{text.lower()}{_ENDS}".encode("utf-32-le", "surrogatepass")
    characters = np.frombuffer(padded, np.uint32).astype(np.uint64)
    return np.concatenate([_runs(characters, length) for length in (3, 4)])


def _runs(characters: Array, length: int) -> Array:
    number = np.full(len(characters) - length + 1, length, np.uint64)
    for begin in range(length):
        number = number * _FACTOR + characters[begin : begin + len(number)]
    return number
