"""Numbers of things in English sentences."""

import pytest

from fairwrench.settlement.counts import agreeing, number_of


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (21, "21 rows"), (1_200, "1,200 rows")]
)
def test_one_row_is_no_rows(count: int, words: str) -> None:
    """Fails when a message says "1 rows"."""
    assert number_of(count, "row") == words


def test_words_that_go_with_a_number() -> None:
    """Fails when one row "are" or two people "waits"."""
    assert [number_of(count, "person waits", "people wait") for count in (1, 2)] == ["1 person waits", "2 people wait"]
    assert [agreeing(count, "is", "are") for count in (0, 1, 2)] == ["are", "is", "are"]
