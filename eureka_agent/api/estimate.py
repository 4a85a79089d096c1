"""What a run would ask for and could cost, from the prompts that it would really send."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.api.annotators import most_at_once
from eureka_agent.api.judged_search import goal_of
from eureka_agent.api.models import RunModels, analyst_of, make_models, proposer_of, reviewer_of
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.config import RunConfig
from eureka_agent.design.analyst import MOST_QUERIES
from eureka_agent.design.judged import BEST, WORST
from eureka_agent.design.policy_stats import placeholder_episodes, placeholder_stats
from eureka_agent.design.proposer import Proposer
from eureka_agent.design.reviewer import REVIEWS
from eureka_agent.design.search import Search
from eureka_agent.design.untrained import as_if_measured
from eureka_agent.errors import BudgetExhaustedError, ConfigError
from eureka_agent.evolution.expected_time import expected_steps, expected_trainings
from eureka_agent.evolution.preferring import most_questions
from eureka_agent.evolution.thinning import MOST_BYTES
from eureka_agent.intrinsic.annotation.model_annotator import ModelAnnotator
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.judgement import offering
from eureka_agent.llm.cache import CachedModel
from eureka_agent.llm.hosted import HostedModel
from eureka_agent.llm.model import LanguageModel, Message, Priced, Reply, Usage, worst_case_usd
from eureka_agent.llm.prices import Tokens
from eureka_agent.llm.registry import split_models
from eureka_agent.rewards.output import MAX_COMPONENTS
from eureka_agent.store.judged import JudgedCaptions, MetCaption
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.bounding import most_of

BYTES_PER_TOKEN = 4
"""Rule of thumb for English and Python; the services count with tokenizers of their own."""
TYPICAL_REPLY_TOKENS = 1000
"""Assumed for the middle estimate: a reward with a few lines of reasoning. Hidden thinking comes on top."""
METHOD = (
    f"prompts of two generations were rendered; a token is taken as {BYTES_PER_TOKEN} bytes, a reply as "
    f"{TYPICAL_REPLY_TOKENS:,} tokens without hidden thinking, and one answer to each slot; 'at most' takes "
    "every byte as a token, every reply at --max-reply-tokens, and all repairs, but no lost replies"
)
PARENTS_A_GENERATION = 3
"""Candidates that one generation's slots are made from, mostly."""
TOKENS_A_LABEL = 20
"""Assumed for an annotator's line: a number, a dozen words, a letter."""
_TYPICAL_CAPTION = "the body is upright, moving slowly forward"
_POINTS = 10
_COMPONENTS = ("component/first", "component/second", "component/third")


@dataclass(frozen=True)
class Share:
    """What one model of a run would be asked."""

    model: str
    requests: int
    most_requests: int
    """With every repair that is allowed."""
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    most_usd: float | None
    role: str = "designer"


@dataclass(frozen=True)
class Estimate:
    """A run that was not started."""

    config: dict[str, Any]
    """The configuration as resolved."""
    model_because: str
    trainings: int
    """Of candidates in the search; the confirmation comes on top."""
    shares: tuple[Share, ...] = field(default=())
    method: str = METHOD
    recording_bytes: int = 0
    """What the recorded episodes of one training take on the disk at most."""
    recordings_bytes: int = 0
    """What those of the whole run may take."""
    all_trainings: int = 0
    """Those of the search, and those of the confirmation."""
    env_steps: int = 0
    """What they take at most, learning and evaluation."""
    steps_a_second: float | None = None
    """Of earlier trainings on the task on this machine, or of a short one; None where it is not known."""
    questions: int = 0
    """That people are asked at most."""
    pace_unknown_because: str = ""
    """Why it is not known, in words."""

    @property
    def seconds(self) -> float | None:
        """What the run will take at most on this machine; None where nothing is known of its pace."""
        return None if self.steps_a_second is None else self.env_steps / self.steps_a_second

    @property
    def cost_usd(self) -> float | None:
        """Middle estimate of the whole run; None where a price is unknown."""
        return _sum([share.cost_usd for share in self.shares])

    @property
    def most_usd(self) -> float | None:
        """What the whole run can cost at most; None where a price is unknown."""
        return _sum([share.most_usd for share in self.shares])


def estimate(task: Task, config: RunConfig, *, why: str = "") -> Estimate:
    """Return what a run would ask for. Keys must be there, but nothing is sent and nothing is written."""
    models = make_models(config, Path(), task)
    prompts = _prompts(task, config) if models.designers else []
    resolved = config.to_toml()
    generations = config.search.restarts * config.search.generations
    slots = generations * config.search.slots
    each = slots // len(models.designers) if models.designers else 0
    shares = tuple(_share(model, prompts, each, config) for model in models.designers)
    if models.critic is not None:
        shares = (*shares, _critics_share(models.critic, task, config, slots))
    if models.analyzer is not None:
        shares = (*shares, _analyzers_share(models.analyzer, task, config))
    if models.annotator is not None:
        shares = (*shares, _annotators_share(models.annotator, task, config))
    trainings = generations * config.search.samples * config.search.seeds
    return Estimate(
        resolved,
        why,
        trainings,
        shares,
        recording_bytes=most_of(task, MAX_COMPONENTS),
        recordings_bytes=MOST_BYTES,
        all_trainings=expected_trainings(task, config).total(),
        env_steps=expected_steps(task, config),
        questions=most_questions(config),
    )


def check_budget(task: Task, config: RunConfig) -> None:
    """Raise unless the budget can be kept and pays for one request; models that cannot be built raise too."""
    models = make_models(config, Path(), task)
    if config.budget.usd is None:
        return
    for model, first in _first_requests(models, task, config):
        worst = worst_case_usd(model, "0-00/turn0", first)
        if worst is None:
            raise ConfigError(
                f"The price of {model.name} is not known, so that --budget-usd cannot be kept.",
                allowed="models whose price is known, or a price of your own in the file EUREKA_AGENT_PRICES",
                fix="Give the run without --budget-usd, or write the price into a file and name it there.",
            )
        if worst > config.budget.usd:
            raise BudgetExhaustedError(
                f"${config.budget.usd:g} do not pay for one request to {model.name}, which may cost "
                f"${worst:.4f}. Nothing was asked.",
                allowed=f"at least ${worst:.4f}; a whole run is estimated by --dry-run",
                fix="Raise --budget-usd, lower --max-reply-tokens, or choose a cheaper model.",
            )


def _first_requests(
    models: RunModels, task: Task, config: RunConfig
) -> list[tuple[LanguageModel, tuple[Message, ...]]]:
    """Return each model with a request as the first generation makes it."""
    first = _prompts(task, config, generations=1)[0] if models.designers else ()
    critic = [(models.critic, _reviews(models.critic, task, config)[0])] if models.critic else []
    analyzer = [(models.analyzer, _analysis(models.analyzer, task, config))] if models.analyzer else []
    annotator = []
    if models.annotator is not None:
        at_once = most_at_once(models.annotator.name)
        annotator = [(models.annotator, _captions(models.annotator, task, config, at_once))]
    return [*((model, first) for model in models.designers), *critic, *analyzer, *annotator]


class _Listening:
    """A model that only notes what it is asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.max_parallel = 1
        self.asked: list[tuple[Message, ...]] = []

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        self.asked.append(tuple(messages))
        return Reply("", Usage(0, 0, 0.0), self.name, 0.0)


def _prompts(task: Task, config: RunConfig, *, generations: int = 2) -> list[tuple[Message, ...]]:
    """Render every prompt of a first generation, and of a second after a first that was trained."""
    listening = _Listening(split_models(config.model.name)[0])
    judged = _as_if_judged(task, config)
    offered = task if judged is None else offering(task)
    designer = proposer_of(
        offered,
        config,
        [listening],
        seed=config.seed,
        untrained=as_if_measured(offered),
    )
    archive, policies = Archive.of([], sign=task.fitness.sign), {}
    for generation in range(min(generations, config.search.generations)):
        for slot in designer.plan(generation, config.search.slots, archive):
            designer.propose(slot, Briefing(archive, policies, judged=judged))
        trained = _as_if_trained(task, config)
        archive = Archive.of(trained, sign=task.fitness.sign, incumbent_id="0-00")
        policies = {c.id: placeholder_stats(task, c.evaluations[0].components) for c in trained}
    return listening.asked


def _as_if_judged(task: Task, config: RunConfig) -> JudgedCaptions | None:
    """Return as many captions as a prompt tells of, where a reward is learned from labels of them."""
    if config.intrinsic.annotator is None:
        return None
    told = [(number, float(number < BEST)) for number in range(BEST + WORST)]
    met = tuple(MetCaption(f"{_TYPICAL_CAPTION} {number}", 100, pays) for number, pays in told)
    goal = goal_of(config.intrinsic.goal, task)
    return JudgedCaptions(goal, config.intrinsic.coefficient, len(met), met)


def _as_if_trained(task: Task, config: RunConfig) -> list[Candidate]:
    """Return candidates as a first generation leaves them: the search's rewards with made-up curves."""
    empty = Archive.of([], sign=task.fitness.sign)
    search: Proposer = Search(task, seed=config.seed)
    candidates = []
    for slot in search.plan(0, config.search.samples, empty):
        draft = search.propose(slot, Briefing(empty))
        curve = tuple(100.0 + 1.234567 * point for point in range(_POINTS))
        names = (
            "fitness",
            "reward",
            "episode_length",
            "component/first",
            "component/second",
            "component/third",
        )
        evaluation = Evaluation(
            "search",
            0,
            0,
            curve[-1],
            curve,
            task.budget.env_steps,
            0.0,
            _POINTS - 1,
            dict.fromkeys(names, curve),
        )
        candidates.append(
            Candidate(
                0, slot.index, "seed", source=draft.source, status=Status.TRAINED, evaluations=(evaluation,)
            )
        )
    return candidates


def _critics_share(critic: LanguageModel, task: Task, config: RunConfig, slots: int) -> Share:
    """Return what reviewing costs: a slot's first answer, at most each that can still be revised."""
    turns = config.critic.repair_turns
    requests, most = (slots * REVIEWS * reviewed for reviewed in (min(1, turns), turns))
    prompts = _reviews(critic, task, config)
    input_tokens = round(requests * _mean_bytes(prompts) / BYTES_PER_TOKEN)
    output_tokens = requests * min(TYPICAL_REPLY_TOKENS, config.model.max_reply_tokens)
    worst = worst_case_usd(critic, "critic/0-00/turn0", max(prompts, key=_bytes))
    return Share(
        critic.name,
        requests,
        most,
        input_tokens,
        output_tokens,
        _price_of(critic, input_tokens, output_tokens, requests) if requests else 0.0,
        None if worst is None else worst * most,
        role="critic",
    )


def _analyzers_share(analyzer: LanguageModel, task: Task, config: RunConfig) -> Share:
    """Return what analysing parents costs: two or three of them a generation, with half of the questions."""
    later = config.search.restarts * (config.search.generations - 1)
    parents = later * min(PARENTS_A_GENERATION, config.search.samples)
    queries = MOST_QUERIES if config.analyzer.queries else 0
    requests, most = parents * (1 + queries // 2), parents * (1 + queries)
    prompt = _analysis(analyzer, task, config)
    input_tokens = round(requests * _bytes(prompt) / BYTES_PER_TOKEN)
    output_tokens = requests * min(TYPICAL_REPLY_TOKENS, config.model.max_reply_tokens)
    worst = [worst_case_usd(analyzer, f"{n}", _repaired(prompt, n, config)) for n in range(1 + queries)]
    each = _sum(worst)
    return Share(
        analyzer.name,
        requests,
        most,
        input_tokens,
        output_tokens,
        _price_of(analyzer, input_tokens, output_tokens, requests) if requests else 0.0,
        None if each is None else each * parents,
        role="analyzer",
    )


def _annotators_share(annotator: LanguageModel, task: Task, config: RunConfig) -> Share:
    """Return what labels cost: a request before each generation, at most as many as questions are allowed."""
    generations = config.search.restarts * config.search.generations
    at_once = most_at_once(annotator.name)
    most = generations * -(-config.intrinsic.questions // at_once)
    prompt = _captions(annotator, task, config, at_once)
    input_tokens = round(generations * _bytes(prompt) / BYTES_PER_TOKEN)
    answer = min(TOKENS_A_LABEL * at_once, config.model.max_reply_tokens)
    worst = worst_case_usd(annotator, "annotator/0-00/turn0", prompt)
    return Share(
        annotator.name,
        generations,
        most,
        input_tokens,
        generations * answer,
        _price_of(annotator, input_tokens, generations * answer, generations),
        None if worst is None else worst * most,
        role="annotator",
    )


def _captions(annotator: LanguageModel, task: Task, config: RunConfig, at_once: int) -> tuple[Message, ...]:
    """Render what an annotator is asked about as many captions as a request has."""
    asked = ModelAnnotator(annotator, goal_of(config.intrinsic.goal, task))
    captions = [f"{_TYPICAL_CAPTION} {number}" for number in range(at_once)]
    return asked.messages([Question((caption,)) for caption in captions])


def _analysis(analyzer: LanguageModel, task: Task, config: RunConfig) -> tuple[Message, ...]:
    """Render what an analyzer is asked at first about a candidate of a first generation."""
    analyst = analyst_of(task, config, analyzer, as_if_measured(task))
    assert analyst is not None
    candidate = _as_if_trained(task, config)[0]
    stats = placeholder_stats(task, candidate.evaluations[0].components)
    return analyst.messages(candidate, stats, {candidate.id: placeholder_episodes(task)})


def _reviews(critic: LanguageModel, task: Task, config: RunConfig) -> list[tuple[Message, ...]]:
    """Render what a critic is asked about the rewards of a first generation."""
    reviewer = reviewer_of(task, config, critic, as_if_measured(task))
    sources = [candidate.source or "" for candidate in _as_if_trained(task, config)]
    return [] if reviewer is None else [reviewer.messages(source, ()) for source in sources]


def _share(
    model: LanguageModel, prompts: list[tuple[Message, ...]], requests: int, config: RunConfig
) -> Share:
    asked = config.search.slots
    first, later = prompts[:asked], prompts[asked:] or prompts
    generations = config.search.generations
    weight = 1 / generations  # first generations of restarts, among all
    read = _mean_bytes(first) * weight + _mean_bytes(later) * (1 - weight)
    most_requests = requests * (1 + config.critic.repair_turns)
    input_tokens = round(requests * read / BYTES_PER_TOKEN)
    output_tokens = requests * min(TYPICAL_REPLY_TOKENS, config.model.max_reply_tokens)
    cost = _price_of(model, input_tokens, output_tokens, requests)
    longest = max(prompts, key=_bytes)
    turns = [
        worst_case_usd(model, f"{n}", _repaired(longest, n, config))
        for n in range(1 + config.critic.repair_turns)
    ]
    worst = _sum(turns)
    most = worst * requests if worst is not None else None
    return Share(model.name, requests, most_requests, input_tokens, output_tokens, cost, most)


def _repaired(prompt: tuple[Message, ...], turn: int, config: RunConfig) -> tuple[Message, ...]:
    """Return the longest conversation of a repair: it repeats the replies before it, a byte a token."""
    return (*prompt, *[Message("assistant", "x" * config.model.max_reply_tokens)] * turn)


def _price_of(model: LanguageModel, input_tokens: int, output_tokens: int, requests: int) -> float | None:
    asked = model.model if isinstance(model, CachedModel) else model
    if not isinstance(asked, HostedModel):
        return None if isinstance(asked, Priced) else 0.0
    if asked.price is None:
        return None
    each = Tokens(input_tokens // requests, output_tokens // requests)
    return requests * asked.price(each)


def _mean_bytes(prompts: Sequence[Sequence[Message]]) -> float:
    return fmean(_bytes(prompt) for prompt in prompts)


def _bytes(prompt: Sequence[Message]) -> int:
    return sum(len(message.content.encode()) for message in prompt)


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
