"""The tables of docs/decisions lead to tests that are there."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DECISIONS = ROOT / "docs" / "decisions"
FAULTS = DECISIONS / "0012-a-row-is-right-rejected-or-doubted.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LINES = [*(f"A{number}" for number in range(1, 14)), *(f"B{number}" for number in range(1, 9))]


def named_tests() -> list[tuple[str, str]]:
    """Every `path::name` of a decision."""
    return [
        found for page in sorted(DECISIONS.glob("*.md")) for found in _TEST.findall(page.read_text(encoding="utf-8"))
    ]


@lru_cache
def functions(path: str) -> frozenset[str]:
    """The functions of a file of tests."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_test_that_a_decision_names_is_there() -> None:
    """Fails when a test was renamed or taken away, and the decision leads nowhere."""
    named = named_tests()
    assert len(named) > 100
    gone = [f"{path}::{name}" for path, name in named if not (ROOT / path).exists() or name not in functions(path)]
    assert gone == []


@pytest.mark.parametrize("line", LINES)
def test_every_line_of_the_faults_found_is_held_by_tests(line: str) -> None:
    """Fails when a kind of fault that was found has no test of its own."""
    rows = re.findall(rf"^\| {line} .*\|$", FAULTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == 1
    assert len(set(_TEST.findall(rows[0]))) >= 3


def test_every_decision_stands_in_the_list() -> None:
    """Fails when a decision is written and nobody finds it."""
    listed = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in sorted(DECISIONS.glob("0*.md")) if f"]({page.name})" not in listed] == []
