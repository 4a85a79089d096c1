"""Imports point one way, and what must be instant imports little."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "eureka_agent"
BASE = {"errors", "seeds", "resources", "config", "_version", "budget", "escaping", "files", "arrays"}
ROOMS = (
    "tasks", "trajectories", "preferences", "rewards", "archive", "isolation", "store", "feedback", "llm",
    "analysis", "intrinsic",
    "training", "critique", "design", "report", "evolution", "api", "serve", "cli",
)  # fmt: skip
"""From the ground up: a room imports those before it, and none beside or above it."""

RANK = {**dict.fromkeys(BASE, 0), **{room: rank for rank, room in enumerate(ROOMS, start=1)}}

INTRINSIC = PACKAGE / "intrinsic"
INTRINSIC_RANK = {"saving": 0, "shares": 0, "captioning": 1, "annotation": 2, "models": 3}
"""Modules that its rooms share, and the rooms; the other modules of the folder lie above them."""


def rooms_imported_by(path: Path, package: str = "eureka_agent") -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != package else [f"{package}.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {
            name.removeprefix(f"{package}.").split(".")[0] for name in names if name.startswith(f"{package}.")
        }
    return found


def modules() -> list[Path]:
    return [
        p
        for p in PACKAGE.rglob("*.py")
        if p.relative_to(PACKAGE).parts[0] not in ("__init__.py", "__main__.py")
    ]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert own in RANK, f"{own} has no place in the layers"
    for room in rooms_imported_by(path):
        assert room in RANK, f"{room} has no place in the layers"
        below = room == own or RANK[room] < max(1, RANK[own])
        assert below, f"{path.name} ({own}) imports {room}, which does not lie below it"


def test_the_rooms_of_intrinsic_import_one_way() -> None:
    above = {path.stem for path in INTRINSIC.glob("*.py")} - set(INTRINSIC_RANK)
    for path in INTRINSIC.rglob("*.py"):
        own = path.relative_to(INTRINSIC).parts[0].removesuffix(".py")
        if own in above:
            continue
        assert own in INTRINSIC_RANK, f"{own} has no place among the rooms"
        for room in rooms_imported_by(path, "eureka_agent.intrinsic") - {own}:
            below = INTRINSIC_RANK.get(room, len(INTRINSIC_RANK)) < INTRINSIC_RANK[own]
            assert below, f"{path.name} ({own}) imports {room}, which does not lie below it"


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join({{m.split('.')[0] for m in sys.modules}}))"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_the_command_line_loads_nothing_heavy() -> None:
    loaded = loaded_after("import eureka_agent.cli.app")
    assert not loaded & {"numpy", "gymnasium", "torch", "jax", "pydantic", "jinja2", "scipy"}


def test_a_reward_worker_loads_numpy_and_nothing_else_that_is_heavy() -> None:
    loaded = loaded_after("import eureka_agent.isolation.worker")
    assert "numpy" in loaded
    assert not loaded & {"gymnasium", "torch", "jax", "pydantic", "jinja2", "scipy", "typer"}


def test_importing_the_package_is_light() -> None:
    assert not loaded_after("import eureka_agent") & {"numpy", "gymnasium", "torch", "pydantic"}


def test_every_public_name_exists() -> None:
    import eureka_agent

    for name in eureka_agent.__all__:
        assert getattr(eureka_agent, name) is not None
