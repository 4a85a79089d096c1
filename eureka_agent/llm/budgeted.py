"""Models that together cost no more than a limit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from eureka_agent.budget import Ledger
from eureka_agent.errors import BudgetExhaustedError, ModelError
from eureka_agent.llm.formed import Form, FormedReply, formed
from eureka_agent.llm.model import LanguageModel, Message, Reply, UnansweredError, worst_case_usd


@runtime_checkable
class Closes(Protocol):
    """A model that has something running."""

    def close(self) -> None:
        """End it."""
        ...


class Allowance:
    """Dollars and requests that models may take, and what they took. Safe to use from several threads."""

    def __init__(self, *, budget_usd: float | None = None, most_requests: int | None = None) -> None:
        self.requests = 0
        """Requests that were begun."""
        self.cost_usd: float | None = 0.0
        """What they have cost, with the worst case of those without a reply; None where it is not known."""
        self.ledger = Ledger(budget_usd)
        self._most = most_requests
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Count a request; raises BudgetExhaustedError for one too many."""
        with self._lock:
            if self._most is not None and self.requests >= self._most:
                raise BudgetExhaustedError(f"the {self._most:,} requests that were allowed are over")
            self.requests += 1

    def add(self, cost_usd: float | None) -> None:
        """Count what a request has cost; None where that is not known."""
        with self._lock:
            before = self.cost_usd
            self.cost_usd = None if before is None or cost_usd is None else before + cost_usd


class BudgetedModel:
    """Asks `model` while another request fits the budget at its worst, and `most_requests` are not over."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        budget_usd: float | None = None,
        most_requests: int | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        """`allowance` is one that other models share, in the place of limits of its own."""
        self.name, self.max_parallel = model.name, model.max_parallel
        self.allowance = allowance or Allowance(budget_usd=budget_usd, most_requests=most_requests)
        self._model = model

    @property
    def requests(self) -> int:
        """Requests that were begun, by all that share the allowance."""
        return self.allowance.requests

    @property
    def cost_usd(self) -> float | None:
        """What they have cost; see `Allowance`."""
        return self.allowance.cost_usd

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Answer one request; BudgetExhaustedError where it may cost too much or is one too many."""
        return self._asked(
            lambda: FormedReply(self._model.reply(key, messages, stop)), key, messages, stop
        ).reply

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Answer one request in a form; see `TakesForm` and `reply`."""
        return self._asked(
            lambda: formed(self._model, key, messages, stop, form), key, messages, stop
        )  # fmt: skip

    def _asked(
        self, ask: Callable[[], FormedReply], key: str, messages: Sequence[Message], stop: threading.Event
    ) -> FormedReply:
        worst_usd = worst_case_usd(self._model, key, messages)
        with self.allowance.ledger.reserved(worst_usd, stop) as reservation:
            self.allowance.begin()
            cost_usd = worst_usd
            try:
                answer = ask()
                usage, lost = answer.reply.usage, answer.reply.lost
                reservation.settle(usage.cost_usd, lost=lost)
                cost_usd = _cost(usage.cost_usd, worst_usd, lost=lost)
            except ModelError as error:
                lost = error.lost if isinstance(error, UnansweredError) else 0
                reservation.settle(0.0, lost=lost)
                cost_usd = _cost(0.0, worst_usd, lost=lost)
                raise
            finally:
                self.allowance.add(cost_usd)
        return answer

    def close(self) -> None:
        """End what the model has running on this machine."""
        if isinstance(self._model, Closes):
            self._model.close()


def _cost(cost_usd: float | None, worst_usd: float | None, *, lost: int) -> float | None:
    """Return what a request cost with its lost attempts; None where a part of it is not known."""
    if cost_usd is None or (lost and worst_usd is None):
        return None
    return cost_usd + lost * (worst_usd or 0.0)
