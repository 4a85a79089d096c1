"""What a person can get wrong about models, met by a whole run: what is said, word for word, and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from servers import Service, closed_port, serving

from eureka_agent.api.evolve import evolve
from eureka_agent.errors import EurekaError
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import list_runs

AGAIN = "Give the same command again: replies that arrived are kept and not asked for again."


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_BASE_URL", "EUREKA_AGENT_BASE_URL", "EUREKA_AGENT_API_KEY", "EUREKA_AGENT_PRICES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("EUREKA_AGENT_CACHE", str(tmp_path / "cache"))


def said(tmp_path: Path, **options: Any) -> str:
    """Return the error of a run with these options, as the command line prints it."""
    with pytest.raises(EurekaError) as caught:
        evolve("cartpole", runs=tmp_path / "runs", generations=1, samples=1, env_steps=512, **options)
    return str(caught.value)


def runs_of(tmp_path: Path) -> list[list[str]]:
    """Return the types of the events of every run that was begun."""
    folder = tmp_path / "runs"
    runs = list_runs(folder) if folder.exists() else []
    return [[event.type for event in read_events(run.events)] for run in runs]


def test_no_key(tmp_path: Path) -> None:
    assert said(tmp_path, model="openai/gpt-4o") == (
        "There is no key for https://api.openai.com/v1: OPENAI_API_KEY is not set.\n"
        "Allowed: the key in the environment; it is never written anywhere\n"
        "Next: export OPENAI_API_KEY=…, or give --model search, the built-in search (no LLM)."
    )
    assert runs_of(tmp_path) == []


def test_a_wrong_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EUREKA_AGENT_API_KEY", "sk-wrong")
    wanted = Service("openai")
    wanted.key = "sk-right"
    with serving(wanted) as service:
        options = {"model": "openai/small-model-1", "base_url": service.base_url}
        first, again = said(tmp_path, **options), said(tmp_path, **options)
    assert first == (
        f"openai/small-model-1 did not answer ({service.base_url}): HTTP 401: "
        "It went wrong with status 401.\n"
        f"Next: Correct the key in the environment. {AGAIN}"
    )
    assert again == first
    (events,) = runs_of(tmp_path)  # the second command went on with the run of the first
    assert events.count("run_started") == events.count("run_resumed") == 1
    assert len(service.requests) == events.count("request_failed") == 2


def test_an_unknown_model(tmp_path: Path) -> None:
    with serving(Service("openai")) as service:
        message = said(tmp_path, model="openai/small-model-l", base_url=service.base_url)
    assert message == (
        f"openai/small-model-l did not answer ({service.base_url}): HTTP 404: The model does not exist.\n"
        "Allowed: small-model-1, big-model-2\n"
        "Next: Choose one of them as --model. Did you mean 'small-model-1'?"
    )


def test_a_server_that_is_down(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{closed_port()}/v1"
    message = said(tmp_path, model="openai/small-model-1", base_url=url)
    assert message.startswith(f"openai/small-model-1 did not answer ({url}): no connection: ")
    assert message.endswith(
        f". Given up after 3 attempts.\nNext: Start the service, or correct --base-url. {AGAIN}"
    )


def test_a_budget_too_small_for_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('["openai/small-model-1"]\ninput = 0\noutput = 10\n')
    monkeypatch.setenv("EUREKA_AGENT_PRICES", str(prices))
    with serving(Service("openai")) as service:
        message = said(
            tmp_path, model="openai/small-model-1", base_url=service.base_url, budget_usd=0.01,
            max_reply_tokens=2000,
        )  # fmt: skip
    assert message == (
        "$0.01 do not pay for one request to openai/small-model-1, which may cost $0.0200. "
        "Nothing was asked.\n"
        "Allowed: at least $0.0200; a whole run is estimated by --dry-run\n"
        "Next: Raise --budget-usd, lower --max-reply-tokens, or choose a cheaper model."
    )
    assert (service.requests, runs_of(tmp_path)) == ([], [])


def test_a_base_url_that_is_none(tmp_path: Path) -> None:
    assert said(tmp_path, model="openai/m", base_url="localhost:8000") == (
        "'localhost:8000' cannot be the base URL of a service: "
        "it does not begin with http:// or https:// and a host.\n"
        "Allowed: e.g. http://localhost:11434/v1 or https://openrouter.ai/api/v1\n"
        "Next: Give the part before /chat/completions as --base-url, and the key as EUREKA_AGENT_API_KEY."
    )
    assert runs_of(tmp_path) == []


def test_a_gguf_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"PK\x03\x04")
    assert said(tmp_path, model=f"local:{path}") == (
        f"{path} is no model that llama.cpp can load: it does not begin with 'GGUF'.\n"
        "Allowed: a .gguf file of a chat model\n"
        "Next: Download it again, or name another file after 'local:'."
    )
    path.unlink()
    assert said(tmp_path, model=f"local:{path}") == (
        f"The model {path} cannot be read: No such file or directory.\n"
        "Allowed: the path of a .gguf file, or org/repo/file.gguf or org/repo:quant on the hub\n"
        "Next: Correct what stands after 'local:'."
    )
    assert runs_of(tmp_path) == []
