"""Whole runs with keys in the environment, on services that repeat them: no key is left anywhere."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from replies import author
from servers import Service, serving

CHECKOUT = Path(__file__).parents[2]
CORE = "c4n4ry"
"""Stands at the start of every key, so that a key which was cut is found as well."""
VARIABLES = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY", "EUREKA_AGENT_API_KEY", "HF_TOKEN",
    "AWS_SECRET_ACCESS_KEY", "DATABASE_PASSWORD",
)  # fmt: skip
SAID_LENGTH = 400
TINY = (
    "--generations", "1", "--samples", "2", "--env-steps", "256", "--confirm-seeds", "2",
    "--confirm-top", "1", "--max-parallel-requests", "1", "--trainer", "population",
)  # fmt: skip


def canary(variable: str) -> str:
    return f"sk-{CORE}-{variable.lower()}-0f3a91"


class Echoing(Service):
    """Repeats every key it was sent, in errors and in replies."""

    def __init__(self, dialect: str, faults: list[str], key: str) -> None:
        super().__init__(dialect, faults)
        self.key, self._author = key, author()
        self.say = self._say
        start = len("It went wrong with status 500. ")
        # The second one lies where a message that is too long is cut.
        self.echo = f"You sent {key}, {quote(key)}".ljust(SAID_LENGTH - start - 12) + key

    def _say(self, body: dict[str, Any]) -> str:
        said = self._author(body)
        return f"Authorization: Bearer {self.key}\n{said.replace('upright', f'upright  # {self.key}', 1)}"


def run_with(service: Echoing, root: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    keys = {variable: canary(variable) for variable in VARIABLES}
    places = {"HOME": str(root), "TMPDIR": str(root / "tmp"), "XDG_CACHE_HOME": str(root / "cache")}
    (root / "tmp").mkdir()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), **places, **keys}
    model = f"{service.dialect}/small-model-1"
    command = [sys.executable, "-m", "eureka_agent", "evolve", "cartpole", "--model", model, *TINY, *options]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)


def places_of(core: bytes, root: Path) -> list[str]:
    files = [path for path in root.rglob("*") if path.is_file()]
    assert files
    encoded = base64.b64encode(b"sk-" + core)[:8]
    found = []
    for path in files:
        content = path.read_bytes()
        if core in content or encoded in content or core.decode() in path.name:
            found.append(str(path.relative_to(root)))
    return found


@pytest.mark.parametrize(
    ("dialect", "faults", "code"),
    [("openai", ["500", "429", "reset", "garbage"], 0), ("anthropic", ["529", "ok", "403"], 1)],
)
def test_no_key_is_left_by_a_run(tmp_path: Path, dialect: str, faults: list[str], code: int) -> None:
    service = Echoing(dialect, faults, canary("EUREKA_AGENT_API_KEY"))  # the key for others than the vendor
    with serving(service):
        done = run_with(service, tmp_path, "--base-url", service.base_url)
    assert done.returncode == code, done.stderr.decode()
    assert any(service.key in str(headers) for _, headers, _ in service.requests)
    assert places_of(CORE.encode(), tmp_path) == []
    assert CORE.encode() not in done.stdout + done.stderr
    assert CORE not in str([body for _, _, body in service.requests])


def test_a_key_in_an_address_is_refused_and_not_shown(tmp_path: Path) -> None:
    for number, url in enumerate(("http://localhost:1/{}/v1", "http://user:{}@localhost:x/v1", "{}")):
        root = tmp_path / str(number)
        root.mkdir()
        (root / "kept").write_text("a folder is never empty")
        service = Echoing("openai", [], canary("OPENAI_API_KEY"))
        done = run_with(service, root, "--base-url", url.format(canary("OPENAI_API_KEY")))
        assert done.returncode == 2, done.stderr.decode()
        assert b"cannot be the base URL" in done.stderr
        assert CORE.encode() not in done.stdout + done.stderr
        assert places_of(CORE.encode(), root) == []
