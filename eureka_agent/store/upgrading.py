"""Events of format 1 as events of the present format: what they lacked, and what they put together.

Format 1 held a judgement flat in its event, and a settled duel as another judgement of the same generation.
Keys that it did not know are dropped: older programs passed over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eureka_agent.store import checked

_SLOT = ("generation", "index", "operator", "parents")
_VERDICT = ("incumbent", "challenger", "reason")
_LACKED = {
    "request_sent": ("reserved_usd",),
    "search_stopped": ("generation",),
    "training_started": ("seed",),
    "training_finished": ("seed",),
    "training_failed": ("seed",),
}
"""What the first logs did not say."""


def upgraded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of format 1 in the present one; ValueError or KeyError for what is no such event."""
    kind, event = data["type"], dict(data)
    if kind in ("run_started", "run_resumed"):
        return event | {
            "isolation": _isolation(event.get("isolation")),
            "device": _device(event.get("device")),
        }
    if kind == "generation_planned":
        slots = checked.each(event["slots"], "slot", checked.mapping)
        return event | {"slots": [_only(slot, _SLOT) for slot in slots]}
    if kind == "reply_received":
        reply = checked.mapping(event["reply"], "reply")
        return event | {"reply": {"model": "unknown", "latency_s": 0.0, **reply}}
    if kind == "generation_judged":
        return _judged(event)
    return dict.fromkeys(_LACKED.get(kind, ())) | event


def _judged(event: dict[str, Any]) -> dict[str, Any]:
    verdict = {"incumbent": event["incumbent"], **_only(event, _VERDICT)}
    if event.get("settled"):
        return event | {"type": "duel_resolved", "duel": verdict}
    return event | {"judgement": verdict | {"duel": event.get("duel", [])}}


def _isolation(report: Any) -> dict[str, Any] | None:
    if not report:
        return None
    told = checked.mapping(report, "isolation")
    known = _only(told, ("backend", "layers", "contained", "attempts"))
    return {"backend": "", "layers": [], "contained": False, **known}


def _device(choice: Any) -> dict[str, Any] | None:
    told = _only(checked.mapping(choice or {}, "device"), ("platform", "why", "idle_gpu"))
    return told if "platform" in told else None


def _only(table: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: table[name] for name in names if name in table}
