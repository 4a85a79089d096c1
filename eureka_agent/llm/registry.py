"""From what a person types after `--model` to a model that can be asked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from eureka_agent.errors import ModelError, did_you_mean
from eureka_agent.llm.cache import CachedModel
from eureka_agent.llm.endpoint import HOSTED, Endpoint, endpoint_of
from eureka_agent.llm.hosted import HostedModel
from eureka_agent.llm.hub import HubName, hub_name
from eureka_agent.llm.local import LocalModel, local_name
from eureka_agent.llm.manual import ManualModel
from eureka_agent.llm.model import LanguageModel
from eureka_agent.llm.prices import FILE_VARIABLE, Price, find_price, free, own_prices
from eureka_agent.llm.replay import ReplayModel
from eureka_agent.llm.secret import secrets_in
from eureka_agent.llm.wire import Sampling, Wire

KNOWN = (
    "auto", "search", "openai/<model>", "anthropic/<model>", "azure/<deployment>", "local:<gguf file>",
    "local:<org>/<repo>:<quant>", "manual", "manual:<who answers>", "replay:<file>",
)  # fmt: skip
"""What may stand after `--model`; `search` asks no model and is no business of `make_model`."""


@dataclass(frozen=True)
class ModelOptions:
    """How models are asked; the same for all models of a run."""

    base_url: str | None = None
    """Address of the service; the vendor's own when not given."""
    temperature: float | None = None
    max_reply_tokens: int = 16_000
    effort: str | None = None
    """How much a reasoning model thinks, in the service's own word."""
    stream: bool | None = None
    """Whether replies are streamed; None leaves it to the wire."""
    grammar: str | None = None
    """What a reply must look like, in GBNF; only models on this machine are held to it."""
    max_parallel: int = 8
    cache: Path | None = None
    """Folder of the reply cache; None does without."""
    seed: int = 0
    """The run's seed: part of what makes a cached reply the same sample."""


def split_models(spec: str) -> list[str]:
    """Return the models of a list `a,b`; a recording or a GGUF file may hold commas in its name."""
    if spec.startswith(("replay:", "local:")) and Path(spec.partition(":")[2]).expanduser().exists():
        return [spec]
    return [part.strip() for part in spec.split(",") if part.strip()] or [spec]


def make_model(spec: str, *, run_folder: Path, options: ModelOptions | None = None) -> LanguageModel:
    """Build the model called `spec` (see `KNOWN`); ModelError or ConfigError for what cannot be asked.

    `manual` asks in `run_folder/outbox` and reads replies from `run_folder/inbox`; `manual:<who>` says in
    the run and its recording who answers. Keys are read from the
    environment here, and no request is sent.
    """
    chosen = options or ModelOptions()
    kind, _, rest = spec.partition(":")
    provider, _, model = spec.partition("/")
    if kind == "manual":
        return ManualModel(run_folder / "outbox", run_folder / "inbox", who=rest)
    if kind == "replay" and rest:
        return ReplayModel(Path(rest).expanduser())
    if kind == "local" and rest:
        return _local(hub_name(rest) or Path(rest).expanduser(), chosen)
    if provider in HOSTED and model:
        return _hosted(spec, endpoint_of(provider, chosen.base_url), model, chosen)
    raise ModelError(
        _complaint(spec, kind),
        allowed=", ".join(KNOWN),
        fix="Use 'manual' to answer in files (by hand or by a program), or 'search' (no LLM).",
    )


def _hosted(spec: str, endpoint: Endpoint, model: str, options: ModelOptions) -> LanguageModel:
    own = os.environ.get(FILE_VARIABLE)
    price = find_price(
        endpoint.provider, model, base_url=endpoint.base_url, own=own_prices(Path(own)) if own else None
    )
    asked = _client(spec, endpoint, model, options, price)
    return CachedModel(asked, options.cache, seed=options.seed) if options.cache else asked


def _local(weights: Path | HubName, options: ModelOptions) -> LanguageModel:
    name = local_name(weights)

    def client(base_url: str) -> LanguageModel:
        endpoint = Endpoint("openai", base_url, (), key_needed=False)
        return _client(name, endpoint, name, options, free, grammar=options.grammar, holds_forms=True)

    return LocalModel(weights, client)


def _client(
    name: str,
    endpoint: Endpoint,
    model: str,
    options: ModelOptions,
    price: Price | None,
    *,
    grammar: str | None = None,
    holds_forms: bool = False,
) -> HostedModel:
    sampling = Sampling(
        model, options.max_reply_tokens, options.temperature, options.effort, grammar, holds_forms
    )
    key = endpoint.key()
    return HostedModel(
        _wire(endpoint, sampling, options.stream),
        price,
        name=name,
        max_parallel=options.max_parallel,
        secrets=[*secrets_in(), *([key] if key else [])],
    )


def _wire(endpoint: Endpoint, sampling: Sampling, stream: bool | None) -> Wire:
    if endpoint.provider == "anthropic":
        from eureka_agent.llm.anthropic import AnthropicWire

        return AnthropicWire(endpoint, sampling, stream=stream is not False)
    from eureka_agent.llm.openai import OpenAIWire

    return OpenAIWire(endpoint, sampling, stream=stream is True)


def _complaint(spec: str, kind: str) -> str:
    if spec == "search":
        return "'search' proposes rewards without asking a model."
    if kind in ("replay", "local"):
        return f"'{kind}' needs a file: {kind}:<file>."
    provider, slash, model = spec.partition("/")
    if provider in HOSTED:
        return f"'{spec}' names no model: write {provider}/<model>."
    if slash and model:
        meant = did_you_mean(provider, HOSTED)
        return f"The model '{spec}' cannot be asked: there is no client for '{provider}'.{meant}"
    return (
        f"There is no model '{spec}'.{did_you_mean(kind, ('search', 'manual', 'replay', 'local', *HOSTED))}"
    )
