"""The GPU benchmark runs small on a CPU, and says what it ran on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mujoco.mjx", reason="needs MJX: pip install 'eureka-agent[gpu]'")

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_the_benchmark_runs_small_on_a_cpu(tmp_path: Path) -> None:
    sizes = {"--candidates": ["1", "2"], "--worlds": ["4"], "--iterations": ["1"], "--env-steps": ["64"]}
    command = [sys.executable, "benchmarks/gpu.py", "--device", "cpu", "--tasks", "reacher"]
    command += [word for option, values in sizes.items() for word in (option, *values)]
    command += ["--output", str(tmp_path / "gpu.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "EUREKA_AGENT_CACHE": str(tmp_path / "cache")}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    report = json.loads((tmp_path / "gpu.json").read_text())
    assert report["platform"] == "cpu"
    assert set(report["versions"]) >= {"jax", "mujoco", "mujoco-mjx"}
    assert [(row["task"], row["candidates"], row["worlds"]) for row in report["rows"]] == [
        ("reacher", 1, 4),
        ("reacher", 2, 4),
    ]
    for row in report["rows"]:
        assert row["steps"] == row["candidates"] * 4 * row["n_steps"]
        assert row["steps_a_second"] > 0
        assert row["alive"] == row["candidates"]
        assert not row["generation"]["failures"]
        assert len(row["generation"]["fitness"]) == row["candidates"]
