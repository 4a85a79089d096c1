"""What a run found, in words and one table, for the person who comes back in the morning."""

from __future__ import annotations

import statistics
from collections import Counter

from eureka_agent._version import __version__
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.config import RunConfig
from eureka_agent.escaping import markdown, one_line
from eureka_agent.report.analyst_lines import analyst_lines
from eureka_agent.report.best import best_words
from eureka_agent.report.conclusion import conclusion_of
from eureka_agent.report.early_stops import render_early_stops
from eureka_agent.report.effort import improvements_line
from eureka_agent.report.learned import learned_sentence
from eureka_agent.report.safety import render_safety
from eureka_agent.report.said import render_said
from eureka_agent.report.sequence import WARM, sequence_commands, sequence_words
from eureka_agent.report.views.in_short import in_short
from eureka_agent.report.views.preferences import preferences_view
from eureka_agent.report.words import dollars
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import ConfirmationRow
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task


def render_summary(folder: RunFolder, state: RunState, task: Task, config: RunConfig) -> str:
    """Return the run's summary as Markdown."""
    parts = [
        f"# {markdown(folder.name)}",
        *_answers(folder, state),
        _saved(state),
        best_words(folder, state, sign=task.fitness.sign),
        f"**Task.** {markdown(task.description)}",
        f"**Fitness.** {markdown(task.fitness.summary)} ({task.fitness.direction})",
        _preferences(state),
        _sequence(state),
        _learned(state),
        _table(state, task),
        _choice(state),
        render_safety(folder, state, task.safety_signals),
        _lineage(state),
        _search(state, config),
        render_early_stops(state),
        _contributions(state, task),
        render_said(state),
        _how(state, config),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def describe_fitness(state: RunState, candidate: Candidate) -> str:
    """Return a candidate's confirmed fitness with its interval, or what is known instead."""
    row = state.confirmation.row(candidate.id) if state.confirmation else None
    if row is not None:
        return f"{_interval(row)} over {len(row.seeds)} fresh seeds (95 % t-interval)"
    if candidate.fitness is None:
        return "never trained"
    known = f"{t_interval(candidate.fitnesses())} in the search, not confirmed on fresh seeds"
    return f"{known}. {candidate.stopped.reason}" if candidate.stopped else known


def _answers(folder: RunFolder, state: RunState) -> list[str]:
    """Return what a reader must know who reads nothing else, a paragraph each."""
    lines = in_short(state, conclusion_of(folder, state)).lines
    return [f"**{name}:** {markdown(told)}" for name, told in lines]


def _saved(state: RunState) -> str:
    """Return where the run's reward is, or why there is none."""
    if state.confirmation is not None and state.confirmation.winner is not None:
        before = ", ".join(f"`best/{name}.py`" for name in state.rewards_before)
        beside = f", those before it as {before}" if before else ""
        return f"The reward of {state.confirmation.winner} is saved as `best/reward.py`{beside}."
    reasons = sorted({markdown(c.reason) for c in state.candidates.values() if c.reason})
    return "\n".join(f"- {reason}" for reason in reasons[:3])


def _table(state: RunState, task: Task) -> str:
    rows = state.confirmation.table if state.confirmation else ()
    if not rows:
        return ""
    one = "normalised by the reward before" if state.rewards_before else "human-normalised"
    head = (
        f"| reward | fitness, mean [95 % interval] | each seed | {one} (clipped to [0, 3]) |\n"
        "| --- | --- | --- | --- |\n"
    )
    weights = ", from random weights for the steps of the whole sequence" if state.rewards_before else ""
    names = {
        "reference": f"reference ({markdown(task.reference_origin)})",
        "sparse": f"sparse (fitness as reward{weights})",
    }
    return head + "\n".join(
        f"| {names.get(row.name, row.name)} | {_interval(row)} "
        f"| {', '.join(f'{value:.4g}' for value in row.seeds)} | {_normalized(row)} |"
        for row in rows
    )


def _sequence(state: RunState) -> str:
    """Return what the run goes on after, and how its whole sequence is trained."""
    words = sequence_words(state, "reward.py")
    if not words:
        return ""
    told = (
        f"**A sequence of rewards.** Chosen and confirmed was the whole of it on each seed: {words}. {WARM}"
    )
    commands = [f"    {one_line(line)}" for line in sequence_commands(state, "reward.py")]
    return "\n".join([told, "", "In `best/`, this trains it:", "", *commands]) if commands else told


def _learned(state: RunState) -> str:
    """Return what was learned from labels beside candidates' own rewards."""
    sentence = learned_sentence(state)
    return f"**A learned reward.** {markdown(sentence)}" if sentence else ""


def _preferences(state: RunState) -> str:
    """Return by what everything was scored, where people judged."""
    view = preferences_view(state)
    if view is None:
        return ""
    rows = [
        f"| {markdown(weight.feature)} | {weight.mean:+.2f} | {weight.sd:.2f} |" for weight in view.weights
    ]
    head = ["", "| what counts in an episode | weight | in doubt by |", "| --- | --- | --- |"] if rows else []
    return "\n".join([view.sentence, *head, *rows])


def _choice(state: RunState) -> str:
    """Return how the winner was chosen, on which seeds no score above was measured."""
    chosen = state.confirmation.choice if state.confirmation else ()
    if not chosen:
        return ""
    lines = [
        "The winner was chosen on further seeds, none of which is in the table above:",
        "",
        "| candidate | in the search | on the seeds that chose |",
        "| --- | --- | --- |",
    ]
    for one in chosen:
        searched = state.candidates[one.name].fitness
        shown = "—" if searched is None else f"{searched:.4g}"
        each = ", ".join(f"{score:.4g}" for score in one.seeds)
        lines.append(f"| {one.name} | {shown} | {statistics.fmean(one.seeds):.4g} ({each}) |")
    return "\n".join([*lines, *_lost_seeds(state)])


def _lost_seeds(state: RunState) -> list[str]:
    """Return which seeds chose nothing, because a reward before the finalists failed on them."""
    told: dict[int, tuple[str, str]] = {}
    for (name, stage, seed), why in state.before_failures.items():
        if stage == "choose":
            told.setdefault(seed, (name, why))  # the first: those after it had no policy to go on from
    return [
        f"\nSeed {seed} chose nothing: on it {name} failed: {markdown(why)}"
        for seed, (name, why) in told.items()
    ]


def _interval(row: ConfirmationRow) -> str:
    if row.low is None:
        return f"{row.fitness:.4g} (one seed)"
    return f"{row.fitness:.4g} [{row.low:.4g}, {row.high:.4g}]"


def _normalized(row: ConfirmationRow) -> str:
    if row.human_normalized is None:
        return f"undefined: {markdown(row.undefined_because)}"
    return f"{row.human_normalized:.3g} ({row.human_normalized_clipped:.3g})"


def _lineage(state: RunState) -> str:
    winner = state.confirmation.winner if state.confirmation else None
    if winner is None:
        return ""
    lines, waiting, seen = ["## Lineage", ""], [winner], set()
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in state.candidates:
            continue
        seen.add(name)
        candidate = state.candidates[name]
        parents = f" of {', '.join(candidate.parents)}" if candidate.parents else ""
        fitness = f"{candidate.fitness:.4g}" if candidate.fitness is not None else "—"
        fitness += " (stopped early)" if candidate.stopped else ""
        lines.append(f"- {name}: {candidate.operator}{parents}, search fitness {fitness}")
        waiting += candidate.parents
    return "\n".join(lines)


def _search(state: RunState, config: RunConfig) -> str:
    counts = Counter(str(candidate.status) for candidate in state.candidates.values())
    lines = [
        "## Search",
        "",
        f"Candidates: {', '.join(f'{n} {status}' for status, n in sorted(counts.items())) or 'none'}.",
    ]
    if state.stopped:
        lines.append(f"The search ended early: {markdown(state.stopped)}.")
    told = [*state.notices, *analyst_lines(state.reports)]
    lines += dict.fromkeys(markdown(notice) for notice in told)
    lines += ["", "| generation | leader | fitness as then known | why |", "| --- | --- | --- | --- |"]
    for generation, leader in state.leaders.items():
        verdict = state.verdict(generation)
        fitness = state.known_fitness[generation]
        shown = f"{fitness:.4g}" if fitness is not None else "—"
        reason = markdown(verdict.reason) if verdict else ""
        lines.append(f"| {generation} | {leader or '—'} | {shown} | {reason} |")
    return "\n".join(lines)


def _contributions(state: RunState, task: Task) -> str:
    """Return what each proposer brought, where language models were asked."""
    if not state.replies:
        return ""
    rows: dict[str, list[Candidate]] = {}
    for candidate in state.candidates.values():
        rows.setdefault(candidate.proposer, []).append(candidate)
    lines = [
        "## Who proposed",
        "",
        "| model | proposed | refused | trained | best search fitness | tokens | cost |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, candidates in sorted(rows.items()):
        trained = [c for c in candidates if c.fitness is not None]
        refused = sum(c.status is Status.REFUSED for c in candidates)
        best = max(
            [c for c in trained if not c.stopped],
            key=lambda c: task.fitness.sign * (c.fitness or 0.0),
            default=None,
        )
        shown = f"{best.fitness:.4g} ({best.id})" if best is not None else "—"
        lines.append(
            f"| {markdown(name)} | {len(candidates)} | {refused} | {len(trained)} | {shown} "
            f"| {_bill(state, candidates)} |"
        )
    return "\n".join(lines)


def _bill(state: RunState, candidates: list[Candidate]) -> str:
    """Return tokens and cost of the requests made for `candidates`, as two cells."""
    ids = {candidate.id for candidate in candidates}
    usages = [reply.usage for key, reply in state.replies.items() if key.slot in ids]
    tokens = sum(usage.tokens for usage in usages)
    costs = [usage.cost_usd for usage in usages]
    known = sum(cost for cost in costs if cost is not None)
    unknown = sum(cost is None for cost in costs)
    return f"{tokens:,} | ${known:.4f}{f' and {unknown} unknown' if unknown else ''}"


def _how(state: RunState, config: RunConfig) -> str:
    billed = (
        f" {state.maybe_billed} attempts may have been billed without a reply." if state.maybe_billed else ""
    )
    worth = improvements_line(state)
    return "\n".join(
        [
            "## How this was made",
            "",
            f"- proposed by {markdown(config.model.name)}, seed {config.seed}, "
            f"{config.search.generations} generations of {config.search.samples}{_drafted(config)}, "
            f"{config.search.seeds} search{_choosing(config)} and {config.confirmation.seeds} confirmation "
            "seeds",
            f"- {state.env_steps:,} environment steps, {state.active_s / 60:.1f} minutes, "
            f"{state.tokens:,} tokens, {dollars(state)}.{billed}",
            *([f"- {worth} (see docs/selection.md)"] if worth else []),
            f"- trained with `{config.training.trainer}` on a {state.platform.upper()}",
            f"- generated code was sandboxed by: {_held_by(state)}",
            f"- eureka-agent {__version__}; configuration in `config.toml`, every event in `events.jsonl`",
        ]
    )


def _drafted(config: RunConfig) -> str:
    return "" if config.search.draft == 1 else f" drafted from {config.search.slots}"


def _choosing(config: RunConfig) -> str:
    plan = config.confirmation
    return f", up to {plan.choosing} choosing" if plan.chooses else ""


def _held_by(state: RunState) -> str:
    """Return what contained the rewards; several where the run went on with other layers."""
    results = [evaluation for candidate in state.candidates.values() for evaluation in candidate.evaluations]
    backends = {evaluation.isolation for evaluation in results if evaluation.isolation}
    backends = backends or {(state.isolation and state.isolation.backend) or "none"}
    return "; ".join(sorted(backends)).replace("none", "nothing (unsafe isolation)")
