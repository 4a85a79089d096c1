"""The process that draws: what it imports, how it ends, and what it leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from eureka_agent.errors import EurekaError
from eureka_agent.serve.drawings import Drawings
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Episode

EPISODE = Episode("0-00", 0, 0)


def test_files_of_the_working_directory_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("numpy", "json", "eureka_agent"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EurekaError) as caught:
        Drawings().drawn(RunFolder(tmp_path / "none"), "id", EPISODE, ".jpg")
    assert "Run none never began" in caught.value.what  # the package was found, and looked for the run
    assert not (tmp_path / "ran").exists()
