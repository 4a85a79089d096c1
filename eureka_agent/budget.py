"""Budgets of a run: money is reserved before a request and settled after; an unknown price is never zero."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from eureka_agent.errors import BudgetExhaustedError, ModelError

_LOOK_AGAIN_S = 0.2
"""Seconds between two checks for a stop while a request waits for budget."""


@dataclass(frozen=True)
class Spent:
    """Resources a run has used so far."""

    env_steps: int
    cost_usd: float
    cost_unknown: int
    """Replies of unknown cost: neither their price nor an upper bound is known."""
    active_s: float


@dataclass(frozen=True)
class Limits:
    """Limits of a run; None is no limit."""

    env_steps: int | None
    cost_usd: float | None
    active_s: float | None

    def exhausted(self, spent: Spent) -> str:
        """Return why nothing more may be started, or an empty string."""
        if self.cost_usd is not None and spent.cost_unknown:
            return f"the price of {spent.cost_unknown} replies is unknown, so the budget cannot be enforced"
        if self.cost_usd is not None and spent.cost_usd > self.cost_usd:
            return f"${spent.cost_usd:.2f} of ${self.cost_usd:.2f} have been spent"
        if self.active_s is not None and spent.active_s >= self.active_s:
            return f"the {self.active_s / 60:g} minutes are over"
        return ""

    def affordable(self, spent: Spent, *, each: int, reserved: int, wanted: int) -> int:
        """Return how many of `wanted` trainings of `each` steps fit beside what is `reserved`."""
        if self.env_steps is None:
            return wanted
        return max(0, min(wanted, (self.env_steps - spent.env_steps - reserved) // each))


class Ledger:
    """Dollars spent and reserved. Safe to use from several threads.

    Before a request its worst case is reserved, or the request does not start; afterwards its price is
    settled. `spent_usd` is what may have been spent before, requests without a reply included.
    """

    def __init__(self, limit_usd: float | None, spent_usd: float = 0.0) -> None:
        self.limit_usd = limit_usd
        self._spent_usd = spent_usd
        self._reserved_usd = 0.0
        self._settled = threading.Condition()

    @contextmanager
    def reserved(self, worst_usd: float | None, stop: threading.Event) -> Iterator[Reservation]:
        """Reserve the worst case of a request while it runs; raises BudgetExhaustedError if it does not fit.

        Where it fits only once running requests are settled, it waits for them (until `stop` is set). None
        stands for an unknown price: it fits no budget.
        """
        self._reserve(worst_usd, stop)
        reservation = Reservation(worst_usd or 0.0)
        try:
            yield reservation
        finally:
            with self._settled:
                self._reserved_usd -= worst_usd or 0.0
                self._spent_usd += reservation.settled_usd
                self._settled.notify_all()

    def _reserve(self, worst_usd: float | None, stop: threading.Event) -> None:
        with self._settled:
            if self.limit_usd is not None and worst_usd is None:
                raise BudgetExhaustedError(
                    "the price of a request is unknown, so the budget cannot be enforced"
                )
            worst = worst_usd or 0.0
            while worst > 0 and not self._fits(self._spent_usd + self._reserved_usd + worst):
                if not self._fits(self._spent_usd + worst):
                    raise BudgetExhaustedError(
                        f"another request may cost ${worst:.4f}, and ${self._spent_usd:.4f} of "
                        f"${self.limit_usd or 0.0:.2f} may be spent already"
                    )
                self._settled.wait(_LOOK_AGAIN_S)
                if stop.is_set():
                    raise ModelError("stopped before it was asked")
            self._reserved_usd += worst

    def _fits(self, dollars: float) -> bool:
        return self.limit_usd is None or dollars <= self.limit_usd


class Reservation:
    """The money set aside for one request; unless settled, all of it counts as spent."""

    def __init__(self, worst_usd: float) -> None:
        self.worst_usd = worst_usd
        self.settled_usd = worst_usd

    def settle(self, cost_usd: float | None, *, lost: int = 0) -> None:
        """Say what the request cost (None: unknown, at most the worst case) besides `lost` lost attempts."""
        self.settled_usd = (self.worst_usd if cost_usd is None else cost_usd) + lost * self.worst_usd
