"""What we read by libyaml and rules of our own for words, another library reads alike, to the word and the line."""

from decimal import InvalidOperation
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.catalog import document
from fairwrench.catalog.document import read_document
from fairwrench.catalog.loader import CATALOG
from fairwrench.settlement.problem import Refused
from tests.catalog.second_reader import read_again

FILES = sorted(CATALOG.rglob("*.yaml"))
CASES = sorted((Path(__file__).parents[1] / "cases").glob("*.yaml"))
TYPED = st.text("0123456789_+-.eEobxfa", min_size=1, max_size=7)
#: words that other versions of YAML take for something else, and numbers in every form
TRICKY = "~ null NULL nULL True tRUE yes No on = << 1:30 2026-10-01 0.70 1e-2 +.5 -.5e+3 .5e3 1_0.0_1 + . ._ 1. -1 +_1"
WORDS = [*TRICKY.split(), *["_1", "007", "1e5", "12e", "0b1", "0o7", "0x1F", ".inf", "-.INF", ".nan", "一", "3人"]]


@pytest.mark.parametrize("path", [*FILES, *CASES], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_is_read_alike_by_another_library(path: Path) -> None:
    """Fails when a target, a weight or a name of a shipped file is not what its author wrote, or lost its line."""
    text = path.read_text(encoding="utf-8-sig")
    assert read_document(text, path.name) == read_again(text, path.name)


def by_ours(word: str) -> Any:
    try:
        return read_document(f"a: {word}\n", "a.yaml").data["a"]
    except Refused as refused:
        return refused.problems[0].code


def by_another(word: str) -> Any:
    try:
        return read_again(f"a: {word}\n", "a.yaml").data["a"]
    except InvalidOperation:
        return "number"


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_what_yaml_1_2_says(word: str) -> None:
    """Fails when `no` turns false, 007 octal or 17:30 a number of minutes."""
    assert (repr(by_ours(word)), word) == (repr(by_another(word)), word)


@given(TYPED.filter(lambda word: not word.startswith("- ") and word not in ("-", "---", "...")))
def test_whatever_is_typed_as_a_number_is_read_alike(word: str) -> None:
    """Fails when a slip in a number is a number to us and a text to others, or the other way round."""
    assert repr(by_ours(word)) == repr(by_another(word))


def test_without_libyaml_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a machine for which PyYAML was built without libyaml settles by other figures or names other lines."""
    texts = [path.read_text(encoding="utf-8") for path in FILES if path.parent.name == "dealership"]
    fast = [read_document(text, "a.yaml") for text in texts]
    assert document.LOADER is yaml.CSafeLoader
    monkeypatch.setattr(document, "LOADER", yaml.SafeLoader)
    assert [read_document(text, "a.yaml") for text in texts] == fast
    with pytest.raises(Refused) as caught:
        read_document("a: 1\nb: [1\nc: 2\n", "a.yaml")
    assert [problem.line for problem in caught.value.problems] == [3]
