"""How many requests does a stream of NetHack's messages take, and how many steps have their label when paid?

    python benchmarks/nethack_requests.py record --root FOLDER [--worlds 32] [--steps 31250]
    python benchmarks/nethack_requests.py replay --root FOLDER [--latencies 1,5,20]

`record` plays NetHackScore-v0 at random and needs nle 1.3.0 alone; it may run in an environment of its own.
`replay` gives the messages to a retrieval, in rollouts of 128 steps of all worlds, which asks as it does in
a training: its questions go to the desk, and from there to the backlog of an annotator that answers one
request of up to 64 captions at a time, each after so many rollouts. No clock is looked at, and nobody asked.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROLLOUT = 128
"""Steps of each world."""
WARM = 100_000
"""Steps after which it counts whether a step's label is there."""
BATCH = 64


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    recording, replaying = commands.add_parser("record"), commands.add_parser("replay")
    for command in (recording, replaying):
        command.add_argument("--root", type=Path, required=True)
    recording.add_argument("--worlds", type=int, default=32)
    recording.add_argument("--steps", type=int, default=31_250, help="of each world")
    replaying.add_argument("--latencies", default="1,5,20", help="rollouts until a request is answered")
    given = parser.parse_args()
    if given.command == "record":
        for world in range(given.worlds):
            record(given.root / f"{world}.npz", world, given.steps)
        return
    texts, index, first = stream(given.root)
    print(
        f"{index.size:,} steps of {index.shape[1]} worlds: {len(texts):,} distinct messages, "
        f"{np.mean([not texts[i] for i in index.ravel()]):.0%} of the steps without one"
    )
    for latency in map(int, given.latencies.split(",")):
        replay(texts, index, first, latency)


def record(path: Path, seed: int, steps: int) -> None:
    """Write the message after each step, and which steps are the first of an episode."""
    import gymnasium as gym

    importlib.import_module("nle")  # registers its environments
    env: Any = gym.make("NetHackScore-v0", observation_keys=("message", "blstats"))
    env.unwrapped.seed(core=seed, disp=seed)
    rng = np.random.default_rng(seed)
    texts: dict[bytes, int] = {}
    index, first, over = np.empty(steps, np.int32), np.zeros(steps, bool), True
    for step in range(steps):
        if over:
            env.reset()
        first[step] = over
        seen, _, ended, cut, _ = env.step(int(rng.integers(env.action_space.n)))
        over = ended or cut
        index[step] = texts.setdefault(bytes(seen["message"]).split(b"\0", 1)[0], len(texts))
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, index=index, first=first, texts=[t.decode("ascii", "replace") for t in texts])


def stream(root: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return all messages as captions are written, with the number of each step's, `(T, N)`, and `first`."""
    from eureka_agent.intrinsic.captioning.captions import tidied

    numbers: dict[str, int] = {}
    columns, begun = [], []
    for path in sorted(root.glob("*.npz"), key=lambda path: int(path.stem)):
        saved = np.load(path)
        own = [numbers.setdefault(tidied(str(text)), len(numbers)) for text in saved["texts"]]
        columns.append(np.array(own)[saved["index"]])
        begun.append(saved["first"])
    return list(numbers), np.stack(columns, axis=1), np.stack(begun, axis=1)


class Late:
    """An annotator behind a backlog that has one request under way; a clock tick is a call of `collect`."""

    def __init__(self, latency: int) -> None:
        from eureka_agent.intrinsic.annotation.backlog import Backlog

        self.backlog = Backlog()
        self.requests: list[list[str]] = []
        self._latency, self._due = latency, 0
        self._asked: list[Any] = []

    def submit(self, questions: Sequence[Any]) -> None:
        """Let these wait, and ask if nobody is being asked."""
        self.backlog.add(questions)
        if not self._asked and (taken := self.backlog.take(BATCH)):
            self._asked, self._due = taken, self._latency
            self.requests.append([question.captions[0] for question in taken])

    def collect(self) -> list[Any]:
        """Return the answers that are due: of every other caption that it is helpful."""
        from eureka_agent.intrinsic.annotation.questions import Label

        self._due -= 1
        if not self._asked or self._due > 0:
            return []
        labels = [Label(question, float(len(question.captions[0]) % 2)) for question in self._asked]
        self._asked = []
        return list(self.backlog.answered(labels))


class ThroughDesk:
    """A job's questions on their way to the desk, and answers on theirs, without processes between."""

    def __init__(self, late: Late) -> None:
        from eureka_agent.training.annotation_desk import AnnotationDesk
        from eureka_agent.training.asking_parent import Answers, AskingParent

        self._desk, self._late, self._answers = AnnotationDesk(late), late, Answers()
        self._child = AskingParent("job", self._hear, self._answers)

    def _hear(self, asked: Any) -> None:
        from eureka_agent.intrinsic.annotation.questions import Question

        self._desk.ask("job", [Question(each.captions, each.variant) for each in asked.questions])

    def submit(self, questions: Sequence[Any]) -> None:
        """Ask the desk; where nothing is asked the annotator may still take what waits."""
        self._child.submit(questions)
        self._late.submit([])

    def collect(self) -> Sequence[Any]:
        """Return what has come."""
        from eureka_agent.training.protocol import Answered

        for job, label in self._desk.answers(["job"]):
            question = label.question
            self._answers.put(
                Answered(job=job, captions=question.captions, variant=question.variant, value=label.value)
            )
        return self._child.collect()


def replay(texts: list[str], index: np.ndarray, first: np.ndarray, latency: int) -> None:
    """Print what one annotator was asked, and how many steps had their label."""
    from eureka_agent.intrinsic.captioning.captions import NONE, Captions
    from eureka_agent.intrinsic.learned import LearnedReward
    from eureka_agent.intrinsic.models.retrieval import UNKNOWN, Retrieval

    late, model = Late(latency), Retrieval()
    learned = LearnedReward(model, ThroughDesk(late), num_envs=index.shape[1])
    captioned = known = 0
    for start in range(0, len(index), ROLLOUT):
        rows = slice(start, start + ROLLOUT)
        used, inverse = np.unique(index[rows], return_inverse=True)
        said = [texts[number] for number in used]
        places = {text: place for place, text in enumerate(text for text in said if text)}
        numbers = np.array([places.get(text, NONE) for text in said], np.int32)
        captions = Captions(numbers[inverse].reshape(index[rows].shape), tuple(places))
        learned.pay(captions, first[rows])
        if start * index.shape[1] >= WARM:
            labelled = captions.spread(np.asarray(model.estimate(captions.texts) != UNKNOWN, np.float32))
            captioned += int((captions.index != NONE).sum())
            known += int(labelled.sum())
    asked = [caption for request in late.requests for caption in request]
    print(
        f"an answer after {latency} rollouts: {len(late.requests)} requests with at most "
        f"{max(map(len, late.requests))} captions, {len(asked):,} captions, {len(set(asked)):,} distinct; "
        f"from step {WARM:,} on {known / captioned:.2%} of {captioned:,} steps with a caption had their label"
    )


if __name__ == "__main__":
    main()
