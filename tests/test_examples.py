"""The scripts of `examples/` run as a person starts them, only shorter."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from doc_blocks import CHECKOUT, PAGES

EXAMPLES = sorted((CHECKOUT / "examples").glob("*.py"))
REFERENCE = str(CHECKOUT / "envs" / "cartpole" / "reference.py")


def run(name: str, *arguments: str, cwd: Path) -> str:
    """Run a script; small networks on one thread, so that it does not wait for busy cores."""
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "examples" / name), *arguments],
        cwd=cwd, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"{name}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the run of the first example, and what that printed."""
    folder = tmp_path_factory.mktemp("searched")
    return folder, run("evolve_gym.py", "CartPole-v1", "Keep the pole up.", "256", cwd=folder)


def test_a_gymnasium_id(searched: tuple[Path, str]) -> None:
    folder, printed = searched
    assert "steps so far" in printed
    reward, summary = printed.splitlines()[-1].split()
    assert "compute_reward" in (folder / reward).read_text()
    assert (folder / summary).is_file()


def test_a_finished_run(searched: tuple[Path, str]) -> None:
    folder, printed = searched
    read = run("read_run.py", "latest", cwd=folder)
    assert read.splitlines()[0] == printed.splitlines()[-2], "both say the same verdict"
    assert {"reference", "sparse"} <= {line.split()[0] for line in read.splitlines() if line.strip()}
    assert "curve [" in read
    assert "def compute_reward" in read


def test_a_notebook(searched: tuple[Path, str]) -> None:
    pytest.importorskip("marimo", reason="marimo is not installed")
    folder, printed = searched
    assert printed.splitlines()[-2] in run("explore_run.py", "--run", "latest", cwd=folder)


def test_an_environment_of_ones_own(tmp_path: Path) -> None:
    assert "def compute_reward" in run("evolve_own_env.py", "256", cwd=tmp_path)


def test_stable_baselines3(tmp_path: Path) -> None:
    pytest.importorskip("stable_baselines3", reason="Stable-Baselines3, an extra, is not installed")
    printed = run("train_sb3.py", REFERENCE, "512", cwd=tmp_path)
    assert {"alive", "lean", "off_centre", "native_return"} <= set(printed.replace("|", " ").split())


def test_a_loop_in_torch(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch, an extra, is not installed")
    printed = run("train_torch.py", REFERENCE, "10", cwd=tmp_path)
    assert float(printed.split()[-1]) > 1, "of CartPole's own rewards, one a step"


def test_jax(tmp_path: Path) -> None:
    printed = run("reward_in_jax.py", REFERENCE, cwd=tmp_path)
    assert "reward (16, 4096)" in printed
    assert {"alive:", "lean:", "off_centre:"} <= set(printed.split())
    assert float(printed.split()[-1]) < 1e-4


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_says_how_to_run_it_and_is_listed(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 40
    assert f"`python examples/{path.name}" in (ast.get_docstring(ast.parse(text)) or "")
    readme, *pages = (page.read_text() for page in PAGES)
    assert f"](examples/{path.name})" in readme
    assert any(f"--8<--\nexamples/{path.name}\n" in page for page in pages), "the site shows it"
