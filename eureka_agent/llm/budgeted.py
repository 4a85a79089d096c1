"""A model that costs no more than a limit."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eureka_agent.budget import Ledger
from eureka_agent.errors import BudgetExhaustedError, ModelError
from eureka_agent.llm.model import LanguageModel, Message, Reply, UnansweredError, worst_case_usd


class BudgetedModel:
    """Asks `model` while another request fits the budget at its worst, and `most_requests` are not over."""

    def __init__(
        self, model: LanguageModel, *, budget_usd: float | None = None, most_requests: int | None = None
    ) -> None:
        self.name, self.max_parallel = model.name, model.max_parallel
        self.requests = 0
        self.cost_usd = 0.0
        """What replies so far have cost, as far as it is known."""
        self._model, self._most = model, most_requests
        self._ledger = Ledger(budget_usd)
        self._lock = threading.Lock()

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Answer one request; BudgetExhaustedError where it may cost too much or is one too many."""
        with self._lock:
            if self._most is not None and self.requests >= self._most:
                raise BudgetExhaustedError(f"the {self._most:,} requests that were allowed are over")
            self.requests += 1
        with self._ledger.reserved(worst_case_usd(self._model, key, messages), stop) as reservation:
            try:
                reply = self._model.reply(key, messages, stop)
            except ModelError as error:
                reservation.settle(0.0, lost=error.lost if isinstance(error, UnansweredError) else 0)
                raise
            reservation.settle(reply.usage.cost_usd, lost=reply.lost)
        with self._lock:
            self.cost_usd += reply.usage.cost_usd or 0.0
        return reply
