"""A reward learned from labels of captions in a search: labelled before a generation, fixed while it trains.

What policies met is captioned, an annotator labels what is new, and a model is learned from all labels there
are. Every candidate of the generation is paid by that model as it is then, so that siblings do not change
each other, and a candidate is trained again, seeds later, with the model that it began with.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from eureka_agent.archive.candidate import candidate_id
from eureka_agent.critique.critic import Check
from eureka_agent.errors import BudgetExhaustedError, Interrupted, ModelError
from eureka_agent.intrinsic.annotation.cached import Cached
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.replayed import Replayed
from eureka_agent.intrinsic.captioning.captions import tidied
from eureka_agent.intrinsic.judgement import Judgement, judged, rejudged
from eureka_agent.intrinsic.judgement_file import write_judgement
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.intrinsic.settling import paid_for, settled
from eureka_agent.llm.formed import Form, FormedReply, formed
from eureka_agent.llm.model import LanguageModel, Message, Reply
from eureka_agent.store.event_types import CaptionsJudged, Notice
from eureka_agent.store.events import EventLog
from eureka_agent.store.judged import CaptionLabel, JudgedCaptions, MetCaption
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import RequestKey
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.learned_rewards import read_paid
from eureka_agent.trajectories.trajectory import Trajectory

SEARCH = "search"
MOST_MET = 500
"""Captions that a generation's event tells of, those met most."""
_ROUNDS = 4
"""Times that a model says what it would have answered, where answers make it ask for more."""
_NO_FILE = (OSError, ValueError, TypeError, KeyError, RecursionError)


class GenerationRequests:
    """A language model whose requests are named after the generation that they are for."""

    def __init__(self, model: LanguageModel) -> None:
        self.name, self.max_parallel = model.name, model.max_parallel
        self._model = model
        self._generation = self._turn = 0

    def begin(self, generation: int) -> None:
        """Name what is asked from now on after a generation."""
        self._generation, self._turn = generation, 0

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Answer one request; see `LanguageModel.reply`."""
        return self.reply_in_form(key, messages, stop, Form()).reply

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Answer one request in a form; see `TakesForm`."""
        request = RequestKey("annotator", candidate_id(self._generation, 0), self._turn)
        answer = formed(self._model, str(request), messages, stop, form)
        self._turn += 1
        return answer


class Judging:
    """What an annotator says of what policies meet, generation by generation."""

    def __init__(
        self,
        plan: IntrinsicPlan,
        task: Task,
        folder: RunFolder,
        log: EventLog,
        state: RunState,
        annotator: Cached | Replayed,
        *,
        played: Sequence[Trajectory],
        critic_of: Callable[[Judgement], Check],
        questions: int,
        stop: threading.Event,
        requests: GenerationRequests | None = None,
    ) -> None:
        """`played` are episodes from before any training; `questions` is how many a generation may ask.

        `requests` is the language model that the annotator asks, if it asks one.
        """
        self.plan, self._task = plan, task
        self._folder, self._log, self._state = folder, log, state
        self._annotator, self._requests = annotator, requests
        self._played, self._questions, self._stop = played, questions, stop
        self.judgement = lru_cache(None)(self._judgement)
        self.critic = lru_cache(1)(lambda generation: critic_of(self.judgement(generation)))

    def ask(self, generation: int) -> None:
        """Have captions labelled for a generation, and journal what was said; once in a run's life.

        Interrupted where the person stopped the run meanwhile. An annotator that cannot be asked ends no
        search: it goes on with the labels there are, and a notice says why.
        """
        if generation in self._state.captions:
            return
        if self._requests is not None:
            self._requests.begin(generation)
        newly = Counter(dict(self._met_before(generation).most_common(MOST_MET)))
        met = self._met_until(generation) + newly
        known = self._labels_until(generation)
        new = [*self._corrected(known), *self._answered(known, met)]
        model, _ = settled(self.plan, [*known, *new], met)
        told = zip(newly.items(), paid_for(model, tuple(newly)), strict=True)
        self._log.append(
            CaptionsJudged(
                generation=generation,
                annotator=self._annotator.name,
                labels=tuple(CaptionLabel(label.question.captions, label.value) for label in new),
                met=tuple(MetCaption(caption, steps, pays) for (caption, steps), pays in told),
            )
        )

    def task(self, generation: int) -> Task:
        """Return the task with what is said of its steps in a generation."""
        return judged(self._task, self.judgement(generation))

    def rejudged(self, generation: int, episodes: Iterable[Trajectory]) -> tuple[Trajectory, ...]:
        """Return recorded episodes as a generation's model sees them, whenever they were recorded."""
        judgement = self.judgement(generation)
        return tuple(rejudged(episode, judgement) for episode in episodes)

    def plan_of(self, name: str) -> IntrinsicPlan | None:
        """Return how a candidate's training is paid by its generation's model; None for a baseline."""
        candidate = self._state.candidates.get(name)
        if candidate is None:
            return None
        plan = self.plan.beside(candidate.source or "")
        self.judgement(candidate.generation)  # so that its model is there
        snapshot = self._folder.snapshot(candidate.generation).resolve()
        return replace(plan, snapshot=str(snapshot))

    def evidence(self, generation: int) -> JudgedCaptions:
        """Return what those who write rewards are told."""
        event, labels = self._state.captions[generation], self._labels_until(generation + 1)
        coefficient = self.plan.coefficients.intrinsic.start
        said = {one.question.captions[0]: one.value for one in labels if not one.question.is_pair}
        return JudgedCaptions(self.plan.goal, coefficient, len(labels), event.met, said)

    def _judgement(self, generation: int) -> Judgement:
        """Return what is said of steps in a generation; its model is left where trainings find it."""
        labels, met = self._labels_until(generation + 1), self._met_until(generation + 1)
        model, _ = settled(self.plan, labels, met)
        write_judgement(self._folder.snapshot(generation), self.plan, model)
        return Judgement(self.plan.captioning.captioner(self._task), model)

    def _answered(self, known: Sequence[Label], met: Counter[str]) -> Iterator[Label]:
        """Yield answers to what a model of the known labels, and of those yielded, would have answered."""
        labels, asked = list(known), {label.question.key for label in known}
        left = self._questions
        for _ in range(_ROUNDS):
            _, wanted = settled(self.plan, labels, met)
            questions = [question for question in wanted if question.key not in asked][:left]
            if not questions:
                return
            asked.update(question.key for question in questions)
            left -= len(questions)
            for label in self._asked(questions):
                labels.append(label)
                yield label

    def _asked(self, questions: Sequence[Question]) -> Sequence[Label]:
        try:
            answers = self._annotator.annotate(questions, self._stop)
        except (ModelError, BudgetExhaustedError) as error:
            answers = ()
            text = f"Captions were not labelled, and the learned reward stays as it is: {error.what}"
            if not self._stop.is_set() and text not in self._state.notices:
                self._log.append(Notice(text=text))
        if self._stop.is_set():
            raise Interrupted  # what was answered is kept, and the rest is asked when the run goes on
        return [label.ordered for label in answers if label is not None]

    def _corrected(self, known: Sequence[Label]) -> Iterator[Label]:
        """Yield labels that a person has corrected since they were given, see `eureka-agent labels`."""
        for label in known:
            found = self._annotator.look_up(label.question)
            if found is not None and found.value != label.value:
                yield found.ordered

    def _labels_until(self, generation: int) -> list[Label]:
        """Return the labels of all generations before one; of one question the last."""
        found: dict[Question, Label] = {}
        for event in self._events_until(generation):
            for one in event.labels:
                label = Label(Question(one.captions), one.value).ordered
                found[label.question] = label
        return list(found.values())

    def _met_until(self, generation: int) -> Counter[str]:
        found: Counter[str] = Counter()
        for event in self._events_until(generation):
            found.update({one.caption: one.steps for one in event.met})
        return found

    def _events_until(self, generation: int) -> list[CaptionsJudged]:
        return [self._state.captions[g] for g in sorted(self._state.captions) if g < generation]

    def _met_before(self, generation: int) -> Counter[str]:
        """Return how many steps had each caption since the last labels: of play, or of the trainings."""
        if generation == 0:
            return self._of_play()
        found: Counter[str] = Counter()
        for candidate in self._state.candidates.values():
            if candidate.generation == generation - 1:
                for evaluation in candidate.evaluations:
                    found.update(self._of_training(candidate.id, evaluation.stage, evaluation.replicate))
        return found

    def _of_play(self) -> Counter[str]:
        captioner, found = self.plan.captioning.captioner(self._task), Counter[str]()
        for episode in self._played:
            signals = {name: episode.signals[name][:, None] for name in captioner.signals}
            captions = captioner(signals, np.ones((episode.length, 1), bool))
            found.update(dict(zip(captions.texts, captions.counts.tolist(), strict=True)))
        return found

    def _of_training(self, name: str, stage: str, replicate: int) -> dict[str, int]:
        """Return the captions of a training's rollouts; none where nothing was kept that can be read."""
        if stage != SEARCH:
            return {}
        try:
            _, rows = read_paid(self._folder.training(name, stage, replicate))
            return {row.caption: int(row.steps) for row in rows if row.caption == tidied(row.caption)}
        except _NO_FILE:
            return {}
