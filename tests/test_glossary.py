"""The glossary: each term stands where it says, and the words that it gave up are no module's any more."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from fairwrench.catalog.loader import load_sources

ROOT = Path(__file__).parents[1]
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| `([\w.]+)` \|$", GLOSSARY, re.MULTILINE)
_, _, _LEFT = GLOSSARY.partition("## Not said any more\n")
_ENGLISH, _, _CHINESE = _LEFT.partition("## Not said any more in Chinese\n")
GONE = set(re.findall(r"`(\w+)`", _ENGLISH))
GONE_IN_CHINESE = set(re.findall(r"`([\u4e00-\u9fff]+)`", _CHINESE))
#: what the program, its pages and its documentation say; history is told in the words of then
SAID = [
    *(path for path in (ROOT / "fairwrench").rglob("*") if path.suffix in {".py", ".html", ".txt", ".j2", ".yaml"}),
    *(path for path in (ROOT / "docs").rglob("*.md") if path.name != "glossary.md"),
    *(ROOT / "docs/pictures").glob("*.svg"),
    *ROOT.glob("README*.md"),
]
#: where it is told what files of a dealership say, or invented as they would say it
OF_FILES = {
    *(ROOT / "fairwrench/catalog/sources").glob("*"),
    *(ROOT / "fairwrench/samples").rglob("*"),
    *(ROOT / "docs/sources").glob("*"),
    ROOT / "docs/files.md",
    ROOT / "fairwrench/ledger/roster/staffing.py",
}
#: a customer's bill, the calendar that a state publishes, and the law's word for a fine
MEANT = re.compile(
    r"结算(?:时间|方式|滞后)|竣工到结算|官方日历[^,，]*尚未公布|公布后请更新程序|罚款，?在部分省市|罚款内容"
)
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


def gone_from(text: str) -> set[str]:
    """The words of Chinese in a text that are not said any more."""
    bare = MEANT.sub("", text)
    return {word for word in GONE_IN_CHINESE if word in bare}


def test_a_bill_may_be_settled_and_a_month_may_not() -> None:
    """Fails when the test below would pass over a month's 结算, or take offence at a customer's."""
    assert len(GONE_IN_CHINESE) > 20
    assert gone_from("结算时间、结算方式、从竣工到结算的平均秒数") == set()
    assert gone_from("10 月已结算，封账中") == {"结算", "封账", "封账中"}
    assert gone_from("用人单位自行罚款在部分省市没有法律依据；建议罚款 500 元") == {"罚款"}


def test_chinese_that_was_given_up_is_not_said() -> None:
    """Fails when a page, a message or a document says again what no dealership says."""
    assert len(SAID) > 500
    found = {
        f"{path.relative_to(ROOT)}:{number}": words
        for path in SAID
        if path not in OF_FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (words := gone_from(line))
    }
    assert found == {}


def test_chinese_that_was_given_up_names_no_column() -> None:
    """Fails when the catalog calls a file, row or column by such a word, beyond knowing it from files."""
    found = {}
    for name, source in load_sources().items():
        texts = [source.name, source.row, source.note, *(column.name for column in source.columns.values())]
        found[name] = gone_from(" ".join(text.zh for text in texts if text))
    assert {name: words for name, words in found.items() if words} == {}
