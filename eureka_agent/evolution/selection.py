"""What is decided after a generation: who leads, and who is trained on another seed beside the next one."""

from __future__ import annotations

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.ranking import Verdict, judge
from eureka_agent.archive.second_seeds import second_seeds
from eureka_agent.config import RunConfig
from eureka_agent.seeds import generator_for
from eureka_agent.store.records import DuelTraining, Judgement

_SAMPLES_PER_SECOND_SEED = 8
_DUEL = 2
"""Trainings of one duel: the leader's and the challenger's."""


def most_again(config: RunConfig) -> int:
    """Return how many trainings on another seed one judgement may ask for."""
    if config.search.selection == "duels":
        return _DUEL
    return max(1, config.search.samples // _SAMPLES_PER_SECOND_SEED)


def decide(archive: Archive, config: RunConfig, generation: int) -> Judgement:
    """Return who leads after a generation, and which trainings are to tell more."""
    verdict = judge(archive)
    names = _again(archive, verdict, config, generation)
    again = tuple(DuelTraining(name, len(archive.get(name).fitnesses())) for name in names)
    return Judgement(*verdict, again)


def _again(archive: Archive, verdict: Verdict, config: RunConfig, generation: int) -> tuple[str, ...]:
    if archive.by_posterior:
        return second_seeds(
            archive.beliefs,
            count=most_again(config),
            generator=generator_for(config.seed, "second seeds", generation),
        )
    if verdict.incumbent is None or verdict.challenger is None:
        return ()
    return verdict.incumbent, verdict.challenger
