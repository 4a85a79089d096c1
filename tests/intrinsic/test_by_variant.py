"""Several annotators behind one."""

from __future__ import annotations

import threading

import pytest
from annotator_fakes import Answering, Failing, ask

from eureka_agent.errors import ConfigError, ModelError
from eureka_agent.intrinsic.annotators import CountsKnown
from eureka_agent.intrinsic.by_variant import ByVariant
from eureka_agent.intrinsic.cached import Cached
from eureka_agent.intrinsic.label_cache import LabelCache
from eureka_agent.intrinsic.questions import Label

STOP = threading.Event()
PLAIN, OTHER, UNKNOWN = ask("a"), ask("a", variant="other"), ask("a", variant="unknown")


def test_each_question_goes_to_the_annotator_of_its_variant() -> None:
    plain, other = Answering(lambda q: 1.0), Answering(lambda q: 0.0)
    both = ByVariant({"": plain, "other": other})
    assert both.annotate([OTHER, PLAIN, UNKNOWN], STOP) == [Label(OTHER, 0.0), Label(PLAIN, 1.0), None]
    assert (plain.batches, other.batches) == ([[PLAIN]], [[OTHER]])
    assert both.name == "answering"


def test_what_was_answered_counts_where_the_next_cannot_be_asked() -> None:
    both = ByVariant({"": Answering(), "other": Failing(ModelError("down"))})
    assert both.annotate([PLAIN, OTHER], STOP) == [Label(PLAIN, 1.0), None]
    with pytest.raises(ModelError):
        ByVariant({"": Failing(ModelError("down"))}).annotate([PLAIN], STOP)


def test_known_answers_of_all_are_counted() -> None:
    cache = LabelCache()
    both = ByVariant({"": Cached(Answering(), cache), "other": Cached(Answering(), cache)})
    both.annotate([PLAIN], STOP)
    both.annotate([PLAIN, OTHER], STOP)
    assert both.known == 2
    assert isinstance(both, CountsKnown)


def test_none_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="no annotator"):
        ByVariant({})
