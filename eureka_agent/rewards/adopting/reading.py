"""Finds where a function meets its environment, in the order in which it runs."""

from __future__ import annotations

import ast
from dataclasses import replace

from eureka_agent.rewards.adopting.function import Plain
from eureka_agent.rewards.adopting.places import OF_ARRAYS, NotCarriedError, Surroundings, unusable
from eureka_agent.rewards.tree import shown


def plain(node: ast.FunctionDef, around: Surroundings, name: str) -> Plain:
    """Read a function; NotCarriedError where it uses its environment for more than its values."""
    found = Plain(node, around, name)
    for statement in node.body:
        alias = _alias(statement, node, found.around)
        if alias is None:
            before = len(found.uses)
            _Reader(found).visit(statement)
            if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
                found.surely |= {id(node) for node, _, stores in found.uses[before:] if stores}
        else:
            found.around = replace(found.around, aliases={**found.around.aliases, **alias})
            found.dropped.append((statement, ""))
    return found


class _Reader(ast.NodeVisitor):
    """Notes uses in the order in which they run: a value before the name that it is given."""

    def __init__(self, found: Plain) -> None:
        self._found, self._around = found, found.around

    def visit(self, node: ast.AST) -> None:
        """Note a place and go no deeper, or look at the parts."""
        key = self._around.place(node) if isinstance(node, ast.expr) else None
        if self._around.everything(node):
            self._found.everything.append(node)  # pyright: ignore[reportArgumentType]
        elif key == "":
            raise unusable(node)
        elif key is not None:
            assert isinstance(node, ast.expr)
            stores = isinstance(getattr(node, "ctx", None), ast.Store)
            self._found.uses.append((node, key, stores))
        else:
            super().visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Read the value, then write its targets."""
        self.visit(node.value)
        for target in node.targets:
            self._target(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Read the value, then write its target."""
        if node.value is not None:
            self.visit(node.value)
        self._target(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """`self.x += y` reads `x` too."""
        self.visit(node.value)
        place = _whole_of(node.target)
        key = self._around.place(place)
        if key:
            self._found.uses += [(place, key, False), (node.target, key, True)]
        else:
            self.visit(node.target)

    def _target(self, node: ast.expr) -> None:
        if isinstance(node, (ast.Tuple, ast.List)):
            for part in node.elts:
                self._target(part)
            return
        key = self._around.place(_whole_of(node))
        if key:
            self._found.uses.append((node, key, True))
        else:
            self.visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Leave out what is called for its effect."""
        call = node.value
        if isinstance(call, ast.Call):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            ours = self._around.place(call.func) is not None or self._around.is_method(call.func)
            if name == "print" or ours:
                self._found.dropped.append(
                    (node, f"line {node.lineno}: `{shown(call)}`, called for its effect")
                )
                return
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        """Leave out `del unused`, which says nothing to a reward."""
        self._found.dropped.append((node, ""))

    def visit_Call(self, node: ast.Call) -> None:
        """Note a call that hands the environment on, openly or as a method does."""
        callee = self._around.helper(node)
        if not callee:
            if any(self._around.place(argument) == "" for argument in node.args):
                raise unusable(node)
            self.generic_visit(node)
            return
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise NotCarriedError(f"`{shown(node)}` spreads its arguments", node)
        self._found.calls.append((node, callee))
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if self._around.place(argument) != "":
                self.visit(argument)


def _whole_of(node: ast.expr) -> ast.expr:
    """Return `x` for `x[:]`, as `self.rew_buf[:] = …` writes all of it."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        part = node.slice
        if part.lower is None and part.upper is None and part.step is None:
            return node.value
    return node


def _alias(statement: ast.stmt, function: ast.FunctionDef, around: Surroundings) -> dict[str, str] | None:
    """Return the name that a statement gives to a part of the environment of which only parts are used."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            place = around.place(value)
        case _:
            return None
    if place is None:
        return None
    holders = {id(n.value): n for n in ast.walk(function) if isinstance(n, (ast.Attribute, ast.Subscript))}
    loads = [
        n
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
    ]
    parts = [holders.get(id(load)) for load in loads]
    only_parts = all(_is_part(part, around) for part in parts) and (bool(loads) or place == "")
    return {name: place} if only_parts else None


def _is_part(node: ast.expr | None, around: Surroundings) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr not in OF_ARRAYS
    return isinstance(node, ast.Subscript) and bool(around.word(node.slice))
