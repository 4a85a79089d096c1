"""From a text as its author wrote it to one in the portable subset, or the reasons why there is none."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from eureka_agent.rewards.characters import unix_newlines
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.natural.program import Program
from eureka_agent.rewards.natural.refusal import LeftToCriticError, RefusedFormError
from eureka_agent.rewards.natural.values import Dtype
from eureka_agent.rewards.rules import check_source
from eureka_agent.rewards.tree import parse_tree, shown

_KINDS: dict[str, Dtype] = {"float32": "f", "int32": "i", "bool": "b"}


_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip
"""What a text that nobody thought of could raise here: it is left as it is, and the critic refuses it."""


@dataclass(frozen=True)
class Rewrite:
    """One note: what was written another way."""

    line: int
    """Of the original text."""
    what: str


@dataclass(frozen=True)
class Normalised:
    """A reward's portable text, and what became of the original."""

    text: str
    """Identical to the original, byte for byte, where nothing had to change or nothing could be done."""
    rewrites: tuple[Rewrite, ...]
    lines: tuple[int, ...]
    """For every line of `text` the line (from 1) of the original that it came from."""
    batched: bool | None
    """Whether it was read as code over all worlds; None where nothing depended on it."""
    refused: tuple[Finding, ...] = ()
    """Why it has no portable form, by lines of the original; `text` is the original then."""

    def cited(self, findings: list[Finding]) -> list[Finding]:
        """Return findings about `text` with the lines of the original."""
        return [_cited(finding, self.lines) for finding in findings]


@dataclass(frozen=True)
class _Reading:
    """What reading a text in one way gave."""

    made: Normalised | None
    finding: Finding | None = None


def normalise(
    source: str, signals: Mapping[str, tuple[int, ...]], *, dtypes: Mapping[str, str] | None = None
) -> Normalised:
    """Return a reward in the portable subset.

    Args:
        source: a text, whatever it is; it is read and never run.
        signals: name to shape without the worlds.
        dtypes: name to "float32", "int32" or "bool"; a signal that is not named is of floats.

    What the critic accepts comes back as it is. A text that needs no rewriting but breaks a rule comes back
    as it is too: the critic says why.
    """
    unchanged = Normalised(source, (), tuple(range(1, source.count("\n") + 2)), None)
    if not _errors(source, signals):
        return unchanged
    tree, _ = parse_tree(source)
    if tree is None:
        return unchanged
    kinds: dict[str, Dtype] = {
        name: _KINDS[dtype] for name, dtype in (dtypes or {}).items() if dtype in _KINDS
    }
    over_all, of_one = (_read(source, tree, signals, kinds, batched=b) for b in (True, False))
    return _decided(unchanged, over_all, of_one)


def _errors(text: str, signals: Mapping[str, tuple[int, ...]]) -> list[Finding]:
    return [finding for finding in check_source(text, signals) if finding.severity == "error"]


def _read(
    source: str,
    tree: ast.Module,
    signals: Mapping[str, tuple[int, ...]],
    dtypes: Mapping[str, Dtype],
    *,
    batched: bool,
) -> _Reading:
    program = Program(unix_newlines(source), tree, signals, dtypes, batched)
    try:
        program.read()
    except RefusedFormError as refused:
        return _Reading(None, refused.finding)
    except LeftToCriticError as left:
        return _Reading(None, _unread(source, left.node, signals))
    except _FAULTS:
        return _Reading(None)
    notes = [Rewrite(program.edits.line_of(span[0]), what) for span, what in program.edits.notes.items()]
    text, lines = program.edits.whole()
    made = Normalised(text, tuple(sorted(set(notes), key=lambda n: (n.line, n.what))), lines, batched)
    errors = made.cited(_errors(text, signals))
    return _Reading(None, errors[0]) if errors else _Reading(made)


_OF_FORM = frozenset(
    """
    annotation missing-axis world-axis world-index array-branching python-function-on-array wrong-arguments
    in-place missing-import forbidden-attribute list-arithmetic foreign-library call-form text range
    """.split()  # noqa: SIM905
)
"""What the critic says of natural code that could be rewritten, were it not for something else."""

_TELLING = frozenset({"unknown-signal", "missing-function", "recursion"})
"""What the critic had better say itself, wherever it stands."""

_UNREAD = "natural-unread"


def _unread(source: str, node: ast.AST | None, signals: Mapping[str, tuple[int, ...]]) -> Finding | None:
    """Return why reading ended at a node: in the critic's words where it knows, else by its place."""
    if not isinstance(node, (ast.expr, ast.stmt)):
        return None
    last = (
        node.lineno if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else node.end_lineno or node.lineno
    )
    errors = [f for f in _errors(source, signals) if f.rule not in _OF_FORM]
    known = [f for f in errors if f.line is not None and node.lineno <= f.line <= last]
    if known:
        return known[0]
    if any(f.rule in _TELLING for f in errors):
        return None
    what = f"`{shown(node)}` has no portable form."
    return Finding(_UNREAD, "error", node.lineno, what, "It is not carried over.", _instead(node))


def _instead(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return "Write it out with functions of the table of call forms."
    if isinstance(node, ast.Name):
        return f"Give `{node.id}` as an argument, or as a constant above."
    return "Write it as plain assignments of arrays."


def _decided(unchanged: Normalised, over_all: _Reading, of_one: _Reading) -> Normalised:
    """Choose between the two ways of reading a text: by evidence, never by taste."""
    if over_all.made and of_one.made:
        if over_all.made.text == of_one.made.text:
            return Normalised(over_all.made.text, over_all.made.rewrites, over_all.made.lines, None)
        return _refused(unchanged, _ambiguous(over_all.made, of_one.made))
    if made := over_all.made or of_one.made:
        return made
    found = _telling(over_all.finding, of_one.finding)
    return _refused(unchanged, found) if found else unchanged


def _refused(unchanged: Normalised, finding: Finding) -> Normalised:
    return Normalised(unchanged.text, (), unchanged.lines, None, (finding,))


def _ambiguous(over_all: Normalised, of_one: Normalised) -> Finding:
    pairs = zip(over_all.text.split("\n"), of_one.text.split("\n"), strict=False)
    number = next((i for i, (a, b) in enumerate(pairs) if a != b), 0)
    line = over_all.lines[number] if number < len(over_all.lines) else None
    what = "This can be read as code for one world and as code for all, and means something else each time."
    fix = f"Write it for all worlds: `{over_all.text.split(chr(10))[number].strip()}`."
    return Finding("natural-mixed", "error", line, what, "One meaning must be chosen.", fix)


_EVIDENCE = ("natural-shape", "natural-worlds", "natural-unbatched")
"""Rules that show that a text was not written the way it was read."""


def _telling(over_all: Finding | None, of_one: Finding | None) -> Finding | None:
    """Return the finding that says most about why neither way works."""
    if over_all is None or of_one is None:
        found = over_all or of_one
        return None if found is None or found.rule in _EVIDENCE else found
    if over_all.rule == "natural-unbatched" and of_one.rule == "natural-shape":
        what = f"{over_all.what} But line {of_one.line} is written for all worlds: {of_one.what}"
        return Finding("natural-mixed", "error", over_all.line, what, over_all.why, over_all.fix)
    if over_all.rule == "natural-unbatched" or of_one.rule == "natural-mixed":
        return of_one
    if of_one.rule in _EVIDENCE:
        return over_all
    return of_one if over_all.rule in _EVIDENCE else over_all


def _cited(finding: Finding, lines: tuple[int, ...]) -> Finding:
    if finding.line is None or not 1 <= finding.line <= len(lines):
        return finding
    return replace(finding, line=lines[finding.line - 1])
