"""`analyze`: what happened in a run's trainings and why, from what was recorded, without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gymnasium as gym

from eureka_agent.analysis.behaviours import RANDOM_PLAY, Behaviour, Score
from eureka_agent.analysis.briefing import RecordedEpisodes
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.whole import CandidateAnalysis, Known, Played, analyze_candidate
from eureka_agent.api.consent import Consent
from eureka_agent.api.resuming import resumable
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import EurekaError, StoreError, did_you_mean
from eureka_agent.files import refuse_links
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, find_run
from eureka_agent.store.ownership import is_own
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator, with_rewards
from eureka_agent.trajectories.ending import events_of
from eureka_agent.trajectories.files import read_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

_LESS_TELLING = (ObservationKind.OUTCOME, ObservationKind.EVENT, ObservationKind.UNKNOWN)
MAIN_FINDINGS = 2
"""Findings that stand in a candidate's line."""


@dataclass(frozen=True)
class CandidateLine:
    """One candidate of a run at a glance."""

    id: str
    status: str
    fitness: float | None
    outcomes: tuple[str, ...]
    """What became of its episodes, the most frequent first."""
    main: tuple[Observation, ...]
    """Its most telling findings."""


@dataclass(frozen=True, eq=False)
class RunAnalysis:
    """What `analyze` found."""

    name: str
    folder: Path
    lines: tuple[CandidateLine, ...]
    """One a candidate; empty where one candidate was asked for."""
    detail: CandidateAnalysis | None
    """The candidate that was asked for, else the confirmed one or the incumbent; None without one."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        lines = [
            {**vars(line), "outcomes": list(line.outcomes), "main": [seen.to_json() for seen in line.main]}
            for line in self.lines
        ]
        detail = None if self.detail is None else self.detail.to_json()
        return {"name": self.name, "folder": str(self.folder), "candidates": lines, "detail": detail}


def analyze(
    run: str = "latest",
    candidate: str | None = None,
    *,
    runs: Path | str = "runs",
    with_rewards: bool = False,
    trust: bool = False,
    task: str | None = None,
    env: str | Callable[[], gym.Env] | None = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
) -> RunAnalysis:
    """Return what the recorded episodes and curves of a run, or of one candidate, show.

    Nothing that the run names is loaded or executed. Only `with_rewards` loads its task, for its events and
    the bounds of its signals, and asks each reward in a sandboxed worker what it pays for the recorded steps:
    of a run that is not one's own this takes the consent that `resume` takes. Raises StoreError where there
    is no such run or candidate, or consent is missing.
    """
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    if not is_own(state.run_id, state.config):
        refuse_links(folder.root)
    chosen = None if candidate is None else _known(folder, state, candidate)
    loaded = None
    if with_rewards:
        # No model is asked here: that the log names one needs nobody's consent.
        model, address = (state.config.get(name) for name in ("model", "base_url"))
        consent = Consent(trust, task, env, envs, model, address, unsafe_isolation)
        loaded, _ = resumable(folder, state, consent)
    with _asking(loaded, unsafe=unsafe_isolation) as asked:
        reader = _Reader(folder, state, loaded, asked)
        lines = () if chosen is not None else tuple(reader.line(c) for c in state.candidates.values())
        leader = candidate or _leader(state)
        detail = None if leader is None else reader.analysis(state.candidates[leader])
    return RunAnalysis(folder.name, folder.root, lines, detail)


def _leader(state: RunState) -> str | None:
    confirmed = state.confirmation.winner if state.confirmation else None
    return confirmed or state.archive(sign=1.0).incumbent_id


def _known(folder: RunFolder, state: RunState, candidate: str) -> Candidate:
    if candidate not in state.candidates:
        names = list(state.candidates)
        raise StoreError(
            f"Run {folder.name} has no candidate '{candidate:.50}'.{did_you_mean(candidate, names)}",
            allowed=", ".join(names) or "(nothing was proposed yet)",
            fix=f"List them with `eureka-agent show {folder.name}`.",
        )
    return state.candidates[candidate]


@contextmanager
def _asking(task: Task | None, *, unsafe: bool) -> Iterator[RewardSandbox | None]:
    """Yield where rewards may be asked; None where they may not."""
    if task is None:
        yield None
        return
    with RewardSandbox(unsafe=unsafe) as sandbox:
        yield sandbox


class _Reader:
    """Reads a run's recordings, each once, and analyses its candidates."""

    def __init__(
        self, folder: RunFolder, state: RunState, task: Task | None, sandbox: RewardSandbox | None
    ) -> None:
        self._state, self._task, self._sandbox = state, task, sandbox
        self._recorded = RecordedEpisodes(folder, state.archive(sign=1.0))
        self._trained = frozenset(self._recorded)  # to look a name up in the mapping would read its file
        self._known = _known_of(folder, state, task)
        self._played: dict[str, Played] = {}

    def line(self, candidate: Candidate) -> CandidateLine:
        """Return a candidate at a glance."""
        found = self.analysis(candidate)
        telling = [seen for seen in found.findings if seen.kind not in _LESS_TELLING]
        names = [outcome.name for outcome in found.outcomes]
        return CandidateLine(
            id=candidate.id,
            status=str(candidate.status),
            fitness=candidate.fitness,
            outcomes=tuple(sorted(set(names), key=lambda name: (-names.count(name), name))),
            main=_one_a_kind(telling)[:MAIN_FINDINGS],
        )

    def analysis(self, candidate: Candidate) -> CandidateAnalysis:
        """Return all that is known of a candidate."""
        first = self._state.candidates.get(candidate.parents[0]) if candidate.parents else None
        parent = None if first is None else self.played(first)
        return analyze_candidate(self.played(candidate), self._known, parent)

    def played(self, candidate: Candidate) -> Played:
        """Return a candidate with its recorded episodes."""
        if candidate.id not in self._played:
            self._played[candidate.id] = self._read(candidate)
        return self._played[candidate.id]

    def _read(self, candidate: Candidate) -> Played:
        if candidate.id not in self._trained:
            return Played(candidate)
        try:
            episodes: Sequence[Trajectory] = self._recorded[candidate.id]
        except StoreError as error:
            return Played(candidate, unreadable=error.what)
        if self._task is None or self._sandbox is None:
            return Played(candidate, episodes)
        played = Played(candidate, episodes)
        return _asked(played, self._task, self._sandbox, self._known.random_play, self._best_but(candidate))

    def _best_but(self, candidate: Candidate) -> tuple[Candidate, Sequence[Trajectory]] | None:
        """Return the candidate that scored best beside this one, with its episodes; None without one."""
        sign = self._known.sign or 1.0
        others = {
            other.id: sign * other.fitness
            for other in self._state.candidates.values()
            if other.id != candidate.id and other.id in self._trained and other.fitness is not None
        }
        if not others:
            return None
        best = max(others, key=others.__getitem__)
        try:
            return self._state.candidates[best], self._recorded[best]
        except StoreError:  # its own line will say so
            return None


def _one_a_kind(findings: Sequence[Observation]) -> tuple[Observation, ...]:
    """Return the first finding of each kind: every episode may have one."""
    first: dict[ObservationKind, Observation] = {}
    for seen in findings:
        first.setdefault(seen.kind, seen)
    return tuple(first.values())


def _asked(
    played: Played,
    task: Task,
    sandbox: RewardSandbox,
    random_play: Sequence[Trajectory],
    best: tuple[Candidate, Sequence[Trajectory]] | None,
) -> Played:
    """Return recorded episodes with their events and what the candidate's reward pays for them.

    It is also asked what it pays for random play, and for the best of the run's other candidates.
    """
    source = played.candidate.source
    try:
        played = replace(played, events=[events_of(task, e.signals) for e in played.episodes])
        if task.fitness_parts is not None:
            played = replace(played, parts=[task.fitness_parts(e.signals) for e in played.episodes])
        if source and played.episodes:
            rows = sum(episode.length for episode in played.episodes)
            with RewardEvaluator(Coded(source), task=task, sandbox=sandbox, rows=rows) as evaluate:
                played = replace(played, episodes=with_rewards(evaluate.batch, played.episodes))
                played = replace(played, others=_others(evaluate, random_play, best))
    except (
        EurekaError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:  # a foreign recording may lack what a task or reward reads
        why = error.what if isinstance(error, EurekaError) else f"{type(error).__name__}: {error}"
        return replace(played, unpaid=why)
    return played


def _others(
    evaluate: RewardEvaluator,
    random_play: Sequence[Trajectory],
    best: tuple[Candidate, Sequence[Trajectory]] | None,
) -> tuple[Behaviour, ...]:
    found = [Behaviour.of(RANDOM_PLAY, with_rewards(evaluate.batch, random_play))]
    if best is not None:
        candidate, episodes = best
        scores = [score for one in candidate.evaluations for score in one.episode_fitness]
        paid = with_rewards(evaluate.batch, episodes)
        found.append(Behaviour.of(f"candidate {candidate.id}", paid, Score.of(scores)))
    return tuple(one for one in found if one is not None)


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
        return Known(sign, random_play, span)
    bounds = {s.name: (s.low, s.high) for s in task.signals if s.low is not None or s.high is not None}
    return Known(task.fitness.sign, random_play, span, bounds, task.fitness.solved)
