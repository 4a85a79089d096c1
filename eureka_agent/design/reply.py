"""From a model's reply to the source of a reward function, by syntax tree: never by the first `def`."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass

from eureka_agent.design.blocks import Block, bare_block, fenced_blocks, normalised, parse
from eureka_agent.errors import nearest
from eureka_agent.llm.thinking import without_thinking
from eureka_agent.rewards.findings import Finding

_REFUSAL = re.compile(
    r"\b(I('m| am) (sorry|unable|not able)|I (can('|no)t|can not|won't|will not)|As an AI)\b", re.IGNORECASE
)
_BUILTINS = frozenset(dir(builtins))
_USUAL_IMPORTS = {"np": "import numpy as np", "math": "import math"}
_ANSWER = "Write one fenced python block with the complete module."


@dataclass(frozen=True)
class Extracted:
    """A reward's source, or the reasons why the reply holds none."""

    source: str | None
    problems: tuple[Finding, ...] = ()


def extract_reward(text: str, function: str = "compute_reward") -> Extracted:
    """Return the module that defines `function`, as the reply's last complete block has it. Never raises.

    Helpers, constants and imports that the block uses but only an earlier block defines are joined to it; a
    forgotten `import numpy as np` is added. Example calls, prints and `if __name__` blocks are dropped.
    Everything else is kept as written, for the critic to judge.
    """
    visible = without_thinking(normalised(text))
    if not visible.strip():
        what = "Your reply holds nothing but thinking." if text.strip() else "Your reply is empty."
        return _problem("empty", what, _ANSWER)
    blocks = [_repaired(block, function) for block in fenced_blocks(visible)]
    if not any(_mentions(block.text, function) for block in blocks):
        bare = bare_block(visible)
        blocks += [bare] if bare is not None else []
    whole = [i for i, block in enumerate(blocks) if _is_whole(block, function)]
    if not whole:
        return _explain(visible, blocks, function)
    return Extracted(_module(blocks[whole[-1]], blocks[: whole[-1]], function))


def _repaired(block: Block, function: str) -> Block:
    """Return `block` without the prose that got into it, if nothing that looks like code is lost by that."""
    if block.tree is not None or not _mentions(block.text, function):
        return block
    bare = bare_block(block.text)
    if bare is None or bare.tree is None:
        return block
    kept = set(bare.text.split("\n"))
    lost = [line for line in block.text.split("\n") if line.strip() and line not in kept]
    return (
        block if any(_looks_like_code(line) for line in lost) else Block(bare.text, block.closed, bare.tree)
    )


def _looks_like_code(line: str) -> bool:
    if line.lstrip().startswith("#"):
        return False
    return bool(re.match(r"\s|(def|class|import|from|return)\b|@|[)\]}]|\w+\s*=[^=]", line))


def _is_whole(block: Block, function: str) -> bool:
    """Say whether the block defines `function` and the reply did not break off inside it."""
    definition = _definition(block.tree, function)
    if definition is None or block.tree is None:
        return False
    cut = not block.closed and block.tree.body[-1] is definition
    return not cut or _ends_in_return(definition.body)


def _ends_in_return(body: Sequence[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.If):
        return _ends_in_return(last.body) and bool(last.orelse) and _ends_in_return(last.orelse)
    return isinstance(last, ast.Return)


def _definition(tree: ast.Module | None, function: str) -> ast.FunctionDef | None:
    """Return the last top-level definition of `function`: the one that Python would call."""
    if tree is None:
        return None
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function]
    return found[-1] if found else None


def _mentions(text: str, function: str) -> bool:
    return re.search(rf"\bdef\s+{re.escape(function)}\b", text) is not None


# What goes into the module


def _module(chosen: Block, earlier: Sequence[Block], function: str) -> str:
    tree = chosen.tree or ast.Module([], [])
    body = _tidy(chosen.text, tree, function)
    joined = _missing_definitions(body, earlier, function)
    text = "\n\n\n".join([*joined, body]) if joined else body
    missing = _undefined(text)
    imports = [line for name, line in _USUAL_IMPORTS.items() if name in missing]
    return "\n".join(imports) + "\n\n\n" + text if imports else text


def _tidy(text: str, tree: ast.Module, function: str) -> str:
    """Return `text` without statements that only show the function at work, and without older versions."""
    definition = _definition(tree, function)
    position = tree.body.index(definition) if definition is not None else 0
    used = {name for node in tree.body for name in _globals_read(node, function)}
    dropped = []
    for index, node in enumerate(tree.body):
        older = isinstance(node, ast.FunctionDef) and node.name == function and node is not definition
        after = index > position
        if older or (index > 0 and _is_expression(node)) or _is_call_only(node, function, used, after=after):
            dropped.append(node)
    if _starts_with_noise(tree):
        dropped.insert(0, tree.body[0])
    return _without(text, tree, dropped)


def _starts_with_noise(tree: ast.Module) -> bool:
    """Say whether the first statement is an expression other than the module's docstring."""
    return bool(tree.body) and _is_expression(tree.body[0]) and ast.get_docstring(tree) is None


def _is_expression(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) or (isinstance(node, ast.AnnAssign) and node.value is None)


def _is_call_only(node: ast.stmt, function: str, used: set[str], *, after: bool) -> bool:
    """Say whether a statement is an example or a test: it uses the function, or sets what nobody reads."""
    if isinstance(node, ast.If):
        return "__name__" in _read(node.test) or function in _read(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    if function in _read(node):
        return True
    if after and isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return not (_bound(node) & (used | {"MEMORY"}))
    return False


def _without(text: str, tree: ast.Module, dropped: Sequence[ast.stmt]) -> str:
    """Return `text` without the lines of `dropped` and the comments right above them."""
    if not dropped:
        return text.strip("\n") + "\n"
    lines = text.split("\n")
    gone: set[int] = set()
    for node in dropped:
        first = _first_line(node)
        gone |= set(range(first, (node.end_lineno or first) + 1))
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
            gone.add(first)
    kept = [node for node in tree.body if node not in dropped]
    if any(gone & set(range(_first_line(node), (node.end_lineno or 0) + 1)) for node in kept):
        pieces = [ast.get_source_segment(text, node) or "" for node in kept]  # statements share a line
        return "\n\n\n".join(pieces) + "\n"
    rest = "\n".join(line for number, line in enumerate(lines, start=1) if number not in gone)
    return re.sub(r"\n{4,}", "\n\n\n", rest).strip("\n") + "\n"


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _missing_definitions(body: str, earlier: Sequence[Block], function: str) -> list[str]:
    """Return, in order, the statements of earlier blocks that define names which `body` uses and lacks."""
    wanted = _undefined(body)
    found: list[str] = []
    known: set[str] = set()
    while wanted - known:
        name = sorted(wanted - known)[0]
        known.add(name)
        source = _definition_of(name, earlier, function)
        if source is None:
            continue
        found.insert(0, source)
        known |= _bound_by(source)
        wanted |= _undefined(source)
    imports = [text for text in found if text.startswith(("import ", "from "))]
    return ["\n".join(imports)] * bool(imports) + [text for text in found if text not in imports]


def _definition_of(name: str, blocks: Sequence[Block], function: str) -> str | None:
    for block in reversed(blocks):
        for node in reversed(block.tree.body if block.tree is not None else []):
            if name in _bound(node) and name != function:
                segment = ast.get_source_segment(block.text, node) or ""
                decorators = block.text.split("\n")[_first_line(node) - 1 : node.lineno - 1]
                return "\n".join([*decorators, segment])
    return None


def _undefined(text: str) -> set[str]:
    """Return the names that are read somewhere and bound nowhere; scopes are not told apart."""
    tree = parse(text)
    if isinstance(tree, SyntaxError):
        return set()
    read = _read(tree)
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    for node in ast.walk(tree):
        bound |= _bound(node)
    return read - bound - _BUILTINS


def _globals_read(node: ast.stmt, function: str) -> set[str]:
    """Return the names that a definition reads and does not bind itself, or that a constant is made of."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and function not in _read(node):
        return _read(node)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return set()
    own = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    own |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return _read(node) - own


def _read(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _bound_by(text: str) -> set[str]:
    tree = parse(text)
    return set() if isinstance(tree, SyntaxError) else {name for node in tree.body for name in _bound(node)}


def _bound(node: ast.AST) -> set[str]:
    """Return the names that one statement binds: a definition, an import or an assignment."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return set()


# Why there is none


def _explain(text: str, blocks: Sequence[Block], function: str) -> Extracted:
    """Return the finding that helps most: what stands in the reply instead of the function."""
    meant = [block for block in blocks if _mentions(block.text, function)]
    if meant:
        return _explain_broken(meant[-1], function)
    if _mentions(text, function):
        return _problem("syntax", f"The definition of {function} is no valid Python.", _ANSWER)
    other = _other_functions(blocks)
    if other:
        close = nearest(function, other) or other[-1]
        return _problem(
            "wrong-name",
            f"Your code defines {', '.join(f'`{name}`' for name in other[:5])}, but no `{function}`.",
            f"Name the reward function `{function}`; `{close}` seems to be meant." if close else "",
        )
    if not blocks and _REFUSAL.search(text):
        return _problem("refusal", "Your reply declines to write a reward function.", _ANSWER)
    if any(not block.closed and block.tree is None for block in blocks):
        return _problem(
            "truncated", "Your reply breaks off inside the code.", "Answer again, and more briefly."
        )
    return _problem("no-code", f"Your reply holds no definition of `{function}`.", _ANSWER)


def _explain_broken(block: Block, function: str) -> Extracted:
    if not block.closed:
        return _problem(
            "truncated", "Your reply breaks off inside the code.", "Answer again, and more briefly."
        )
    if block.error is not None:
        line = block.error.lineno
        lines = block.text.split("\n")
        code = f" (`{lines[line - 1].strip()[:120]}`)" if line and 1 <= line <= len(lines) else ""
        what = f"The code is no valid Python: {block.error.msg}, line {line}{code}."
        return _problem("syntax", what, "Correct the syntax and write the complete module again.", line=line)
    return _problem(
        "not-a-function",
        f"`{function}` is defined inside a class or another function, or is not an ordinary function.",
        f"Define `{function}` at module level, without `self`; its arguments are signals.",
    )


def _other_functions(blocks: Sequence[Block]) -> list[str]:
    trees = [block.tree for block in blocks if block.tree is not None]
    return [node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]


def _problem(rule: str, what: str, fix: str, *, line: int | None = None) -> Extracted:
    return Extracted(None, (Finding(f"reply-{rule}", "error", line, what, "", fix),))
