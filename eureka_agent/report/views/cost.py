"""What a run took: steps by what they were for, time, and what each language model was paid for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from eureka_agent.archive.candidate import Evaluation, Status
from eureka_agent.report.effort import improvements_line, training_hours
from eureka_agent.report.words import counted, cut, duration
from eureka_agent.store.records import Reply
from eureka_agent.store.state import RunState


@dataclass(frozen=True)
class Bill:
    """What one model was asked in one role."""

    model: str
    role: str
    """designer, critic, analyzer or annotator."""
    requests: int
    recorded: int
    """Replies of them that came from a recording or the reply cache: nobody was asked."""
    input_tokens: int
    output_tokens: int
    """As far as known."""
    cost_usd: float
    unknown: int
    """Replies without a known price; none of them counts as free."""


@dataclass(frozen=True)
class CostView:
    """What a run took, until now or until its end."""

    rewards: int
    """Proposed and not left out before training."""
    trainings: int
    env_steps: int
    steps_by_purpose: tuple[tuple[str, int], ...]
    """"search", "choose", "confirm" and "failed": environment steps, evaluation included."""
    seconds: float
    """During which a process worked on the run."""
    training_seconds: float
    """Of them those in which something was trained."""
    core_hours: float | None
    """Training time times cores; hours of a GPU where one trained; None where the log does not say."""
    platform: str
    cost_usd: float
    cost_unknown: int
    at_most_usd: float
    """Where prices are unknown: what may have been spent."""
    tokens: int
    bills: tuple[Bill, ...]
    maybe_billed: int
    """Requests that may have been billed though no reply arrived."""
    worth: str
    """Confirmed improvements per CPU-hour, in a sentence; empty where that is not known."""

    @property
    def time(self) -> str:
        """How long it took, in words."""
        return f"{duration(self.seconds)}, {duration(self.training_seconds)} of it training"

    @property
    def trained(self) -> str:
        """What was trained and tried, in words."""
        trained = f"{self.env_steps:,} environment steps in {counted(self.trainings, 'training')}"
        return f"{trained}, {counted(self.rewards, 'reward')} tried"

    @property
    def money(self) -> str:
        """What was paid, and for how many tokens, in words."""
        return f"{self.paid}, for {self.tokens:,} tokens" if self.tokens else self.paid

    @property
    def paid(self) -> str:
        """What was paid for language models, in words."""
        if not self.bills:
            return "$0.00: no language model was asked"
        unknown = f", and {self.cost_unknown} replies of unknown price" if self.cost_unknown else ""
        worst = f" (at most ${self.at_most_usd:.2f})" if self.cost_unknown else ""
        if all(bill.recorded == bill.requests for bill in self.bills):
            return f"${self.cost_usd:.2f}: all replies came from a recording or the cache"
        return f"${self.cost_usd:.2f}{unknown}{worst}"


def cost_view(state: RunState) -> CostView:
    """Return what a run took."""
    trained = list(_evaluations(state))
    known = Counter[str]()
    for evaluation in trained:
        known[evaluation.stage] += evaluation.env_steps
    known["failed"] = state.env_steps - known.total()
    return CostView(
        rewards=sum(c.status is not Status.DRAFTED_OUT for c in state.candidates.values()),
        trainings=len(trained)
        + sum(map(len, (state.failures, state.baseline_failures, state.before_failures))),
        env_steps=state.env_steps,
        steps_by_purpose=tuple((name, steps) for name, steps in known.items() if steps > 0),
        seconds=state.active_s,
        training_seconds=state.training_s,
        core_hours=training_hours(state),
        platform=state.platform,
        cost_usd=state.cost_usd,
        cost_unknown=state.cost_unknown,
        at_most_usd=state.at_most_usd,
        tokens=state.tokens,
        bills=_bills(state),
        maybe_billed=state.maybe_billed,
        worth=improvements_line(state),
    )


def _evaluations(state: RunState) -> Iterable[Evaluation]:
    for candidate in state.candidates.values():
        yield from candidate.evaluations
    for evaluations in state.baselines.values():
        yield from evaluations
    yield from state.before.values()


def _bills(state: RunState) -> tuple[Bill, ...]:
    groups: dict[tuple[str, str], list[Reply]] = {}
    for key, reply in state.replies.items():
        groups.setdefault((cut(reply.model, 100), key.role), []).append(reply)
    return tuple(_bill(model, role, replies) for (model, role), replies in sorted(groups.items()))


def _bill(model: str, role: str, replies: list[Reply]) -> Bill:
    usages = [reply.usage for reply in replies]
    return Bill(
        model, role, len(replies),
        recorded=sum(reply.cached for reply in replies),
        input_tokens=sum(usage.input_tokens or 0 for usage in usages),
        output_tokens=sum(usage.output_tokens or 0 for usage in usages),
        cost_usd=sum(usage.cost_usd or 0.0 for usage in usages),
        unknown=sum(usage.cost_usd is None for usage in usages),
    )  # fmt: skip
