"""All that is known of one candidate, asked at once: outcomes, findings with citations, key moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import fmean
from typing import Any

from eureka_agent.analysis.behaviours import PaidEpisodes, Score
from eureka_agent.analysis.code_changes import code_difference, observe_code
from eureka_agent.analysis.components import (
    observe_before_the_end,
    observe_component_curves,
    observe_saturation,
)
from eureka_agent.analysis.course import observe_course
from eureka_agent.analysis.curves import component_curves
from eureka_agent.analysis.groups import observe_clusters, observe_spread
from eureka_agent.analysis.moments import LOST, KeyMoments, first_steps, joined, key_moments
from eureka_agent.analysis.motion import observe_rest, observe_tremor
from eureka_agent.analysis.moves import observe_moves
from eureka_agent.analysis.observation import ACCUSATIONS, Observation, ObservationKind, most_telling
from eureka_agent.analysis.other_seeds import observe_other_seed
from eureka_agent.analysis.outcomes import (
    NO_BOUNDS,
    Bounds,
    EpisodeOutcome,
    Events,
    observe_bounds,
    observe_events,
    observe_outcomes,
    outcomes,
)
from eureka_agent.analysis.parts import observe_zero_parts
from eureka_agent.analysis.peaks import observe_all_peaks
from eureka_agent.analysis.siblings import observe_siblings
from eureka_agent.analysis.typical import Typical
from eureka_agent.analysis.verdicts import Yardstick, observe_verdict
from eureka_agent.analysis.wraps import observe_wraps
from eureka_agent.archive.candidate import Candidate
from eureka_agent.trajectories.trajectory import Trajectory

NOT_THERE = "nothing was recorded, or it was deleted to save space: then the run's notices say so"


@dataclass(frozen=True, eq=False)
class Known:
    """What a candidate is measured by; everything may be missing, and then less is said."""

    sign: float | None = None
    """+1 where a larger fitness is better, -1 where a smaller one is; None where nobody said."""
    random_play: Sequence[Trajectory] = ()
    span: tuple[float, float] | None = None
    """Least and greatest fitness of the run's candidates."""
    bounds: Bounds = field(default_factory=lambda: NO_BOUNDS)
    solved: float | None = None
    """From which fitness on the task counts as solved; None where it does not say."""
    safety: tuple[str, ...] = ()
    """Signals by which the task's safety shows; those that were not recorded are passed over."""

    @cached_property
    def typical(self) -> Typical | None:
        """What random play changes in a step; None where it is not known."""
        return Typical.of(self.random_play)

    @property
    def ended(self) -> list[Trajectory]:
        """Episodes of random play that ended; none where some worlds never ended one.

        Those that did would then be the quick ones, which are no sample of all.
        """
        if any(not episode.ended for episode in self.random_play if episode.earlier == 0):
            return []
        return [episode for episode in self.random_play if episode.ended]

    @property
    def yardstick(self) -> Yardstick | None:
        """What a training's fitness is measured by; None where nobody says which way is better."""
        if self.sign is None:
            return None
        scores = [episode.fitness for episode in self.ended if episode.fitness is not None]
        lengths = [episode.length for episode in self.ended]
        length = fmean(lengths) if lengths else None
        return Yardstick(self.sign, Score.of(scores), self.span, length, self.solved)


@dataclass(frozen=True, eq=False)
class CandidateAnalysis:
    """What the analysis says of one candidate."""

    candidate: str
    outcomes: tuple[EpisodeOutcome, ...]
    findings: tuple[Observation, ...]
    """The most telling first."""
    worst: KeyMoments | None = None
    best: KeyMoments | None = None
    kept_checkpoint: int | None = None
    """Number, from 1, of the checkpoint whose policy played the episodes: the best one, not the last."""
    code_diff: str = ""
    """Against its first parent, without comments and layout."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "candidate": self.candidate,
            "kept_checkpoint": self.kept_checkpoint,
            "outcomes": [vars(outcome) for outcome in self.outcomes],
            "findings": [finding.to_json() for finding in self.findings],
            "worst": None if self.worst is None else self.worst.to_json(),
            "best": None if self.best is None else self.best.to_json(),
            "code_diff": self.code_diff,
        }


@dataclass(frozen=True, eq=False)
class Played:
    """A candidate with what was recorded of it."""

    candidate: Candidate
    episodes: Sequence[Trajectory] = ()
    events: Sequence[Events] = ()
    """The task's events on the steps of each episode; empty where the task may not be asked."""
    parts: Sequence[Events] = ()
    """Likewise the parts that a compound fitness asks for."""
    at_checkpoints: Sequence[Trajectory] = ()
    """Episodes of the policies at some checkpoints of that training."""
    other_seed: Sequence[Trajectory] = ()
    """Episodes of the training whose score differs most from that one's."""
    unreadable: str = ""
    """Why its recording could not be read."""
    others: Sequence[PaidEpisodes] = ()
    """What its reward pays for random play, and for what scored best in the run, where it was asked."""
    unpaid: str = ""
    """Why its reward could not tell what it pays for these episodes, where it was asked."""
    looked_up: Sequence[Observation] = ()
    """What was found beyond the recordings, by whoever may simulate: the step with which one was lost."""


def analyze_candidate(
    played: Played, known: Known, parent: Played | None = None, siblings: Sequence[Played] = ()
) -> CandidateAnalysis:
    """Return all that the functions of this room say of one candidate, and how it differs from its kin.

    `siblings` are other children of the same parent in the same generation.
    """
    name, episodes = played.candidate.id, played.episodes
    typical = known.typical
    told = outcomes(episodes, typical, known.bounds)
    found = [*_of_training(played, known), *_of_episodes(played, known, typical, told), *played.looked_up]
    if parent is not None:
        found += [*_of_parent(played, parent), *observe_siblings(played, siblings, parent)]
    found += _idling(found)
    order = worst_and_best(told, known.sign)
    moments = [_moments(played, found, typical, episode) for episode in dict.fromkeys(order)]
    return CandidateAnalysis(
        candidate=name,
        outcomes=tuple(told),
        findings=tuple(replace(seen, candidate=name) for seen in most_telling(found)),
        worst=moments[0] if moments else None,
        best=moments[1] if len(moments) > 1 else None,
        kept_checkpoint=_kept(episodes),
        code_diff=_difference(played, parent),
    )


def _of_training(played: Played, known: Known) -> Iterator[Observation]:
    """Yield what the curves of its first search training show, and how its scores spread."""
    searched = sorted(
        (e for e in played.candidate.evaluations if e.stage == "search"), key=lambda e: e.replicate
    )
    for evaluation in searched[:1]:
        by = known.yardstick
        if by is None:
            text = (
                "Reward and fitness were not compared: the log does not say whether more fitness is better."
            )
            yield Observation(ObservationKind.UNKNOWN, text, reason="a log of an earlier version")
        else:
            own = PaidEpisodes.of("this policy", played.episodes)
            yield from observe_verdict(evaluation, replace(by, others=played.others, own=own))
        yield from observe_component_curves(component_curves(evaluation))
    yield from observe_spread(searched)


def _of_episodes(
    played: Played, known: Known, typical: Typical | None, told: Sequence[EpisodeOutcome]
) -> Iterator[Observation]:
    if played.unreadable or not told:
        why = played.unreadable or NOT_THERE
        yield Observation(ObservationKind.UNKNOWN, "No episode was looked at.", reason=why)
        return
    yield from observe_outcomes(told)
    yield from observe_course(played.at_checkpoints, typical, known.bounds)
    yield from observe_other_seed(played.candidate, played.other_seed, typical, known.bounds)
    behaviours: dict[int, frozenset[str]] = {}
    for index, episode in enumerate(played.episodes):
        seen = list(_of_one(episode, index, known, typical))
        behaviours[index] = frozenset(str(o.kind) for o in seen if o.kind in _WAYS)
        yield from seen
    for index, events in enumerate(played.events):
        passed = {name: mask for name, mask in events.items() if name not in told[index].name}
        yield from observe_events(passed, index)  # that it ended so stands among the outcomes
    for index, parts in enumerate(played.parts):
        yield from observe_zero_parts(parts, played.episodes[index].fitness, index)
    yield from observe_all_peaks(played.episodes, known.safety, typical)
    yield from observe_saturation(played.episodes)
    yield from observe_clusters(told, behaviours)
    if played.unpaid:
        text = "What its reward pays for these episodes is not known."
        yield Observation(ObservationKind.UNKNOWN, text, reason=played.unpaid)
    if typical is None:
        text = "Whether it stood still or trembled was not asked."
        reason = "no recording of random play to measure by"
        yield Observation(ObservationKind.UNKNOWN, text, reason=reason)


_WAYS = frozenset({ObservationKind.STILL, ObservationKind.OSCILLATES, ObservationKind.OUT_OF_BOUNDS})


def _of_one(episode: Trajectory, index: int, known: Known, typical: Typical | None) -> Iterator[Observation]:
    if typical is not None:
        yield from observe_rest(episode, typical, index)
        yield from observe_tremor(episode, typical, index)
    yield from observe_bounds(episode, known.bounds, index)
    yield from observe_wraps(episode, index)
    yield from observe_before_the_end(episode, index)


def _of_parent(played: Played, parent: Played) -> Iterator[Observation]:
    name = parent.candidate.id
    yield from observe_code(parent.candidate.source or "", played.candidate.source or "", name)
    yield from observe_moves(parent.episodes, played.episodes, name)


def _idling(found: Sequence[Observation]) -> Iterator[Observation]:
    """Yield that standing still is what was learned, where the score says that it was not wanted.

    Holding a pole upright is standing still, too, and so does who learned nothing: rest alone accuses nobody.
    """
    rest = next((seen for seen in found if seen.kind is ObservationKind.STILL), None)
    if rest is not None and any(seen.kind in ACCUSATIONS for seen in found):
        text = f"It idles: {rest.text[0].lower()}{rest.text[1:-1]}, and no score explains it."
        yield replace(rest, kind=ObservationKind.IDLING, text=text)


def worst_and_best(told: Sequence[EpisodeOutcome], sign: float | None) -> list[int]:
    """Return the worst and the best episode: by fitness if its direction is known, else by length.

    Empty where there is none; twice the same where there is one.
    """
    if not told:
        return []
    if sign is not None and all(one.fitness is not None for one in told):
        ordered = sorted(told, key=lambda one: sign * (one.fitness or 0.0))
    else:
        ordered = sorted(told, key=lambda one: one.length)
    return [ordered[0].episode, ordered[-1].episode]


def _moments(
    played: Played, found: Sequence[Observation], typical: Typical | None, episode: int
) -> KeyMoments:
    own = played.episodes[episode]
    events = played.events[episode] if played.events else {}
    begun = first_steps({name: mask for name, mask in events.items() if name not in own.ending})
    seen = ((o.steps[0], o.kind) for o in found if o.episode == episode and o.steps is not None)
    ways = ({step: _WORDS[kind]} for step, kind in seen if kind in _WORDS)
    return key_moments(own, joined(begun, *ways), typical, episode)


_WORDS = {**{kind: str(kind) for kind in sorted(_WAYS)}, ObservationKind.UNRECOVERABLE: LOST}
"""What is noted at the first step of a finding."""


def _kept(episodes: Sequence[Trajectory]) -> int | None:
    index = episodes[0].origin.checkpoint if episodes else None
    return None if index is None else index + 1


def _difference(played: Played, parent: Played | None) -> str:
    if parent is None or not parent.candidate.source or not played.candidate.source:
        return ""
    return code_difference(parent.candidate.source, played.candidate.source)
