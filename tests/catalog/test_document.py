"""Reading YAML as exact data with places, and laying one document upon another."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.catalog.document import Document, Place, joined, merged, read_document
from fairwrench.settlement.problem import Problem, Refused


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as caught:
        read_document(text, "a.yaml")
    return caught.value.problems


def test_numbers_stay_as_written() -> None:
    """Fails when 0.1 becomes a binary fraction, so that a bound or a rate would be off by a hair."""
    data = read_document("a: 0.1\nb: 1_000\nc: 1e-2\nd: '0.1'\ne: 007\nf: -3.50\n", "a.yaml").data
    assert data == {"a": Decimal("0.1"), "b": 1000, "c": Decimal("0.01"), "d": "0.1", "e": 7, "f": Decimal("-3.50")}
    assert not any(isinstance(value, float) for value in data.values())
    assert str(data["f"]) == "-3.50"


def test_words_of_yaml_1_1_are_text() -> None:
    """Fails when `on`, `no` or 17:30 turn into something else than what an HR person wrote."""
    assert read_document("a: on\nb: no\nc: 17:30\nd: 2026-10-01\ne: true\nf:\n", "a.yaml").data == {
        "a": "on", "b": "no", "c": "17:30", "d": "2026-10-01", "e": True, "f": None,
    }  # fmt: skip


def test_every_part_has_its_line() -> None:
    """Fails when a problem would point to the wrong line."""
    document = read_document("a:\n  b: 1\n  c:\n    - {d: 2}\n    -\n      d: 3\n", "a.yaml")
    assert document.places["a",] == Place("a.yaml", 1)
    assert document.places["a", "b"] == Place("a.yaml", 2)
    assert document.places["a", "c", 0, "d"] == Place("a.yaml", 4)
    assert document.places["a", "c", 1, "d"] == Place("a.yaml", 6)
    assert document.place(("a", "c", 1, "x", "y")) == Place("a.yaml", 6)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: [1\nc: 2\n", "unreadable_yaml", 3),
        ("a: 1\n\tb: 2\n", "unreadable_yaml", 2),
        ("a: 1\nb: 2\na: 3\n", "twice", 3),
        ("a: &x 1\nb: *x\n", "anchor", 1),
        ("a: 1\nb: *x\n", "anchor", 2),
        ("a: 1\n&x b: 2\n", "anchor", 2),
        ("a: 1\nb: {{rate}}\n", "not_a_word", 2),
        ("a: 1\n? [b, c]\n: 2\n", "not_a_word", 2),
        ("a: 1\nb: 0o17\n", "number", 2),
        ("a: \x07\n", "unreadable_yaml", 0),
        ("a: 1\nb: .nan\n", "number", 2),
        ("a: 1\nb: .inf\n", "number", 2),
        ("- a\n- b\n", "unreadable_yaml", 1),
        ("", "unreadable_yaml", 1),
        ("a: 1\n---\nb: 2\n", "unreadable_yaml", 2),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, code: str, line: int) -> None:
    """Fails when a slip in a file is reported without its line, or swallowed: the last of two keys would win unseen."""
    problem = refused(text)[0]
    assert (problem.code, problem.file, problem.line) == (code, "a.yaml", line)
    assert problem.zh and problem.en


def test_all_slips_of_a_file_come_at_once() -> None:
    """Fails when somebody mends one line only to be told of the next, or is told what lies within what is refused."""
    assert [problem.line for problem in refused("a: .nan\nb: 1\nb: 2\nc: .inf\n")] == [1, 3, 4]
    assert [problem.line for problem in refused("a: &x {b: [1, .nan], c: {d: 1}}\ne: 1\nf: .inf\n")] == [1, 3]


def test_deep_nesting_is_refused_and_does_not_break_the_program() -> None:
    """Fails when a hostile file ends the process instead of being refused."""
    assert refused("a: " + "[" * 20000)[0].code == "unreadable_yaml"


def test_laying_a_document_upon_another() -> None:
    """Fails when a variant loses what it did not name, or keeps what it removed. Mappings merge, the rest replaces."""
    base = read_document("a: {x: 1, y: 2}\nl: [1, 2, 3]\ns: old\ngone: {deep: 1}\n", "base.yaml")
    over = read_document("a: {y: 5}\n\nl: [9]\ns: null\ngone: null\nnew: 1\n", "over.yaml")
    result = merged(base, over)
    assert result.data == {"a": {"x": 1, "y": 5}, "l": [9], "new": 1}
    assert result.place(("a", "x")) == Place("base.yaml", 1)
    assert result.place(("a", "y")) == Place("over.yaml", 1)
    assert result.place(("l", 0)) == Place("over.yaml", 3)
    assert ("l", 2) not in result.places, "a removed part would lend its line to another"
    assert ("gone", "deep") not in result.places
    assert base.data["a"] == {"x": 1, "y": 2}, "the base is left as it was: others stand upon it too"


TREES = st.recursive(
    st.integers() | st.text("ab", max_size=2) | st.none(),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


def simply_merged(base: Any, over: Any) -> Any:
    """The rule in three lines, as an oracle."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    both = {**base, **{key: simply_merged(base.get(key), value) for key, value in over.items()}}
    return {key: value for key, value in both.items() if not (key in over and over[key] is None)}


@given(MAPPINGS, MAPPINGS)
def test_merging_follows_the_rule(base: dict[str, Any], over: dict[str, Any]) -> None:
    """Fails when merging depends on depth or order of keys."""
    assert merged(Document(base), Document(over)).data == simply_merged(base, over)


@given(MAPPINGS)
def test_nothing_laid_upon_a_document_changes_nothing(base: dict[str, Any]) -> None:
    """Fails when a variant without any change differs from its base."""
    assert merged(Document(base), Document({})).data == base


def test_files_of_one_document_may_not_write_the_same_thing() -> None:
    """Fails when a figure stands in two files and the order of file names decides which one pays."""
    one = read_document("pay:\n  base: 1\n", "one.yaml")
    two = read_document("pay:\n  share: 2\n  base: 3\n", "two.yaml")
    assert joined([one, read_document("pay: {share: 2}\n", "two.yaml")]).data == {"pay": {"base": 1, "share": 2}}
    with pytest.raises(Refused) as caught:
        joined([one, two])
    problem = caught.value.problems[0]
    assert (problem.path, problem.file, problem.line) == (("pay", "base"), "two.yaml", 3)
    assert "one.yaml:2" in problem.en
