"""Words are said in the reader's language, chosen when they are shown."""

from __future__ import annotations

import pytest
from django.utils import translation

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Text
from fairwrench.web.ui.words import aside, both, joined, lang, of, pick

TEXT = Text(zh="返修率", en="Rework rate")


def test_chinese_is_said_where_nothing_else_is_asked_for() -> None:
    """Fails when a command, which has no reader, would say nothing or English."""
    with translation.override(None):
        assert (lang(), pick("门店", "Store")) == ("zh", "门店")


@pytest.mark.parametrize(("code", "said"), [("zh-hans", "门店"), ("en", "Store"), ("en-gb", "Store")])
def test_the_language_of_the_request_is_said(code: str, said: str) -> None:
    """Fails when somebody reads the other language."""
    with translation.override(code):
        assert pick("门店", "Store") == said


def test_labels_are_chosen_when_shown() -> None:
    """Fails when a form's labels would stay in the language in which the program started."""
    label = both("门店", "Store")
    with translation.override("en"):
        assert str(label) == "Store"
    assert str(label) == "门店"


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (TEXT, "返修率", "Rework rate"),
        (("门店", "Store"), "门店", "Store"),
        (Problem("x", "缺文件。", "A file is missing."), "缺文件。", "A file is missing."),
        (both("门店", "Store"), "门店", "Store"),
        ("E1001", "E1001", "E1001"),
        (None, "", ""),
    ],
    ids=["text", "pair", "problem", "lazy", "plain", "none"],
)
def test_whatever_carries_words_is_said(words: object, zh: str, en: str) -> None:
    """Fails when a template would show the object instead of its words."""
    assert of(words) == zh  # type: ignore[arg-type]
    with translation.override("en"):
        assert of(words) == en  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mark", "zh", "en"),
    [("、", "甲、乙", "甲, 乙"), ("，", "甲，乙", "甲, 乙"), ("；", "甲；乙", "甲; 乙"), ("：", "甲：乙", "甲: 乙")],
)
def test_words_are_joined_by_the_marks_of_the_language(mark: str, zh: str, en: str) -> None:
    """Fails when an English page shows Chinese punctuation, or an empty part leaves a mark behind."""
    assert joined(["甲", "", "乙"], mark) == zh
    with translation.override("en"):
        assert joined(["甲", "", "乙"], mark) == en


def test_a_note_stands_in_the_brackets_of_the_language() -> None:
    """Fails when an English page shows （）, or empty brackets where there is nothing to note."""
    assert (aside("审计", "东店"), aside("审计", "")) == ("审计（东店）", "审计")
    with translation.override("en"):
        assert aside("Auditor", "all") == "Auditor (all)"
