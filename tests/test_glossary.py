"""The glossary: each term stands where it says, and the words that it gave up are no module's any more."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| `([\w.]+)` \|$", GLOSSARY, re.MULTILINE)
GONE = set(re.findall(r"`(\w+)`", GLOSSARY.partition("## Not said any more")[2]))
MODULES = {path.stem for path in (ROOT / "fairwrench").rglob("*.py")}


def test_the_table_is_read() -> None:
    """Fails when the table takes another form and the tests below look at nothing."""
    assert len(TERMS) == GLOSSARY.count("\n| ") - 2 > 40
    assert len(GONE) > 10


@pytest.mark.parametrize("where", sorted({where for *_, where in TERMS}))
def test_each_term_stands_where_it_says(where: str) -> None:
    """Fails when a class or module is renamed and the glossary still sends people to the old one."""
    *folders, name = where.split(".")
    module = ROOT.joinpath("fairwrench", *folders)
    if name[0].isupper():
        tree = ast.parse(module.with_suffix(".py").read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    else:
        assert (module / f"{name}.py").is_file()


def test_each_term_has_one_row() -> None:
    """Fails when one word comes to mean two things, or one thing goes by two words of Chinese."""
    terms = [term for term, *_ in TERMS]
    chinese = [word for _, word, *_ in TERMS]
    assert len({*terms}) == len(terms)
    assert len({*chinese}) == len(chinese)


def test_words_that_were_given_up_are_no_module_s() -> None:
    """Fails when a module is called by a word again that says nothing."""
    assert not GONE & MODULES
