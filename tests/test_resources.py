from __future__ import annotations

from pathlib import Path

import pytest

from eureka_agent.resources import (
    bundled_folders,
    cache_folder,
    resource_folders,
    state_folder,
    usable_memory_mb,
)


def test_the_cache_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EUREKA_AGENT_CACHE", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "system"))
    assert cache_folder("replies") == tmp_path / "own" / "replies"
    monkeypatch.delenv("EUREKA_AGENT_CACHE")
    assert cache_folder("replies") == tmp_path / "system" / "eureka-agent" / "replies"
    assert (tmp_path / "system" / "eureka-agent" / "replies").stat().st_mode & 0o777 == 0o700


def test_where_no_cache_can_be_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EUREKA_AGENT_CACHE", str(tmp_path / "file"))
    assert cache_folder("compiled") is None


def test_the_state_can_be_chosen_and_is_the_persons_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EUREKA_AGENT_STATE", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "system"))
    assert state_folder("runs") == tmp_path / "own" / "runs"
    monkeypatch.delenv("EUREKA_AGENT_STATE")
    assert state_folder("runs") == tmp_path / "system" / "eureka-agent" / "runs"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = state_folder("runs")
    assert folder is not None
    assert folder == tmp_path / ".local" / "state" / "eureka-agent" / "runs"
    assert {place.stat().st_mode & 0o777 for place in (folder, folder.parent)} == {0o700}


def test_a_folder_in_which_others_may_write_is_not_the_persons_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs").chmod(0o777)
    monkeypatch.setenv("EUREKA_AGENT_STATE", str(tmp_path))
    assert state_folder("runs") is None


def test_what_came_with_the_package_is_nothing_that_a_person_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("working", "variable", "explicit"):
        (tmp_path / name / "envs").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "working")
    monkeypatch.setenv("EUREKA_AGENT_ENVS", str(tmp_path / "variable" / "envs"))
    found = resource_folders("envs", tmp_path / "explicit" / "envs")
    assert found[3:] == bundled_folders("envs")
    assert not [folder for folder in bundled_folders("envs") if tmp_path in folder.parents]


def test_a_training_may_take_what_the_machine_can_spare(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    everything = usable_memory_mb(limit)
    assert everything >= 4096
    limit.write_text(f"{10**16}\n")
    assert usable_memory_mb(limit) == everything
    limit.write_text(f"{2**30}\n")
    assert usable_memory_mb(limit) == 4096, "as much as ever"
    assert usable_memory_mb(tmp_path / "none") == everything
