"""Proxies of the environment: never for this machine, and one that cannot be used is a sentence."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from asking import ask, model_on
from servers import Service, closed_port, serving

from eureka_agent.errors import ModelError
from eureka_agent.llm.http import http_client
from eureka_agent.llm.registry import ModelOptions, make_model

VARIABLES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
SDKS = [openai, anthropic]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def without_socksio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the package be missing, whether it is installed or not."""
    imported = builtins.__import__

    def refuse(name: str, *others: Any) -> Any:
        if name.partition(".")[0] == "socksio":
            raise ImportError(name)
        return imported(name, *others)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_server_on_this_machine_is_asked_without_the_proxy(
    dialect: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"http://127.0.0.1:{closed_port()}")
    with serving(Service(dialect)) as service:
        assert ask(model_on(service)).text == "hello"


@pytest.mark.usefixtures("without_socksio")
@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_a_socks_proxy_is_no_matter_for_a_server_on_this_machine(
    dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with serving(Service(dialect)) as service:
        assert ask(model_on(service)).text == "hello"


@pytest.mark.usefixtures("without_socksio")
@pytest.mark.parametrize("spec", ["openai/m", "anthropic/m"])
def test_a_missing_socks_package_is_a_sentence(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://me:hunter2@127.0.0.1:1080")
    monkeypatch.setenv("EUREKA_AGENT_API_KEY", "sk-nothing")
    options = ModelOptions(base_url="https://llm.example.org/v1")
    with pytest.raises(ModelError) as caught:
        make_model(spec, run_folder=tmp_path, options=options)
    assert caught.value.what.startswith("ALL_PROXY asks for a SOCKS proxy")
    assert "pip install socksio" in caught.value.fix
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("sdk", SDKS)
def test_a_proxy_that_is_none_is_a_sentence(sdk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://me:hunter2@host:70")
    with pytest.raises(ModelError) as caught:
        http_client(sdk, "https://llm.example.org/v1")
    assert "HTTPS_PROXY" in caught.value.what
    assert "http://host:port" in caught.value.allowed
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("sdk", SDKS)
def test_other_addresses_go_through_the_proxy(sdk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    client = http_client(sdk, "http://llm.example.org/v1")
    with pytest.raises(Exception, match=r"refused|connect"):
        client.get("http://llm.example.org/v1/models", timeout=5.0)
