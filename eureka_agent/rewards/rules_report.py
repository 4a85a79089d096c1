"""Where the static rules put what they find."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.replacement import Replacement
from eureka_agent.rewards.rewrites import code, told

Severity = Literal["error", "warning"]
_ATOMS = (ast.Call, ast.Name, ast.Subscript, ast.Attribute)
"""What binds tighter than any operator around it."""


@dataclass
class Report:
    """Collects findings; of the same one found twice the one with a replacement is kept."""

    found: dict[tuple[str, int | None, str], Finding] = field(default_factory=dict)

    def add(
        self,
        rule: str,
        where: ast.AST | None,
        what: str,
        why: str,
        fix: str,
        *,
        severity: Severity = "error",
        replacement: Replacement | None = None,
    ) -> None:
        """Note one finding at a node's line (None: it concerns the whole)."""
        line = getattr(where, "lineno", None)
        finding = Finding(rule, severity, line, what, why, fix, replacement=replacement)
        known = self.found.get((rule, line, what))
        if known is None or (known.replacement is None and replacement is not None):
            self.found[rule, line, what] = finding

    def has(self, rule: str, where: ast.AST, what: str) -> bool:
        """Say whether a finding is known."""
        return (rule, getattr(where, "lineno", None), what) in self.found

    def drop(self, rule: str, where: ast.AST, what: str) -> None:
        """Forget a finding of which more is known by now."""
        self.found.pop((rule, getattr(where, "lineno", None), what), None)

    def rewrite(
        self,
        rule: str,
        where: ast.expr | ast.stmt,
        what: str,
        why: str,
        instead: ast.AST,
        *,
        also: str = "",
    ) -> None:
        """Note an error whose fix is `instead`, which pays every world the same as what stands there.

        `also` follows the printed fix; it says where it holds, if that is not everywhere.
        """
        text = code(instead)
        bare = isinstance(instead, (*_ATOMS, ast.stmt))
        replacement = Replacement.of(where, text if bare else f"({text})")
        self.add(rule, where, what, why, f"Write {told(instead)}{also}.", replacement=replacement)

    def findings(self) -> list[Finding]:
        """Return all findings by line; those about the whole come first."""
        return sorted(self.found.values(), key=lambda f: (f.line or 0, f.severity, f.rule, f.what))
