"""What expressions hold, and which of them treat arrays as if they were single numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from eureka_agent.errors import did_you_mean
from eureka_agent.rewards.forms import NP_CONSTANTS
from eureka_agent.rewards.kinds import (
    ANY,
    ARRAY,
    CONST,
    MASK,
    SCALAR,
    Kind,
    Names,
    dictionary,
    join,
    joined,
    sequence,
    with_item,
)
from eureka_agent.rewards.rewrites import as_number, np_call, where
from eureka_agent.rewards.rules_array_calls import Calls
from eureka_agent.rewards.rules_index import check_index
from eureka_agent.rewards.rules_logic import array_logic, binary_of_masks, in_pairs
from eureka_agent.rewards.rules_syntax import SEQUENCES, dotted, is_library
from eureka_agent.rewards.rules_writing import item_written
from eureka_agent.rewards.source import MEMORY_ARGUMENT, literal
from eureka_agent.rewards.tree import shown

if TYPE_CHECKING:
    from eureka_agent.rewards.rules_flow import Flow


class Values:
    """The names of one function, and the kind of every expression over them."""

    def __init__(self, flow: Flow, names: Names, constants: Names) -> None:
        self.flow = flow
        self.names = names
        self.constants = constants
        self._expressions: dict[type[ast.AST], Callable[..., Kind]] = {
            ast.Constant: lambda node: SCALAR, ast.Name: self._name, ast.Attribute: self._attribute,
            ast.BinOp: self._binary, ast.UnaryOp: self._unary, ast.Compare: self._compare,
            ast.BoolOp: self._bool, ast.IfExp: self._ternary, ast.Call: Calls(flow, self.kind).result,
            ast.Subscript: self._subscript, ast.List: self._list, ast.Tuple: self._list, ast.Dict: self._dict,
            ast.ListComp: self._comprehension, ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
        }  # fmt: skip

    def kind(self, node: ast.expr) -> Kind:
        """Return what an expression holds, reporting what is wrong inside it."""
        self.flow.tick()
        handler = self._expressions.get(type(node))
        return handler(node) if handler else ANY

    def _name(self, node: ast.Name) -> Kind:
        return self.names.get(node.id) or self.constants.get(node.id) or ANY

    def _attribute(self, node: ast.Attribute) -> Kind:
        path = dotted(node) or ""
        if is_library(node):
            return SCALAR if path.split(".")[-1] in NP_CONSTANTS or path.startswith("math.") else ANY
        holder = self.kind(node.value)
        if node.attr == "shape":
            if holder.tag == "const":
                return Kind("sequence", SCALAR)
            self._refuse_shape(node, shown(node, 40))
            return Kind("shape")
        return SCALAR if node.attr == "ndim" else ANY

    def _refuse_shape(self, node: ast.expr, array: str) -> None:
        """A shape holds the number of worlds: only single other lengths may be read from it."""
        what = f"`{shown(node)}` is used whole."
        why = (
            "It holds the number of worlds, which is no business of a reward: training and file would differ."
        )
        fix = f"Read one length, e.g. {array}[1], or .ndim."
        self.flow.error("world-count", node, what, why, fix)

    def _length(self, node: ast.Subscript, shape: ast.Attribute) -> Kind:
        """Return the kind of `x.shape[k]`."""
        holder = self.kind(shape.value)
        axis = literal(node.slice)
        if holder.tag != "const" and (type(axis) is not int or axis == 0):
            what = f"`{shown(node)}` reads the number of worlds."
            if type(axis) is not int:
                what = f"`{shown(node)}` may read the number of worlds."
            why = "It is no business of a reward: training, probe and saved file differ in it."
            fix = f"Leave it out; the length of another axis is {shown(shape, 40)}[1]."
            self.flow.error("world-count", node, what, why, fix)
        return SCALAR

    def _binary(self, node: ast.BinOp) -> Kind:
        left, right = self.kind(node.left), self.kind(node.right)
        if "sequence" in (left.tag, right.tag):
            return self._sequence_operator(node, left, right)
        if left.tag == right.tag == "mask":
            return binary_of_masks(node, self.flow.report)
        if left.worlds or right.worlds:
            return ARRAY
        return join(left, right)

    def _sequence_operator(self, node: ast.BinOp, left: Kind, right: Kind) -> Kind:
        if left.tag == right.tag and isinstance(node.op, ast.Add):
            both = left.elements is not None and right.elements is not None
            return sequence([*(left.elements or ()), *(right.elements or ())]) if both else join(left, right)
        if isinstance(node.op, ast.Mult) and any(isinstance(n, SEQUENCES) for n in (node.left, node.right)):
            return ANY  # reported as repetition
        what = f"`{shown(node)}` computes with a list."
        why = "Lists are not arrays here: NumPy would convert them, JAX and torch refuse."
        fix = "Join arrays with np.stack([a, b], axis=-1); write constants as np.array([1.0, 2.0])."
        self.flow.error(
            "repetition" if isinstance(node.op, ast.Mult) else "list-arithmetic", node, what, why, fix
        )
        return ARRAY

    def _unary(self, node: ast.UnaryOp) -> Kind:
        kind = self.kind(node.operand)
        if isinstance(node.op, ast.Not) and (kind.worlds or kind.tag == "const"):
            what, why = f"`{shown(node)}` negates an array.", "Every world has its own value."
            instead = np_call("logical_not", node.operand)
            self.flow.report.rewrite("array-branching", node, what, why, instead)
            return MASK
        if isinstance(node.op, ast.USub) and kind.tag == "mask":
            negated = ast.UnaryOp(ast.USub(), as_number(node.operand))
            what = f"`{shown(node)}` negates booleans."
            self.flow.report.rewrite("mask-arithmetic", node, what, "NumPy refuses it.", negated)
            return ARRAY
        return SCALAR if isinstance(node.op, ast.Not) else kind

    def _compare(self, node: ast.Compare) -> Kind:
        kinds = [self.kind(operand) for operand in (node.left, *node.comparators)]
        if not any(kind.worlds for kind in kinds):
            return CONST if any(kind.tag == "const" for kind in kinds) else SCALAR
        if len(node.ops) > 1:
            what = f"`{shown(node)}` chains comparisons of arrays."
            why = "A chain branches like `and`. (`&` binds tighter than `<`: write brackets.)"
            self.flow.report.rewrite("array-branching", node, what, why, in_pairs(node))
        return MASK

    def _bool(self, node: ast.BoolOp) -> Kind:
        kinds = [self.kind(value) for value in node.values]
        if not any(kind.worlds or kind.tag == "const" for kind in kinds):
            return joined(kinds) or ANY
        word = "and" if isinstance(node.op, ast.And) else "or"
        what = f"`{word}` joins arrays in `{shown(node)}`."
        why = "Every world has its own value, so Python cannot choose one."
        masks = all(kind.tag == "mask" for kind in kinds)
        also = "" if masks else f"; for a condition alone np.logical_{word}(a, b) is enough"
        self.flow.report.rewrite("array-branching", node, what, why, array_logic(node, masks), also=also)
        return MASK if masks else ARRAY

    def _ternary(self, node: ast.IfExp) -> Kind:
        instead = where(node.test, node.body, node.orelse)
        self.refuse_branch(node, node.test, "`… if … else …`", instead)
        return join(self.kind(node.body), self.kind(node.orelse))

    def _list(self, node: ast.List | ast.Tuple) -> Kind:
        return sequence([self.kind(element) for element in node.elts])

    def _dict(self, node: ast.Dict) -> Kind:
        kinds: list[Kind] = []
        keys: frozenset[str] | None = frozenset()
        for key, value in zip(node.keys, node.values, strict=True):
            kind = self.kind(value)
            if key is None:  # {**other}
                kinds += [kind.item] if kind.item else []
                keys = keys | kind.keys if keys is not None and kind.keys is not None else None
                continue
            kinds.append(kind)
            text = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
            keys = keys | {text} if keys is not None and text is not None else None
        return dictionary(kinds, keys)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> Kind:
        outer = dict(self.names)
        for generator in node.generators:
            self.store(generator.target, self.iterated(generator.iter))
            for test in generator.ifs:
                fix = "Leave the filter out; for a sum write np.where(condition, x, 0.0) inside."
                self.refuse_branch(node, test, "The filter of the comprehension", fix)
        if isinstance(node, ast.DictComp):
            made = dictionary([self.kind(node.value)], None)
        else:
            made = Kind("sequence", self.kind(node.elt))
        self.names = outer
        return made

    def _subscript(self, node: ast.Subscript) -> Kind:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            return self._length(node, node.value)
        holder = self.kind(node.value)
        key = node.slice
        if holder.tag in ("dict", "table"):
            self._check_key(node, holder)
            return holder.item or ANY
        if holder.tag == "sequence":
            self.kind(key) if not isinstance(key, ast.Slice) else None
            if isinstance(key, ast.Constant) and isinstance(key.value, int) and holder.elements:
                return holder.elements[key.value] if key.value < len(holder.elements) else ANY
            return holder if isinstance(key, ast.Slice) else holder.item or ANY
        if holder.worlds:
            check_index(node, self.kind, self.flow.report)
        return holder

    def _check_key(self, node: ast.Subscript, holder: Kind) -> None:
        key = node.slice
        known = holder.keys
        is_memory = isinstance(node.value, ast.Name) and node.value.id == MEMORY_ARGUMENT
        if is_memory and known and isinstance(key, ast.Constant) and key.value not in known:
            name = str(key.value)[:40]
            fix = f"Add it to MEMORY, or use one of: {', '.join(sorted(known))}.{did_you_mean(name, known)}"
            self.flow.error(
                "memory", node, f"MEMORY has no entry '{name}'.", "It would fail at the first call.", fix
            )

    # --- names and branches ---

    def store(self, target: ast.expr, kind: Kind) -> None:
        """Note what an assignment's target holds now."""
        if isinstance(target, ast.Name):
            self.names[target.id] = kind
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, kind)
        elif isinstance(target, ast.Subscript):
            self._store_item(target, kind)

    def _unpack(self, target: ast.Tuple | ast.List, kind: Kind) -> None:
        if kind.worlds:
            what = f"`{shown(target)} = …` unpacks an array."
            fix = "Pick columns: a = x[:, 0]; b = x[:, 1]."
            self.flow.error(
                "iterating-worlds", target, what, "It runs over worlds, not over components.", fix
            )
        elements = kind.elements
        if elements is None or len(elements) != len(target.elts):
            elements = (kind.item or ANY,) * len(target.elts)
        for part, element in zip(target.elts, elements, strict=True):
            self.store(part, element)

    def _store_item(self, target: ast.Subscript, value: Kind) -> None:
        holder = self.kind(target.value)
        key = target.slice
        if holder.tag == "dict" and isinstance(target.value, ast.Name):
            text = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
            self.names[target.value.id] = with_item(holder, text, value)
            return
        what = f"`{shown(target)} = …` writes in place."
        constant = holder.tag == "sequence" and self._is_constant(target.value)
        if constant or holder.tag in ("table", "any"):
            why = "Constants of the module never change: a second call would pay something else."
            fix = "Keep state across steps in MEMORY, or write a new list or dictionary of your own."
            self.flow.error("constant-state", target, what, why, fix)
            return
        fix = "Write a new list or dictionary of your own."
        if holder.worlds:
            fix = item_written(target, self.kind(key))
        why = "Arrays are never written: JAX refuses it, and signals are shared."
        self.flow.error("in-place", target, what, why, fix)

    def _is_constant(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Subscript):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.constants and node.id not in self.names

    def refuse_branch(
        self, node: ast.expr | ast.stmt, test: ast.expr, construct: str, instead: ast.AST | str
    ) -> None:
        """Report a branch on what has a value for each world; `instead` is a rewrite, or words."""
        kind = self.kind(test)
        if not kind.worlds and kind.tag != "const":
            return
        what = f"{construct} depends on the array `{shown(test)}`."
        why = "Every world has its own value, so Python cannot choose one branch."
        if isinstance(instead, str):
            self.flow.error("array-branching", node, what, why, instead)
        else:
            self.flow.report.rewrite("array-branching", node, what, why, instead)

    def iterated(self, node: ast.expr) -> Kind:
        """Return what a loop over an expression gives at every step."""
        kind = self.kind(node)
        if kind.worlds:
            what = f"The loop runs over the array `{shown(node)}`."
            why = "That is a loop over worlds; arrays are handled whole."
            self.flow.error(
                "iterating-worlds", node, what, why, "Leave the loop out, or loop over columns: x[:, i]."
            )
            return ARRAY
        if kind.tag in ("dict", "table"):
            return SCALAR
        return kind.item or ANY
