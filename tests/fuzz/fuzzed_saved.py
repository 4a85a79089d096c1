"""Fuzzing of saved rewards: sources from a grammar are checked, written, and imported as plain Python."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from saved_grammar import Given, given
from saved_importer import Importer
from saved_writers import WRITERS, Writer

from eureka_agent.errors import RewardError
from eureka_agent.rewards.tree import parse_python

COMPARED = 5
"""Of so many files one is compared with the loaded reward, on signals."""


@dataclass(frozen=True)
class Fault:
    """One input of which the files did what they must not."""

    number: int
    source: str
    words: tuple[str, ...]


@dataclass
class Tally:
    """What came of many inputs."""

    files: int = 0
    unwritten: int = 0
    """Accepted by the rules, refused by whoever writes the file."""
    imported: int = 0
    raising: int = 0
    """Imported, but the text itself raises, and so does the loader."""
    compared: int = 0
    effects: list[Fault] = field(default_factory=list)
    disagreements: list[Fault] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another tally's inputs in."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def fuzz_saved(numbers: Iterable[int], *, seed: int, writer: str = "current") -> Tally:
    """Try the inputs of these numbers."""
    tally = Tally()
    with Importer() as importer:
        for number in numbers:
            tally.files += 1
            try_input(tally, importer, WRITERS[writer], number, given(seed, number))
    return tally


def try_input(tally: Tally, importer: Importer, writer: Writer, number: int, one: Given) -> None:
    """Check, write and import one input."""
    if not writer.accepts(one.source):
        return
    try:
        files = {"with header": writer.write(one.source, one.header), "plain": writer.write(one.source, None)}
    except RewardError:
        tally.unwritten += 1
        return
    compared = number % COMPARED == 0
    seen = importer.see(one.source, files, _names(one.source), number if compared else None)
    tally.imported += 1
    tally.raising += bool(seen.raised)
    tally.compared += compared and not seen.raised
    if seen.effects:
        tally.effects.append(Fault(number, one.source, tuple(seen.effects)))
    elif seen.disagreements:
        tally.disagreements.append(Fault(number, one.source, tuple(seen.disagreements)))


def _names(source: str) -> list[str]:
    """Return the names that a source defines at its top level."""
    found: set[str] = set()
    for node in parse_python(source).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name for alias in node.names}
        else:
            found |= {
                n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
    return sorted(found)
