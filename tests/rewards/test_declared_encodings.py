"""Rules and writer agree on which encoding a reward's comments declare; fuzzing found where they did not."""

from __future__ import annotations

import pytest
from reward_texts import FORWARD

from eureka_agent.errors import RewardError
from eureka_agent.rewards.characters import check_characters
from eureka_agent.rewards.saved import Header, reward_bytes


@pytest.mark.parametrize("first", ["", "  ", "# words", "#!/usr/bin/python"])
def test_another_encoding_is_refused_behind_a_line_that_ends_as_on_windows(first: str) -> None:
    source = f"{first}\n# coding: utf-7\n{FORWARD}".replace("\n", "\r\n")
    finding = check_characters(source)
    assert finding is not None
    assert "utf-7" in finding.what


@pytest.mark.parametrize("spelling", ["utf-8", "UTF-8", "utf8", "UTF8", "utf_8"])
def test_every_spelling_of_utf_8_that_the_rules_accept_is_written(spelling: str) -> None:
    source = f"# coding: {spelling}\n{FORWARD}"
    assert check_characters(source) is None
    assert reward_bytes(source) == source.encode()
    assert source.encode() in reward_bytes(source, Header("Title", {}))


@pytest.mark.parametrize("header", [None, Header("Title", {})])
def test_the_writer_refuses_what_is_no_encoding_of_text_in_words(header: Header | None) -> None:
    """The rules refuse it before; the writer looks for itself."""
    with pytest.raises(RewardError, match="cannot be written as a file"):
        reward_bytes(f"# coding: rot13\n{FORWARD}", header)
