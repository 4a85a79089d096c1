"""An attack program: one small reward module that tries one thing it must not be able to do."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from scene import Scene

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Attack:
    """A program of the corpus. `calls` is how often its reward is asked for (`CALLS = …` in the file)."""

    name: str
    """`<what it is after>/<how>`, e.g. `"secrets/own_environment"`."""
    text: str
    says: str
    calls: int

    def source(self, scene: Scene) -> str:
        """Return the program with the scene's places, ports and pids written in for `SCENE.<name>`."""
        return re.sub(r"SCENE\.(\w+)", lambda match: repr(scene.shown(match[1])), self.text)


def read_attack(path: Path) -> Attack:
    """Read one program; what it tries is the first line of its docstring."""
    text = path.read_text()
    calls = re.search(r"^CALLS = (\d+)", text, re.MULTILINE)
    says = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    name = path.relative_to(PROGRAMS).with_suffix("").as_posix()
    return Attack(name, text, says[0] if says else "", int(calls[1]) if calls else 1)


ATTACKS = [read_attack(path) for path in sorted(PROGRAMS.rglob("*.py"))]
