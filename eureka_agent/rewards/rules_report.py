"""Where the static rules put what they find."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from eureka_agent.rewards.findings import Finding


@dataclass
class Report:
    """Collects findings; the same one found twice is kept once."""

    found: dict[tuple[str, int | None, str], Finding] = field(default_factory=dict)

    def add(
        self,
        rule: str,
        where: ast.AST | None,
        what: str,
        why: str,
        fix: str,
        *,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """Note one finding at a node's line (None: it concerns the whole)."""
        line = getattr(where, "lineno", None)
        self.found.setdefault((rule, line, what), Finding(rule, severity, line, what, why, fix))

    def findings(self) -> list[Finding]:
        """Return all findings by line; those about the whole come first."""
        return sorted(self.found.values(), key=lambda f: (f.line or 0, f.severity, f.rule, f.what))
