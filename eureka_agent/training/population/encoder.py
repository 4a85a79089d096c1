"""What the first layers of a network see of an observation, written once for NumPy and for JAX.

Most observations are seen as they are. Where numbers name things, as NetHack's glyphs do, 17 is not nearly
18: each is looked up in a table of vectors that is learned with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from typing import Any, Protocol

import numpy as np

from eureka_agent.training.algorithm import PpoSettings

Array = np.ndarray
_FIRST_DEVIATION = 0.1
"""With 1, a policy learned less in 32,768 steps than in 12,288 with 0.1 where one glyph of 81 matters and all
are drawn by chance; 0.01 and 0.03 were like 0.1."""


class Encoder(Protocol):
    """Comes before the towers of policy and value, which share its weights; see `Network`. Hashable."""

    @property
    def name(self) -> str:
        """What `[algorithm]` and saved policies call it."""
        ...

    @property
    def identifiers(self) -> int:
        """How many numbers at the beginning of an observation are names: they are never normalised."""
        ...

    @property
    def shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Its weights by name, with the shape of each."""
        ...

    def width(self, observation: int) -> int:
        """Return how many numbers the first layers see of an observation of so many."""
        ...

    def fill(self, weights: Mapping[str, Array], generator: np.random.Generator) -> None:
        """Write first weights into arrays of `shapes`."""
        ...

    def __call__(self, weights: Mapping[str, Any], observation: Any, xp: Any) -> Any:
        """Return `(..., n, width)` of normalised observations `(..., n, dim)`; see `Network.features`."""
        ...


@dataclass(frozen=True)
class Flat:
    """Every number as it is."""

    name = "flat"
    identifiers = 0
    shapes = ()

    def width(self, observation: int) -> int:
        """Return the length of an observation."""
        return observation

    def fill(self, weights: Mapping[str, Array], generator: np.random.Generator) -> None:
        """There are no weights."""

    def __call__(self, weights: Mapping[str, Any], observation: Any, xp: Any) -> Any:
        """Return the observation."""
        return observation


@dataclass(frozen=True)
class Glyphs:
    """A vector for each of the first numbers of an observation, by its identifier; the others as they are."""

    glyphs: int
    """How many numbers at the beginning are identifiers."""
    vocabulary: int
    """Identifiers go from 0 to one less than this; one outside counts as the nearest."""
    embedding: int
    """Length of an identifier's vector."""

    name = "glyphs"

    def __post_init__(self) -> None:
        if not all(type(size) is int and size > 0 for size in astuple(self)):
            raise ValueError(f"glyphs, vocabulary and embedding are positive whole numbers, not {self}")

    @property
    def identifiers(self) -> int:
        """As many as there are glyphs."""
        return self.glyphs

    @property
    def shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """One table."""
        return (("glyphs", (self.vocabulary, self.embedding)),)

    def width(self, observation: int) -> int:
        """Return the length of all vectors and of what is no identifier."""
        return observation + self.glyphs * (self.embedding - 1)

    def fill(self, weights: Mapping[str, Array], generator: np.random.Generator) -> None:
        """Draw small normal vectors: what is learned of a glyph soon outweighs where it began."""
        table = weights["glyphs"]
        table[:] = _FIRST_DEVIATION * generator.standard_normal(table.shape, dtype=np.float32)

    def __call__(self, weights: Mapping[str, Any], observation: Any, xp: Any) -> Any:
        """Return the vectors of all identifiers one after the other, and then the other numbers."""
        named = xp.clip(observation[..., : self.glyphs], 0, self.vocabulary - 1).astype(np.int32)
        found = _looked_up(weights["glyphs"], named, xp)
        vectors = found.reshape(*named.shape[:-1], self.glyphs * self.embedding)
        return xp.concatenate([vectors, observation[..., self.glyphs :]], axis=-1)


def _looked_up(tables: Any, named: Any, xp: Any) -> Any:
    """Return the rows `(..., embedding)` of one table, or of K stacked ones for identifiers `(K, n, glyphs)`.

    In NumPy `take` is up to eight times as fast as indexing. Its gradient adds rows up, in JAX on a CPU some
    thousand times as fast as a product with one-hots.
    """
    if tables.ndim == 2:
        return xp.take(tables, named, axis=0, mode="clip")
    pairs = zip(tables, named, strict=True)
    return xp.stack([xp.take(table, own, axis=0, mode="clip") for table, own in pairs])


FLAT = Flat()


def encoder_of(settings: PpoSettings) -> Encoder:
    """Return the encoder that a task's settings name."""
    if settings.encoder == "glyphs":
        return Glyphs(settings.glyphs, settings.vocabulary, settings.embedding)
    return FLAT


def encoder_to_json(encoder: Encoder) -> dict[str, Any]:
    """Return an encoder without its weights, as a saved policy has it."""
    sizes = asdict(encoder) if isinstance(encoder, Glyphs) else {}
    return {"name": encoder.name, **sizes}


def encoder_from_json(told: Mapping[str, Any]) -> Encoder:
    """Return the encoder of `encoder_to_json`; raises ValueError, KeyError or TypeError if it is none."""
    sizes = dict(told)
    match sizes.pop("name"):
        case "flat":
            return Flat(**sizes)
        case "glyphs":
            return Glyphs(**sizes)
        case other:
            raise ValueError(f"its encoder {other!r:.80} is not known here")
