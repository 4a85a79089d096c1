"""Do the probabilities of an annotator's words tell captions apart better than the words?

    python benchmarks/answer_odds.py local:model.gguf

Twenty captions of a maze, ten of them good news for leaving it by the author's common sense, are asked of a
language model at temperature 0, in both wordings, ten a request, in one order. AUC is the share of pairs of a
good and a bad caption that labels put in the right order, equal ones half: 0.5 is chance.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eureka_agent.intrinsic.annotation.model_annotator import WORDINGS, ModelAnnotator
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.llm.budgeted import BudgetedModel
from eureka_agent.llm.formed import Form, FormedReply, formed
from eureka_agent.llm.model import LanguageModel, Message, Reply
from eureka_agent.llm.registry import ModelOptions, make_model

GOAL = "get out of the maze"
GOOD = (
    "You find a golden key.", "The exit is in sight.", "You see a staircase leading up.",
    "The locked door opens.", "You leave the dead end behind.",
    "A draught of fresh air comes from the east.", "You descend the stairs.",
    "You read the map: the way out is north.", "The gate swings open.",
    "Daylight falls through an opening ahead.",
)  # fmt: skip
BAD = (
    "The wall is solid rock.", "You fall into a pit.", "It is dark.", "You stand still.",
    "The rat bites you.", "You walk into a dead end.", "The door is locked.", "You hear water dripping.",
    "You are back where you started.", "Nothing happens.",
)  # fmt: skip
BATCH = 10


class Remembering:
    """Asks a model once, and gives its replies again without the probabilities."""

    max_parallel = 1

    def __init__(self, model: LanguageModel) -> None:
        self.name, self._model = model.name, model
        self._replies: dict[str, Reply] = {}

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Return the reply to a request that was made before."""
        return self._replies[key]

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Ask the first time; the second time only the words are known."""
        if key in self._replies:
            return FormedReply(self._replies[key])
        answer = formed(self._model, key, messages, stop, form)
        self._replies[key] = answer.reply
        return answer


def labels(model: LanguageModel, wording: str) -> dict[str, float]:
    """Return the label of each caption; 0.5 where no answer could be read."""
    everything = [*GOOD, *BAD]
    captions = [everything[place] for place in np.random.default_rng(0).permutation(len(everything))]
    annotator = ModelAnnotator(model, GOAL, wording=wording, most=BATCH)
    answers = annotator.annotate([Question((caption,)) for caption in captions], threading.Event())
    return {c: 0.5 if a is None else a.value for c, a in zip(captions, answers, strict=True)}


def auc(found: dict[str, float]) -> float:
    """Return the share of pairs in the right order."""
    pairs = [(found[good], found[bad]) for good in GOOD for bad in BAD]
    return sum((good > bad) + (good == bad) / 2 for good, bad in pairs) / len(pairs)


def main(spec: str) -> None:
    """Ask the model `spec` in all wordings."""
    with tempfile.TemporaryDirectory() as folder:
        options = ModelOptions(temperature=0.0, max_reply_tokens=2_000)
        model = BudgetedModel(make_model(spec, run_folder=Path(folder), options=options))
        try:
            for wording in WORDINGS:
                remembering = Remembering(model)
                odds, words = labels(remembering, wording), labels(remembering, wording)
                said = [sum(value == kind for value in words.values()) for kind in (1.0, 0.0, 0.5)]
                print(
                    f"{wording}: {said[0]} helpful, {said[1]} unhelpful, {said[2]} unsure or unread; "
                    f"AUC of words {auc(words):.2f}, of probabilities {auc(odds):.2f}", flush=True,
                )  # fmt: skip
        finally:
            model.close()


if __name__ == "__main__":
    main(sys.argv[1])
