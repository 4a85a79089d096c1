"""A model that costs no more than a limit."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from eureka_agent.errors import BudgetExhaustedError, ModelError
from eureka_agent.llm.budgeted import BudgetedModel
from eureka_agent.llm.model import Message, Reply, UnansweredError, Usage

STOP = threading.Event()


class Costs:
    """Costs what it is told, at most 0.10 a request."""

    name, max_parallel = "costs", 1

    def __init__(self, *costs: float | ModelError | None, worst: float | None = 0.1) -> None:
        self.costs, self.worst, self.asked, self.closed = list(costs), worst, 0, False

    def worst_case_usd(self, key: str, messages: Sequence[Message]) -> float | None:
        return self.worst

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        self.asked += 1
        cost = self.costs.pop(0)
        if isinstance(cost, ModelError):
            raise cost
        return Reply("fine", Usage(1, 1, cost), "costs", 0.0)

    def close(self) -> None:
        self.closed = True


def test_nothing_is_asked_whose_worst_case_is_too_much() -> None:
    model = Costs(0.06, 0.02)
    budgeted = BudgetedModel(model, budget_usd=0.15)
    budgeted.reply("1", (), STOP)
    with pytest.raises(BudgetExhaustedError):
        budgeted.reply("2", (), STOP)
    assert model.asked == budgeted.requests == 1
    assert budgeted.cost_usd == pytest.approx(0.06)


def test_requests_are_counted_and_end() -> None:
    budgeted = BudgetedModel(Costs(0.0, 0.0), most_requests=1)
    budgeted.reply("1", (), STOP)
    with pytest.raises(BudgetExhaustedError, match="the 1 requests"):
        budgeted.reply("2", (), STOP)


def test_an_unknown_price_is_not_zero() -> None:
    budgeted = BudgetedModel(Costs(0.01, None, 0.01, worst=None))
    for key in "123":
        budgeted.reply(key, (), STOP)
    assert budgeted.cost_usd is None


def test_what_is_lost_counts_at_its_worst() -> None:
    budgeted = BudgetedModel(Costs(UnansweredError("no reply", lost=2), 0.01))
    with pytest.raises(UnansweredError):
        budgeted.reply("1", (), STOP)
    budgeted.reply("2", (), STOP)
    assert budgeted.cost_usd == pytest.approx(0.21)


def test_what_it_has_running_can_be_ended() -> None:
    model = Costs()
    BudgetedModel(model).close()
    assert model.closed
