"""What a run knows: a fold over its events. Replaying any log gives the same state as having lived it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, EarlyStop, Evaluation, Status
from eureka_agent.errors import StoreError
from eureka_agent.rewards.findings import Finding
from eureka_agent.store.events import Event

Curve = tuple[tuple[float, float], ...]

BASELINES = ("reference", "sparse")
"""Names under which the baselines of the confirmation are journalled."""


@dataclass
class RunState:
    """The state of one run; only `apply` changes it."""

    config: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
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
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise StoreError(
                    f"Event {event['seq']} ({event['type']}) cannot be understood: {error!r:.200}.",
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

        Trainers that do not compare candidates while they learn leave no errors, and so no curves.
        """
        found = []
        for candidate in self.archive(sign=1.0, generations=range(generation, generation + 1)).candidates:
            first = [e for e in candidate.evaluations if e.stage == "search" and e.replicate == 0]
            found += [(candidate.id, evaluation.looks) for evaluation in first]
            if not first and candidate.id in self.failed_curves:
                found.append((candidate.id, self.failed_curves[candidate.id]))
        return tuple(found)

    @property
    def maybe_billed(self) -> int:
        """How often something was sent whose reply never reached the log."""
        return len(self.asked - self.replies.keys()) + self.lost

    def _on_run_started(self, event: Event) -> None:
        self.config, self.digest = event["config"], event["digest"]
        self.started, self.isolation = event["time"], event.get("isolation", {})
        self.halving = event.get("halving")
        self.platform = event.get("device", {}).get("platform", "cpu")

    def _on_notice(self, event: Event) -> None:
        self.notices.append(event["text"])

    def _on_generation_planned(self, event: Event) -> None:
        self.slots[event["generation"]] = event["slots"]

    def _on_request_sent(self, event: Event) -> None:
        self.lost += event["key"] in self.asked  # asked again after its process was killed
        self.asked.add(event["key"])
        self._reserved[event["key"]] = event.get("reserved_usd")
        self.at_most_usd += event.get("reserved_usd") or 0.0

    def _on_request_failed(self, event: Event) -> None:
        self._release(event["key"], lost=event["lost"])
        self.asked.discard(event["key"])

    def _on_reply_received(self, event: Event) -> None:
        key, reply = event["key"], event["reply"]
        self.replies[key] = reply
        usage = reply["usage"]
        worst = self._release(key, lost=reply.get("lost", 0))
        if usage["cost_usd"] is None:
            self.cost_unknown += 1
            self.cost_unbounded += worst is None
            self.at_most_usd += worst or 0.0
        else:
            self.cost_usd += usage["cost_usd"]
            self.at_most_usd += usage["cost_usd"]
        self.tokens += (usage["input_tokens"] or 0) + (usage["output_tokens"] or 0)

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
        evaluation = evaluation_from_json(event["evaluation"])
        self.env_steps += evaluation.env_steps
        if event["name"] in BASELINES:
            self.baselines.setdefault(event["name"], []).append(evaluation)
            return
        candidate = self.candidates[event["name"]]
        candidate = replace(candidate, evaluations=(*candidate.evaluations, evaluation))
        if candidate.status is Status.PROPOSED:
            stopped = evaluation.stopped
            candidate = replace(candidate, status=Status.STOPPED if stopped else Status.TRAINED)
            candidate = replace(candidate, reason=stopped.reason) if stopped else candidate
        self.candidates[candidate.id] = candidate

    def _on_training_failed(self, event: Event) -> None:
        self.env_steps += event.get("env_steps", 0)
        if event["name"] in BASELINES:
            self.baseline_failures[f"{event['name']}/{event['replicate']}"] = event["reason"]
            return
        candidate = self.candidates[event["name"]]
        if event["stage"] == "search" and event["replicate"] == 0:
            curve = event.get("curve", ())
            self.failed_curves[candidate.id] = tuple((fitness, error) for fitness, error in curve)
        status = Status(event["status"])
        self.candidates[candidate.id] = replace(candidate, status=status, reason=event["reason"])

    def _on_generation_judged(self, event: Event) -> None:
        self.judgements[event["generation"]] = event

    def _on_search_stopped(self, event: Event) -> None:
        self.stopped = event["reason"]

    def _on_run_confirmed(self, event: Event) -> None:
        self.confirmation = event["confirmation"]
        for name in event["confirmation"]["confirmed"]:
            candidate = self.candidates[name]
            self.candidates[name] = replace(candidate, status=Status.CONFIRMED)

    def _on_run_finished(self, _event: Event) -> None:
        self.finished = True


def candidate_to_json(candidate: Candidate) -> dict[str, Any]:
    """Return a candidate as journalled; its evaluations are events of their own."""
    data = asdict(replace(candidate, evaluations=()))
    del data["evaluations"]
    return data | {"status": str(candidate.status)}


def candidate_from_json(data: dict[str, Any]) -> Candidate:
    """Rebuild a candidate from `candidate_to_json`."""
    values = dict(data)
    values["status"] = Status(values["status"])
    values["parents"] = tuple(values["parents"])
    values["findings"] = tuple(Finding.from_json(finding) for finding in values["findings"])
    return Candidate(**values)


def evaluation_from_json(data: dict[str, Any]) -> Evaluation:
    """Rebuild an evaluation from its dictionary."""
    values = dict(data)
    values["episode_fitness"] = tuple(values["episode_fitness"])
    values["curves"] = {name: tuple(curve) for name, curve in values["curves"].items()}
    values["warnings"] = tuple(values["warnings"])
    if values.get("stopped") is not None:
        values["stopped"] = EarlyStop(**values["stopped"])
    return Evaluation(**values)
