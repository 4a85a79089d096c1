"""Whatever somebody else wrote into a run folder: commands look at it, and nothing comes of it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from door_folder import TINY, Folder, Scene
from door_foreign import FOLDERS
from door_import import import_all
from door_table import HARMLESS, RESUME, DoorResults
from foreign import Mark
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.api.evolve import resume
from eureka_agent.cli.app import app
from eureka_agent.errors import EurekaError

COMMANDS = (
    ("runs",),
    ("runs", "--json"),
    ("show", "theirs"),
    ("show", "theirs", "--json"),
    ("export", "theirs", "-o", "best.py"),
    ("export", "theirs", "--candidate", "0-00", "-o", "theirs.py"),
    ("export", "theirs", "--candidate", "../../outside", "-o", "other.py"),
    ("resume", "theirs"),
)

SECRET = "what only the person may read"

_SIGNS = (
    (r"not recorded as one of yours", "consent"),
    (r"its task was not loaded", "reference"),
    (r"cannot be understood|cannot be filled|not a JSON event|not an event|was expected", "log"),
    (r"newer version|does not fit this version", "log"),
    (r"never began", "log"),
    (r"symbolic link|neither a file nor", "links"),
    (r"was not written to", "writer"),
    (r"contains no recorded episodes|is not the policy|cannot be read", "files"),
)
"""What a refusal says, and what it is about."""


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A service that must never hear of anybody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture
def scene(tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Scene:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    for name in ("OPENAI_API_KEY", "EUREKA_AGENT_API_KEY"):
        monkeypatch.setenv(name, "sk-secret")
    (tmp_path / "code").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.syspath_prepend(tmp_path / "code" / "theirs")
    made = Scene(Mark(tmp_path / "mark"), tmp_path / "code", tmp_path / "outside", url)
    made.precious.write_text(SECRET)
    return made


def made(folder: Folder, scene: Scene) -> Path:
    root = Path("runs") / "theirs"
    folder.make(root, scene)
    return root


def lying_about(scene: Scene) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in scene.outside.rglob("*") if path.is_file()}


def connected(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_comes_of_a_hostile_folder(
    folder: Folder, scene: Scene, listener: socket.socket, door_results: DoorResults
) -> None:
    made(folder, scene)
    before, came = lying_about(scene), HARMLESS
    for command in COMMANDS:
        done = CliRunner().invoke(app, command)
        error = done.exception
        assert isinstance(error, EurekaError | SystemExit | None), f"{command}: {error!r}"
        assert SECRET not in done.output, f"{command} showed a file"
        if isinstance(error, EurekaError):
            assert error.what.strip()
            came = about(error) if command[0] == "resume" else came
    if folder.name.startswith("facts"):  # only there what is exported differs from folder to folder
        written = {str(path): path.absolute() for path in Path().rglob("*.py")}
        assert all(
            not told.effects and not told.error for told in import_all(written, scene.code.parent).values()
        )
    assert not scene.mark.left, folder.says
    assert not connected(listener), folder.says
    assert lying_about(scene) == before, folder.says
    door_results.note(f"folder/{folder.name}", RESUME, came)


def about(error: EurekaError) -> str:
    """Return what a refusal is about."""
    found = next((who for sign, who in _SIGNS if re.search(sign, str(error))), None)
    assert found, f"a refusal of an unknown kind: {error}"
    return found


@pytest.mark.parametrize("name", ["task_factory", "task_folder", "task_module"])
def test_with_trust_the_same_folder_acts(name: str, scene: Scene) -> None:
    """Else the marks above would prove nothing."""
    made(next(folder for folder in FOLDERS if folder.name == name), scene)
    with pytest.raises(EurekaError):
        resume("theirs", trust=True)  # it claims the digest of another task
    assert scene.mark.left


def test_evolve_takes_none_of_the_folders_for_its_own(scene: Scene, listener: socket.socket) -> None:
    for folder in FOLDERS:
        folder.make(Path("runs") / folder.name, scene)
    logs = {path: path.read_bytes() for path in Path("runs").glob("*/events.jsonl")}
    before = lying_about(scene)
    options: dict[str, Any] = {**TINY, "device": "cpu"}
    found = eureka_agent.evolve("cartpole", **options)
    assert found.folder.name not in {folder.name for folder in FOLDERS}
    assert {path: path.read_bytes() for path in logs} == logs
    assert lying_about(scene) == before
    assert not scene.mark.left
    assert not connected(listener)


def test_every_folder_says_what_it_tries() -> None:
    assert len(FOLDERS) >= 15
    assert all(folder.says.endswith(".") for folder in FOLDERS)
    assert len({folder.name for folder in FOLDERS}) == len(FOLDERS)
