"""Every option of a run, declared once: type, default, range and help stand here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

from eureka_agent.config.option import Option, Typed

TrainerName = Literal["population", "sb3"]
"""`population` trains a whole generation in one process, `sb3` every candidate in one of its own."""

TRAINERS: tuple[str, ...] = get_args(TrainerName)

DeviceName = Literal["auto", "gpu", "cpu"]
"""`auto` is a GPU where the population trainer can use one for the task."""

DEVICES: tuple[str, ...] = get_args(DeviceName)


@dataclass(frozen=True)
class SearchConfig:
    """How rewards are searched for, and what whoever proposes them is told."""

    generations: Annotated[int, Option("How often to propose, train and judge.", ge=1)] = 5
    samples: Annotated[int, Option("Candidates a generation.", ge=1, le=999)] = 16
    restarts: Annotated[int, Option("Independent searches whose best are confirmed together.", ge=1)] = 1
    seeds: Annotated[
        int, Option("Training seeds of every candidate in the search.", name="search_seeds", ge=1)
    ] = 1
    target: Annotated[float | None, Option("Stop searching at this fitness; else the task's.")] = None
    seed_reward: Annotated[
        str | None, Option("A reward you have: takes the first place.", typed=Typed(Path | None, None))
    ] = None
    """Source of the reward, which takes the first place of the first generation."""
    reflection: Annotated[bool, Option("Tell the designer its parent's curves.")] = True
    """Without it the designer learns the score only."""
    history: Annotated[bool, Option("Tell the designer what was tried before.")] = True


@dataclass(frozen=True)
class ModelConfig:
    """Which language model is asked, where, and how."""

    name: Annotated[
        str,
        Option(
            "Who proposes: auto, search, openai/<model>, anthropic/<model>, azure/<deployment>, "
            "local:<gguf file or hub name>, manual[:<who answers>], replay:<file>; several as a,b.",
            name="model",
            typed=Typed(str, "auto"),
        ),
    ] = "search"
    base_url: Annotated[
        str | None, Option("Address of the model's service, e.g. http://localhost:11434/v1.")
    ] = None
    """The vendor's own when not given."""
    temperature: Annotated[
        float | None, Option("Sampling temperature of the model; else the service's.", ge=0, le=2)
    ] = None
    max_reply_tokens: Annotated[
        int,
        Option("Most tokens of a reply, hidden thinking included.", ge=16),
    ] = 16_000
    effort: Annotated[
        str | None,
        Option("How much a reasoning model thinks, in its service's word: none, low, high, …"),
    ] = None
    """The service's default when not given."""
    stream: Annotated[bool | None, Option("Stream replies; else Anthropic's are, and others are not.")] = None
    grammar: Annotated[bool, Option("Hold a local: model to the form of a reward.")] = True
    """Models that are not on this machine never are."""
    max_parallel_requests: Annotated[
        int, Option("Requests side by side, for each model.", ge=1, changes_results=False)
    ] = 8
    reply_cache: Annotated[bool, Option("Take known replies to the same questions from the cache.")] = True


@dataclass(frozen=True)
class CriticConfig:
    """What is refused before training."""

    enabled: Annotated[bool, Option("Refuse broken rewards before training.", name="critic")] = True
    """Without it only loading can refuse."""
    repair_turns: Annotated[int, Option("Answers to the critic within a generation.", ge=0)] = 2


@dataclass(frozen=True)
class TrainingConfig:
    """How a reward is tried."""

    env_steps: Annotated[int | None, Option("Steps of learning a candidate; else the task's.", ge=1)] = None
    init_policy: Annotated[
        str | None,
        Option(
            "A saved policy (policy.npz or policy.zip) that every training starts from.",
            typed=Typed(Path | None, None),
        ),
    ] = None
    """SHA-256 of the policy; the run folder keeps a copy of it."""
    trainer: Annotated[
        TrainerName,
        Option("population: a generation in one process; sb3: a process for each candidate."),
    ] = "population"
    """Scores from different trainers are not compared."""
    halving: Annotated[
        bool,
        Option("Stop candidates that are clearly behind (population trainer only)."),
    ] = True
    """`sb3` trains each by itself and to the end. With several search seeds nobody is stopped, because their
    scores are averaged."""
    device: Annotated[
        DeviceName, Option("auto, gpu or cpu; auto is a GPU where the population trainer can use one.")
    ] = "auto"
    """A run goes on with what it began with."""
    worlds: Annotated[int | None, Option("Worlds of each candidate on a GPU; else 2048.", ge=1)] = None
    parallel: Annotated[
        int | None, Option("Trainings side by side; else one a core.", ge=1, changes_results=False)
    ] = None
    """Of the population trainer: its threads."""


@dataclass(frozen=True)
class ConfirmationConfig:
    """How the best are retrained on fresh seeds, beside the baselines."""

    seeds: Annotated[
        int, Option("Fresh seeds of the confirmation at the end.", name="confirm_seeds", ge=2)
    ] = 5
    top: Annotated[int, Option("How many of the best are confirmed.", name="confirm_top", ge=1)] = 2
    human_reward: Annotated[
        str | None,
        Option(
            "A person's reward to compare with; else the task's reference.", typed=Typed(Path | None, None)
        ),
    ] = None
    """Source of the reward, which takes the place of the task's reference."""


@dataclass(frozen=True)
class BudgetConfig:
    """What the whole run may take; no limit where nothing is given."""

    steps: Annotated[
        int | None,
        Option("Environment steps of the whole run.", name="budget_steps", ge=1),
    ] = None
    """Evaluation and confirmation included."""
    usd: Annotated[float | None, Option("Dollars for language models.", name="budget_usd", ge=0)] = None
    minutes: Annotated[
        float | None, Option("Minutes of work before the confirmation.", name="budget_minutes", gt=0)
    ] = None


@dataclass(frozen=True)
class IsolationConfig:
    """How generated code is held."""

    unsafe: Annotated[
        bool,
        Option("Accept a machine that can limit, but not contain, generated code.", name="unsafe_isolation"),
    ] = False
