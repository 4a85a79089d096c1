"""What a learned reward was is all in its state: whoever goes on from it pays, asks and captions alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from caption_streams import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

from eureka_agent.arrays import read_arrays, write_arrays
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captioners import Messages, StartedEvents, Windowed
from eureka_agent.intrinsic.captioning.captions import Captioner
from eureka_agent.intrinsic.learned import LearnedReward, Tally
from eureka_agent.intrinsic.models.kinds import make_model
from eureka_agent.intrinsic.saving import packed
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Signal

Array = np.ndarray
WORLDS = 2
WORDS = ("gold", "wall", "stairs", "dark room", "gold and stairs", "")
TASK = dataclasses.replace(
    find_task("pendulum"),
    signals=(Signal("told", ()), Signal("height", ())),
    events=lambda signals: {"high": signals["height"] > 0, "very high": signals["height"] > 1},
)


class Slow:
    """Answers two rollouts later, by the letters of captions, each question once; can be copied."""

    def __init__(self) -> None:
        self.coming: list[list[Question]] = [[], []]
        self.known: set[Question] = set()

    def copy(self) -> Slow:
        other = Slow()
        other.coming, other.known = [list(batch) for batch in self.coming], set(self.known)
        return other

    def submit(self, questions: Sequence[Question]) -> None:
        new = [question.key for question in questions if question.key not in self.known]
        self.known |= set(new)
        self.coming.append(list(dict.fromkeys(new)))

    def collect(self) -> Sequence[Label]:
        return [Label(each, _value(each)) for each in self.coming.pop(0)]


def _value(question: Question) -> float:
    worth = [2.0 * ("gold" in text) + ("stairs" in text) for text in question.captions]
    if question.is_pair:
        return float(np.sign(worth[0] - worth[1]) + 1) / 2
    return float(worth[0] > 1)


def captioner(kind: str) -> Captioner:
    match kind:
        case "messages":
            return Messages("told")
        case "windows":
            return Windowed(Messages("told"), 3)
        case "events":
            return StartedEvents(TASK)
        case _:
            return Windowed(StartedEvents(TASK), 3)


def signals(seed: int, steps: int) -> tuple[dict[str, Array], Array]:
    rng = np.random.default_rng(seed)
    shape = (steps, WORLDS)
    measured = {
        "told": rng.choice(WORDS, shape),
        "height": rng.normal(size=shape).astype(np.float32),
        "prev_height": np.zeros(shape, np.float32),
        "prev_told": np.zeros(shape, np.float32),
    }
    return measured, rng.random(shape) < 0.1


class Training:
    """A captioner and a learned reward."""

    def __init__(self, kind: str, captions: str, ensemble: int, asks: Slow, goal: str = "") -> None:
        variants = ("mild", "stern") if kind == "retrieval" and ensemble > 1 else ()
        model = make_model(kind, seed=3, ensemble=ensemble, variants=variants, settings=SMALL, goal=goal)
        self.asks, self.captioner = asks, captioner(captions)
        self._features = kind == "rnd"
        self.learned = LearnedReward(model, asks, num_envs=WORLDS, beta=0.5, captioner=self.captioner)

    def rollout(self, number: int) -> Array:
        measured, first = signals(number, steps=number % 6)
        features = measured["height"][..., None] if self._features else None
        return self.learned.pay(self.captioner(measured, first), first, features)


KINDS = [("retrieval", 1), ("retrieval", 2), ("count", 1), ("rnd", 1)]
KINDS += [(kind, members) for kind in ("classification", "ranking") for members in (1, 2)]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(KINDS), st.sampled_from(["messages", "windows", "events", "windows of events"]),
    st.integers(0, 25),
)  # fmt: skip
def test_who_goes_on_from_a_state_pays_and_asks_alike(
    kind: tuple[str, int], captions: str, saved_at: int
) -> None:
    """The original lost pairs and statistics of rewards, so that a resumed training paid something else."""
    whole = Training(kind[0], captions, kind[1], Slow())
    for number in range(saved_at):
        whole.rollout(number)
    after = Training(kind[0], captions, kind[1], whole.asks.copy())
    after.learned.load_state_dict(dict(whole.learned.state_dict()))
    for number in range(saved_at, saved_at + 12):
        np.testing.assert_array_equal(whole.rollout(number), after.rollout(number))
    one, other = whole.learned.state_dict(), after.learned.state_dict()
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)
    assert whole.learned.paid_captions() == after.learned.paid_captions()
    assert whole.learned.tally == after.learned.tally


def test_what_was_asked_and_not_answered_is_asked_again_once() -> None:
    """A ranking asks each pair once, and who goes on has another annotator."""
    before = Training("ranking", "messages", 1, Slow())
    for number in range(5):
        before.rollout(number)
    waiting = {question for batch in before.asks.coming for question in batch}
    assert waiting
    after = Training("ranking", "messages", 1, Slow())
    after.learned.load_state_dict(before.learned.state_dict())
    after.rollout(5)
    assert waiting <= set(after.asks.coming[-1])
    asked = len(after.asks.known)
    after.rollout(0)  # no steps: nothing new is met
    assert len(after.asks.known) - asked <= SMALL.pairs


def state() -> Mapping[str, Array]:
    one = Training("retrieval", "windows of events", 1, Slow(), goal="win")
    for number in range(4):
        one.rollout(number)
    return one.learned.state_dict()


def test_a_state_survives_its_file_and_another_goal_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "intrinsic.npz"
    write_arrays(path, state())
    Training("retrieval", "windows of events", 1, Slow(), goal="win").learned.load_state_dict(
        read_arrays(path)
    )
    for other, words in (
        (Training("retrieval", "windows of events", 1, Slow(), goal="lose"), "goal 'win', not 'lose'"),
        (Training("retrieval", "messages", 1, Slow(), goal="win"), "memory_of_captions True, not False"),
        (Training("retrieval", "windows", 1, Slow(), goal="win"), "memory_of_steps True, not False"),
        (Training("retrieval", "events", 1, Slow(), goal="win"), "kind 'windows', not 'begun events'"),
        (Training("classification", "windows of events", 1, Slow(), goal="win"), "kind 'retrieval'"),
    ):
        with pytest.raises(ConfigError, match=words):
            other.learned.load_state_dict(read_arrays(path))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 and then nothing"])
def test_a_file_that_is_no_state_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "intrinsic.npz"
    path.write_bytes(content)
    for unreadable in (path, tmp_path / "missing.npz"):
        with pytest.raises(StoreError, match="cannot be read as arrays"):
            read_arrays(unreadable)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("tally", packed([])),
        ("tally", packed({"steps": "many"})),
        ("tally", packed(dataclasses.asdict(Tally()) | {"steps": None})),
        ("counts/counts", packed([{"a": 1}])),
        ("counts/counts", packed([{"a": 1}, {"a": "often"}])),
        ("counts/counts", packed(None)),
        ("captioner/earlier", packed([["a", "b"]] * 3)),
        ("captioner/earlier", packed([["a"], ["b", "c"]])),
        ("captioner/earlier", packed([[1, 2]])),
        ("captioner/captioner/held", np.full((2, 2), 7)),
        ("captioner/captioner/held", np.zeros(3)),
        ("captions/steps", np.zeros(1, np.int64)),
        ("captions/totals", np.array([np.nan])),
        ("captions/texts", packed("gold")),
        ("recent/agreed", np.array([3])),
    ],
)
def test_damage_of_any_part_is_told(name: str, damage: Array) -> None:
    saved = dict(state())
    assert name in saved
    saved[name] = damage
    with pytest.raises(ConfigError, match="damaged"):
        Training("retrieval", "windows of events", 1, Slow(), goal="win").learned.load_state_dict(saved)
