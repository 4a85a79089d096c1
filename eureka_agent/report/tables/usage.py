"""What language models were asked in a run, a row a reply."""

from __future__ import annotations

from eureka_agent.report.tables.table import Table
from eureka_agent.store.state import RunState

USAGE = (
    "role", "candidate", "turn", "model", "input_tokens", "output_tokens", "cached_tokens",
    "thinking_tokens", "cost_usd", "latency_s", "attempts", "recorded",
)  # fmt: skip


def usage_table(state: RunState) -> Table:
    """Return a row a reply, in the order of the log.

    `turn` is 0, and one more for each answer to what was wrong. `cost_usd` and counts of tokens are None
    where they are unknown, which is never zero. `recorded` replies came from a recording or the reply cache.
    """
    rows = []
    for key, reply in state.replies.items():
        usage = reply.usage
        rows.append(
            {
                "role": key.role,
                "candidate": key.slot,
                "turn": key.turn,
                "model": reply.model,
                "input_tokens": usage.input_tokens,
                "output_tokens": usage.output_tokens,
                "cached_tokens": usage.cached_tokens,
                "thinking_tokens": usage.thinking_tokens,
                "cost_usd": usage.cost_usd,
                "latency_s": reply.latency_s,
                "attempts": reply.attempts,
                "recorded": reply.cached,
            }
        )
    return Table.of(USAGE, rows)
