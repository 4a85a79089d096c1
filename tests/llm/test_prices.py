from __future__ import annotations

from pathlib import Path

import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.llm.prices import Tokens, find_price, own_prices, worst_case

OPENAI, ANTHROPIC = "https://api.openai.com/v1", "https://api.anthropic.com"


def test_a_vendors_price_counts_cached_tokens_for_less() -> None:
    price = find_price("openai", "gpt-4o", base_url=OPENAI)
    assert price is not None
    plain, cached = price(Tokens(10_000, 1000)), price(Tokens(10_000, 1000, cached=8000))
    assert plain == pytest.approx(0.035)  # $2.50 and $10 for a million
    assert cached == pytest.approx(0.025)


def test_writing_to_the_prompt_cache_costs_more_and_is_part_of_the_worst_case() -> None:
    price = find_price("anthropic", "claude-sonnet-4-5", base_url=ANTHROPIC)
    assert price is not None
    assert price(Tokens(10_000, 0, cache_write=10_000)) == pytest.approx(0.0375)
    assert worst_case(price, input_tokens=10_000, output_tokens=1000) == pytest.approx(0.0375 + 0.015)


@pytest.mark.parametrize(
    ("model", "url"),
    [
        ("gpt-999", OPENAI),
        ("gpt-4o", "http://127.0.0.1:8000/v1"),
        ("gpt-4o", "https://llm.example.org/v1"),
        ("gpt-4o", ANTHROPIC),
    ],
)
def test_an_unknown_price_is_none(model: str, url: str) -> None:
    assert find_price("openai", model, base_url=url) is None


def test_own_prices_come_first(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text('["openai/mine"]\ninput = 1.0\noutput = 4.0\ncached = 0.5\n')
    price = find_price("openai", "mine", base_url="http://127.0.0.1:1/v1", own=own_prices(path))
    assert price is not None
    assert price(Tokens(1_000_000, 500_000, cached=500_000, cache_write=100_000)) == pytest.approx(2.75)


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        '["a"]\ninput = 1',
        '["a"]\ninput = 1\noutput = -1',
        '["a"]\ninput = 1\noutput = 1\nx = 1',
        "a = 1",
    ],
)
def test_prices_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(ConfigError):
        own_prices(path)


def test_a_missing_file_of_prices_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        own_prices(tmp_path / "no.toml")
