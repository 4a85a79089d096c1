"""A model that costs no more than a limit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from eureka_agent.budget import Ledger
from eureka_agent.errors import BudgetExhaustedError, ModelError
from eureka_agent.llm.model import LanguageModel, Message, Reply, UnansweredError, worst_case_usd


@runtime_checkable
class Closes(Protocol):
    """A model that has something running."""

    def close(self) -> None:
        """End it."""
        ...


class BudgetedModel:
    """Asks `model` while another request fits the budget at its worst, and `most_requests` are not over."""

    def __init__(
        self, model: LanguageModel, *, budget_usd: float | None = None, most_requests: int | None = None
    ) -> None:
        self.name, self.max_parallel = model.name, model.max_parallel
        self.requests = 0
        """Requests that were begun."""
        self.cost_usd: float | None = 0.0
        """What they have cost, with the worst case of those without a reply; None where it is not known."""
        self._model, self._most = model, most_requests
        self._ledger = Ledger(budget_usd)
        self._lock = threading.Lock()

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Answer one request; BudgetExhaustedError where it may cost too much or is one too many."""
        worst_usd = worst_case_usd(self._model, key, messages)
        with self._ledger.reserved(worst_usd, stop) as reservation:
            self._begin()
            cost_usd = worst_usd
            try:
                reply = self._model.reply(key, messages, stop)
                reservation.settle(reply.usage.cost_usd, lost=reply.lost)
                cost_usd = _cost(reply.usage.cost_usd, worst_usd, lost=reply.lost)
            except ModelError as error:
                lost = error.lost if isinstance(error, UnansweredError) else 0
                reservation.settle(0.0, lost=lost)
                cost_usd = _cost(0.0, worst_usd, lost=lost)
                raise
            finally:
                self._add(cost_usd)
        return reply

    def close(self) -> None:
        """End what the model has running on this machine."""
        if isinstance(self._model, Closes):
            self._model.close()

    def _begin(self) -> None:
        with self._lock:
            if self._most is not None and self.requests >= self._most:
                raise BudgetExhaustedError(f"the {self._most:,} requests that were allowed are over")
            self.requests += 1

    def _add(self, cost_usd: float | None) -> None:
        with self._lock:
            before = self.cost_usd
            self.cost_usd = None if before is None or cost_usd is None else before + cost_usd


def _cost(cost_usd: float | None, worst_usd: float | None, *, lost: int) -> float | None:
    """Return what a request cost with its lost attempts; None where a part of it is not known."""
    if cost_usd is None or (lost and worst_usd is None):
        return None
    return cost_usd + lost * (worst_usd or 0.0)
