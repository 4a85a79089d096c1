"""What people say reaches the log: messages are checked against the run, journalled and answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Status
from eureka_agent.errors import StoreError, did_you_mean
from eureka_agent.store import inbox
from eureka_agent.store.event_types import FeedbackGiven
from eureka_agent.store.events import EventLog
from eureka_agent.store.inbox import Answer, Message
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import (
    Balance,
    Comment,
    Episode,
    Pin,
    Preference,
    Rating,
    Veto,
    Withdrawal,
    candidates_of,
)
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.keeping import KEPT_EPISODES

_NO_FINALISTS = (Status.REFUSED, Status.FAILED, Status.TIMED_OUT, Status.DRAFTED_OUT)
_LOOK_S = 0.5
"""How often the inbox is looked into while a run goes on."""


@dataclass(frozen=True)
class Turn:
    """A person's turn to speak, after a generation was judged and before anything else happens."""

    folder: RunFolder
    state: RunState
    generation: int
    archive: Archive
    """Candidates of the restart so far."""
    hear: Callable[[Any, str], Answer]
    """Takes one of `store.said.SAID` and how it came; returns what was done with it."""
    stop: threading.Event
    """Set once the run is to end: whoever waits for a person gives up."""


@dataclass(frozen=True)
class Hearing:
    """Takes up what people say of one run; the only one that journals it."""

    folder: RunFolder
    log: EventLog
    state: RunState
    generations: int
    """Of the whole run."""
    reads: bool = True
    """Whether a language model reads sentences in this run; the built-in search does not."""
    judges: bool = False
    """Whether what people prefer is the fitness of this run."""
    pins: bool = True
    """Whether there may be further finalists; a run with a limit on its steps has none left for them."""
    _one_at_a_time: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def take_up(self) -> None:
        """Journal what lies in the inbox, in the order in which it was left, and answer each message."""
        with self._one_at_a_time:
            for name, message in inbox.waiting(self.folder):
                if inbox.answer_to(self.folder, name) is None:  # else it cannot be taken out of the inbox
                    inbox.answer(self.folder, name, self._take(message))

    @contextmanager
    def still(self) -> Iterator[None]:
        """Take up what lies there, and nothing more before the block ends: it decides on one state."""
        with self._one_at_a_time:
            self.take_up()
            yield

    def hear(self, said: Any, through: str) -> Answer:
        """Journal what was said in this process, or refuse it; return what was done with it."""
        with self._one_at_a_time:
            return self._take(Message("", said, through))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take messages up while something else is done."""
        self.take_up()
        over = threading.Event()
        listener = threading.Thread(target=self._listen, args=(over,), name="feedback", daemon=True)
        listener.start()
        try:
            yield
        finally:
            over.set()
            listener.join()

    def _listen(self, over: threading.Event) -> None:
        while not over.wait(_LOOK_S):
            try:
                self.take_up()
            except StoreError:
                return  # where nothing can be written the run itself fails next, and says so

    def _take(self, message: Message | str) -> Answer:
        if isinstance(message, str):
            return Answer(False, f"This could not be understood: {message}.")
        known = self.state.taken_up.get(message.name)
        if known is not None:  # the process was killed before it could answer
            return Answer(True, self._done(message.said), known)
        if refused := self._refusal(message.said):
            return Answer(False, refused)
        self.log.append(FeedbackGiven(said=message.said, through=message.through, message=message.name))
        heard = self.state.feedback.heard[-1]
        return Answer(True, self._done(heard.said), heard.number)

    def _refusal(self, said: Any) -> str:
        """Return why something cannot be taken up, with what can; empty where it can."""
        if self.state.confirmation is not None:
            return "The run is decided: its winner was confirmed. Say it to another run."
        for name in candidates_of(said):
            if name not in self.state.candidates:
                known = sorted(self.state.candidates)
                near = did_you_mean(name, known)
                return f"There is no candidate {name} in this run.{near} There are {_few(known)}."
        match said:
            case Withdrawal(number):
                standing = [str(one.number) for one in self.state.feedback.standing]
                if str(number) not in standing:
                    return f"Nothing stands under the number {number}; there are {_few(standing)}."
            case Preference(first, second):
                return self._no_episode(first) or self._no_episode(second)
            case Rating(about) if not self.state.candidates[about].evaluations:
                return f"{about} was not trained yet: there is no behaviour to rate."
            case Balance(about, more, less):
                return self._no_component(about, (more, less))
            case Veto() | Pin() if self.state.finalists is not None:
                return "The finalists are named already: a veto or a pin changes nothing any more."
            case Pin() if not self.pins:
                return (
                    "This run has a limit on its steps (--budget-steps), and none left for further finalists."
                )
            case Pin(about) if self.state.candidates[about].status in _NO_FINALISTS:
                return f"{about} was {self.state.candidates[about].status}: it cannot be a finalist."
            case _:
                pass
        return ""

    def _no_episode(self, episode: Episode) -> str:
        searched = [e for e in self.state.candidates[episode.name].evaluations if e.stage == "search"]
        if all(e.replicate != episode.replicate for e in searched):
            return f"{episode.name} has no training {episode.replicate} in the search: no episode to compare."
        if episode.number >= KEPT_EPISODES:
            return (
                f"Of a training {KEPT_EPISODES} episodes are recorded, from 0; there is no {episode.number}."
            )
        return ""

    def _no_component(self, name: str, components: tuple[str, ...]) -> str:
        evaluations = self.state.candidates[name].evaluations
        known = evaluations[0].components if evaluations else ()
        missing = [component for component in components if component not in known]
        if not missing:
            return ""
        return f"The reward of {name} has no component {missing[0]}; it has {_few(known)}."

    def _done(self, said: Any) -> str:
        """Say what follows from something that was taken up."""
        match said:
            case Rating() | Preference() if self.judges:
                return self._counted()
            case Rating() | Preference():
                return self._read_by("beside the latest ratings and comparisons")
            case Comment() | Balance():
                return self._read_by("until it is taken back")
            case Veto(about):
                return f"{about} will not be a parent, a leader or a finalist from now on."
            case Pin(about):
                return f"{about} will be among the finalists, whatever it scores."
            case _:
                return "Taken back; what was built on it already stays."

    def _counted(self) -> str:
        learned, last = self.state.learned, self.state.next_generation - 1
        following = last if learned is None or learned.generation < last else last + 1
        if following >= self.generations or (self.state.stopped and following > last):
            return "It is in the log; no generation follows after which the scores could be learned anew."
        return f"It counts in every score once generation {following} is trained, until it is taken back."

    def _read_by(self, how: str) -> str:
        following = self.state.next_generation
        if following >= self.generations or self.state.stopped:
            return "It is in the log; no generation follows whose prompts it could stand in."
        if not self.reads:
            return (
                "It is in the log; no language model takes part in this run, and the search cannot read it."
            )
        return f"It stands in every prompt from generation {following} on, {how}."


def _few(names: Any) -> str:
    shown = list(names)
    return ", ".join(shown[-8:]) or "none yet"
