"""`evolve --after RUN`: what a run leaves to the next search, and which runs leave nothing."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from eureka_agent import dry_run, evolve, resume
from eureka_agent.api.after import left_by
from eureka_agent.api.consent import Consent, asked_for
from eureka_agent.cli.app import app
from eureka_agent.config import Earlier, recorded_config
from eureka_agent.errors import ConfigError, Interrupted, StoreError
from eureka_agent.store.events import read_events, read_start
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.ownership import is_own
from eureka_agent.store.state import RunState
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.policies import digest_of, network_of, read_policy
from eureka_agent.training.population.policy_file import save_policy

TINY: dict[str, Any] = {
    "generations": 1, "samples": 2, "confirm_seeds": 3, "confirm_top": 1, "env_steps": 256, "model": "search",
    "film": False,
}  # fmt: skip


REWARD = "def compute_reward(pole_angle):\n    lean = -abs(pole_angle)\n    return lean, {'lean': lean}\n"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of cartpole that found a reward; nobody changes it."""
    runs = tmp_path_factory.mktemp("ended")
    return evolve("cartpole", runs=runs, **TINY).folder


@pytest.fixture
def copied(ended: Path, tmp_path: Path) -> RunFolder:
    """A copy of it that a test may spoil."""
    return RunFolder(Path(shutil.copytree(ended, tmp_path / "copied")))


def state_of(folder: Path) -> RunState:
    return RunState.of(read_events(RunFolder(folder).events))


def begun(after: Path | str, runs: Path) -> RunFolder:
    """Start a run, or go on with it, and stop it before anything is trained."""
    stop = threading.Event()
    with pytest.raises(Interrupted):
        evolve("cartpole", after=after, runs=runs, stop=stop, on_event=lambda *_: stop.set(), **TINY)
    return list_runs(runs)[-1]


def edited(folder: RunFolder, **config: Any) -> None:
    """Rewrite what the log of a run says of its configuration."""
    first, *rest = folder.events.read_text().splitlines(keepends=True)
    start = json.loads(first)
    start["config"] |= config
    folder.events.write_text("".join([f"{json.dumps(start)}\n", *rest]))


def test_the_latest_is_the_newest_that_has_a_winner(ended: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(ended, runs / ended.name)
    begun("latest", runs)
    again = evolve("cartpole", after="latest", runs=runs, **TINY)
    assert len(list_runs(runs)) == 2, "the command that was stopped went on with its run"
    assert state_of(again.folder).finished


def test_a_sequence_grows_run_by_run(ended: Path, tmp_path: Path) -> None:
    longer: dict[str, Any] = TINY | {"env_steps": 512}
    second = evolve("cartpole", after=ended, runs=tmp_path / "runs", **longer)
    first, state = state_of(ended), state_of(second.folder)
    assert first.confirmation is not None
    winner = first.confirmation.winner
    assert winner is not None
    assert list(state.rewards_before.values()) == [Earlier(first.candidates[winner].source or "", 256)]
    assert state.candidates["0-00"].source == first.candidates[winner].source
    assert set(state.before) == {("before-1", "confirm", seed) for seed in range(3)}
    assert state.env_steps == sum(
        one.env_steps
        for evaluations in (
            *(c.evaluations for c in state.candidates.values()),
            *state.baselines.values(),
            state.before.values(),
        )
        for one in evaluations
    )
    assert second.winner is not None
    assert "the reward before, trained on for as long" in second.verdict.sentence
    third = evolve("cartpole", after="latest", runs=tmp_path / "runs", **TINY)
    grown = state_of(third.folder).rewards_before
    assert [one.env_steps for one in grown.values()] == [256, 512]
    assert (third.folder / "best" / "before-2.py").is_file()


def test_the_search_starts_from_the_policy_of_median_score(copied: RunFolder) -> None:
    state = state_of(copied.root)
    assert state.confirmation is not None
    row = state.confirmation.row(state.confirmation.winner)
    assert row is not None
    left = left_by(str(copied.root), Path("runs"), find_task("cartpole"))
    score = sorted(row.seeds)[1]
    assert left.policy.parent.name == f"confirm-{row.seeds.index(score)}"
    assert f"whose score of {score:.4g} is the median of 3" in left.words


def test_a_run_that_was_cut_short_goes_on_with_the_same_rewards_and_policy(
    ended: Path, tmp_path: Path
) -> None:
    stop = threading.Event()
    with pytest.raises(Interrupted):
        evolve(
            "cartpole", after=ended, runs=tmp_path / "runs", stop=stop, **TINY,
            on_event=lambda event, _: stop.set() if event.type == "finalists_named" else None,
        )  # fmt: skip
    (run,) = list_runs(tmp_path / "runs")
    start = read_start(run.events)
    assert start is not None
    assert start.config["init_policy"] == digest_of(run.init_policy)
    assert any("goes on after run" in notice for notice in state_of(run.root).notices)
    done = resume("latest", runs=tmp_path / "runs")
    assert done.folder == run.root
    assert "the reward before, trained on" in done.summary.read_text()
    names = [e.name for e in read_events(run.events) if e.type == "training_finished"]
    assert names.count("before-1") == 3


def test_the_same_command_continues_it_and_another_reward_is_another_run(
    ended: Path, copied: RunFolder, tmp_path: Path
) -> None:
    first = begun(ended, tmp_path / "runs")
    assert begun(copied.root, tmp_path / "runs").root == first.root, "the same content, wherever it lies"
    copied.events.write_text(copied.events.read_text().replace("compute_reward(", "compute_reward( "))
    assert begun(copied.root, tmp_path / "runs").root != first.root


def test_a_dry_run_counts_what_comes_before(ended: Path) -> None:
    plain, after = dry_run("cartpole", **TINY), dry_run("cartpole", after=ended, **TINY)
    assert after.all_trainings == plain.all_trainings + 3
    assert after.env_steps > plain.env_steps


def test_the_command_line_takes_it(ended: Path, tmp_path: Path) -> None:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in TINY.items() if name != "film"]
    command = ["evolve", "cartpole", "--after", ended.name, "--runs", str(ended.parent), *options]
    done = CliRunner().invoke(app, [*command, "--dry-run", "--json"])
    assert done.exit_code == 0, done.output
    assert [steps for _, steps in json.loads(done.stdout)["config"]["after"]] == [256]


@pytest.mark.parametrize("option", ["init-policy", "seed-reward", "human-reward"])
def test_what_it_decides_itself_cannot_be_given_beside_it(ended: Path, option: str, tmp_path: Path) -> None:
    given: dict[str, Any] = {option.replace("-", "_"): tmp_path / "mine"}
    with pytest.raises(ConfigError, match=f"--{option} cannot be given together with --after: .* run's"):
        evolve("cartpole", after=ended, runs=tmp_path, **TINY, **given)
    assert not list(tmp_path.iterdir())


def test_a_run_of_another_task_is_refused(ended: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is of the task cartpole, and you named pendulum"):
        evolve("pendulum", after=ended, runs=tmp_path, **TINY)
    assert not list(tmp_path.iterdir())


def test_a_run_of_the_task_before_an_edit_is_refused(copied: RunFolder) -> None:
    edited(copied, task_digest="0" * 16)
    with pytest.raises(StoreError, match="cartpole is not the one that run copied was started with"):
        left_by(str(copied.root), Path("runs"), find_task("cartpole"))


def test_a_run_that_is_not_at_its_end_says_how_to_go_on(copied: RunFolder) -> None:
    lines = copied.events.read_text().splitlines(keepends=True)
    copied.events.write_text("".join(line for line in lines[:-2]))
    with pytest.raises(StoreError, match="is not at its end: there is no winner") as caught:
        left_by(str(copied.root), Path("runs"), find_task("cartpole"))
    assert "eureka-agent resume copied" in caught.value.fix


def test_a_run_without_a_winner_is_refused(copied: RunFolder) -> None:
    lines = copied.events.read_text().splitlines(keepends=True)
    confirmed = json.loads(lines[-2])
    assert confirmed["type"] == "run_confirmed"
    confirmed["confirmation"] |= {"winner": None, "confirmed": []}
    copied.events.write_text("".join([*lines[:-2], f"{json.dumps(confirmed)}\n", lines[-1]]))
    with pytest.raises(StoreError, match="ended without a reward: there is no winner"):
        left_by(str(copied.root), Path("runs"), find_task("cartpole"))


def test_a_run_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Run 'nothing' does not exist"):
        evolve("cartpole", after="nothing", runs=tmp_path, **TINY)


def test_a_run_that_began_with_a_saved_policy_has_no_sequence(copied: RunFolder) -> None:
    edited(copied, init_policy="ab" * 32)
    with pytest.raises(StoreError, match="nobody knows which rewards lead to its winner"):
        left_by(str(copied.root), Path("runs"), find_task("cartpole"))
    edited(copied, after=[[REWARD, 9]])
    left = left_by(str(copied.root), Path("runs"), find_task("cartpole"))
    assert [one.env_steps for one in left.rewards] == [9, 256], "but one with --after has"


def test_a_policy_of_another_network_is_refused(copied: RunFolder) -> None:
    task = find_task("cartpole")
    policy = left_by(str(copied.root), Path("runs"), task).policy
    network = network_of(find_task("pendulum"))
    save_policy(policy, network, np.zeros(network.size, np.float32), None)
    assert read_policy(policy).network == network
    with pytest.raises(ConfigError, match="cartpole trains one of observations of length 4"):
        left_by(str(copied.root), Path("runs"), task)
    policy.unlink()
    with pytest.raises(StoreError, match="holds no policy of"):
        left_by(str(copied.root), Path("runs"), task)


def test_a_reward_that_the_rules_refuse_is_not_trained(copied: RunFolder) -> None:
    edited(copied, after=[["import os\n", 9]], init_policy="ab" * 32)
    with pytest.raises(StoreError, match="A reward of run copied cannot be trained any more"):
        left_by(str(copied.root), Path("runs"), find_task("cartpole"))


@pytest.mark.parametrize("after", [[["x"]], [["x", 0]], [[3, 4]], "x", [["x", True]]])
def test_a_log_with_rewards_that_are_none_is_damaged(copied: RunFolder, after: Any) -> None:
    edited(copied, after=after)
    with pytest.raises(StoreError, match=r"Event 0 \(run_started\) cannot be understood: config.after"):
        read_events(copied.events)


def test_somebody_elses_run_asks_for_nothing_of_the_run_before(ended: Path, tmp_path: Path) -> None:
    run = begun(ended, tmp_path)
    edited(run, parallel=1)  # now it is not the one that was noted as this person's
    state = state_of(run.root)
    assert not is_own(state.run_id, state.config)
    assert not list(asked_for(recorded_config(state.config), Consent()))
    run.init_policy.write_bytes(b"something else")
    with pytest.raises(StoreError, match="not the policy that"):
        resume(run.name, runs=tmp_path)
