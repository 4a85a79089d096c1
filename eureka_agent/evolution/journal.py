"""A language model whose every request and reply is journalled, and that is never asked twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eureka_agent.budget import Ledger
from eureka_agent.errors import ModelError
from eureka_agent.llm.formed import Form, FormedReply, formed
from eureka_agent.llm.model import LanguageModel, Message, Reply, UnansweredError, worst_case_usd
from eureka_agent.store.event_types import Notice, ReplyReceived, RequestFailed, RequestSent
from eureka_agent.store.events import EventLog
from eureka_agent.store.records import RequestKey
from eureka_agent.store.state import RunState


class JournalledModel:
    """Answers from the log what the log knows; asks, and writes down, the rest.

    The request is journalled before it is sent: a reply that never arrives may have been billed. What it may
    cost at most is reserved in `ledger` before, and settled after.
    """

    def __init__(
        self, model: LanguageModel, log: EventLog, state: RunState, ledger: Ledger | None = None
    ) -> None:
        self.name = model.name
        self.max_parallel = model.max_parallel
        self._model, self._log, self._state = model, log, state
        self._ledger = ledger or Ledger(None)
        self._warning = threading.Lock()

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Answer one request; see `LanguageModel.reply`. Raises BudgetExhaustedError if it cannot be paid."""
        return self._answer(key, messages, stop, None).reply

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Answer one request in a form; what the log knows has no odds. See `TakesForm` and `reply`."""
        return self._answer(key, messages, stop, form)

    def _answer(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form | None
    ) -> FormedReply:
        request = RequestKey.parse(key)
        if known := self._state.replies.get(request):
            return FormedReply(known)
        worst = worst_case_usd(self._model, key, messages)
        with self._ledger.reserved(worst, stop) as reservation:
            self._log.append(RequestSent(key=request, model=self.name, reserved_usd=worst))
            try:
                answer = (
                    FormedReply(self._model.reply(key, messages, stop))
                    if form is None
                    else formed(self._model, key, messages, stop, form)
                )
            except ModelError as error:
                lost = error.lost if isinstance(error, UnansweredError) else 0
                self._log.append(RequestFailed(key=request, lost=lost, reason=error.what))
                reservation.settle(0.0, lost=lost)
                raise
            reply = answer.reply
            self._log.append(ReplyReceived(key=request, reply=reply))
            reservation.settle(reply.usage.cost_usd, lost=reply.lost)
        self._warn(reply.warning)
        return answer

    def _warn(self, text: str) -> None:
        """Tell the person once a run; requests side by side may say the same."""
        with self._warning:
            if text and text not in self._state.notices:
                self._log.append(Notice(text=text))
