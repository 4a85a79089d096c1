"""What ends the reading of a natural reward: a finding of our own, or what the critic speaks about."""

from __future__ import annotations

import ast
from typing import NoReturn

from eureka_agent.rewards.findings import Finding

RULE = "natural"
"""The rule by which findings of the normaliser go, where there is no better one."""


class RefusedFormError(Exception):
    """A natural form that has no portable one; the finding says why, and what to write instead."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


class LeftToCriticError(Exception):
    """Something that is no matter of form: the static rules refuse it, and say why."""

    def __init__(self, node: ast.AST | None = None) -> None:
        super().__init__()
        self.node = node
        """The innermost statement or expression that was being read."""

    def at(self, node: ast.AST) -> LeftToCriticError:
        """Return the error with a place, where it has none yet."""
        self.node = self.node or node
        return self


def refuse(node: ast.AST | None, what: str, why: str, fix: str, *, rule: str = RULE) -> NoReturn:
    """Raise RefusedFormError at a node's line."""
    line = getattr(node, "lineno", None)
    raise RefusedFormError(Finding(rule, "error", line, what, why, fix))
