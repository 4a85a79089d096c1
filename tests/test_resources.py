from __future__ import annotations

from pathlib import Path

import pytest

from eureka_agent.resources import cache_folder


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
