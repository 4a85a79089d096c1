"""The form of a reply as a grammar, for models on this machine that can be held to one.

Every sentence of it is a short remark and one fenced Python module that defines `compute_reward` over the
task's signals, from the functions of the portable subset. It makes a reply readable, not right: shapes, names
that are used before they are set, and sense are the critic's business. Every repetition is bounded, so that a
small model cannot go on for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eureka_agent.rewards.forms import FORMS, NP_CONSTANTS, Form
from eureka_agent.tasks.task import Task

_DEPTH = 3
"""How deep expressions nest."""
_UNUSED = ("newaxis", "inf")
"""Constants that a term of a reward has no use for."""
_FIXED = r"""
root ::= remark{0,6} "```python\n" module "```"
remark ::= [ -;=-_a-}]{1,160} "\n"
module ::= "import numpy as np\n\n\n" "def compute_reward(" arguments "):\n" docstring? line{1,12} result
docstring ::= "    \"\"\"" [a-zA-Z0-9,.;: -]{1,100} "\"\"\"\n"
line ::= comment | "    " name " = " expression note? "\n"
comment ::= "    # " words "\n"
note ::= "  # " words
words ::= [ -_a-~]{1,80}
result ::= "    return " name ", {" part (", " part){0,5} "}\n"
part ::= "\"" [a-z]{1,12} ("_" [a-z]{1,12}){0,2} "\": " name
name ::= "reward" | own
own ::= [a-z]{1,12} ("_" [a-z0-9]{1,12}){1,3}
value ::= "-"? number | "np." constant | (name | signal) index?
index ::= "[:, " digits "]"
number ::= digits ("." [0-9]{1,4})? | digits "e-" [1-9]
digits ::= "0" | [1-9] [0-9]{0,3}
operator ::= " + " | " - " | " * " | " / " | " ** "
order ::= " < " | " > " | " <= " | " >= "
"""


def reward_grammar(task: Task) -> str:
    """Return the grammar of replies with a reward for `task`, in llama.cpp's GBNF."""
    signals = [signal.name for signal in task.readable_signals]
    return "\n".join(
        [
            _FIXED.strip(),
            *_arguments(signals),
            f"signal ::= {_choice(signals)}",
            f"constant ::= {_choice([name for name in NP_CONSTANTS if name not in _UNUSED])}",
            f"unary ::= {_choice(_named(1, 'elementwise'))}",
            f"binary ::= {_choice(_named(2, 'elementwise'))}",
            f"reduction ::= {_choice([form.name for form in FORMS if form.kind == 'reduction'])}",
            f"expression ::= expression{_DEPTH}",
            *(rule for depth in range(1, _DEPTH + 1) for rule in _expressions(depth)),
            "expression0 ::= value",
        ]
    )


def _arguments(signals: Sequence[str]) -> Iterator[str]:
    """Yield rules for at least one of the signals, each at most once: Python allows no name twice."""
    last = len(signals) - 1
    firsts = [f'"{name}" more{i + 1}' if i < last else f'"{name}"' for i, name in enumerate(signals)]
    yield f"arguments ::= {' | '.join(firsts)}"
    for i in range(1, len(signals)):
        rest = f" more{i + 1}" if i < last else ""
        yield f'more{i} ::= (", {signals[i]}")?{rest}'


def _expressions(depth: int) -> Iterator[str]:
    inner = f"expression{depth - 1}"
    yield f"expression{depth} ::= term{depth} (operator term{depth}){{0,4}}"
    yield (f'term{depth} ::= value | "(" {inner} ")" | "np." call{depth}')
    yield (
        f'call{depth} ::= unary "(" {inner} ")" | binary "(" {inner} ", " {inner} ")" '
        f'| reduction "(" {inner} ", axis=-1)" | "clip(" {inner} ", " {inner} ", " {inner} ")" '
        f'| "where(" {inner} order {inner} ", " {inner} ", " {inner} ")"'
    )


def _named(arguments: int, kind: str) -> list[str]:
    """Return the functions that take exactly so many positional arguments and nothing else."""
    return [form.name for form in FORMS if form.kind == kind and _takes(form) == arguments]


def _takes(form: Form) -> int | None:
    plain = all(parameter.required and parameter.positional for parameter in form.parameters)
    return len(form.parameters) if plain else None


def _choice(names: Sequence[str]) -> str:
    return " | ".join(f'"{name}"' for name in names)
