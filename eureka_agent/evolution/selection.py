"""What is decided after a generation: who leads, and who is trained on another seed beside the next one."""

from __future__ import annotations

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.ranking import Verdict, judge
from eureka_agent.archive.saved_trainings import trainings_saved
from eureka_agent.archive.second_seeds import second_seeds
from eureka_agent.config import RunConfig
from eureka_agent.seeds import generator_for
from eureka_agent.store.records import DuelTraining, Judgement

_SAMPLES_PER_SECOND_SEED = 8
_SAMPLES_PER_PAID_SEED = 4
"""Early stops pay for at most a quarter of a generation."""
_DUEL = 2
"""Trainings of one duel: the leader's and the challenger's."""


def planned_again(config: RunConfig) -> int:
    """Return how many trainings on another seed one judgement may ask for that nothing saved pays for."""
    if config.search.selection == "duels":
        return _DUEL
    return second_seeds_of(config.search.samples)


def second_seeds_of(samples: int) -> int:
    """Return how many second seeds a generation of so many samples has by posterior."""
    return max(1, samples // _SAMPLES_PER_SECOND_SEED)


def decide(archive: Archive, config: RunConfig, generation: int, *, saved_steps_pay: bool) -> Judgement:
    """Return who leads after a generation, and which trainings are to tell more.

    By posterior more are asked for where early stops of the generation saved whole trainings and
    `saved_steps_pay`.
    """
    verdict = judge(archive)
    names = _again(archive, verdict, config, generation, saved_steps_pay)
    again = tuple(DuelTraining(name, len(archive.get(name).fitnesses())) for name in names)
    return Judgement(*verdict, again)


def _again(
    archive: Archive, verdict: Verdict, config: RunConfig, generation: int, saved_steps_pay: bool
) -> tuple[str, ...]:
    if archive.by_posterior:
        saved = trainings_saved(archive.generation(generation)) if saved_steps_pay else 0
        return second_seeds(
            archive.beliefs,
            count=_with_saved(config, saved),
            generator=generator_for(config.seed, "second seeds", generation),
        )
    if verdict.incumbent is None or verdict.challenger is None:
        return ()
    return verdict.incumbent, verdict.challenger


def _with_saved(config: RunConfig, saved: int) -> int:
    """Return how many second seeds there are where `saved` whole trainings pay for some."""
    planned = planned_again(config)
    return max(planned, min(planned + saved, config.search.samples // _SAMPLES_PER_PAID_SEED))
