"""What a run would cost, said before it starts, and refusals that cost nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from servers import Service, serving
from typer.testing import CliRunner

from eureka_agent.api.estimate import check_budget, estimate
from eureka_agent.api.models import make_models, resolve_model
from eureka_agent.cli.app import app
from eureka_agent.config import RunConfig, make_config
from eureka_agent.errors import BudgetExhaustedError, ConfigError
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.tasks.registry import find_task

GPT, CLAUDE = "openai/gpt-4o", "anthropic/claude-sonnet-4-5"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "EUREKA_AGENT_BASE_URL", "EUREKA_AGENT_PRICES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-none")
    monkeypatch.setenv("EUREKA_AGENT_CACHE", str(tmp_path / "cache"))


def config(**options: Any) -> RunConfig:
    return make_config({"task": {"kind": "folder", "value": "cartpole"}, **options})


def test_an_estimate_follows_from_the_rendered_prompts() -> None:
    task = find_task("cartpole")
    small = estimate(task, config(model=GPT, generations=1, samples=4))
    (share,) = small.shares
    assert (share.requests, share.most_requests, small.trainings) == (4, 12, 4)
    assert share.output_tokens == 4000
    assert share.cost_usd == pytest.approx(share.input_tokens * 2.5e-6 + share.output_tokens * 1e-5, rel=1e-3)
    assert share.most_usd is not None
    assert share.most_usd > 12 * 16_000 * 1e-5
    later = estimate(task, config(model=GPT, generations=2, samples=4)).shares[0]
    assert later.input_tokens > 2 * share.input_tokens  # parents and history make prompts longer


def test_drafts_are_asked_for_and_not_trained() -> None:
    task = find_task("cartpole")
    plain, drafted = (
        estimate(task, config(model=GPT, generations=2, samples=2, draft=draft)) for draft in (1, 4)
    )
    assert (plain.shares[0].requests, plain.trainings) == (4, 4)
    assert (drafted.shares[0].requests, drafted.trainings) == (16, 4)
    assert (drafted.cost_usd or 0.0) > 3 * (plain.cost_usd or 0.0)


def test_two_models_share_the_requests_and_an_unknown_price_stays_unknown() -> None:
    task = find_task("cartpole")
    both = estimate(task, config(model=f"{GPT},{CLAUDE}", generations=2, samples=4))
    assert [share.requests for share in both.shares] == [4, 4]
    assert both.cost_usd == pytest.approx(sum(share.cost_usd or 0 for share in both.shares))
    unknown = estimate(task, config(model=f"{GPT},openai/gpt-999", generations=1, samples=4))
    assert [share.cost_usd is None for share in unknown.shares] == [False, True]
    assert unknown.cost_usd is None
    assert unknown.most_usd is None


def test_search_asks_nobody() -> None:
    asked = estimate(find_task("cartpole"), config(model="search"))
    assert asked.shares == ()
    assert asked.most_usd == 0


def test_a_budget_below_one_call_is_refused_with_what_would_do() -> None:
    task = find_task("cartpole")
    with pytest.raises(BudgetExhaustedError, match="do not pay for one request") as caught:
        check_budget(task, config(model=GPT, budget_usd=0.01))
    assert "at least $0.1" in caught.value.allowed
    check_budget(task, config(model=GPT, budget_usd=1.0))
    check_budget(task, config(model=GPT, budget_usd=0.1, max_reply_tokens=1000))


def test_a_budget_needs_a_price(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = find_task("cartpole")
    with pytest.raises(ConfigError, match="price of openai/gpt-999 is not known"):
        check_budget(task, config(model="openai/gpt-999", budget_usd=1.0))
    check_budget(task, config(model="openai/gpt-999"))
    prices = tmp_path / "prices.toml"
    prices.write_text('["openai/gpt-999"]\ninput = 1\noutput = 2\n')
    monkeypatch.setenv("EUREKA_AGENT_PRICES", str(prices))
    check_budget(task, config(model="openai/gpt-999", budget_usd=1.0))


@pytest.mark.parametrize("model", [f"{GPT},{GPT}", f"{GPT},search"])
def test_models_that_cannot_share_a_run_are_refused(model: str) -> None:
    with pytest.raises(ConfigError, match="cannot share"):
        make_models(config(model=model), Path(), find_task("cartpole"))


def test_several_models_have_no_common_address() -> None:
    with pytest.raises(ConfigError, match="one base URL"):
        make_models(
            config(model=f"{GPT},{CLAUDE}", base_url="http://localhost:1/v1"), Path(), find_task("cartpole")
        )


def test_the_run_remembers_the_address_that_the_environment_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EUREKA_AGENT_BASE_URL", "http://localhost:1/v1/")
    assert resolve_model({"model": GPT}).base_url == "http://localhost:1/v1"
    assert resolve_model({"model": CLAUDE}).base_url is None
    assert resolve_model({"model": "search"}).base_url is None
    assert resolve_model({"model": f"{GPT},{CLAUDE}"}).base_url is None


def test_an_address_for_nobody_is_refused() -> None:
    with pytest.raises(ConfigError, match="asks none"):
        resolve_model({"model": "manual", "base_url": "http://localhost:1/v1"})


def test_the_dry_run_prints_configuration_requests_and_price_and_asks_nobody(tmp_path: Path) -> None:
    with serving(Service("openai")) as service:
        command = ["evolve", "cartpole", "--dry-run", "--model", "openai/small-model-1", "--base-url"]
        command += [service.base_url, "--runs", str(tmp_path / "runs")]
        shown = CliRunner().invoke(app, command)
        assert shown.exit_code == 0, shown.output
        data = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
    assert not service.requests
    assert not (tmp_path / "runs").exists()
    assert 'model = "openai/small-model-1"' in shown.output
    assert "80 requests (at most 240)" in shown.output
    assert "unknown" in shown.output
    assert data["shares"][0]["requests"] == 80
    assert data["cost_usd"] is None


def test_reviews_are_estimated_beside_the_designers_requests() -> None:
    task = find_task("cartpole")
    given = {"model": GPT, "generations": 1, "samples": 4}
    designer, critic = estimate(task, config(**given, critic_model=CLAUDE, repair_turns=3)).shares
    assert (designer.role, critic.role, critic.model) == ("designer", "critic", CLAUDE)
    assert (critic.requests, critic.most_requests) == (8, 24), "each answer is read with and without comments"
    assert critic.cost_usd is not None
    assert critic.most_usd is not None
    assert critic.most_usd > 24 * 16_000 * 1e-5
    with pytest.raises(BudgetExhaustedError, match=f"one request to {CLAUDE}"):
        check_budget(task, config(**given, critic_model=CLAUDE, budget_usd=0.65, max_reply_tokens=50_000))


def test_each_role_has_its_own_model_or_shares_the_designers() -> None:
    task = find_task("cartpole")
    for name in ("same", GPT):
        models = make_models(config(model=GPT, critic_model=name), Path(), task)
        assert models.critic is models.designers[0]
        assert len(models.all) == 1
    apart = make_models(config(model=GPT, critic_model="manual:me"), Path(), task)
    assert [model.name for model in apart.all] == [GPT, "manual:me"]
    turned = apart.replaced([ScriptedModel([], name="a"), ScriptedModel([], name="b")])
    assert [model.name for model in turned.designers] == ["a"]
    assert turned.critic is not None
    assert turned.critic.name == "b"
    assert make_models(config(model=GPT), Path(), task).critic is None


def test_analyses_of_parents_are_estimated_too() -> None:
    task = find_task("cartpole")
    given = {"model": GPT, "generations": 3, "samples": 4, "analyzer_model": CLAUDE}
    designer, analyzer = estimate(task, config(**given)).shares
    assert (designer.role, analyzer.role) == ("designer", "analyzer")
    assert (analyzer.requests, analyzer.most_requests) == (6 * 5, 6 * 9), "three parents in two generations"
    assert analyzer.cost_usd is not None
    assert analyzer.most_usd is not None
    assert analyzer.most_usd > 6 * 9 * 16_000 * 1e-5
    alone = estimate(task, config(**given, analyzer_queries=False)).shares[1]
    assert (alone.requests, alone.most_requests) == (6, 6)
    shared = make_models(config(**given, critic_model=CLAUDE), Path(), task)
    assert shared.critic is shared.analyzer


def test_a_review_that_nobody_could_answer_is_refused() -> None:
    with pytest.raises(ConfigError, match="Nobody would read"):
        make_models(config(model="search", critic_model="manual"), Path(), find_task("cartpole"))
