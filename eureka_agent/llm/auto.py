"""What `--model auto` takes. Nothing is spent unasked, or sent to an address that was not given."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eureka_agent.errors import ModelError
from eureka_agent.llm.endpoint import OWN_URL, Endpoint, checked_url, endpoint_of, is_loopback

OFFLINE_MODEL = "search"
"""Needs no key and no network, and is not a language model."""
PAID = (
    ("ANTHROPIC_API_KEY", "anthropic/claude-sonnet-5-5"),
    ("OPENAI_API_KEY", "openai/gpt-6.1-sol"),
)
"""Keys that are looked for, in this order, and the model that each is used for. As of November 2026."""
_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Choice:
    """A model, where it is, and why it was taken, in a sentence for the person."""

    model: str
    base_url: str | None
    why: str


def choose(
    *,
    budget_usd: float | None,
    base_url: str | None = None,
    env: Mapping[str, str] | None = None,
    offered: Callable[[str], list[str]] | None = None,
) -> Choice:
    """Choose a local server whose URL is set, else a paid model if there is a key and a budget, else search.

    `offered` returns the models of the server at a base URL. Raises ModelError where a local server was
    named and offers nothing.
    """
    variables = os.environ if env is None else env
    named = base_url or variables.get(OWN_URL, "").strip() or variables.get("OPENAI_BASE_URL", "").strip()
    if named and is_loopback(url := checked_url(named)):
        return _local(url, (offered or _models_at)(url))
    if named:
        return Choice(
            OFFLINE_MODEL, None, f"{checked_url(named)} is not on this machine: name its model to use it"
        )
    keys = [(variable, model) for variable, model in PAID if variables.get(variable, "").strip()]
    if keys and budget_usd:
        variable, model = keys[0]
        return Choice(model, None, f"{variable} is set and ${budget_usd:g} may be spent")
    if keys:
        return Choice(OFFLINE_MODEL, None, f"{keys[0][0]} is set, but nothing is spent without --budget-usd")
    return Choice(OFFLINE_MODEL, None, "neither the URL of a local server nor a key is set")


def _local(url: str, models: list[str]) -> Choice:
    if not models:
        raise ModelError(
            f"The server at {url} does not answer, or offers no model.",
            allowed="a server that lists its models at /models",
            fix="Start it, unset the variable with its address, or give --model search.",
        )
    others = f", the first of {len(models)}" if len(models) > 1 else ""
    return Choice(f"openai/{models[0]}", url, f"the server at {url} offers it{others}")


def _models_at(url: str) -> list[str]:
    from eureka_agent.llm.openai import OpenAIWire
    from eureka_agent.llm.wire import Sampling

    endpoint: Endpoint = endpoint_of("openai", url)
    return OpenAIWire(endpoint, Sampling("", 1)).offered(_TIMEOUT_S)
