"""What a check found in a reward: rule, line, what, why, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from eureka_agent.rewards.replacement import Replacement


@dataclass(frozen=True)
class Finding:
    """One thing a check has to say.

    An `error` refuses the reward, a `warning` only reaches the prompt, a `note` tells a person what was done.
    """

    rule: str
    severity: Literal["error", "warning", "note"]
    line: int | None
    """1-based line of the reward's source; None where it concerns the whole."""
    what: str
    why: str
    fix: str
    value: float | None = field(default=None, kw_only=True)
    """What was measured, where the rule measures one number; logs hold it only then."""
    replacement: Replacement | None = field(default=None, compare=False, kw_only=True)
    """The fix as an edit of the source, where there is one that pays every world the same. It is not logged:
    whoever needs it asks the rules again."""

    def to_json(self) -> dict[str, Any]:
        """Return a plain dictionary that `from_json` reads back, without the replacement."""
        data = asdict(self)
        del data["replacement"]
        if self.value is None:
            del data["value"]  # as in logs of earlier versions
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """Rebuild a finding from `to_json`'s dictionary."""
        return cls(**data)

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}[{self.rule}] {self.what} {self.why} {self.fix}".strip()
