"""The command line as a person meets it: real processes, real exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sandbox_helpers import eventually

TINY = [
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
CHECKOUT = Path(__file__).parents[2]


def cli(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200", **variables}
    command = [sys.executable, "-m", "eureka_agent", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which one tiny evolution has finished."""
    folder = tmp_path_factory.mktemp("work")
    done = cli("evolve", "cartpole", *TINY, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["winner"]
    return folder


def test_help_names_every_command(tmp_path: Path) -> None:
    text = cli("--help", cwd=tmp_path).stdout
    for command in (
        "evolve",
        "resume",
        "finish",
        "runs",
        "show",
        "analyze",
        "export",
        "check",
        "play",
        "train",
        "oni",
        "labels",
        "prune",
        "tune",
        "tasks",
        "init",
        "doctor",
    ):
        assert command in text


def test_every_option_of_evolve_has_an_environment_variable(tmp_path: Path) -> None:
    text = cli("evolve", "--help", cwd=tmp_path).stdout
    options = set(re.findall(r"--([a-z][a-z-]+)", text)) - {"help"}
    variables = set(re.findall(r"EUREKA_AGENT_EVOLVE_([A-Z_]+)", text))
    negations = {option for option in options if option.startswith("no-")}
    missing = {option for option in options - negations if option.replace("-", "_").upper() not in variables}
    assert missing <= {"json"}, missing


def test_an_option_can_come_from_the_environment(tmp_path: Path) -> None:
    failed = cli("evolve", "cartpole", cwd=tmp_path, EUREKA_AGENT_EVOLVE_SAMPLES="0")
    assert failed.returncode == 2
    assert "'samples' cannot be 0" in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["evolve", "cartpol"], "Did you mean 'cartpole'"),
        (["evolve", "gym:CartPole-v99"], "CartPole-v99"),
        (["evolve", "cartpole", "--model", "opnai/x"], "Did you mean 'openai'"),
        (["evolve", "cartpole", "--generations", "0"], "'generations' cannot be 0"),
        (["evolve", "cartpole", "--budget-steps", "60000"], "too few for one candidate and its confirmation"),
        (["evolve", "cartpole", "--seed-reward", "none.py"], "not a file"),
        (["evolve", "--env", "nowhere:make"], "nowhere"),
        (["evolve", "cartpole", "--model", "replay:none.jsonl"], "none.jsonl"),
        (["resume"], "there are no runs yet"),
        (["finish"], "there are no runs yet"),
        (["show", "nothing"], "does not exist"),
        (["analyze", "nothing"], "does not exist"),
        (["train", "cartpole", "--reward", "none.py"], "none.py"),
        (["train", "cartpole", "--reward", "hack:none"], "hack:fast_cart"),
        (["prune", "nothing"], "does not exist"),
        (["prune"], "there are no runs yet"),
        (["tune", "cartpole", "none.py"], "none.py"),
        (["prune", "cartpole", "sparse"], "no code that could be refined"),
        (["prune", "cartpole", "reference", "--seeds", "1"], "'seeds' cannot be 1"),
        (["tune", "cartpole", "reference", "--trainer", "sb4"], "Did you mean 'sb3'"),
        (["tune", "cartpole", "reference", "--env-steps", "0"], "'env_steps' cannot be 0"),
        (["check", "none.py", "--task", "cartpole"], "none.py"),
        (["play", "none.npz", "--task", "cartpole"], "none.npz"),
    ],
)
def test_bad_input_says_what_is_allowed_and_leaves_nothing_behind(
    tmp_path: Path, arguments: list[str], says: str
) -> None:
    failed = cli(*arguments, cwd=tmp_path)
    assert failed.returncode in (1, 2)
    assert says in failed.stderr
    assert "Next:" in failed.stderr or "Allowed:" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not list(tmp_path.iterdir())


def test_an_environment_that_breaks_its_promises_costs_a_message_and_no_run(tmp_path: Path) -> None:
    source = CHECKOUT / "tests" / "tasks" / "fake_envs.py"
    (tmp_path / "fake_envs.py").write_text(source.read_text())
    failed = cli("evolve", "--env", "fake_envs:four_values", cwd=tmp_path)
    assert failed.returncode == 2, failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (tmp_path / "runs").exists()


def test_a_run_notes_the_versions_of_what_its_results_depend_on(run: Path) -> None:
    (log,) = (run / "runs").glob("*/events.jsonl")
    noted = json.loads(log.read_text().splitlines()[0])["versions"]
    doctor = json.loads(cli("doctor", "--json", cwd=run).stdout)["versions"]
    assert noted.keys() >= {"eureka-agent", "python", "numpy", "jax", "mujoco"}
    assert noted == {name: version for name, version in doctor.items() if version != "not installed"}


def test_tables_that_go_into_a_pipe_are_not_folded_at_80_columns(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = cli("tasks", cwd=run).stdout.splitlines()
    assert any(line.startswith("pendulum") and len(line.rstrip()) > 80 for line in lines)


def test_a_task_without_its_package_is_listed_with_what_to_install(tmp_path: Path) -> None:
    folder = shutil.copytree(CHECKOUT / "envs" / "cartpole", tmp_path / "envs" / "needy")
    text = (folder / "task.toml").read_text()
    needs = '[environment]\npackages = ["no-such-package>=2"]\nextra = "nethack"'
    (folder / "task.toml").write_text(text.replace("[environment]", needs))
    listed = cli("tasks", cwd=tmp_path)
    assert listed.returncode == 0
    told = "the package 'no-such-package' (pip install 'eureka-agent[nethack]')"
    assert f"Without {told} these cannot be used: needy." in " ".join(listed.stdout.split())
    asked = cli("train", "needy", "--reward", "reference", cwd=tmp_path)
    assert asked.returncode == 2
    assert f"Task 'needy' needs {told}." in " ".join(asked.stderr.split())
    assert "Traceback" not in asked.stderr


def test_runs_show_and_export_agree(run: Path) -> None:
    (summary,) = json.loads(cli("runs", "--json", cwd=run).stdout)
    assert summary["status"] == "finished"
    view = json.loads(cli("show", "--json", cwd=run).stdout)
    assert [c["id"] for c in view["candidates"]] == ["0-00", "0-01"]
    assert (summary["best"], summary["fitness"]) == (view["best"], view["fitness"])
    assert summary["best"] == view["confirmation"]["winner"]
    assert summary["verdict"] == view["verdict"]["sentence"]
    text = cli("show", cwd=run).stdout
    better, why, cost = text.splitlines()[:3]
    assert better.startswith("Better:")
    assert better.endswith(summary["verdict"])
    assert why.startswith("Why:")
    assert cost.startswith("Cost:")
    assert "Lineage" in text
    assert "compute_reward" in text
    exported = cli("export", "latest", "-o", "mine.py", cwd=run)
    assert exported.returncode == 0, exported.stderr
    assert (run / "mine.py").read_text().replace("mine.py", "reward.py") == view["best_source"]
    again = cli("export", "latest", "-o", "mine.py", cwd=run)
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_analyze_tells_of_a_run_and_of_a_candidate(run: Path) -> None:
    whole = cli("analyze", cwd=run)
    assert whole.returncode == 0, whole.stderr
    for words in ("0-00", "0-01", "Findings", "the pole fell", "Worst episode", "what happened"):
        assert words in whole.stdout
    one = json.loads(cli("analyze", "latest", "0-01", "--json", cwd=run).stdout)
    assert one["candidates"] == []
    assert one["detail"]["candidate"] == "0-01"
    assert all(finding["text"] for finding in one["detail"]["findings"])
    unknown = cli("analyze", "latest", "7-00", cwd=run)
    assert unknown.returncode == 1
    assert "has no candidate '7-00'" in unknown.stderr


def test_a_run_that_ends_without_a_reward_fails_and_says_so(tmp_path: Path) -> None:
    replies = [{"recording": {"label": "of a test"}}, {"key": "0-00/turn0", "reply": "I know none."}]
    (tmp_path / "replies.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in replies))
    one = ("--generations", "1", "--samples", "1", "--repair-turns", "0")
    ended = cli("evolve", "cartpole", "--model", "replay:replies.jsonl", *one, cwd=tmp_path)
    assert ended.returncode == 1, ended.stderr
    assert "No reward was found: 1 refused; 1 reward tried in " in ended.stdout
    [listed] = json.loads(cli("runs", "--json", cwd=tmp_path).stdout)
    assert listed["status"] == "failed"
    exported = cli("export", cwd=tmp_path)
    assert exported.returncode in (1, 2)
    assert "It ended without one" in exported.stderr
    assert "summary.md" in exported.stderr


def test_the_saved_reward_needs_nothing_of_ours(run: Path) -> None:
    (reward,) = run.glob("runs/*/best/reward.py")
    code = (
        "import importlib.util, inspect, numpy as np\n"
        f"spec = importlib.util.spec_from_file_location('reward', {str(reward)!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "names = inspect.signature(module.compute_reward).parameters\n"
        "signals = {n: np.zeros((3, 2) if 'action' in n else 3, np.float32) for n in names}\n"
        "reward, components = module.compute_reward(**signals)\n"
        "print(reward.shape, sorted(components), module.__doc__.splitlines()[0])\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("(3,)")
    assert "Reward for cartpole" in done.stdout


def test_giving_the_command_again_after_the_end_starts_a_new_run(run: Path, tmp_path: Path) -> None:
    again = shutil.copytree(run, tmp_path / "again")
    assert cli("evolve", "cartpole", *TINY, "--json", cwd=again).returncode == 0
    assert len(logs(again)) == len(logs(run)) + 1


def test_an_interrupt_drains_and_the_same_command_goes_on(tmp_path: Path) -> None:
    arguments = ["evolve", "cartpole", *TINY, "--samples", "6", "--env-steps", "2048"]
    command = [sys.executable, "-m", "eureka_agent", *arguments]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert eventually(lambda: any(b"training_finished" in p.read_bytes() for p in logs(tmp_path)), 300)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 130, errors
    assert "to continue" in out
    (log,) = logs(tmp_path)
    before = log.read_bytes()
    started, ended = before.count(b"training_started"), before.count(b"training_finished")
    assert started >= ended > 0, "what does not end in some seconds is given up"
    done = cli(*arguments, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert log.read_bytes().startswith(before)
    assert len(logs(tmp_path)) == 1


def test_a_signal_ends_a_constructor_that_hangs(tmp_path: Path) -> None:
    (tmp_path / "stuck.py").write_text(
        "import pathlib, threading\n\n\n"
        "def make():\n    pathlib.Path('here').touch()\n    threading.Event().wait()\n"
    )
    command = [sys.executable, "-m", "eureka_agent", "evolve", "--env", "stuck:make"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert eventually((tmp_path / "here").exists, 300)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 128 + signal.SIGTERM
    assert "given up" in errors


def logs(folder: Path) -> list[Path]:
    return list(folder.glob("runs/*/events.jsonl"))


def test_check_prints_findings_and_fails_on_errors(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import os\n\ndef compute_reward(pole_angel):\n    os._exit(0)\n")
    bad = cli("check", "bad.py", "--task", "cartpole", cwd=tmp_path)
    assert bad.returncode == 1
    assert "bad.py:1: error [" in bad.stdout
    assert "pole_angle" in bad.stdout
    good = "def compute_reward(pole_angle):\n    calm = -abs(pole_angle)\n    return calm, {'calm': calm}\n"
    (tmp_path / "good.py").write_text(good)
    fine = cli("check", "good.py", "--task", "cartpole", "--json", cwd=tmp_path)
    assert fine.returncode == 0, fine.stdout
    assert json.loads(fine.stdout)["refused"] is False


def test_train_reports_fitness_and_keeps_the_policy(tmp_path: Path) -> None:
    done = cli("train", "cartpole", "--reward", "reference", "--env-steps", "512", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (training,) = json.loads(done.stdout)["trainings"]
    assert training["fitness"] > 0
    assert (tmp_path / training["folder"] / "policy.npz").exists()


def test_init_writes_a_task_that_evolves_as_it_stands(tmp_path: Path) -> None:
    made = cli("init", "balance", "--env", "CartPole-v1", "--goal", "Keep the pole up.", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "balance" in cli("tasks", cwd=tmp_path).stdout
    done = cli("evolve", "balance", *TINY, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["winner"]


def test_a_factory_in_the_working_folder_evolves(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import gymnasium\n\ndef make():\n    return gymnasium.make('CartPole-v1')\n"
    )
    done = cli("evolve", "--env", "mine:make", "--goal", "Balance.", *TINY, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_doctor_says_whether_code_is_contained(tmp_path: Path) -> None:
    report = json.loads(cli("doctor", "--json", cwd=tmp_path).stdout)
    assert {layer["name"] for layer in report["layers"]} >= {"bubblewrap", "seccomp", "landlock", "rlimits"}
    assert report["contained"] == all(attempt["denied"] for attempt in report["attempts"])


def test_doctor_shows_a_person_each_layer_and_each_attempt(tmp_path: Path) -> None:
    shown = cli("doctor", cwd=tmp_path).stdout
    assert "Generated code is" in shown.splitlines()[0]
    for word in ("bubblewrap", "seccomp", "what it means", "start a process"):
        assert word in shown


def test_what_an_environment_prints_does_not_spoil_documents(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text(
        "import os\n\nimport gymnasium as gym\n\n\ndef make():\n"
        "    print('hello from Python')\n    os.write(1, b'hello from C\\n')\n"
        "    return gym.make('CartPole-v1')\n"
    )
    (tmp_path / "good.py").write_text(
        "def compute_reward(obs):\n    x = -obs[:, 2] ** 2\n    return x, {'x': x}\n"
    )
    done = cli("check", "good.py", "--task", "loud", "--env", "loud:make", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["refused"] is False
    assert "hello from Python" in done.stderr
    assert "hello from C" in done.stderr
