"""Reads what was recorded of a run's candidates, each once, for `analyze`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from eureka_agent.analysis.briefing import RecordedEpisodes
from eureka_agent.analysis.other_seeds import most_different_training
from eureka_agent.analysis.others import best_beside, paid_others
from eureka_agent.analysis.outcomes import outcomes
from eureka_agent.analysis.siblings import Family, families, siblings_of
from eureka_agent.analysis.whole import CandidateAnalysis, Known, Played, analyze_candidate, worst_and_best
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.report.films.lost_moments import first_search_training, lost_moment
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.trajectories.ending import events_of
from eureka_agent.trajectories.files import CHECKPOINTS, read_trajectories
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.trajectory import Trajectory


class RunReader:
    """Analyses the candidates of one run; without `task` and `sandbox` from what lies in its folder alone."""

    def __init__(
        self, folder: RunFolder, state: RunState, task: Task | None, sandbox: RewardSandbox | None
    ) -> None:
        self._folder, self._state, self._task, self._sandbox = folder, state, task, sandbox
        archive = state.archive(sign=1.0)
        self._recorded = RecordedEpisodes(folder, archive)
        self._checkpoints = RecordedEpisodes(folder, archive, file=CHECKPOINTS)
        self._other_seeds = RecordedEpisodes(folder, archive, of=most_different_training)
        self._trained = frozenset(self._recorded)  # to look a name up in the mapping would read its file
        self._known = _known_of(folder, state, task)
        self._played: dict[str, Played] = {}

    def analysis(self, candidate: Candidate, *, siblings: bool = True) -> CandidateAnalysis:
        """Return all that is known of a candidate."""
        first = self._state.candidates.get(candidate.parents[0]) if candidate.parents else None
        parent = None if first is None else self.played(first)
        others = siblings_of(candidate, self._state.candidates.values()) if siblings else []
        told = [self.played(other) for other in others]
        return analyze_candidate(self.played(candidate), self._known, parent, told)

    def look_for_moments(self, candidate: Candidate) -> None:
        """Find where a candidate's worst episode was lost, by simulation; later analyses say so."""
        played = self.played(candidate)
        ranked = worst_and_best(outcomes(played.episodes), self._known.sign)
        if self._task is not None and ranked:
            worst = ranked[0]
            training = first_search_training(self._folder, self._state, candidate.id)
            seen = lost_moment(self._folder, self._state, self._task, training, played.episodes[worst], worst)
            self._played[candidate.id] = replace(played, looked_up=seen)

    def families(self, of: Candidate | None = None) -> tuple[Family, ...]:
        """Return the run's families of siblings, or the one that a candidate belongs to."""
        candidates = list(self._state.candidates.values())
        if of is not None:
            kin = {of.id, *of.parents[:1], *(other.id for other in siblings_of(of, candidates))}
            candidates = [candidate for candidate in candidates if candidate.id in kin]
        found = families(candidates, self.played)
        return tuple(one for one in found if of is None or of.id in [child.id for child in one.children])

    def played(self, candidate: Candidate) -> Played:
        """Return a candidate with its recorded episodes."""
        if candidate.id not in self._played:
            self._played[candidate.id] = self._read(candidate)
        return self._played[candidate.id]

    def _read(self, candidate: Candidate) -> Played:
        if candidate.id not in self._trained:
            return Played(candidate)
        try:
            played = Played(
                candidate,
                self._recorded[candidate.id],
                at_checkpoints=self._checkpoints[candidate.id],
                other_seed=self._other_seeds.get(candidate.id, ()),
            )
        except StoreError as error:
            return Played(candidate, unreadable=error.what)
        if self._task is None:
            return played
        best = best_beside(candidate, self._state.candidates.values(), self._trained, self._known.sign or 1.0)
        return _asked(played, self._task, self._sandbox, self._known.random_play, best, self._recorded)


def _asked(
    played: Played,
    task: Task,
    sandbox: RewardSandbox | None,
    random_play: Sequence[Trajectory],
    best: Candidate | None,
    recorded: Mapping[str, Sequence[Trajectory]],
) -> Played:
    """Return recorded episodes with their events and, in a sandbox, what the reward pays for them.

    It is also asked what it pays for random play, and for the best of the run's other candidates.
    """
    source = played.candidate.source
    try:
        played = replace(played, events=[events_of(task, e.signals) for e in played.episodes])
        if task.fitness_parts is not None:
            played = replace(played, parts=[task.fitness_parts(e.signals) for e in played.episodes])
        if sandbox is not None and source and played.episodes:
            joined = JoinedEpisodes(played.episodes)
            rows = max(joined.rows, sum(episode.length for episode in random_play))
            with RewardEvaluator(Coded(source), task=task, sandbox=sandbox, rows=rows) as evaluate:
                played = replace(played, episodes=evaluate.pay(joined))
                others = paid_others(
                    lambda episodes: evaluate.pay(JoinedEpisodes(episodes)),
                    random_play,
                    best,
                    recorded,
                    progress=played.episodes[0].progress,
                )
                played = replace(played, others=others)
    except (
        EurekaError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:  # a foreign recording may lack what a task or reward reads
        why = error.what if isinstance(error, EurekaError) else f"{type(error).__name__}: {error}"
        return replace(played, unpaid=why)
    return played


def _known_of(folder: RunFolder, state: RunState, task: Task | None) -> Known:
    facts = state.facts
    sign = None if facts is None else (1.0 if facts.direction == "maximize" else -1.0)
    try:
        random_play = read_trajectories(folder.recording)
    except StoreError:
        random_play = []  # findings that would need it say that it is missing
    scores = [c.fitness for c in state.candidates.values() if c.fitness is not None]
    span = (min(scores), max(scores)) if scores else None
    if task is None:
        return Known(sign, random_play, span, safety=_measured_for_safety(state))
    bounds = {s.name: (s.low, s.high) for s in task.signals if s.low is not None or s.high is not None}
    return Known(task.fitness.sign, random_play, span, bounds, task.fitness.solved, task.safety_signals)


def _measured_for_safety(state: RunState) -> tuple[str, ...]:
    """Return the safety signals that trainings measured; none in a log of an earlier version."""
    trainings = (training for one in state.candidates.values() for training in one.evaluations)
    return tuple(dict.fromkeys(name for training in trainings for name in training.safety))
