"""`--model auto`: nothing is spent unasked, and nobody is asked whose address was not given."""

from __future__ import annotations

import pytest
from servers import Service, closed_port, serving

from eureka_agent.errors import ModelError
from eureka_agent.llm.auto import PAID, choose
from eureka_agent.llm.prices import find_price

LOCAL = "http://127.0.0.1:11434/v1"


def nobody(url: str) -> list[str]:
    raise AssertionError(f"{url} must not be asked")


def test_without_anything_it_is_search() -> None:
    choice = choose(budget_usd=5.0, env={}, offered=nobody)
    assert (choice.model, choice.base_url) == ("search", None)
    assert "neither" in choice.why


def test_a_key_alone_spends_nothing() -> None:
    choice = choose(budget_usd=None, env={"OPENAI_API_KEY": "k"}, offered=nobody)
    assert choice.model == "search"
    assert "--budget-usd" in choice.why


@pytest.mark.parametrize(("variable", "model"), PAID)
def test_a_key_and_a_budget_take_a_paid_model_of_known_price(variable: str, model: str) -> None:
    choice = choose(budget_usd=5.0, env={variable: "k"}, offered=nobody)
    assert choice.model == model
    assert variable in choice.why
    provider, _, name = model.partition("/")
    urls = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
    assert find_price(provider, name, base_url=urls[provider]) is not None


@pytest.mark.parametrize("variable", ["EUREKA_AGENT_BASE_URL", "OPENAI_BASE_URL"])
def test_a_local_server_whose_url_is_set_comes_first(variable: str) -> None:
    env = {variable: LOCAL, "OPENAI_API_KEY": "k"}
    choice = choose(budget_usd=5.0, env=env, offered=lambda _: ["a", "b"])
    assert (choice.model, choice.base_url) == ("openai/a", LOCAL)
    assert "first of 2" in choice.why


def test_a_server_elsewhere_is_not_asked() -> None:
    env = {"OPENAI_BASE_URL": "https://llm.example.org/v1", "OPENAI_API_KEY": "k"}
    choice = choose(budget_usd=5.0, env=env, offered=nobody)
    assert choice.model == "search"


def test_the_real_list_of_a_real_server_is_read() -> None:
    with serving(Service("openai")) as service:
        assert choose(budget_usd=None, base_url=service.base_url, env={}).model == "openai/big-model-2"


def test_a_local_server_that_is_down_is_said() -> None:
    with pytest.raises(ModelError, match="does not answer"):
        choose(budget_usd=None, env={"OPENAI_BASE_URL": f"http://127.0.0.1:{closed_port()}/v1"})
