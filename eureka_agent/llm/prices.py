"""What replies cost. An unknown price is None, never zero."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eureka_agent.errors import ConfigError

FILE_VARIABLE = "EUREKA_AGENT_PRICES"
"""Environment variable that names a TOML file with prices of one's own."""
_FIELDS = ("input", "output", "cached", "cache_write")


@dataclass(frozen=True)
class Tokens:
    """What a reply took. `input` holds `cached` and `cache_write`, `output` holds `thinking`."""

    input: int
    output: int
    cached: int = 0
    cache_write: int = 0
    thinking: int = 0


Price = Callable[[Tokens], float]
"""Dollars for so many tokens."""


def free(tokens: Tokens) -> float:
    """Return nothing: the price of what runs on this machine."""
    return 0.0


def find_price(
    provider: str, model: str, *, base_url: str, own: Mapping[str, Mapping[str, float]] | None = None
) -> Price | None:
    """Return the price of a service's model, or None where nobody knows it.

    `own` are the person's prices (see `own_prices`). Else the package `genai-prices` is asked for the vendor
    behind `base_url`; the price of a model is never taken from another vendor that serves the same one.
    """
    row = (own or {}).get(f"{provider}/{model}")
    if row is not None:
        return _per_million(row)
    return _listed_price(model, base_url)


def worst_case(price: Price, *, input_tokens: int, output_tokens: int) -> float:
    """Return the most that so many tokens can cost: nothing is cached, and all may be written to a cache."""
    plain = price(Tokens(input_tokens, output_tokens))
    return max(plain, price(Tokens(input_tokens, output_tokens, cache_write=input_tokens)))


def own_prices(path: Path) -> dict[str, dict[str, float]]:
    """Read a file of prices in dollars for a million tokens; ConfigError if it cannot be used.

    One table a model, named as after `--model`: `["openai/my-model"]`, `input = 1.0`, `output = 4.0`, and
    where they differ `cached = 0.1`, `cache_write = 1.25`.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"The prices in {path} cannot be read: {error}.",
            allowed="a TOML file",
            fix=f"Correct it, or unset {FILE_VARIABLE}.",
        ) from error
    for name, row in data.items():
        if not _is_row(row):
            raise ConfigError(
                f"{path}: '{name}' is no price.",
                allowed="input, output, and where they differ cached, cache_write: dollars a million tokens",
                fix="Correct the table.",
            )
    return data


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and {"input", "output"} <= row.keys() <= set(_FIELDS)
        and all(isinstance(value, int | float) and value >= 0 for value in row.values())
    )


def _per_million(row: Mapping[str, float]) -> Price:
    def price(tokens: Tokens) -> float:
        plain = tokens.input - tokens.cached - tokens.cache_write
        dollars = (
            plain * row["input"]
            + tokens.cached * row.get("cached", row["input"])
            + tokens.cache_write * row.get("cache_write", row["input"])
            + tokens.output * row["output"]
        )
        return dollars / 1e6

    return price


def _listed_price(model: str, base_url: str) -> Price | None:
    try:
        from genai_prices import Usage, calc_price
    except ImportError:
        return None

    def price(tokens: Tokens) -> float:
        usage = Usage(
            input_tokens=tokens.input,
            cache_read_tokens=tokens.cached,
            cache_write_tokens=tokens.cache_write,
            output_tokens=tokens.output,
        )
        return float(calc_price(usage, model_ref=model, provider_api_url=base_url).total_price)

    try:
        price(Tokens(1000, 100, cached=10, cache_write=10))
    except LookupError:
        return None
    return price
