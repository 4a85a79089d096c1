"""A run folder that somebody else wrote can be looked at, and goes on only with what its reader agreed to."""

from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from foreign import CANDIDATE, KINDS, SOURCE, Mark, foreign_run, marking_task, task_of

from eureka_agent.api.evolve import evolve, resume
from eureka_agent.api.runs import export, list_run_summaries, show
from eureka_agent.config import TaskChoice
from eureka_agent.errors import ConfigError, EurekaError, StoreError
from eureka_agent.evolution.loop import Interrupted
from eureka_agent.resources import bundled_folders
from eureka_agent.store.event_types import Notice, RunStarted
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.ownership import record_run
from eureka_agent.tasks.identity import task_digest
from eureka_agent.tasks.registry import find_task

TINY: dict[str, Any] = {
    "generations": 1, "samples": 1, "confirm_seeds": 2, "confirm_top": 1, "env_steps": 256, "model": "search",
    "film": False,
}  # fmt: skip


@pytest.fixture
def mark(tmp_path: Path) -> Mark:
    return Mark(tmp_path / "mark")


def cartpole(folder: Path | None = None) -> TaskChoice:
    place = folder or bundled_folders("envs")[0] / "cartpole"
    return TaskChoice(kind="folder", value=str(place))


def digest_of(task: str | None = None, **how: Any) -> str:
    return task_digest(find_task(task, **how))


@pytest.mark.parametrize("kind", KINDS)
def test_looking_at_a_run_executes_nothing_of_it(
    tmp_path: Path, mark: Mark, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path / "code")
    task = marking_task(kind, tmp_path / "code", mark)
    folder = foreign_run(tmp_path / "runs" / "theirs", task)
    before = folder.events.read_bytes()
    (row,) = list_run_summaries(tmp_path / "runs")
    assert row.own is False
    assert [c.id for c in show("theirs", runs=tmp_path / "runs").candidates] == ["0-00"]
    written = export("theirs", tmp_path / "reward.py", candidate="0-00", runs=tmp_path / "runs")
    assert SOURCE in written.read_text()
    with pytest.raises(StoreError):
        resume("theirs", runs=tmp_path / "runs")
    assert not mark.left
    assert folder.events.read_bytes() == before
    assert [path.name for path in folder.root.iterdir()] == ["events.jsonl"]


@pytest.mark.parametrize("kind", KINDS[:3])
def test_with_trust_the_task_that_the_log_names_is_loaded(
    tmp_path: Path, mark: Mark, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the marks of the other tests would prove nothing."""
    monkeypatch.syspath_prepend(tmp_path / "trusted")
    folder = foreign_run(tmp_path / "run", marking_task(kind, tmp_path / "trusted", mark))
    with pytest.raises(EurekaError):
        task_of(folder, trust=True)  # it wrote no digest of its task
    assert mark.left


@pytest.mark.parametrize("consent", [{}, {"trust": True}])
def test_a_pickle_is_never_read_not_even_with_trust(
    tmp_path: Path, mark: Mark, consent: dict[str, Any]
) -> None:
    task = marking_task("pickled", tmp_path / "code", mark)
    for own in (False, True):
        folder = foreign_run(tmp_path / f"run-{own}", task, own=own)
        with pytest.raises(StoreError, match=r"constructor") as caught:
            task_of(folder, **consent)
        assert "resume(env=...)" in str(caught.value)
        assert "--env module:function" in str(caught.value)
    assert not mark.left


@pytest.mark.parametrize("kind", ["pickled", "constructor"])
@pytest.mark.parametrize("own", [True, False])
def test_a_constructor_is_given_again(tmp_path: Path, mark: Mark, kind: str, own: bool) -> None:
    def build() -> gym.Env:
        return gym.make("CartPole-v1")

    options = {"name": "mine", "goal": "Balance."}
    value = marking_task("pickled", tmp_path, mark).value if kind == "pickled" else "sha256:00"
    task = TaskChoice(kind=kind, value=value, options=options)
    digest = digest_of("mine", env=build, goal="Balance.")
    folder = foreign_run(tmp_path / "run", task, own=own, task_digest=digest)
    (tmp_path / "given_again.py").write_text(
        "import gymnasium\ndef make():\n    return gymnasium.make('CartPole-v1')\n"
    )
    assert task_of(folder, env=build).description == "Balance."
    with pytest.raises(StoreError, match="not the one that"):
        task_of(folder, env=build, task="another")
    assert not mark.left


def test_a_constructor_may_be_named_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "named_instead.py").write_text(
        "import gymnasium\ndef make():\n    return gymnasium.make('CartPole-v1')\n"
    )
    monkeypatch.chdir(tmp_path)
    digest = digest_of("mine", env=lambda: gym.make("CartPole-v1"))
    task = TaskChoice(kind="constructor", value="sha256:00", options={"name": "mine"})
    folder = foreign_run(tmp_path / "run", task, task_digest=digest)
    assert task_of(folder, env="named_instead:make").ref.kind == "factory"


def test_everything_that_is_not_agreed_to_is_listed(tmp_path: Path, mark: Mark) -> None:
    task = marking_task("folder", tmp_path / "code", mark)
    task = replace(task, options={"kwargs": {"render_mode": "x\x1b[2J"}, "path": "/else"})
    url = "https://evil.example/v1"
    folder = foreign_run(tmp_path / "run", task, model="openai/gpt", base_url=url, unsafe_isolation=True)
    with pytest.raises(StoreError) as caught:
        task_of(folder)
    lines = [line.strip() for line in caught.value.what.split("\n")]
    assert all(line.isprintable() and len(line) < 400 for line in lines)
    for words in (
        f"the code of the task folder {task.value}", "(--task theirs", "render_mode", "/else",
        "the model openai/gpt (--model openai/gpt)", f"{url} (--base-url {url})", "(--unsafe-isolation)",
    ):  # fmt: skip
        assert any(words in line for line in lines), words
    assert "--trust" in caught.value.fix
    with pytest.raises(StoreError) as fewer:
        task_of(folder, model="openai/gpt", base_url=f"{url}/", unsafe_isolation=True)
    assert "evil.example" not in fewer.value.what
    assert "task folder" in fewer.value.what


@pytest.mark.parametrize("model", ["manual", "local:x/y:q", "replay:x.jsonl", "anthropic/x", "search,manual"])
def test_every_model_but_search_needs_consent(tmp_path: Path, model: str) -> None:
    folder = foreign_run(tmp_path / "run", cartpole(), model=model, task_digest=digest_of("cartpole"))
    with pytest.raises(StoreError, match="the model"):
        task_of(folder)
    assert task_of(folder, model=model).name == "cartpole"


def test_a_critics_model_needs_consent_where_it_is_another(tmp_path: Path) -> None:
    digest = digest_of("cartpole")
    same = foreign_run(tmp_path / "same", cartpole(), model="manual", critic_model="same", task_digest=digest)
    assert task_of(same, model="manual").name == "cartpole"
    other = foreign_run(
        tmp_path / "other", cartpole(), model="manual", critic_model="openai/x", task_digest=digest
    )
    with pytest.raises(StoreError, match="the model openai/x as critic"):
        task_of(other, model="manual")
    assert task_of(other, trust=True).name == "cartpole"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"model": "openai/b"}, ("openai/b", "openai/a")),
        ({"base_url": "https://b.example"}, ("https://b.example", "https://a.example")),
        ({"unsafe_isolation": True}, ("True", "False")),
        ({"task": "gym:CartPole-v1"}, ("gym CartPole-v1", "folder")),
        ({"env": "mine:make"}, ("factory mine:make", "folder")),
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_a_typed_option_must_say_what_the_log_says(
    tmp_path: Path, typed: dict[str, Any], says: tuple[str, str], own: bool
) -> None:
    folder = foreign_run(
        tmp_path / "run", cartpole(), own=own, model="openai/a", base_url="https://a.example",
        task_digest=digest_of("cartpole"),
    )  # fmt: skip
    agreed = {} if own else {"trust": True}
    with pytest.raises(ConfigError) as caught:
        task_of(folder, **agreed, **typed)
    assert all(words in caught.value.what for words in says)


def test_a_bundled_task_and_search_need_no_consent(tmp_path: Path) -> None:
    folder = foreign_run(
        tmp_path / "run", cartpole(), start={"run_id": None}, task_digest=digest_of("cartpole")
    )
    assert task_of(folder).name == "cartpole"


@pytest.mark.parametrize("where", ["working", "variable"])
def test_a_task_that_only_lies_where_tasks_are_found_is_not_bundled(
    tmp_path: Path, mark: Mark, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = marking_task("folder", tmp_path / where / "envs", mark)
    monkeypatch.chdir(tmp_path / where)
    monkeypatch.setenv("EUREKA_AGENT_ENVS", str(tmp_path / "variable" / "envs"))
    folder = foreign_run(tmp_path / "run", task)
    with pytest.raises(StoreError, match="task folder"):
        task_of(folder)
    bundled = bundled_folders("envs")[0]
    link = bundled / os.path.relpath(task.value, bundled)
    assert (link / "task.py").exists()
    dotted = foreign_run(tmp_path / "dotted", TaskChoice(kind="folder", value=str(link)))
    with pytest.raises(StoreError, match="task folder"):
        task_of(dotted)
    assert not mark.left


def test_a_typed_task_is_loaded_in_place_of_the_logs(tmp_path: Path, mark: Mark) -> None:
    theirs = marking_task("folder", tmp_path / "code", mark)
    folder = foreign_run(tmp_path / "run", theirs, task_digest=digest_of("cartpole"))
    assert task_of(folder, task="cartpole").folder == bundled_folders("envs")[0] / "cartpole"
    with pytest.raises(StoreError, match="pendulum that you named is not the one"):
        task_of(folder, task="pendulum")
    assert not mark.left


def test_options_of_the_log_hold_for_a_typed_task(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "cartpole"
    options = {"goal": "Stand.", "max_episode_steps": 50}
    task = replace(cartpole(elsewhere), options=options)
    digest = digest_of("cartpole", goal="Stand.", max_episode_steps=50)
    loaded = task_of(foreign_run(tmp_path / "run", task, task_digest=digest), task="cartpole")
    assert (loaded.description, loaded.max_episode_steps) == ("Stand.", 50)


def test_a_typed_factory_is_found_in_the_working_folder_not_in_the_logs(
    tmp_path: Path, mark: Mark, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = marking_task("factory", tmp_path / "theirs", mark)
    mine = tmp_path / "mine"
    mine.mkdir()
    module = theirs.value.partition(":")[0]
    (mine / f"{module}.py").write_text(
        "import gymnasium\ndef make():\n    return gymnasium.make('CartPole-v1')\n"
    )
    monkeypatch.chdir(mine)
    loaded = find_task(env=theirs.value)
    logged = loaded.ref.__class__(**vars(theirs))
    folder = foreign_run(tmp_path / "run", theirs, task_digest=task_digest(loaded, logged))
    assert task_of(folder, env=theirs.value).ref.options["path"] == str(mine)
    assert not mark.left


@pytest.mark.parametrize(
    "task",
    [
        {"kind": "shell", "value": "rm"},
        {"kind": "gym", "value": "CartPole-v1", "options": {"goal": 3}},
        {"kind": "gym", "value": "CartPole-v1", "options": {"more": 3}},
        {"kind": "folder", "value": "/x\0y"},
    ],
    ids=str,
)
@pytest.mark.parametrize("trust", [True, False])
def test_a_reference_that_nobody_wrote_is_not_loaded(
    tmp_path: Path, task: dict[str, Any], trust: bool
) -> None:
    folder = foreign_run(tmp_path / "run", TaskChoice(**task))
    with pytest.raises(StoreError, match="its task was not loaded"):
        task_of(folder, trust=trust)


def test_a_configuration_of_another_version_is_a_sentence(tmp_path: Path) -> None:
    folder = foreign_run(tmp_path / "run", cartpole(), start={"config": {"tomorrow": 1, "task": {}}})
    with pytest.raises(StoreError, match="does not fit this version"):
        task_of(folder, trust=True)


def test_links_in_a_run_of_somebody_else_are_refused(tmp_path: Path) -> None:
    folder = foreign_run(tmp_path / "run", cartpole(), task_digest=digest_of("cartpole"))
    (folder.root / "best").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="symbolic link"):
        task_of(folder, trust=True)
    own = foreign_run(tmp_path / "own", cartpole(), own=True, task_digest=digest_of("cartpole"))
    (own.root / "best").symlink_to(tmp_path)
    assert task_of(own).name == "cartpole"


def test_ones_own_run_needs_no_consent_wherever_it_lies_unless_its_configuration_was_edited(
    tmp_path: Path,
) -> None:
    shutil.copytree(bundled_folders("envs")[0] / "cartpole", tmp_path / "envs" / "cartpole")
    task = cartpole(tmp_path / "envs" / "cartpole")
    folder = foreign_run(tmp_path / "run", task, own=True, model="manual", task_digest=digest_of("cartpole"))
    moved = RunFolder(folder.root.rename(tmp_path / "moved"))
    assert task_of(moved).folder == tmp_path / "envs" / "cartpole"
    moved.events.write_text(moved.events.read_text().replace('"manual"', '"manual:x"'))
    with pytest.raises(StoreError, match="manual:x"):
        task_of(moved)


def test_an_edited_task_of_ones_own_run_is_another_task(tmp_path: Path) -> None:
    folder = foreign_run(tmp_path / "run", cartpole(), own=True, task_digest="else")
    with pytest.raises(StoreError, match="were edited since"):
        task_of(folder)


def interrupted(runs: Path, *, at: str = "generation_planned", **how: Any) -> RunFolder:
    """Start a run and stop it before anything is trained."""
    stop = threading.Event()
    with pytest.raises(Interrupted):
        evolve(
            runs=runs,
            stop=stop,
            on_event=lambda event, _: stop.set() if event.type == at else None,
            **how,
            **TINY,
        )
    return list_runs(runs)[-1]


def went_on(run: str, runs: Path, **consent: Any) -> bool:
    """Tell whether a run goes on, and stop it as soon as it does."""
    stop = threading.Event()
    with pytest.raises(Interrupted):
        resume(
            run, runs=runs, stop=stop,
            on_event=lambda event, _: stop.set() if event.type == "run_resumed" else None, **consent,
        )  # fmt: skip
    return stop.is_set()


def test_a_run_with_a_constructor_in_memory_goes_on_and_leaves_no_pickle(tmp_path: Path) -> None:
    def build() -> gym.Env:
        return gym.make("CartPole-v1")

    folder = interrupted(tmp_path, task="mine", env=build)
    start = read_events(folder.events)[0]
    assert isinstance(start, RunStarted)
    assert start.config["task"]["kind"] == "constructor"
    assert start.config["task"]["value"].startswith("sha256:")
    assert "constructor" in folder.config.read_text()
    assert start.facts is not None
    assert start.facts.task == "mine"
    again = interrupted(tmp_path, at="run_resumed", task="mine", env=build)
    assert again.root == folder.root
    with pytest.raises(StoreError, match="constructor in memory"):
        resume(folder.name, runs=tmp_path)
    assert went_on(folder.name, tmp_path, env=build)


def test_evolve_continues_no_folder_that_is_not_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = interrupted(tmp_path, task="cartpole")
    first, *others = mine.events.read_text().splitlines(keepends=True)
    start = json.loads(first)
    other = start["config"] | {"reflection": False}
    assert record_run("1" * 32, other, tmp_path)
    starts = {
        "not recorded": start | {"run_id": "0" * 32},
        "of another run": start | {"run_id": "1" * 32},
        "with a digest that is claimed": start | {"run_id": "1" * 32, "config": other},
        "from before": {name: value for name, value in start.items() if name != "run_id"},
    }
    logs = {name: json.dumps(changed) + "\n" + "".join(others) for name, changed in starts.items()}
    for name, log in (logs | {"broken": "no JSON\n"}).items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "events.jsonl").write_text(log)
    again = interrupted(tmp_path, at="run_resumed", task="cartpole")
    assert again.root == mine.root
    monkeypatch.setenv("EUREKA_AGENT_STATE", str(tmp_path / "other"))
    assert interrupted(tmp_path, task="cartpole").root != mine.root


def test_a_run_that_cannot_be_recorded_says_so_and_goes_on_with_consent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EUREKA_AGENT_STATE", str(tmp_path / "file"))
    folder = interrupted(tmp_path / "runs", task="gym:CartPole-v1")
    folder.scratch.mkdir(exist_ok=True)
    (folder.scratch / ".config").write_text("somebody else's settings of the processes that train")
    notices = [event.text for event in read_events(folder.events) if isinstance(event, Notice)]
    assert any("--trust" in text for text in notices)
    assert went_on(folder.name, tmp_path / "runs", trust=True)
    assert not (folder.scratch / ".config").exists()


def test_a_finished_run_of_somebody_else_is_returned_and_nothing_is_loaded(
    tmp_path: Path, mark: Mark
) -> None:
    task = marking_task("folder", tmp_path / "code", mark)
    foreign_run(tmp_path / "runs" / "theirs", task, events=[{"type": "run_finished"}])
    assert resume("theirs", runs=tmp_path / "runs").winner is None
    assert not mark.left


def test_one_run_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    foreign_run(tmp_path / "mine", cartpole(), own=True)
    foreign_run(tmp_path / "theirs", cartpole())
    for name, text in {
        "damaged": "no JSON\n",
        "newer": '{"v":99,"seq":0,"time":1,"type":"run_started"}\n',
        "wrong": '{"v":1,"seq":0,"time":1,"type":"run_started","config":3,"digest":""}\n',
        "empty": "",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "events.jsonl").write_text(text)
    rows = {row.name: row for row in list_run_summaries(tmp_path)}
    assert (rows["mine"].own, rows["theirs"].own) == (True, False)
    assert "newer version" in rows["newer"].status
    assert all(rows[name].status.startswith("cannot be read") for name in ("damaged", "newer", "wrong"))


def test_export_refuses_what_the_static_rules_refuse_and_writes_nothing(tmp_path: Path, mark: Mark) -> None:
    bad = CANDIDATE | {"index": 1, "source": mark.code + SOURCE}
    event = {"type": "candidate_proposed", "candidate": bad}
    foreign_run(tmp_path / "runs" / "theirs", cartpole(), events=[event])
    with pytest.raises(
        StoreError, match=r"The reward of candidate 0-01 in run theirs was not written"
    ) as caught:
        export("theirs", tmp_path / "out.py", candidate="0-01", runs=tmp_path / "runs")
    assert caught.value.fix
    assert not (tmp_path / "out.py").exists()
    assert not mark.left


def test_the_header_of_an_export_comes_from_the_log(tmp_path: Path) -> None:
    facts = {
        "task": "mine", "description": 'Stand. """', "env_id": "Stand-v0", "fitness": "steps",
        "direction": "maximize", "env_steps": 5000,
    }  # fmt: skip
    foreign_run(tmp_path / "runs" / "told", cartpole(), start={"facts": facts}, seed=7)
    foreign_run(tmp_path / "runs" / "old", cartpole())
    told, old = (
        export(name, tmp_path / f"{name}.py", candidate="0-00", runs=tmp_path / "runs").read_text()
        for name in ("told", "old")
    )
    for words in ("Reward for mine", "Stand-v0", "steps (maximize)", "5,000 environment steps", "seed 7"):
        assert words in told
    assert "Reward found by eureka-agent." in old
    assert "candidate 0-00 (seed by search)" in old
    assert not [word for word in ("Task:", "Use:", "Training:") if word in old]


@pytest.mark.parametrize(("status", "word"), [("refused", "was refused"), ("failed", "failed")])
def test_a_candidate_that_was_refused_or_failed_is_not_exported(
    tmp_path: Path, status: str, word: str
) -> None:
    """A saved file that pays otherwise than in training is such a failure."""
    candidate = {**CANDIDATE, "index": 1, "status": status, "reason": "It counts its calls."}
    folder = foreign_run(
        tmp_path / "runs" / "theirs",
        cartpole(),
        events=[{"type": "candidate_refused", "candidate": candidate}],
    )
    with pytest.raises(StoreError, match=f"{word}, so nothing was written: It counts its calls"):
        export(folder.name, tmp_path / "out.py", candidate="0-01", runs=tmp_path / "runs")
    assert not (tmp_path / "out.py").exists()
