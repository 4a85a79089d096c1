"""The form in which a model answers many numbered questions, and how its reply is read.

One line a question: its number, a short reason, the answer, with bars between them.

    4203 | it gains height | A

Only the last field counts, and only a whole, known answer: words in a reason, an echo of the instructions or
of a caption decide nothing. A number that is missing, or that more than one line begins with, has no answer.
Numbers begin where the questions say, so that no caption can know them, and a reply to other questions, left
by somebody for a request of the same name, answers none of these.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from eureka_agent.escaping import visible
from eureka_agent.intrinsic.questions import Question
from eureka_agent.llm.thinking import without_thinking
from eureka_agent.rewards.characters import unix_newlines

_LINE = re.compile(r"[ \t]*\|?[ \t]*(?P<number>[0-9]{1,4})[ \t]*\|(?P<rest>.*)")
_INERT = str.maketrans("|<>`", "¦‹›'")
_TRIMMED = " \t`*_\"'."
"""What models put round an answer for looks."""


def read_answers(
    text: str,
    numbers: Sequence[int],
    values: Mapping[str, float],
    *,
    whole: bool = True,
    captions: Sequence[str] = (),
) -> list[float | None]:
    """Return the value of the answer to each of `numbers`; None where there is no clear one.

    `values` are those of the answers, in capitals. With `whole` False the reply was cut: a last line without
    its end is no answer. A line that stands in one of the `captions` is an echo: its number is unclear.
    """
    lines = without_thinking(unix_newlines(text)).split("\n")
    if not whole:
        lines.pop()
    found: dict[int, list[float | None]] = {}
    for line in lines:
        if match := _LINE.fullmatch(line):
            echoed = any(" ".join(line.split()) in caption for caption in captions)
            found.setdefault(int(match["number"]), []).append(
                None if echoed else _value(match["rest"], values)
            )
    once = {number: answers[0] for number, answers in found.items() if len(answers) == 1}
    return [once.get(number) for number in numbers]


def _value(rest: str, values: Mapping[str, float]) -> float | None:
    """Return the value of the last field; a bar at the end of the line closes a table's row."""
    row = rest.rstrip().removesuffix("|")
    return values.get(row.rsplit("|", 1)[-1].strip(_TRIMMED).upper())


def numbers_for(questions: Sequence[Question]) -> range:
    """Return the numbers of a request's questions: in a row, from a place that follows from all of them."""
    told = json.dumps([question.captions for question in questions])
    place = int.from_bytes(hashlib.sha256(told.encode()).digest()[:4], "big")
    start = 100 * (10 + place % 90) + 1
    return range(start, start + len(questions))


def answer_grammar(numbers: Sequence[int], answers: Sequence[str]) -> str:
    """Return the form of a reply in llama.cpp's GBNF, for models that can be held to one."""
    lines = " ".join(f'"{number}" rest' for number in numbers)
    choice = " | ".join(f'"{answer}"' for answer in answers)
    return "\n".join(
        [f"root ::= {lines}", 'rest ::= " | " reason " | " answer "\\n"', "reason ::= [ -{}-~]{1,80}",
         f"answer ::= {choice}"]
    )  # fmt: skip


def shown(caption: str) -> str:
    """Return a caption as it stands in a request: one JSON text in which some letters are look-alikes.

    Whatever it says, it ends no line, and where a model repeats it, it makes no row of the answer's form, no
    fence and no tag of hidden thinking.
    """
    return json.dumps(visible(caption).translate(_INERT), ensure_ascii=False)
