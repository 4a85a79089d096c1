"""Runs with the real designer, the real clients and the real journal, on services that fail."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asking import Clock, model_on
from fakes import make_evolution, source_worth
from servers import Service, serving

from eureka_agent.budget import Ledger
from eureka_agent.design.designer import Designer
from eureka_agent.design.proposer import Proposer
from eureka_agent.design.sharing import SharedDesign
from eureka_agent.errors import ModelError
from eureka_agent.evolution.journal import JournalledModel
from eureka_agent.evolution.loop import Evolution
from eureka_agent.llm.model import LanguageModel
from eureka_agent.llm.retry import RetryPolicy
from eureka_agent.store.event_types import ReplyReceived, RequestSent
from eureka_agent.store.events import read_events
from eureka_agent.store.records import RequestKey

GENERATIONS, SAMPLES = 3, 4
_MOST_COMMANDS = 5


def author(start: float = 0.0) -> Callable[[dict[str, Any]], str]:
    """Replies with a new reward each time, with prose and a fence around it."""
    numbers = itertools.count(1)

    def say(_: dict[str, Any]) -> str:
        number = next(numbers)
        return (
            f"Here it is.\n\n```python\n{source_worth(start + number / 10, f'term_{number}')}```\nGood luck."
        )

    return say


def evolution_with(root: Path, models: Sequence[LanguageModel], **options: Any) -> Evolution:
    defaults: dict[str, Any] = {
        "generations": GENERATIONS,
        "samples": SAMPLES,
        "model": "openai/small-model-1",
    }
    evolution = make_evolution(root, **(defaults | options))
    ledger = Ledger(evolution.config.budget.usd, evolution.state.at_most_usd)
    asked = [JournalledModel(model, evolution.log, evolution.state, ledger) for model in models]
    designers = [Designer(evolution.task, model) for model in asked]
    proposer: Proposer = designers[0] if len(designers) == 1 else SharedDesign(designers)
    evolution.make_proposer = lambda _restart: proposer
    return evolution


@dataclass(frozen=True)
class FaultyRun:
    """What a run came to on a service that met two of its requests with the same fault."""

    finished: bool
    commands: int
    """How often the same command was given until the run was finished."""
    said: tuple[str, ...]
    """The errors with which commands ended."""
    waits: tuple[float, ...]
    """Seconds waited before further attempts, on a clock that only waits move."""
    requests: int
    """Requests for a reply that reached the service."""
    replies: int
    """Replies in the journal."""
    lost: int
    """Attempts that may have been billed without a reply."""
    finishes: tuple[str, ...]
    """How the replies ended, but for those that ended well."""
    repairs: int
    """Requests that asked to mend the reply before."""
    repeated: int
    """Requests for a reply that was in the journal already, or whole replies that never got there."""


def run_with_fault(root: Path, dialect: str, fault: str, *, stream: bool, slow_s: float = 1.2) -> FaultyRun:
    """Run a whole evolution in `root`, and give the command again as often as it ends with an error."""
    service = Service(dialect, ["ok", fault, "ok", fault], say=author())
    service.slow_s = slow_s
    # Short limits only where they are what is tried: a busy machine may be silent for a while, too.
    slow = fault in ("slow", "drip")
    policy = RetryPolicy(silence_s=slow_s / 2, attempt_s=slow_s) if slow else RetryPolicy()
    said: list[str] = []
    clock = Clock()
    with serving(service):

        def command() -> Evolution:
            model = model_on(service, stream=stream, clock=clock, policy=policy, max_parallel=1)
            evolution = evolution_with(root, [model])
            try:
                evolution.run()
            except ModelError as error:
                said.append(error.what)
            return evolution

        evolution = command()
        while not evolution.state.finished and len(said) < _MOST_COMMANDS:
            evolution = command()
    replies = evolution.state.replies
    return FaultyRun(
        finished=evolution.state.finished,
        commands=len(said) + evolution.state.finished,
        said=tuple(said),
        waits=tuple(clock.waits),
        requests=sum(bool(body) for _, _, body in service.requests),
        replies=len(replies),
        lost=evolution.state.maybe_billed,
        finishes=tuple(reply.finish for reply in replies.values() if reply.finish != "stop"),
        repairs=sum(key.turn > 0 for key in replies),
        repeated=_sent_again(root) + len(service.delivered) - len(replies),
    )


def _sent_again(root: Path) -> int:
    """Count the requests in a run's log whose reply was in the log before."""
    arrived: set[RequestKey] = set()
    again = 0
    for event in read_events(root / "events.jsonl"):
        if isinstance(event, ReplyReceived):
            arrived.add(event.key)
        elif isinstance(event, RequestSent):
            again += event.key in arrived
    return again
