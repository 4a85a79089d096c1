"""What a person can get wrong: each says what, what would do, and what to do next; nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from asking import Clock, ask, model_on
from servers import Service, closed_port, serving

from eureka_agent.errors import ConfigError, ModelError
from eureka_agent.llm.endpoint import checked_url, endpoint_of, is_loopback
from eureka_agent.llm.local import check_gguf
from eureka_agent.llm.model import UnansweredError
from eureka_agent.llm.registry import ModelOptions, make_model
from eureka_agent.llm.retry import RetryPolicy

KEYS = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AZURE_OPENAI_API_KEY", "OPENROUTER_API_KEY",
    "EUREKA_AGENT_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "AZURE_OPENAI_ENDPOINT",
)  # fmt: skip
DIALECTS = ("openai", "anthropic")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("spec", "base_url", "variable"),
    [
        ("openai/m", None, "OPENAI_API_KEY"),
        ("anthropic/m", None, "ANTHROPIC_API_KEY"),
        ("azure/m", "https://x.openai.azure.com", "AZURE_OPENAI_API_KEY"),
        ("openai/m", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        ("openai/m", "https://llm.example.org/v1", "EUREKA_AGENT_API_KEY"),
    ],
)
def test_without_a_key_the_variable_is_named(
    tmp_path: Path, spec: str, base_url: str | None, variable: str
) -> None:
    with pytest.raises(ModelError, match=variable) as caught:
        make_model(spec, run_folder=tmp_path, options=ModelOptions(base_url=base_url))
    assert "search" in caught.value.fix


def test_a_server_on_this_machine_needs_no_key(tmp_path: Path) -> None:
    with serving(Service("openai")) as service:
        model = make_model(
            "openai/small-model-1", run_folder=tmp_path, options=ModelOptions(base_url=service.base_url)
        )
        assert ask(model).text == "hello"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_wrong_key_is_said_once_and_not_shown(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_SERVICE_KEY", "sk-wrong-secret")
    asked = Service(dialect)
    asked.key, asked.echo = "sk-right", "Incorrect key: sk-wrong-secret"
    with serving(asked) as service, pytest.raises(UnansweredError) as caught:
        ask(model_on(service, secrets=("sk-wrong-secret",)))
    assert "HTTP 401" in caught.value.what
    assert "Incorrect key: ***" in caught.value.what
    assert "sk-wrong-secret" not in str(caught.value)
    assert len(service.requests) == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_unknown_model_lists_what_there_is(dialect: str) -> None:
    with serving(Service(dialect)) as service, pytest.raises(UnansweredError) as caught:
        ask(model_on(service, model="small-model-l"))
    assert "small-model-1, big-model-2" in caught.value.allowed
    assert "Did you mean 'small-model-1'?" in caught.value.fix


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_server_that_is_down_is_given_up_soon(dialect: str) -> None:
    service = Service(dialect)
    service.base_url = f"http://127.0.0.1:{closed_port()}/v1"
    clock = Clock()
    with pytest.raises(UnansweredError) as caught:
        ask(model_on(service, clock=clock))
    assert "no connection" in caught.value.what
    assert "Start the service" in caught.value.fix
    assert caught.value.lost == 0
    assert len(clock.waits) == 2


def test_a_server_that_answered_before_gets_more_patience() -> None:
    clock = Clock()
    with serving(Service("openai")) as service:
        model = model_on(service, clock=clock, policy=RetryPolicy(attempts=6))
        ask(model)
    with pytest.raises(UnansweredError, match="after 6 attempts"):
        ask(model, "0-01/turn0")


@pytest.mark.parametrize(
    "url",
    ["localhost:8000", "ftp://host/v1", "http://", "not a url", "http://host:port/v1", "https://h/v1?key=1",
     "http://h/v1/chat/completions"],
)  # fmt: skip
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_url(url)
    assert "http://localhost:11434/v1" in caught.value.allowed


@pytest.mark.parametrize("url", ["https://me:hunter2@host/v1", "https://host/v1?api_key=hunter2"])
def test_a_secret_in_a_base_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_url(url)
    assert "hunter2" not in str(caught.value)


def test_addresses_come_from_the_option_then_the_vendors_variable_then_the_vendor() -> None:
    env = {"OPENAI_BASE_URL": "http://a/v1/"}
    assert endpoint_of("openai", "http://b/v1", env=env).base_url == "http://b/v1"
    assert endpoint_of("openai", env=env).base_url == "http://a/v1"
    assert endpoint_of("openai", env={}).base_url == "https://api.openai.com/v1"
    with pytest.raises(ConfigError, match="address of your resource"):
        endpoint_of("azure", env={})


def test_loopback_is_this_machine_only() -> None:
    assert all(
        is_loopback(f"http://{host}/v1") for host in ("localhost:1", "127.0.0.1", "127.1.2.3", "[::1]:8")
    )
    assert not any(
        is_loopback(f"http://{host}/v1") for host in ("10.0.0.1", "127.0.0.1.nip.io", "localhost.com")
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04zip", b"gguf"])
def test_a_gguf_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="does not begin with 'GGUF'"):
        make_model(f"local:{path}", run_folder=tmp_path)


def test_a_gguf_that_is_missing_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "no.gguf", tmp_path):
        with pytest.raises(ModelError, match="cannot be read"):
            check_gguf(path)
