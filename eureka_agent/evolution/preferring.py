"""People's preferences in a run: what its episodes are like, what the answers say, and what to ask next.

Episodes are read once, when their training is first looked at; from then on the log is enough to fit the
model anew, to score all trainings of the search by it, and to choose questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from eureka_agent.config import RunConfig
from eureka_agent.errors import StoreError
from eureka_agent.preferences.asking import begin_alike, next_pairs
from eureka_agent.preferences.features import FeatureSet, choose_features
from eureka_agent.preferences.model import Compared, Posterior, Rated, fit
from eureka_agent.seeds import generator_for
from eureka_agent.store.event_types import PreferencesFitted
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.preferred import EpisodeFeatures, Rescored
from eureka_agent.store.said import MOST_STARS, Episode, Heard, Preference, Rating
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import FILE, read_beginnings, read_trajectories
from eureka_agent.trajectories.trajectory import Beginning, Trajectory

Rows = Mapping[tuple[str, int], tuple[tuple[float, ...], ...]]
"""Features of recorded episodes by the training's name and replicate."""
_DIGITS = 4
"""Of a feature in the log: it is counted in standard deviations."""


@dataclass(frozen=True)
class Question:
    """Which of two recorded episodes is better? Iterating over a question yields the two."""

    first: Episode
    second: Episode
    alike: bool = False
    """Both are known to begin in the same state, so that only the behaviour differs."""

    def __iter__(self) -> Iterator[Episode]:
        return iter((self.first, self.second))


Answers = Callable[[Sequence[Question]], Iterable[Preference]]
"""Asks a person, or what answers in a person's place; a question that is not answered is left out."""


def most_questions(config: RunConfig) -> int:
    """Return how many questions a run asks at most."""
    if config.people.fitness == "task":
        return 0
    return config.search.restarts * config.search.generations * config.people.questions


def asking_words(config: RunConfig) -> str:
    """Return what a person should know who starts a run that is judged by people."""
    generations = config.search.restarts * config.search.generations
    return (
        f"The fitness is what people prefer: at most {most_questions(config)} questions, up to "
        f"{config.people.questions} after each of {generations} generations, which of two recorded episodes "
        "is better. Nobody has to answer; before the first answer every score is 0. There is no sparse "
        "baseline, because there is no fitness that a reward could pay."
    )


@dataclass(frozen=True)
class Preferring:
    """A look at a run's recorded episodes and answers, as they are now."""

    folder: RunFolder
    state: RunState
    seed: int

    @cached_property
    def features(self) -> FeatureSet:
        """What episodes are told apart by: as the log says, else chosen from all that is recorded.

        Those are episodes of random play, of scripted behaviours, and of the search.
        """
        if self.state.learned is not None and len(self.state.learned.fitness.features):
            return self.state.learned.fitness.features
        played = [*_read(self.folder.recording), *_read(self.folder.scripted)]
        searched = [episode for episodes in self._unmeasured.values() for episode in episodes]
        return choose_features([episode for episode in (*played, *searched) if episode.ended])

    @cached_property
    def new_rows(self) -> Rows:
        """Features of trainings that the log does not hold yet; of those that can be read."""
        if not len(self.features):
            return {}
        found = {key: self._rows_of(episodes) for key, episodes in self._unmeasured.items()}
        return {key: own for key, own in found.items() if own}

    @property
    def unread(self) -> list[str]:
        """Candidates of whose trainings no episode is there to be looked at, or none can be read."""
        return sorted(
            {name for name, replicate in self._unmeasured if (name, replicate) not in self.new_rows}
        )

    @property
    def rows(self) -> Rows:
        """Features of all trainings of the search that can be read."""
        return {**self.state.measured, **self.new_rows}

    def posterior(self) -> Posterior:
        """Return what the answers that stand say of the weights."""
        return fit(_answers(self.state.feedback.standing, self.rows), len(self.features))

    def fitted(self, generation: int) -> PreferencesFitted:
        """Return what is to be journalled after a generation: the model, and every score by it."""
        posterior, rows = self.posterior(), self.rows
        weights = tuple(map(float, posterior.mean))
        scores = [
            Rescored(name, replicate, tuple(float(np.dot(row, weights)) for row in episodes))
            for (name, replicate), episodes in rows.items()
        ]
        return PreferencesFitted(
            generation=generation,
            features=self.features,
            measured=tuple(EpisodeFeatures(*key, episodes) for key, episodes in self.new_rows.items()),
            weights=weights,
            covariance=tuple(tuple(map(float, row)) for row in posterior.covariance),
            log_ties=posterior.log_ties,
            answers=posterior.answers,
            scores=tuple(scores),
        )

    def questions(self, count: int, *, generation: int) -> list[Question]:
        """Return at most `count` pairs to ask about after a generation, from 0, the most telling first.

        They follow from what was answered before that generation was trained, so that a run that was killed
        while it asked asks the same again; `open` says which of them are to be asked still.
        """
        before = self.state.feedback.at(generation)
        rows, vetoed = self.rows, self.state.feedback.vetoed_at(generation)
        episodes = [
            Episode(name, replicate, number)
            for (name, replicate), own in rows.items()
            if name not in vetoed and self._recording(name, replicate).is_file()
            for number in range(len(own))
        ]
        places = {episode: place for place, episode in enumerate(episodes)}
        told = [one for one in self.state.feedback.heard if one.since <= generation]
        asked = {frozenset(places[one] for one in pair if one in places) for pair in _compared_pairs(told)}
        posterior = fit(_answers(before, rows), len(self.features))
        features = np.array([rows[e.name, e.replicate][e.number] for e in episodes], float)
        features = features.reshape(len(episodes), len(self.features))
        generator, begun = generator_for(self.seed, "questions", generation), self._beginnings(episodes)
        pairs = next_pairs(
            posterior, features, count=count, asked=asked, beginnings=begun, generator=generator
        )
        alike = begin_alike(np.array(pairs, int).reshape(-1, 2), begun)
        return [
            Question(episodes[first], episodes[second], bool(same))
            for (first, second), same in zip(pairs, alike, strict=True)
        ]

    def open(self, question: Question) -> bool:
        """Tell whether nobody said which of the two is better, nor that one must not be built on."""
        vetoed = self.state.feedback.vetoed
        answered = frozenset(question) in _compared_pairs(self.state.feedback.heard)
        return not answered and not any(episode.name in vetoed for episode in question)

    def _beginnings(self, episodes: Iterable[Episode]) -> list[Beginning | None]:
        """Return where each episode begins, None where its recording does not say.

        Candidates share the seeds of their scoring episodes: those of equal replicate and number begin alike.
        """
        found: dict[tuple[str, int], tuple[Beginning | None, ...]] = {}
        for name, replicate in dict.fromkeys((one.name, one.replicate) for one in episodes):
            found[name, replicate] = read_beginnings(self._recording(name, replicate))
        told = ((found[one.name, one.replicate], one.number) for one in episodes)
        return [known[number] if number < len(known) else None for known, number in told]

    def _recording(self, name: str, replicate: int) -> Path:
        """Return where a training's episodes are recorded; those of the worst are deleted in a large run."""
        return self.folder.training(name, "search", replicate) / FILE

    @cached_property
    def _unmeasured(self) -> Mapping[tuple[str, int], Sequence[Trajectory]]:
        """Recorded episodes of those trainings of the search that the log holds no features of."""
        keys = [
            (candidate.id, evaluation.replicate)
            for candidate in self.state.candidates.values()
            for evaluation in candidate.evaluations
            if evaluation.stage == "search"
        ]
        new = sorted(key for key in keys if key not in self.state.measured)
        return {key: _read(self._recording(*key)) for key in new}

    def _rows_of(self, episodes: Sequence[Trajectory]) -> tuple[tuple[float, ...], ...]:
        """Return the features of a training's episodes; none where they have other signals."""
        try:
            rows = [self.features.of(episode).tolist() for episode in episodes]
        except (LookupError, ValueError):
            return ()  # somebody changed the file, or the log
        return tuple(tuple(round(number, _DIGITS) for number in row) for row in rows)


def _answers(heard: Iterable[Heard], rows: Rows) -> Iterator[Compared | Rated]:
    """Yield what was said of episodes whose features are known, as answers."""
    for one in heard:
        match one.said:
            case Preference(first, second, better):
                shown = [_row_of(episode, rows) for episode in (first, second)]
                if shown[0] is not None and shown[1] is not None:
                    yield Compared(shown[0], shown[1], better)
            case Rating(about, value, of):
                own = [row for (name, _), episodes in rows.items() if name == about for row in episodes]
                if own:
                    stars = of == MOST_STARS
                    level, levels = (value - 1, MOST_STARS) if stars else (value, 2)
                    yield Rated(np.mean(own, axis=0), level, levels)
            case _:
                pass


def _row_of(episode: Episode, rows: Rows) -> np.ndarray | None:
    """Return the features of an episode; None for one that was not recorded, or cannot be read."""
    own = rows.get((episode.name, episode.replicate), ())
    return np.array(own[episode.number]) if episode.number < len(own) else None


def _compared_pairs(heard: Iterable[Heard]) -> set[frozenset[Episode]]:
    """Return the pairs that somebody compared, those taken back, too: they need no second question."""
    said = (one.said for one in heard)
    return {frozenset((one.first, one.second)) for one in said if isinstance(one, Preference)}


def _read(path: Path) -> Sequence[Trajectory]:
    """Return the episodes of a file; none where there is no such file, or none that can be read."""
    try:
        return read_trajectories(path)
    except StoreError:
        return ()
