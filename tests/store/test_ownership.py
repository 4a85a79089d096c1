"""A run is one's own by what stands outside its folder, and only with the configuration it began with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eureka_agent.store.ownership import config_hash, is_own, new_run_id, record_run

CONFIG = {
    "task": {"kind": "gym", "value": "CartPole-v1", "options": {"n": 0.1}},
    "model": "search",
    "seed": 3,
}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EUREKA_AGENT_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_recorded_run_is_own_with_its_very_configuration(state: Path, tmp_path: Path) -> None:
    run_id = new_run_id()
    assert not is_own(run_id, CONFIG)
    assert record_run(run_id, CONFIG, tmp_path / "runs" / "one")
    assert is_own(run_id, json.loads(json.dumps(CONFIG)))
    assert is_own(run_id, dict(reversed(CONFIG.items())))
    assert not is_own(run_id, {**CONFIG, "model": "openai/other"})
    assert not is_own(run_id, {**CONFIG, "parallel": 2}), "fields that change no result count, too"
    assert not is_own(new_run_id(), CONFIG)
    assert (state / "runs").stat().st_mode & 0o777 == 0o700
    (record,) = (state / "runs").iterdir()
    assert json.loads(record.read_text())["folder"] == str(tmp_path / "runs" / "one")


@pytest.mark.parametrize(
    "run_id", ["", "../../evil", "0" * 31, "0" * 33, "G" * 32, "٣" * 32, "0" * 32 + "\n"]
)
def test_an_id_that_could_name_another_file_is_nobodys(tmp_path: Path, run_id: str) -> None:
    (tmp_path / "evil.json").write_text(json.dumps({"config": config_hash(CONFIG)}))
    assert not is_own(run_id, CONFIG)


@pytest.mark.parametrize("content", ["", "[]", "{", '"x"', "{}", '{"config": null}', "[" * 100_000])
def test_a_damaged_record_is_none(state: Path, content: str) -> None:
    run_id = new_run_id()
    assert record_run(run_id, CONFIG, Path("x"))
    (state / "runs" / f"{run_id}.json").write_text(content)
    assert not is_own(run_id, CONFIG)


def test_without_a_state_folder_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EUREKA_AGENT_STATE", str(tmp_path / "file"))
    run_id = new_run_id()
    assert not record_run(run_id, CONFIG, tmp_path)
    assert not is_own(run_id, CONFIG)
