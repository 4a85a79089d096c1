"""The form in which a model answers many numbered questions, and how its reply is read.

One line a question: its number, a short reason, the answer, with bars between them.

    4203 | it gains height | A

A mark of a list or a quotation in front (`-`, `*`, `>`, a table's bar), emphasis round the number and a full
stop after it change nothing. Only the last field counts, and only a whole, known answer: words in a reason,
an echo of the instructions or of a caption decide nothing. A number that is missing, or that more than one
line begins with, has no answer. Numbers begin where the questions say, so that no caption can know them, and
a reply to other questions, left by somebody for a request of the same name, answers none of these. The time
that reading takes grows with the length of a reply, and what is longer than any answer is cut.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eureka_agent.escaping import visible
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.llm.thinking import without_thinking
from eureka_agent.rewards.characters import unix_newlines

_ROW = re.compile(
    r"(?:[-*>][ \t]+|\|[ \t]*)?"
    r"(?P<mark>\*\*|__|`)?(?P<number>[0-9]{1,4})\.?(?(mark)(?P=mark)\.?)"
    r"[ \t]*\|"
)
"""How a line begins that answers; it is tried once, and no two of its parts can take the same letters."""
_LONGEST_REPLY = 200_000
"""Characters of a reply that are read, hidden thinking aside; 64 answers have a twentieth."""
_LONGEST_LINE = 2_000
"""Characters of a line that may answer."""
_INERT = str.maketrans("|<>`", "¦‹›'")
TRIMMED = " \t`*_\"'."
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
    said = without_thinking(unix_newlines(text))
    lines = said[:_LONGEST_REPLY].split("\n")
    if not whole or len(said) > _LONGEST_REPLY:
        lines.pop()
    echoes = "\n".join(captions)
    found: dict[int, list[float | None]] = {number: [] for number in numbers}
    for line in map(_tidy, lines):
        row = _ROW.match(line)
        answers = found.get(int(row["number"])) if row else None
        if row and answers is not None and len(answers) < 2:  # two answers are none, and so are more
            unclear = len(line) > _LONGEST_LINE or " ".join(line.split()) in echoes
            answers.append(None if unclear else _value(line[row.end() :], values))
    return [answers[0] if len(answers) == 1 else None for answers in found.values()]


class Placed(NamedTuple):
    """An answer in a line."""

    number: int
    word: str
    """In capitals."""
    place: int
    """Of the word's first character in the line."""


def placed_answer(line: str) -> Placed | None:
    """Return what a line answers, whether or not that is a known answer; None for any other line."""
    row = _ROW.match(line, len(line) - len(line.lstrip(" \t")))
    if row is None:
        return None
    start, field = _last_field(line[row.end() :])
    return Placed(
        int(row["number"]),
        field.strip(TRIMMED).upper(),
        row.end() + start + len(field) - len(field.lstrip(TRIMMED)),
    )


def _tidy(line: str) -> str:
    return line.strip(" \t")


def _value(rest: str, values: Mapping[str, float]) -> float | None:
    return values.get(_last_field(rest)[1].strip(TRIMMED).upper())


def _last_field(rest: str) -> tuple[int, str]:
    """Return where the last field begins, and the field; a bar at the line's end closes a table's row."""
    row = rest.rstrip().removesuffix("|")
    start = row.rfind("|") + 1
    return start, row[start:]


def numbers_for(questions: Sequence[Question]) -> range:
    """Return the numbers of a request's questions: in a row, from a place that follows from all of them."""
    told = json.dumps([question.captions for question in questions])
    place = int.from_bytes(hashlib.sha256(told.encode()).digest()[:4], "big")
    start = 100 * (10 + place % 90) + 1
    return range(start, start + len(questions))


def answer_grammar(numbers: Sequence[int], answers: Sequence[str]) -> str:
    """Return the form of a reply in llama.cpp's GBNF, for models that can be held to one.

    It has no reasons: what a small model would write there is the caption.
    """
    lines = " ".join(f'"{number}" rest' for number in numbers)
    choice = " | ".join(f'"{answer}"' for answer in answers)
    return "\n".join([f"root ::= {lines}", 'rest ::= " | " answer "\\n"', f"answer ::= {choice}"])


def shown(caption: str) -> str:
    """Return a caption as it stands in a request: one JSON text in which some letters are look-alikes.

    Whatever it says, it ends no line, and where a model repeats it, it makes no row of the answer's form, no
    fence and no tag of hidden thinking.
    """
    return json.dumps(visible(caption).translate(_INERT), ensure_ascii=False)
