"""The environment as the designer may read it: documentation, constants, observation, ending; no reward."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import gymnasium as gym

from eureka_agent.tasks.docsections import (
    MENTIONS_REWARD,
    kept_sections,
    reward_sections,
    without_goal,
    without_rewards,
)
from eureka_agent.tasks.robot import robot_text
from eureka_agent.tasks.slicing import mentions_reward, names_in, returned, reward_slice, step_slice

_SHOWN_METHOD = re.compile(r"(^|_)(obs?|observation|terminal|terminated|termination|truncated|healthy|done)$")
_REWARD_METHOD = re.compile(r"(^|_)rew|reward|cost", re.IGNORECASE)
_FOREIGN = ("gymnasium.core", "builtins")


@dataclass(frozen=True)
class EnvironmentContext:
    """What an environment's class says of itself."""

    text: str = ""
    """Documentation and code for the designer's prompt; speaks of no reward."""
    description: str = ""
    """The documentation's description alone, in words."""
    reward: str = ""
    """Documentation and code of the native reward; shown only where the person asks for it."""


def environment_context(env: gym.Env, *, goal: bool = True) -> EnvironmentContext:
    """Read an environment's class; parts whose source cannot be found are left out.

    Without `goal`, sentences on the environment's own goal are left out: the task states another.

    Statements reach the code shown only if the state, the observation or the ending depends on them: a
    backward slice of `step`, so that what feeds only the returned reward is never there.
    """
    inner = env.unwrapped
    doc = inspect.getdoc(type(inner)) if type(inner).__doc__ else None
    step = _function(type(inner), "step")
    shown = [] if step is None else _shown_methods(inner)
    kept = [] if step is None else step_slice(step, _attributes(shown))
    words = without_rewards(doc or "")
    words = words if goal else without_goal(words)
    code = _code(inner, kept, shown, _named_in(words) - _paid_by(inner, step, kept))
    text = [f"Documentation:\n{words}"] if words else []
    text += [f"Code:\n{code}"] if code else []
    robot = robot_text(env)
    text += [f"The robot's joints, as its model has them:\n\n{robot}"] if robot else []
    return EnvironmentContext(
        "\n\n".join(text), _description(doc or ""), _reward(inner, doc or "", step, kept)
    )


def _description(doc: str) -> str:
    """Return the first paragraphs of the description, as one line each."""
    for section in kept_sections(doc):
        if section.heading.lower() in ("", "description"):
            paragraphs = re.split(r"\n\s*\n", section.text.removeprefix(f"## {section.heading}").strip())
            words = [" ".join(paragraph.split()) for paragraph in paragraphs]
            return "\n".join(
                word for word in words if word and not word.startswith(("|", "`", "-", "!", "@"))
            )
    return ""


def _function(owner: type, name: str) -> ast.FunctionDef | None:
    """Return the parsed source of a method or property, or None where there is none to be found."""
    found: Any = inspect.getattr_static(owner, name, None)
    if isinstance(found, property):
        found = found.fget
    if not inspect.isfunction(found) or found.__module__ in _FOREIGN:
        return None
    try:
        module = ast.parse(textwrap.dedent(inspect.getsource(found)))
    except (OSError, TypeError, SyntaxError):
        return None
    function = module.body[0]
    return function if isinstance(function, ast.FunctionDef) else None


def _shown_methods(env: gym.Env) -> list[ast.FunctionDef]:
    """Return the methods and properties that make the observation or decide the ending, cleaned."""
    names = [
        name for name in dir(type(env)) if _SHOWN_METHOD.search(name) and not _REWARD_METHOD.search(name)
    ]
    found = [function for name in names if (function := _function(type(env), name)) is not None]
    cleaned = [_cleaned(function) for function in found]
    return [function for function in cleaned if not mentions_reward(function)]


class _Cleaner(ast.NodeTransformer):
    """Drops docstrings, assertions and every simple statement that speaks of rewards."""

    def generic_visit(self, node: ast.AST) -> Any:
        """Return the node without what must not be shown, or None."""
        bare_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Assert) or bare_text:
            return None
        simple = isinstance(node, ast.stmt) and not hasattr(node, "body")
        if simple and mentions_reward(node):
            return None
        super().generic_visit(node)
        if hasattr(node, "body") and isinstance(node, ast.stmt) and not getattr(node, "body", None):
            return None
        return node


def _cleaned(function: ast.FunctionDef) -> ast.FunctionDef:
    body = [kept for statement in function.body if (kept := _Cleaner().visit(statement)) is not None]
    function.body = body or [ast.Pass()]
    return function


def _attributes(functions: Sequence[ast.FunctionDef]) -> set[str]:
    return {name for function in functions for name in names_in(function) if name.startswith("self.")}


def _named_in(words: str) -> set[str]:
    """Return the attributes that a documentation names: words with an underscore, as they are or private."""
    named = {word for word in re.findall(r"[A-Za-z]\w*", words.replace("\\_", "_")) if "_" in word}
    return {f"self.{prefix}{word}" for word in named for prefix in ("", "_")}


def _paid_by(env: gym.Env, step: ast.FunctionDef | None, kept: Sequence[ast.stmt]) -> set[str]:
    """Return the attributes that the native reward reads."""
    paid: list[ast.AST] = [] if step is None else [*reward_slice(step, kept)]
    names = [name for name in dir(type(env)) if _REWARD_METHOD.search(name)]
    paid += [function for name in names if (function := _function(type(env), name)) is not None]
    return set().union(*(names_in(node) for node in paid))


def _code(env: gym.Env, kept: Sequence[ast.stmt], shown: Sequence[ast.FunctionDef], named: set[str]) -> str:
    """Return constants, methods and the sliced step as one text; empty if it still speaks of rewards.

    Constants are those that the code shown refers to, and those that the documentation shown `named`.
    """
    used = set().union(*(names_in(node) for node in [*kept, *shown])) if kept or shown else set()
    parts = [
        *_control_step(env),
        *_constants(env, used | named),
        *(ast.unparse(function) for function in shown),
    ]
    if kept:
        parts.append("\n".join(["# In step(action):", *(ast.unparse(statement) for statement in kept)]))
    text = "\n".join(parts)
    return "" if MENTIONS_REWARD.search(text) else text


def _control_step(env: gym.Env) -> list[str]:
    """Return the seconds of a control step, where the environment says them as Gymnasium's MuJoCo ones do."""
    dt = getattr(env, "dt", None)
    return [f"dt = {dt:.6g}  # seconds of a control step"] if isinstance(dt, float) else []


def _constants(env: gym.Env, used: Iterable[str]) -> list[str]:
    """Return `name = value` for those numbers, flags and words of the environment that are `used`.

    Only those: a weight that feeds nothing but the reward is not among them, whatever its name. Values
    that change while stepping are no constants: only class attributes and what `__init__` sets count.
    """
    tainted = _tainted_attributes(env)
    lines = []
    for name in sorted(name.removeprefix("self.") for name in used if name.startswith("self.")):
        value = inspect.getattr_static(env, name, None)
        if name not in tainted and not MENTIONS_REWARD.search(name) and _is_plain(value):
            lines.append(
                f"{name} = {value!r}" if not hasattr(value, "item") else f"{name} = {value.item()!r}"
            )
    return lines


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return len(value) <= 4 and all(isinstance(entry, Real) for entry in value)
    return isinstance(value, Real) or (isinstance(value, str) and len(value) < 40)


def _tainted_attributes(env: gym.Env) -> set[str]:
    """Return attributes that `__init__` computes from something named after rewards, and changing ones."""
    tainted: set[str] = set()
    init, step = _function(type(env), "__init__"), _function(type(env), "step")
    for function in (init, step):
        for node in ast.walk(function) if function is not None else ():
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if function is step or (node.value is not None and mentions_reward(node.value)):
                    names = set().union(*(names_in(target) for target in targets))
                    tainted |= {name.removeprefix("self.") for name in names if name.startswith("self.")}
    return tainted


def _reward(env: gym.Env, doc: str, step: ast.FunctionDef | None, kept: Sequence[ast.stmt]) -> str:
    """Return the native reward in words and code."""
    parts = [words] if (words := reward_sections(doc)) else []
    if step is not None and returned(step, 1):
        lines = [ast.unparse(statement) for statement in reward_slice(step, kept)]
        parts.append("\n".join(["# In step(action):", *lines]))
        names = [name for name in vars(type(env)) if _REWARD_METHOD.search(name)]
        found = [function for name in names if (function := _function(type(env), name)) is not None]
        parts += [ast.unparse(function) for function in found]
    return "\n\n".join(parts)
