"""Every option of a run, declared once: type, default, range and help."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args

from eureka_agent.config.option import Option, Typed

TrainerName = Literal["population", "sb3"]
"""`population` trains a whole generation in one process, `sb3` each candidate in its own."""

TRAINERS: tuple[str, ...] = get_args(TrainerName)

SelectionName = Literal["duels", "posterior"]

FitnessName = Literal["task", "human"]
"""By what behaviour is scored: the task's own fitness, or what people prefer (`preferences/`)."""

LearnedKindName = Literal["retrieval", "classification", "ranking"]
"""Kinds of rewards that are learned from labels (`intrinsic/models/kinds.py`)."""

DeviceName = Literal["auto", "gpu", "cpu"]
"""`auto` is a GPU where the population trainer can use one for the task."""

DEVICES: tuple[str, ...] = get_args(DeviceName)

TrackerName = Literal["trackio", "wandb", "mlflow"]
"""Libraries that track experiments."""

TRACKERS: tuple[str, ...] = get_args(TrackerName)


MOST_SLOTS = 999
"""Rewards that a generation may be asked for: their number has at most three digits."""

SAME_MODEL = "same"
"""Stands for the designer's model as the model of another role."""


class Earlier(NamedTuple):
    """A reward that comes before those of the search, in a sequence of rewards."""

    source: str
    env_steps: int
    """Training steps with it."""


@dataclass(frozen=True)
class SearchConfig:
    """How rewards are searched for, and what the proposer gets to see."""

    generations: Annotated[int, Option("Number of rounds of propose, train and judge.", ge=1)] = 5
    samples: Annotated[int, Option("Candidates per generation.", ge=1, le=MOST_SLOTS)] = 16
    draft: Annotated[
        int, Option("Times as many rewards to ask for as are trained (see docs/analysis.md).", ge=1)
    ] = 1
    """The rest is left out by what a reward pays recorded policies; with 1 every accepted one is trained."""
    restarts: Annotated[int, Option("Independent searches; their best are confirmed together.", ge=1)] = 1
    seeds: Annotated[
        int, Option("Training seeds per candidate during the search.", name="search_seeds", ge=1)
    ] = 1
    selection: Annotated[
        SelectionName,
        Option(
            "Who leads: duels keeps the leader until it is beaten on two seeds; posterior weighs all seeds."
        ),
    ] = "duels"
    """`posterior` (`archive/posterior.py`) trains some candidates on another seed after each generation."""
    target: Annotated[float | None, Option("Stop the search at this fitness; default: the task's.")] = None
    seed_reward: Annotated[
        str | None,
        Option("An existing reward to start from: the first candidate.", typed=Typed(Path | None, None)),
    ] = None
    """Source of the reward, the first candidate of the first generation."""
    reflection: Annotated[bool, Option("Show the designer its parent's training curves.")] = True
    """Without it the designer sees the score only."""
    history: Annotated[bool, Option("Show the designer earlier attempts.")] = True

    @property
    def slots(self) -> int:
        """Rewards that are asked for in each generation."""
        return self.samples * self.draft


@dataclass(frozen=True)
class ModelConfig:
    """Which language model is asked, where, and how."""

    name: Annotated[
        str,
        Option(
            "The proposer: auto, search, openai/<model>, anthropic/<model>, azure/<deployment>, "
            "local:<gguf file or hub name>, manual[:<who answers>], replay:<file>; several as a,b.",
            name="model",
            typed=Typed(str, "auto"),
        ),
    ] = "search"
    base_url: Annotated[
        str | None, Option("Base URL of the model's service, e.g. http://localhost:11434/v1.")
    ] = None
    """Default: the vendor's own."""
    temperature: Annotated[
        float | None, Option("Sampling temperature; default: the service's.", ge=0, le=2)
    ] = None
    max_reply_tokens: Annotated[
        int,
        Option("Maximum tokens per reply, hidden reasoning included.", ge=16),
    ] = 16_000
    effort: Annotated[
        str | None,
        Option("Reasoning effort, in the service's own terms: none, low, high, …"),
    ] = None
    """Default: the service's."""
    stream: Annotated[bool | None, Option("Stream replies; default: for Anthropic only.")] = None
    grammar: Annotated[bool, Option("Constrain a local: model to a grammar for rewards.")] = True
    """Models on other machines are never constrained."""
    max_parallel_requests: Annotated[
        int, Option("Parallel requests per model.", ge=1, changes_results=False)
    ] = 8
    reply_cache: Annotated[bool, Option("Reuse cached replies to identical requests.")] = True


@dataclass(frozen=True)
class CriticConfig:
    """What is refused before training."""

    enabled: Annotated[bool, Option("Refuse broken rewards before training.", name="critic")] = True
    """Without it a reward is refused only if it cannot be loaded."""
    repair_turns: Annotated[
        int, Option("Repair attempts per candidate after the critic refuses it.", ge=0)
    ] = 2
    model: Annotated[
        str | None,
        Option(
            "Language model that reviews rewards before training: `same` as --model, or another name; "
            "default: none.",
            name="critic_model",
        ),
    ] = None
    """Its objections go back to the designer; they never refuse a reward for good."""


@dataclass(frozen=True)
class AnalyzerConfig:
    """How recorded episodes of parents are looked at before the next generation is proposed."""

    model: Annotated[
        str | None,
        Option(
            "Language model that explains parents' scores from recorded episodes: `same` as --model, or "
            "another name; default: none.",
            name="analyzer_model",
        ),
    ] = None
    queries: Annotated[
        bool, Option("Let the analyzer ask read-only questions about the episodes.", name="analyzer_queries")
    ] = True
    """Without it the analyzer sees only its first request (ablation)."""


@dataclass(frozen=True)
class TrainingConfig:
    """How policies are trained with a reward."""

    env_steps: Annotated[int | None, Option("Training steps per candidate; default: the task's.", ge=1)] = (
        None
    )
    init_policy: Annotated[
        str | None,
        Option(
            "A saved policy (policy.npz or policy.zip) to start every training from.",
            typed=Typed(Path | None, None),
        ),
    ] = None
    """SHA-256 of the policy; the run folder keeps a copy of it."""
    after: Annotated[
        tuple[Earlier, ...],
        Option(
            "A finished run to go on from: its winner's reward and policy (see docs/sequences.md).",
            typed=Typed(str | None, None),
        ),
    ] = ()
    """The rewards of the sequence that ends with that run's, in order. `init_policy` is then the policy that
    trainings of the search start from; finalists go on from policies trained with these rewards."""
    trainer: Annotated[
        TrainerName,
        Option("population: a generation in one process; sb3: one process per candidate."),
    ] = "population"
    """Scores from different trainers are not compared."""
    halving: Annotated[
        bool,
        Option("Stop candidates that are clearly behind (population trainer only)."),
    ] = True
    """`sb3` trains each separately and to the end. Of several search seeds the mean curve counts."""
    device: Annotated[
        DeviceName, Option("auto, gpu or cpu; auto uses a GPU if the population trainer can.")
    ] = "auto"
    """A resumed run keeps the device it started with."""
    worlds: Annotated[int | None, Option("Parallel worlds per candidate on a GPU; default: 2048.", ge=1)] = (
        None
    )
    parallel: Annotated[
        int | None, Option("Parallel trainings; default: one per core.", ge=1, changes_results=False)
    ] = None
    """For the population trainer: its threads."""


@dataclass(frozen=True)
class ConfirmationConfig:
    """How the best are retrained on fresh seeds, next to the baselines."""

    seeds: Annotated[
        int, Option("Fresh seeds that winner and baselines are reported on.", name="confirm_seeds", ge=2)
    ] = 8
    top: Annotated[
        int, Option("Number of the search's best that may become the winner.", name="confirm_top", ge=1)
    ] = 5
    choosing: Annotated[
        int,
        Option(
            "So many further seeds choose the winner among the best; 0: all of them are confirmed.",
            name="choose_seeds",
            ge=0,
            before=0,
        ),
    ] = 4
    """After each of them the last of the finalists leaves, until two are left (`evolution/choosing.py`)."""
    human_reward: Annotated[
        str | None,
        Option(
            "A person's reward to compare with; else the task's reference.", typed=Typed(Path | None, None)
        ),
    ] = None
    """Source of the reward, which takes the place of the task's reference."""
    film: Annotated[
        bool, Option("Leave a film of the winner in best/, where one can be made.", changes_results=False)
    ] = True

    @property
    def chooses(self) -> bool:
        """Whether a winner is chosen before it is confirmed."""
        return choosing_trainings(self.top, self.choosing) > 0


def choosing_trainings(top: int, seeds: int) -> int:
    """Return how many trainings choose among `top` finalists, of whom one leaves after each seed."""
    return sum(max(2, top - seed) for seed in range(seeds)) if top > 1 else 0


@dataclass(frozen=True)
class BudgetConfig:
    """Limits of the whole run; None is no limit."""

    steps: Annotated[
        int | None,
        Option("Limit on environment steps of the whole run.", name="budget_steps", ge=1),
    ] = None
    """Evaluation and confirmation included."""
    usd: Annotated[
        float | None, Option("Limit on dollars spent on language models.", name="budget_usd", ge=0)
    ] = None
    minutes: Annotated[
        float | None, Option("Limit on minutes of work before the confirmation.", name="budget_minutes", gt=0)
    ] = None


@dataclass(frozen=True)
class PeopleConfig:
    """What people are asked, and what their answers count for."""

    fitness: Annotated[
        FitnessName,
        Option("What scores behaviour: the task's fitness, or human, what people prefer."),
    ] = "task"
    """`human` is learned from comparisons and ratings while the search goes on (docs/preferences.md)."""
    questions: Annotated[
        int, Option("Questions to people after each generation, where their answers are the fitness.", ge=0)
    ] = 12
    """Nobody has to answer: a run without answers goes on."""

    @property
    def judge(self) -> bool:
        """Whether what people prefer is the fitness."""
        return self.fitness == "human"


@dataclass(frozen=True)
class IntrinsicConfig:
    """The reward that is learned from an annotator's labels of captions, beside every candidate."""

    annotator: Annotated[
        str | None,
        Option(
            "Who labels captions, for a further reward (docs/intrinsic.md): rules:<file>, labels:<file>, "
            "`same` as --model, or another model; default: nobody.",
            name="intrinsic",
        ),
    ] = None
    """Of a file the kind and its SHA-256, `rules:<digest>`; the run folder keeps a copy of it."""
    goal: Annotated[
        str | None,
        Option("The sentence that captions are judged by; default: the task's.", name="intrinsic_goal"),
    ] = None
    kind: Annotated[
        LearnedKindName,
        Option("What is learned from labels: retrieval, classification or ranking.", name="intrinsic_kind"),
    ] = "retrieval"
    coefficient: Annotated[
        float,
        Option(
            "What the learned reward is multiplied by where it is added.", name="intrinsic_coefficient", ge=0
        ),
    ] = 0.1
    """A reward that reads `intrinsic` itself is paid as it is written, and nothing is added."""
    beta: Annotated[
        float,
        Option(
            "Divide the added reward by this power of a caption's count in its episode.",
            name="intrinsic_beta",
            ge=0,
        ),
    ] = 0.0
    message: Annotated[
        str | None,
        Option("A signal that is a text, to take as the caption of a step.", name="intrinsic_message"),
    ] = None
    questions: Annotated[
        int,
        Option("Captions to ask about before each generation, at most.", name="intrinsic_questions", ge=1),
    ] = 256


@dataclass(frozen=True)
class TrackingConfig:
    """Who is told of the run while it goes on; nobody, unless it is asked for."""

    tracker: Annotated[
        TrackerName | None,
        Option(
            "Tell an experiment tracker of the run: trackio, wandb or mlflow; default: none.",
            name="track",
            changes_results=False,
            typed=Typed(str | None, None),
        ),
    ] = None
    """Of somebody else's run only what `resume` is given counts."""


@dataclass(frozen=True)
class IsolationConfig:
    """How generated code is contained."""

    unsafe: Annotated[
        bool,
        Option("Run generated code even if this machine cannot contain it.", name="unsafe_isolation"),
    ] = False
