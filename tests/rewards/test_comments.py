from __future__ import annotations

import pytest

from eureka_agent.errors import RewardError
from eureka_agent.rewards.comments import without_comments
from eureka_agent.rewards.source import normalised_digest

BARE = "def compute_reward(x):\n    return (x, {'x': x})\n"


@pytest.mark.parametrize(
    "text",
    [
        '"""A module."""\n' + BARE,
        BARE.replace(":\n", ":  # the further the better\n", 1),
        BARE.replace(":\n", ':\n    """Go right."""\n', 1),
    ],
)
def test_comments_and_docstrings_go_and_the_reward_stays(text: str) -> None:
    bare = without_comments(text)
    assert bare == BARE
    assert normalised_digest(bare) == normalised_digest(text)


def test_a_function_that_holds_words_only_stays_a_function() -> None:
    assert without_comments('def helper():\n    """Nothing."""\n') == "def helper():\n    pass\n"


def test_where_there_is_nothing_to_drop_nothing_is_returned() -> None:
    assert without_comments(BARE) is None
    assert without_comments(BARE.replace("'x'", "'# no comment'")) is None


def test_what_is_no_python_is_an_error() -> None:
    with pytest.raises(RewardError, match="not Python"):
        without_comments("def (")
