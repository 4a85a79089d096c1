"""What a run knows: a fold over its events. Replaying any log gives the same state as having lived it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.errors import StoreError
from eureka_agent.escaping import one_line
from eureka_agent.store import checked
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.events import Event
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.journalled import candidate_from_json, checked_confirmation, evaluation_from_json

Curve = tuple[tuple[float, float], ...]


@dataclass
class RunState:
    """The state of one run; only `apply` changes it."""

    config: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    run_id: str = ""
    """Under which the run's person may have noted it; runs of the first days have none."""
    facts: TaskFacts | None = None
    """What the log says of the task; runs of the first days say nothing."""
    started: float = 0.0
    active_s: float = 0.0
    """Seconds during which a process was working on the run."""
    isolation: dict[str, Any] = field(default_factory=dict)
    platform: str = "cpu"
    """What candidates are trained on: "cpu" or "gpu"."""
    slots: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """Planned slots by generation."""
    candidates: dict[str, Candidate] = field(default_factory=dict)
    baselines: dict[str, list[Evaluation]] = field(default_factory=dict)
    baseline_failures: dict[str, str] = field(default_factory=dict)
    failed_curves: dict[str, Curve] = field(default_factory=dict)
    """What was seen of candidates whose first search training failed."""
    judgements: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What was decided after each generation."""
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Replies of language models by request key."""
    asked: set[str] = field(default_factory=set)
    """Keys of requests that were sent and did not fail; those without a reply may have been billed."""
    lost: int = 0
    """Attempts of requests whose reply never arrived, and that may have been billed all the same."""
    cost_usd: float = 0.0
    cost_unknown: int = 0
    """How many replies had no known price: unknown is never counted as zero."""
    cost_unbounded: int = 0
    """Those among them of which not even a worst case is known."""
    at_most_usd: float = 0.0
    """What may have been spent: prices where known, worst cases for requests without a price or a reply."""
    tokens: int = 0
    env_steps: int = 0
    halving: dict[str, Any] | None = None
    """The rule by which candidates are stopped early; None where all are trained to the end."""
    notices: list[str] = field(default_factory=list)
    """What a person should know of how candidates were trained."""
    stopped: str = ""
    """Why the search ended before its last generation, if it did."""
    confirmation: dict[str, Any] | None = None
    finished: bool = False
    _begun: bool = False
    _resumed_at: float = 0.0
    _reserved: dict[str, float | None] = field(default_factory=dict)
    """Worst case of each request's latest attempt; None where it is not known."""

    @classmethod
    def of(cls, events: Iterable[Event]) -> RunState:
        """Fold a log; raises StoreError for an event that this program could not have written."""
        state = cls()
        for event in events:
            try:
                state.apply(event)
            except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
                words = str(error) if isinstance(error, ValueError) else repr(error)
                kind = one_line(event["type"])[:40]
                raise StoreError(
                    f"Event {event['seq']} ({kind}) cannot be understood: {one_line(words)[:200]}.",
                    fix="The log was damaged or edited. Restore it from a copy, or start with --new.",
                ) from error
        return state

    def apply(self, event: Event) -> None:
        """Take one event in; kinds that change nothing (progress notes) are passed over."""
        kind = event["type"]
        if kind in ("run_started", "run_resumed"):
            self._resumed_at = event["time"]
        self.active_s += max(0.0, event["time"] - self._resumed_at)
        self._resumed_at = event["time"]
        handler = getattr(self, f"_on_{kind}", None)
        if handler is not None:
            handler(event)

    def archive(self, *, sign: float, generations: range | None = None) -> Archive:
        """Return the candidates (of a restart's generations only, if given) with their incumbent."""
        wanted = [c for c in self.candidates.values() if generations is None or c.generation in generations]
        judged = [g for g in self.judgements if generations is None or g in generations]
        leader = self.judgements[max(judged)]["incumbent"] if judged else None
        return Archive.of(wanted, sign=sign, incumbent_id=leader if leader in self.candidates else None)

    def ended_curves(self, generation: int) -> tuple[tuple[str, Curve], ...]:
        """Return fitness and its error at the checkpoints of the generation's ended first trainings.

        Trainings of earlier versions that left no errors have no curves here.
        """
        found = []
        for candidate in self.archive(sign=1.0, generations=range(generation, generation + 1)).candidates:
            first = [e for e in candidate.evaluations if e.stage == "search" and e.replicate == 0]
            found += [(candidate.id, evaluation.checkpoint_scores) for evaluation in first]
            if not first and candidate.id in self.failed_curves:
                found.append((candidate.id, self.failed_curves[candidate.id]))
        return tuple(found)

    @property
    def maybe_billed(self) -> int:
        """How often something was sent whose reply never reached the log."""
        return len(self.asked - self.replies.keys()) + self.lost

    def _on_run_started(self, event: Event) -> None:
        if self._begun:
            raise ValueError("a run starts once")
        self._begun = True
        self.config = checked.config(event["config"])
        self.digest = checked.text(event["digest"], "digest")
        self.run_id = checked.run_id(event["run_id"]) if event.get("run_id") is not None else ""
        self.started = event["time"]
        self.isolation = checked.mapping(event.get("isolation", {}), "isolation")
        checked.text(self.isolation.get("backend", ""), "isolation.backend")
        if (rule := event.get("halving")) is not None:
            self.halving = {k: checked.number(v, k) for k, v in checked.mapping(rule, "halving").items()}
        device = checked.mapping(event.get("device", {}), "device")
        self.platform = checked.choice(device.get("platform", "cpu"), "device.platform", ("cpu", "gpu"))
        self._take_facts(event)

    def _on_run_resumed(self, event: Event) -> None:
        self._take_facts(event)

    def _take_facts(self, event: Event) -> None:
        if event.get("facts") is not None:
            self.facts = TaskFacts.from_json(event["facts"])

    def _on_notice(self, event: Event) -> None:
        self.notices.append(checked.text(event["text"], "text"))

    def _on_generation_planned(self, event: Event) -> None:
        generation = checked.whole(event["generation"], "generation")
        slots = checked.each(event["slots"], "slot", checked.mapping)
        for slot in slots:
            checked.whole(slot["generation"], "generation of a slot")
            checked.whole(slot["index"], "index of a slot")
            checked.each(slot.get("parents", ()), "parent", checked.candidate)
        self.slots[generation] = list(slots)

    def _on_request_sent(self, event: Event) -> None:
        checked.text(event["key"], "key")
        reserved = checked.optional_number(event.get("reserved_usd"), "reserved_usd")
        self.lost += event["key"] in self.asked  # asked again after its process was killed
        self.asked.add(event["key"])
        self._reserved[event["key"]] = reserved
        self.at_most_usd += reserved or 0.0

    def _on_request_failed(self, event: Event) -> None:
        self._release(event["key"], lost=checked.whole(event["lost"], "lost"))
        self.asked.discard(event["key"])

    def _on_reply_received(self, event: Event) -> None:
        key, reply = checked.text(event["key"], "key"), checked.mapping(event["reply"], "reply")
        checked.text(reply["text"], "text of a reply")
        usage = checked.mapping(reply["usage"], "usage")
        cost = checked.optional_number(usage["cost_usd"], "cost_usd")
        self.replies[key] = reply
        worst = self._release(key, lost=checked.whole(reply.get("lost", 0), "lost"))
        if cost is None:
            self.cost_unknown += 1
            self.cost_unbounded += worst is None
            self.at_most_usd += worst or 0.0
        else:
            self.cost_usd += cost
            self.at_most_usd += cost
        for name in ("input_tokens", "output_tokens"):
            self.tokens += checked.whole(usage[name] or 0, name, most=None)

    def _release(self, key: str, *, lost: int) -> float | None:
        """Return the reservation of a request that ended; its lost attempts stay counted."""
        self.lost += lost
        worst = self._reserved.pop(key, None)
        self.at_most_usd += (lost - 1) * (worst or 0.0)
        return worst

    def _on_candidate_proposed(self, event: Event) -> None:
        candidate = candidate_from_json(event["candidate"])
        self.candidates[candidate.id] = candidate

    _on_candidate_refused = _on_candidate_proposed

    def _on_training_finished(self, event: Event) -> None:
        name, evaluation = _trained(event), evaluation_from_json(event["evaluation"])
        self.env_steps += evaluation.env_steps
        if name in BASELINES:
            self.baselines.setdefault(name, []).append(evaluation)
            return
        candidate = self.candidates[name]
        candidate = replace(candidate, evaluations=(*candidate.evaluations, evaluation))
        if candidate.status is Status.PROPOSED:
            stopped = evaluation.stopped
            candidate = replace(candidate, status=Status.STOPPED if stopped else Status.TRAINED)
            candidate = replace(candidate, reason=stopped.reason) if stopped else candidate
        self.candidates[candidate.id] = candidate

    def _on_training_failed(self, event: Event) -> None:
        name, reason = _trained(event), checked.text(event["reason"], "reason")
        self.env_steps += checked.whole(event.get("env_steps", 0), "env_steps", most=None)
        if name in BASELINES:
            self.baseline_failures[f"{name}/{event['replicate']}"] = reason
            return
        candidate = self.candidates[name]
        if event["stage"] == "search" and event["replicate"] == 0:
            curve = checked.each(event.get("curve", ()), "curve", _point)
            self.failed_curves[candidate.id] = curve
        status = Status(event["status"])
        self.candidates[candidate.id] = replace(candidate, status=status, reason=reason)

    def _on_generation_judged(self, event: Event) -> None:
        generation = checked.whole(event["generation"], "generation")
        checked.text(event.get("reason", ""), "reason")
        self._known(event["incumbent"])
        self._known(event.get("challenger"))
        for name, replicate in checked.each(event.get("duel", ()), "duel", _pair):
            self._known(checked.candidate(name, "name in a duel"))
            checked.whole(replicate, "replicate")
        self.judgements[generation] = event

    def _on_search_stopped(self, event: Event) -> None:
        self.stopped = checked.text(event["reason"], "reason")

    def _on_run_confirmed(self, event: Event) -> None:
        confirmation = checked_confirmation(event["confirmation"])
        for name in (confirmation.get("winner"), *confirmation["confirmed"]):
            self._known(name)
        for name in confirmation["confirmed"]:
            self.candidates[name] = replace(self.candidates[name], status=Status.CONFIRMED)
        self.confirmation = confirmation

    def _known(self, name: Any) -> None:
        """Raise ValueError for what is no candidate of this run; None is nobody."""
        if name is not None and checked.candidate(name, "candidate") not in self.candidates:
            raise ValueError(f"there is no candidate {name}")

    def _on_run_finished(self, _event: Event) -> None:
        self.finished = True


def _trained(event: Event) -> str:
    """Return who was trained; ValueError for a training that cannot have been."""
    checked.choice(event["stage"], "stage", checked.STAGES)
    checked.whole(event["replicate"], "replicate")
    return checked.trained(event["name"], "name")


def _pair(value: Any, what: str) -> tuple[Any, Any]:
    first, second = checked.each(value, what, lambda item, _: item)
    return first, second


def _point(value: Any, what: str) -> tuple[float, float]:
    fitness, error = checked.each(value, what, checked.number)
    return fitness, error
