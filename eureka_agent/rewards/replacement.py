"""An edit of a reward's source: one piece of it, and what is to stand there instead."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Replacement:
    """Lines count from 1, columns from 0 in bytes of UTF-8, as in syntax trees; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    @classmethod
    def of(cls, node: ast.expr | ast.stmt, text: str) -> Replacement:
        """Return the edit that puts `text` where a parsed node stands."""
        # The parser gives every node an end.
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return cls(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, text)

    def applied(self, source: str) -> str:
        """Return the source with the edit; ValueError where it has no such lines."""
        lines = source.encode().splitlines(keepends=True)
        if not 1 <= self.line <= self.end_line <= len(lines):
            raise ValueError(f"there are no lines {self.line} to {self.end_line}")
        before = b"".join(lines[: self.line - 1]) + lines[self.line - 1][: self.column]
        after = lines[self.end_line - 1][self.end_column :] + b"".join(lines[self.end_line :])
        return (before + self.text.encode() + after).decode()
