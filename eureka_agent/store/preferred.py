"""What a run has learned of people's preferences, as its log holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import with_config

from eureka_agent.preferences.features import FeatureSet
from eureka_agent.preferences.fitness import PreferenceFitness
from eureka_agent.preferences.model import Posterior
from eureka_agent.store.fields import STRICT, CandidateName, Number, Place, read_by

FeatureSetField = Annotated[FeatureSet, read_by(FeatureSet, FeatureSet.from_json)]
Numbers = tuple[Number, ...]


@with_config(STRICT)
@dataclass(frozen=True)
class EpisodeFeatures:
    """What the recorded episodes of one training of the search are like."""

    name: CandidateName
    replicate: Place
    rows: tuple[Numbers, ...]
    """The features of each episode, in their order in the file."""


@with_config(STRICT)
@dataclass(frozen=True)
class Rescored:
    """The scores of one training of the search by a newer model."""

    name: CandidateName
    replicate: Place
    episodes: Numbers
    """Of its recorded episodes; one at least."""


@dataclass(frozen=True)
class Learned:
    """The newest model of a run, and what it was learned from."""

    generation: int
    """After which it was fitted."""
    fitness: PreferenceFitness
    posterior: Posterior
    """Its `answers` are those of people that it uses."""

    @classmethod
    def of(
        cls,
        generation: int,
        features: FeatureSet,
        weights: Numbers,
        covariance: tuple[Numbers, ...],
        log_ties: float,
        answers: int,
    ) -> Learned:
        """Return the model; ValueError where its parts do not fit together."""
        k = len(features)
        if any(len(row) != k for row in (weights, *covariance)) or len(covariance) != k:
            raise ValueError(f"{k} features have {len(weights)} weights and {len(covariance)} rows of doubt")
        doubt = np.array(covariance, float).reshape(k, k)
        return cls(
            generation,
            PreferenceFitness(features, tuple(weights)),
            Posterior(np.array(weights, float), doubt, log_ties, answers),
        )
