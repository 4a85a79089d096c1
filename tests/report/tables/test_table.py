"""A table needs no library, names what it lacks, and shows words as letters."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hostile import STRINGS

from eureka_agent.errors import ConfigError
from eureka_agent.report.tables.table import SHOWN, Table

SMALL = Table(("name", "fitness"), (("0-00", 1.0), ("0-01", None), ("0-00", 2.0)))


def test_rows_and_columns_say_the_same() -> None:
    assert SMALL.rows == [
        {"name": "0-00", "fitness": 1.0},
        {"name": "0-01", "fitness": None},
        {"name": "0-00", "fitness": 2.0},
    ]
    assert SMALL.columns == {"name": ["0-00", "0-01", "0-00"], "fitness": [1.0, None, 2.0]}
    assert len(SMALL) == 3


def test_some_rows_are_a_table_too() -> None:
    assert SMALL.where(name="0-00")["fitness"] == [1.0, 2.0]
    assert SMALL.where(name="0-00", fitness=2.0).rows == [{"name": "0-00", "fitness": 2.0}]
    assert len(SMALL.where(name="9-99")) == 0


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    for ask in (lambda: SMALL["fitnes"], lambda: SMALL.where(fitnes=1)):
        with pytest.raises(ConfigError, match="Did you mean 'fitness'") as caught:
            ask()
        assert caught.value.allowed == "name, fitness"


def test_a_data_frame_has_the_columns_and_keeps_them_where_there_are_no_rows() -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    frame = SMALL.to_pandas()
    assert frame["name"].tolist() == SMALL["name"]
    assert frame["fitness"].isna().tolist() == [False, True, False]
    assert list(Table(("a", "b"), ()).to_pandas().columns) == ["a", "b"]


def test_without_pandas_a_sentence_says_how_to_get_it() -> None:
    program = (
        "import sys; sys.modules['pandas'] = None\n"
        "from eureka_agent.report.tables.table import Table\n"
        "from eureka_agent.errors import ConfigError\n"
        "table = Table(('a',), ((1,),))\n"
        "assert table.rows == [{'a': 1}] and '<td>1</td>' in table._repr_html_()\n"
        "try: table.to_pandas()\n"
        "except ConfigError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "pandas is not installed."
    assert "pip install pandas" in done.stdout


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert not attrs
        self.tags.add(tag)


@pytest.mark.parametrize("words", [*STRINGS, "<img src=x onerror=alert(1)>", "x" * 10_000])
def test_words_of_others_are_letters(words: str) -> None:
    shown = Table((words,), ((words,), ((words, words),)))._repr_html_()
    assert Tags(shown).tags <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert len(shown) < 3_000


def test_a_long_table_says_how_long_it_is() -> None:
    shown = Table(("a",), tuple((n,) for n in range(1_000)))._repr_html_()
    assert shown.count("<tr>") == SHOWN + 1
    assert "20 of 1,000 rows" in shown
