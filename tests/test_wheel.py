"""The package as a stranger gets it: the built wheel, an empty folder, the oldest Gymnasium that is allowed.

The development environment has the newest Gymnasium; together they are both ends of what can be installed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
OLDEST = re.search(r'"gymnasium\[mujoco\]>=([\d.]+)"', (CHECKOUT / "pyproject.toml").read_text())


def run(*command: str | Path, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, CHECKOUT, cwd=out)
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh virtual environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("stranger") / "venv"
    (wheel,) = built.glob("*.whl")
    assert OLDEST is not None
    run(sys.executable, "-m", "venv", folder, cwd=built)
    run(
        folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--retries", "10", "--timeout", "60",
        "--constraint", CHECKOUT / "constraints.txt", wheel, f"gymnasium=={OLDEST[1]}.0", cwd=built,
    )  # fmt: skip
    return folder / "bin"


@pytest.fixture(scope="module")
def tools(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pytest, apart from the environment: it brings packages that a stranger may not have."""
    folder = tmp_path_factory.mktemp("tools")
    run(
        installed / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--target", folder, "pytest", "hypothesis", cwd=folder,
    )  # fmt: skip
    return folder


def test_wheel_and_sdist_carry_tasks_templates_and_types(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in ("py.typed", "_bundled/envs/cartpole/task.toml", "_bundled/templates/designer/system.md.j2",
        "_bundled/templates/report/page.html.j2", "_bundled/templates/report/style.css",
        "_bundled/templates/serve/base.html.j2", "serve/static/htmx.min.js", "serve/static/htmx.LICENSE",
        "serve/static/dashboard.js", "serve/static/films.js"):  # fmt: skip
        assert f"eureka_agent/{name}" in names
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert {
        "envs/cartpole/task.py",
        "templates/designer/system.md.j2",
        "LICENSE",
        "SECURITY.md",
        "tests/test_wheel.py",
    } <= inside


def test_a_tiny_evolution_runs_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    tiny = [
        "--generations",
        "1",
        "--samples",
        "2",
        "--env-steps",
        "512",
        "--confirm-seeds",
        "2",
        "--confirm-top",
        "1",
    ]
    result = json.loads(run(installed / "eureka-agent", "evolve", "cartpole", *tiny, "--json", cwd=tmp_path))
    assert Path(tmp_path / result["reward"]).exists()
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_every_bundled_task_without_an_extra_can_be_built_with_nothing_but_what_the_wheel_requires(
    installed: Path, tmp_path: Path
) -> None:
    build = (
        "import eureka_agent as e\n"
        "for task in e.list_tasks():\n"
        "    if not task.missing: e.find_task(task.name).make_env().close(); print(task.name)"
    )
    names = run(installed / "python", "-c", build, cwd=tmp_path).split()
    every = {path.parent.name for path in CHECKOUT.glob("envs/*/task.toml")}
    assert set(names) == {name for name in every if not name.startswith(("nethack_", "minihack_"))}


def test_the_oldest_gymnasium_passes_the_tests_of_tasks_and_wrappers(
    installed: Path, tools: Path, tmp_path: Path
) -> None:
    assert OLDEST is not None
    version = run(installed / "python", "-c", "import gymnasium; print(gymnasium.__version__)", cwd=tmp_path)
    assert version.strip() == f"{OLDEST[1]}.0"
    tests = [CHECKOUT / "tests" / "tasks", CHECKOUT / "tests" / "rewards" / "test_wrapper.py"]
    with_tools = f"import sys; sys.path.append({str(tools)!r}); import pytest; sys.exit(pytest.main())"
    out = run(
        installed / "python",
        "-c",
        with_tools,
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        *tests,
        cwd=tmp_path,
    )
    assert re.search(r"\d+ passed", out)
