"""One found function without its environment: what it read there becomes arguments."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from eureka_agent.rewards.adopting.headers import end_of_header
from eureka_agent.rewards.adopting.places import Surroundings, last_word
from eureka_agent.rewards.natural.editing import Edits, Span


@dataclass
class Plain:
    """A function as it was found, with every place where it meets the environment."""

    node: ast.FunctionDef
    around: Surroundings
    name: str
    """What it is called in the portable file."""
    uses: list[tuple[ast.expr, str, bool]] = field(default_factory=list)
    """Node, place, and whether it is written there, in the order in which they run."""
    calls: list[tuple[ast.Call, str]] = field(default_factory=list)
    """Calls of methods of the same class, and of functions that are handed the environment."""
    surely: set[int] = field(default_factory=set)
    """Ids of nodes that are written whatever the signals are."""
    dropped: list[tuple[ast.stmt, str]] = field(default_factory=list)
    """Statements that go, with what a person is told, if anything."""
    everything: list[ast.expr] = field(default_factory=list)
    """Indices of all joints or bodies."""

    @property
    def reads(self) -> list[str]:
        """Places that are read before the function itself wrote them."""
        found, written = [], set()
        for node, key, stores in self.uses:
            if stores:
                written |= {key} if id(node) in self.surely else set()
            elif key not in written and key not in found:
                found.append(key)
        return found

    @property
    def parameters(self) -> list[ast.arg]:
        """Its own parameters, without those that are the environment or its settings."""
        given = [*self.node.args.posonlyargs, *self.node.args.args, *self.node.args.kwonlyargs]
        settings = {*self.around.roots, *self.around.texts, *self.around.entities}
        return [argument for argument in given if argument.arg not in settings]

    @property
    def locals(self) -> set[str]:
        """Every name that the function binds."""
        same = {id(node.targets[0]) for node in self._same_names()}
        names = [n for n in ast.walk(self.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        return {n.id for n in names if id(n) not in same} | {argument.arg for argument in self.parameters}

    def _same_names(self) -> list[ast.Assign]:
        """Return the statements that give a place its own name, `torques = self.torques`."""
        keys = {id(node): key for node, key, _ in self.uses}
        found = []
        for statement in self.node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if id(value) in keys:
                    found += [statement] if last_word(keys[id(value)]) == name else []
        return found

    def default_of(self, name: str) -> ast.expr | None:
        """Return a parameter's default."""
        spec = self.node.args
        places = [*spec.posonlyargs, *spec.args]
        named = dict(zip([a.arg for a in places[::-1]], spec.defaults[::-1], strict=False))
        named |= {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}
        return named.get(name)

    def text(
        self,
        source: str,
        names: Mapping[str, str],
        reads_of: Mapping[str, Sequence[str]],
        titles: Mapping[str, str],
    ) -> str:
        """Return its text: places under their new names, calls and header with what must be handed on.

        Args:
            names: identifier of every place.
            reads_of: name of a function to the places that it needs, with its callees'.
            titles: name of a function to what it is called in the portable file.
        """
        edits = Edits(source)
        for statement, _ in self.dropped:
            own_lines = statement in self.node.body
            edits.replace(
                *((_lines_of(edits, statement), "") if own_lines else (edits.span(statement), "pass"))
            )
        for node, key, _ in self.uses:
            edits.replace(edits.span(node), names[key])
        for statement in self._same_names():
            if edits.text(edits.span(statement.value)) == ast.unparse(statement.targets[0]):
                edits.replace(_lines_of(edits, statement), "")
        for node in self.everything:
            edits.replace(edits.span(node), ":")
        for call, callee in reversed(self.calls):  # inner ones first
            edits.replace(
                edits.span(call),
                self._call(edits, call, titles[callee], [names[key] for key in reads_of[callee]]),
            )
        start, _ = edits.span(self.node)
        header = self._header(titles[self.name], [names[key] for key in reads_of[self.name]])
        edits.replace((start, end_of_header(edits, self.node)), header)
        return _dedented(edits.text(_whole(edits, self.node)), self.node.col_offset)

    def _call(self, edits: Edits, call: ast.Call, title: str, reads: Sequence[str]) -> str:
        """Return a call that hands on what was read of the environment, instead of the environment."""
        given = [*call.args, *call.keywords]
        kept = [g for g in given if self.around.place(g.value if isinstance(g, ast.keyword) else g) != ""]
        parts = [edits.text(edits.span(g)) for g in kept]
        parts += [f"{name}={name}" for name in reads]
        return f"{title}({', '.join(parts)})"

    def _header(self, title: str, reads: Sequence[str]) -> str:
        own = []
        for argument in self.parameters:
            default = self.default_of(argument.arg)
            own.append(argument.arg if default is None else f"{argument.arg}={ast.unparse(default)}")
        bare = [argument for argument in own if "=" not in argument]
        handed = [name for name in reads if name not in bare]
        return f"def {title}({', '.join([*bare, *handed, *(a for a in own if a not in bare)])}):"


def _lines_of(edits: Edits, statement: ast.stmt) -> Span:
    """Return the whole lines of a statement."""
    assert statement.end_lineno is not None
    return edits.line_span(statement.lineno)[0], edits.line_span(statement.end_lineno)[1]


def _whole(edits: Edits, node: ast.FunctionDef) -> Span:
    """Return where a function stands, from its `def`, with the comments right above it."""
    line = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    lines = edits.source.split("\n")
    while line > 1 and lines[line - 2].strip().startswith("#"):
        line -= 1
    start, end = edits.span(node)
    first = edits.line_span(line)[0]
    if node.decorator_list:
        begin = edits.line_span(node.lineno)[0]
        above = min(d.lineno for d in node.decorator_list)
        edits.replace((edits.line_span(above)[0], begin), "")
    return min(first, start), end


def _dedented(text: str, columns: int) -> str:
    lines = [line for line in text.split("\n") if not line.strip().startswith("# type:")]
    return "\n".join(line[columns:] if line[:columns].isspace() else line for line in lines)


def handed_on(functions: Collection[Plain]) -> dict[str, list[str]]:
    """Return for each function, by its name, what it and all that it calls read."""
    reads = {function.name: list(function.reads) for function in functions}
    changed = True
    while changed:
        changed = False
        for function in functions:
            for _, callee in function.calls:
                new = [key for key in reads.get(callee, ()) if key not in reads[function.name]]
                reads[function.name] += new
                changed = changed or bool(new)
    return reads
