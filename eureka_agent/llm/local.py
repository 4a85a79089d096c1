"""A model on this machine: GGUF weights, served on the loopback by the packaged llama.cpp."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from eureka_agent.errors import ModelError
from eureka_agent.llm.formed import Form, FormedReply, formed
from eureka_agent.llm.hub import HubName, check_hub_library, weights_from_hub
from eureka_agent.llm.model import LanguageModel, Message, Reply

CONTEXT_TOKENS = 16_384
"""Room for prompt and reply; more takes more memory."""
_MAGIC = b"GGUF"
_LOAD_TIMEOUT_S = 300.0


class LocalModel:
    """Starts a server at the first request and asks it; `close` ends it.

    `weights` is a file of this machine, or a model of the hub that is downloaded before the server starts.
    `make_client` makes the model that asks the server, from its base URL.
    """

    max_parallel = 1

    def __init__(self, weights: Path | HubName, make_client: Callable[[str], LanguageModel]) -> None:
        if isinstance(weights, Path):
            check_gguf(weights)
        else:
            check_hub_library()
        if importlib.util.find_spec("xllamacpp") is None:
            raise ModelError(
                "Models on this machine need the package 'xllamacpp', which is not installed.",
                fix="pip install 'eureka-agent[local]'",
            )
        self.weights = weights
        self.name = local_name(weights)
        self._make_client = make_client
        self._client: LanguageModel | None = None
        self._server: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Ask the server, which is started if it is not running."""
        return self._served().reply(key, messages, stop)

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Ask the server for a reply in a form; see `TakesForm`."""
        return formed(self._served(), key, messages, stop, form)

    def _served(self) -> LanguageModel:
        with self._lock:
            if self._server is None or self._server.poll() is not None or self._client is None:
                self._server, address = _start(self._file(), self.name)
                self._client = self._make_client(f"{address}/v1")
            return self._client

    def _file(self) -> Path:
        if isinstance(self.weights, Path):
            return self.weights
        path = weights_from_hub(self.weights)
        check_gguf(path)
        return path

    def close(self) -> None:
        """End the server, if it runs."""
        with self._lock:
            if self._server is not None:
                _end(self._server)
                self._server = None


def local_name(weights: Path | HubName) -> str:
    """Return the name of a model on this machine, as the run's files show it."""
    return f"local:{weights.name if isinstance(weights, Path) else weights}"


def check_gguf(path: Path) -> None:
    """Raise ModelError unless `path` is a file that begins like a GGUF."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(
            f"The model {path} cannot be read: {error.strerror}.",
            allowed="the path of a .gguf file, or org/repo/file.gguf or org/repo:quant on the hub",
            fix="Correct what stands after 'local:'.",
        ) from None
    if start != _MAGIC:
        raise _no_model(path, "it does not begin with 'GGUF'")


def _start(path: Path, name: str) -> tuple[subprocess.Popen[str], str]:
    """Start a server and return it with its address; ModelError if the model cannot be loaded."""
    with tempfile.TemporaryFile("w+") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "eureka_agent.llm.local_server", str(path), str(CONTEXT_TOKENS), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=_without_keys(),
        )
        assert server.stdout is not None
        impatience = threading.Timer(_LOAD_TIMEOUT_S, server.kill)
        impatience.start()
        try:
            for line in server.stdout:
                if line.startswith("serving "):
                    return server, line.split()[1]
        finally:
            impatience.cancel()
        code = server.wait()
        errors.seek(0)
        said = [line.strip() for line in errors.read().splitlines() if line.strip()]
    reasons = [line for line in said if "error" in line.lower() or "fail" in line.lower()]
    raise _no_model(path, reasons[0][:200] if reasons else f"llama.cpp ended with code {code}")


def _end(server: subprocess.Popen[str]) -> None:
    if server.stdin is not None:
        server.stdin.close()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdout is not None:
        server.stdout.close()


def _without_keys() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if "KEY" not in name and "TOKEN" not in name}


def _no_model(path: Path, why: str) -> ModelError:
    return ModelError(
        f"{path} is no model that llama.cpp can load: {why}.",
        allowed="a .gguf file of a chat model",
        fix="Download it again, or name another file after 'local:'.",
    )
