"""Everybody who labels captions of a training: annotators, wordings, votes, and what all may cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from eureka_agent.api.annotating import annotating_model, file_annotator, is_file_annotator
from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.annotator_options import AnnotatorOptions
from eureka_agent.intrinsic.annotation.annotators import Annotator, SourcedAnnotator
from eureka_agent.intrinsic.annotation.by_variant import ByVariant
from eureka_agent.intrinsic.annotation.cached import Cached
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.model_annotator import MOST, WORDINGS, ModelAnnotator
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.replayed import Replayed
from eureka_agent.intrinsic.annotation.softening import Softening
from eureka_agent.intrinsic.annotation.voting import Voting
from eureka_agent.llm.budgeted import Allowance, BudgetedModel

LABELS = "labels.jsonl"
Given = str | SourcedAnnotator
_LONGEST_NAME = 48
MOST_LOCAL = 1
"""Questions of one request to a model on this machine: small ones confuse several (docs/intrinsic.md)."""


@dataclass(frozen=True)
class Labeller:
    """Who labels the captions of one variant of questions."""

    variant: str
    annotator: Cached | Replayed
    examined: Annotator | None = None
    """The same without its memory, for examining; None for files, which cannot contradict themselves."""
    reworded: Annotator | None = None
    """The same, asked in the other wording."""
    most: int = MOST
    """Questions that it is asked at once."""

    def known(self, cache: LabelCache) -> Iterator[Label]:
        """Yield its labels in a cache as labels of its variant."""
        for _, source, label in cache.kept():
            if source == self.annotator.source:
                yield Label(Question(label.question.captions, self.variant), label.value, label.votes,
                            label.answers)  # fmt: skip


class Annotators:
    """All labellers of a training as one; `close` ends what their models have running."""

    def __init__(
        self, labellers: Sequence[Labeller], models: Sequence[BudgetedModel], cache: LabelCache, votes: int
    ) -> None:
        self.labellers, self.cache, self._votes = tuple(labellers), cache, votes
        self.softening = Softening(label for one in labellers for label in one.known(cache))
        self._models = tuple(models)
        self._of = {one.variant: one.annotator for one in labellers}

    @cached_property
    def annotator(self) -> Annotator:
        """Answers the questions of all variants."""
        return self.labellers[0].annotator if len(self.labellers) == 1 else ByVariant(self._of)

    def look_up(self, question: Question) -> Label | None:
        """Return what is known already, softened; None of a variant that is nobody's."""
        one = self._of.get(question.variant)
        found = None if one is None else one.look_up(question)
        return None if found is None else self.softening([found])[0]

    @property
    def batch(self) -> int:
        """Questions that are asked at once."""
        return min(one.most for one in self.labellers)

    @property
    def spent(self) -> tuple[int, float | None]:
        """Requests to language models, and what they cost; None where a price is not known."""
        return (self._models[0].requests, self._models[0].cost_usd) if self._models else (0, 0.0)

    def close(self) -> None:
        """End what the models have running on this machine."""
        for model in self._models:
            model.close()

    def notices(self) -> Iterator[str]:
        """Yield what a person should know of labels and their file."""
        if self._votes > 1 and not any(one.examined is not None for one in self.labellers):
            yield "Nobody voted: rules and files of labels answer the same each time."
        if self.cache.damaged:
            yield f"{self.cache.damaged} lines of {self.cache.path} are no labels, and were left out."
        for one in self._of.values():
            if isinstance(one, Cached) and one.unwritten:
                yield f"Labels were used and could not be kept: {one.unwritten}"
            if isinstance(one, Replayed) and one.unknown:
                yield f"{one.unknown:,} questions have no label of {one.name}, and stayed unanswered."


def annotators_of(
    given: Given | Sequence[Given],
    goal: str,
    options: AnnotatorOptions,
    *,
    folder: Path,
    about: Sequence[str] = (),
) -> Annotators:
    """Return whoever labels captions by `goal`: specs as `make_annotator` takes them, or objects of yours.

    A language model is one labeller for each wording; all models share one budget. `folder` is where `manual`
    asks and where labels are kept; `about` tells models what captions mean.

    Raises ConfigError or ModelError for what cannot be asked, StoreError where labels cannot be kept.
    """
    cache = LabelCache(Path(options.labels) if options.labels is not None else folder / LABELS)
    cache.begin()
    making = _Making(goal, options, folder, cache, tuple(about))
    names = _names(given, options.wordings)
    labellers = [making.labeller(who, wording, variant) for variant, (who, wording) in names.items()]
    return Annotators(labellers, list(making.models.values()), cache, options.votes)


def listed(given: Given | Sequence[Given]) -> list[Given]:
    """Return everybody who was named, one or several."""
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]


def variants_of(given: Given | Sequence[Given], wordings: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the variants of questions; none where there is one annotator in one wording.

    Raises ConfigError for nobody, and for the same twice.
    """
    names = tuple(_names(given, wordings))
    return () if len(names) == 1 else names


def _names(given: Given | Sequence[Given], wordings: Sequence[str]) -> dict[str, tuple[Given, str]]:
    """Return annotators in their wordings by the names of their variants; the only one has none."""
    everybody = listed(given)
    named: dict[str, tuple[Given, str]] = {}
    for who in everybody:
        asked = wordings if _is_model(who) else ("",)
        for wording in asked:
            name = _name(who, wording if len(asked) > 1 else "", among=len(everybody))
            if name in named:
                raise ConfigError(
                    f"The annotator '{name}' is named twice.",
                    allowed="annotators that differ, with names that differ in their last "
                    f"{_LONGEST_NAME} characters",
                    fix="Leave one of them out, or ask one in two wordings: --wordings plain,reworded.",
                )
            named[name] = (who, wording)
    if wordings != WORDINGS[:1] and not any(map(_is_model, everybody)):
        raise ConfigError(
            "Nobody here would read another wording.",
            allowed="wordings of questions to a language model",
            fix="Leave --wordings out.",
        )
    if not named:
        raise ConfigError("Nobody labels captions.", allowed="one annotator or more", fix="Name one.")
    return {"": next(iter(named.values()))} if len(named) == 1 else named


def _is_model(who: Given) -> bool:
    return isinstance(who, str) and not is_file_annotator(who)


def _name(who: Given, wording: str, *, among: int) -> str:
    name = (who if isinstance(who, str) else who.name)[-_LONGEST_NAME:]
    if among == 1 and wording:
        return wording
    return f"{name}, {wording}" if wording else name


class _Making:
    """Makes labellers of one goal; a model that is asked in several wordings is one model."""

    def __init__(
        self, goal: str, options: AnnotatorOptions, folder: Path, cache: LabelCache, about: tuple[str, ...]
    ) -> None:
        self.models: dict[str, BudgetedModel] = {}
        self._goal, self._options, self._folder, self._cache, self._about = (
            goal, options, folder, cache, about,
        )  # fmt: skip
        self._allowance = Allowance(budget_usd=options.budget_usd, most_requests=options.most_requests)
        self._made = 0

    def labeller(self, who: Given, wording: str, variant: str) -> Labeller:
        """Make one; see `annotators_of`."""
        if not isinstance(who, str):
            return Labeller(variant, self._cached(who), examined=who)
        if is_file_annotator(who):
            return Labeller(variant, file_annotator(who, self._goal, self._cache))
        if who not in self.models:
            model = annotating_model(who, folder=self._folder)
            self.models[who] = BudgetedModel(model, allowance=self._allowance)
        self._made += 1
        other = next(each for each in WORDINGS if each != wording)
        return Labeller(
            variant,
            self._cached(self._asking(who, wording, "annotate")),
            examined=self._asking(who, wording, "examine"),
            reworded=self._asking(who, other, "examine-reworded"),
            most=most_at_once(who),
        )

    def _cached(self, annotator: SourcedAnnotator) -> Cached:
        votes = self._options.votes
        return Cached(Voting(annotator, votes) if votes > 1 else annotator, self._cache, votes=votes)

    def _asking(self, who: str, wording: str, key: str) -> ModelAnnotator:
        """Return an annotator whose requests have keys of their own: some models know requests by these."""
        own = key if self._made == 1 else f"{key}-{self._made}"
        return ModelAnnotator(
            self.models[who], self._goal, wording=wording, about=self._about, key=own, most=most_at_once(who)
        )


def most_at_once(who: str) -> int:
    """Return about how many captions a language model is asked in one request."""
    return MOST_LOCAL if who.startswith("local:") else MOST
