"""Types of what a log holds: a value of each is checked when it is read, whoever wrote it (`checked.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import ConfigDict, PlainValidator, ValidationInfo

from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.store import checked
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.journalled import candidate_from_json, evaluation_from_json

STRICT = ConfigDict(frozen=True, extra="forbid")
"""Of every model and record: what nobody wrote is refused, and nothing changes once it is there."""


def _by(check: Callable[[Any, str], Any]) -> PlainValidator:
    """Let `check` alone decide what a value may be; it is kept as it is."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        return check(value, info.field_name or "value")

    return PlainValidator(validate)


def read_by(record: type | tuple[type, ...], read: Callable[[Any], Any]) -> PlainValidator:
    """Take a `record` as it is, and have anything else read."""
    return PlainValidator(lambda value: value if isinstance(value, record) else read(value))


def limited_text(most: int, least: int = 0) -> PlainValidator:
    """Take a text of so many characters, spaces around it not counted."""
    return _by(partial(checked.limited_text, most=most, least=least))


Text = Annotated[str, _by(checked.text)]
Place = Annotated[int, _by(checked.whole)]
"""A generation, an index or a replicate."""
Count = Annotated[int, _by(partial(checked.whole, most=None))]
Number = Annotated[float, _by(checked.number)]
CandidateName = Annotated[str, _by(checked.candidate)]
TrainedName = Annotated[str, _by(checked.trained)]
"""A candidate's id, the name of a baseline or that of a reward before."""
Stage = Annotated[str, _by(partial(checked.choice, allowed=checked.STAGES))]
Operator = Annotated[str, _by(checked.operator)]
Table = Annotated[checked.Json, _by(checked.mapping)]
"""A table of which others know what it holds: a genome."""
Numerals = Annotated[str, _by(checked.numerals)]
NumeralsByName = Annotated[Mapping[str, str], _by(checked.numerals_by_name)]
NumeralsBySignal = Annotated[Mapping[str, str], _by(checked.numerals_by_signal)]
ConfigTable = Annotated[checked.Json, PlainValidator(checked.config)]
"""A configuration as journalled; `make_config` says whether it is one of this version."""
RunId = Annotated[str, _by(checked.run_id)]
CandidateField = Annotated[Candidate, read_by(Candidate, candidate_from_json)]
EvaluationField = Annotated[Evaluation, read_by(Evaluation, evaluation_from_json)]
FactsField = Annotated[TaskFacts, read_by(TaskFacts, TaskFacts.from_json)]
