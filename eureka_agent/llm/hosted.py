"""A model behind a service: patience, a limit of requests at once, prices, errors that say what to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from eureka_agent.errors import did_you_mean
from eureka_agent.llm.context import LONGER
from eureka_agent.llm.failures import Failure, shortened
from eureka_agent.llm.formed import Form, FormedReply
from eureka_agent.llm.model import Message, Reply, UnansweredError, Usage
from eureka_agent.llm.prices import Price, worst_case
from eureka_agent.llm.retry import GaveUp, Patience, RetryPolicy
from eureka_agent.llm.secret import without_secrets
from eureka_agent.llm.warnings import warning_about
from eureka_agent.llm.wire import Answer, Timeouts, Wire
from eureka_agent.seeds import generator_for

_OFFER_TIMEOUT_S = 10.0
_MOST_OFFERED = 20
_TOKENS_AROUND_A_MESSAGE = 32


class HostedModel:
    """Asks one model over `wire`. `price` is None where nobody knows it.

    `secrets` are struck out of everything a service says before it is shown or written anywhere.
    """

    def __init__(
        self,
        wire: Wire,
        price: Price | None,
        *,
        name: str,
        max_parallel: int,
        policy: RetryPolicy | None = None,
        secrets: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        self.name = name
        self.max_parallel = max_parallel
        self.price = price
        self._wire = wire
        self._policy = policy or RetryPolicy()
        self._secrets = tuple(secrets)
        self._clock, self._wait = clock, wait
        self._places = threading.BoundedSemaphore(max_parallel)
        self._reached = False

    @property
    def identity(self) -> dict[str, Any]:
        """What decides a reply besides the messages: service, model and parameters."""
        sampling = self._wire.sampling
        return {
            "provider": self._wire.provider,
            "base_url": self._wire.base_url,
            "model": sampling.model,
            "max_reply_tokens": sampling.max_reply_tokens,
            "temperature": sampling.temperature,
            "effort": sampling.effort,
            "grammar": sampling.grammar,
        }

    def worst_case_usd(self, key: str, messages: Sequence[Message]) -> float | None:
        """Return the price of the longest reply to so many bytes: a byte is at most one token."""
        if self.price is None:
            return None
        read = sum(len(message.content.encode()) + _TOKENS_AROUND_A_MESSAGE for message in messages)
        return worst_case(self.price, input_tokens=read, output_tokens=self._wire.sampling.max_reply_tokens)

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Ask until there is a reply; raises UnansweredError when there will be none."""
        return self._asked(key, messages, stop, None).reply

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Ask for a reply in a form; see `TakesForm`."""
        return self._asked(key, messages, stop, form)

    def _asked(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form | None
    ) -> FormedReply:
        random = generator_for(0, "retry", self.name, key)
        patience = Patience(self._policy, random.random, self._clock, self._wait)
        started = self._clock()

        def attempt(timeouts: Timeouts) -> Answer:
            nonlocal started
            started = self._clock()
            return self._wire.ask(messages, timeouts, form)

        self._take_place(stop)
        try:
            answer, failures = patience.run(attempt, stop, reached=self._reached)
        except GaveUp as gave_up:
            raise self._unanswered(gave_up) from None
        finally:
            self._places.release()
        self._reached = True
        reply = Reply(
            text=self._clean(answer.text),
            usage=self._usage(answer),
            model=self._clean(answer.model) or self.name,
            latency_s=self._clock() - started,
            finish=answer.finish,
            attempts=len(failures) + 1,
            lost=sum(failure.lost for failure in failures),
            warning=self._clean(warning_about(self.name, answer, messages)),
        )
        return FormedReply(reply, answer.odds)

    def _take_place(self, stop: threading.Event) -> None:
        while not self._places.acquire(timeout=0.1):
            if stop.is_set():
                raise UnansweredError("stopped before it was asked")

    def _usage(self, answer: Answer) -> Usage:
        tokens = answer.tokens
        if tokens is None:
            return Usage(None, None, None)
        cost = self.price(tokens) if self.price is not None else None
        return Usage(tokens.input, tokens.output, cost, tokens.cached, tokens.thinking)

    def _unanswered(self, gave_up: GaveUp) -> UnansweredError:
        lost = sum(failure.lost for failure in gave_up.failures)
        if not gave_up.failures or gave_up.why == "stopped":
            return UnansweredError("stopped while waiting for a reply", lost=lost)
        last = gave_up.failures[-1]
        told = self._redacted(last.what)
        what = f"{self.name} did not answer ({self._wire.base_url}): {told.rstrip('.')}."
        if last.transient:
            what += f" Given up {gave_up.why}."
        allowed, fix = self._remedy(last)
        return UnansweredError(what, allowed=allowed, fix=fix, lost=lost)

    def _remedy(self, failure: Failure) -> tuple[str, str]:
        again = "Give the same command again: replies that arrived are kept and not asked for again."
        if failure.kind == "model":
            offered = self._wire.offered(_OFFER_TIMEOUT_S)
            return self._offer(offered), f"Choose one of them as --model.{self._meant(offered)}"
        fixes = {
            "key": f"Correct the key in the environment. {again}",
            "permission": f"Allow the model for this key at the service. {again}",
            "quota": f"Top up the account, or raise its limit. {again}",
            "connection": f"Start the service, or correct --base-url. {again}",
            "context": f"{LONGER}, or ask for shorter replies: --max-reply-tokens.",
            "garbage": f"Check --base-url; it usually ends in /v1. {again}",
            "request": "Change what the service refuses, e.g. --max-reply-tokens, --temperature or --effort.",
        }
        return "", fixes.get(failure.kind, again)

    def _offer(self, offered: list[str]) -> str:
        if not offered:
            return "the service does not say what it offers; the base URL usually ends in /v1"
        shown = [*_nearest(self._wire.sampling.model, offered), *offered]
        shown = list(dict.fromkeys(shown))[:_MOST_OFFERED]
        more = f" and {len(offered) - len(shown)} more" if len(offered) > len(shown) else ""
        return self._redacted(", ".join(shown)) + more

    def _meant(self, offered: list[str]) -> str:
        return did_you_mean(self._wire.sampling.model, offered)

    def _redacted(self, text: str) -> str:
        """Return what a service said, fit for an error; a cut before would leave halves of secrets."""
        return shortened(self._clean(text))

    def _clean(self, text: str) -> str:
        """Return text without secrets, and without halves of characters that no file can hold."""
        return without_secrets(text.encode(errors="replace").decode(), self._secrets)


def _nearest(name: str, offered: Sequence[str]) -> list[str]:
    stem = name.lower().split("-")[0].split(":")[0]
    return [model for model in offered if stem and stem in model.lower()]
