"""Every field of a scheme says what it is called, beside the field."""

from __future__ import annotations

import inspect
import re

import pytest
from pydantic import BaseModel

from fairwrench.settlement.scheme import cycle, part, scheme
from fairwrench.settlement.scheme.about import about, about_at, about_field, titles_below
from fairwrench.settlement.scheme.scheme import Scheme

MODELS = [
    kind
    for module in (part, cycle, scheme)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if kind.__module__ == module.__name__
]
FIELDS = [(kind, name) for kind in MODELS if issubclass(kind, BaseModel) for name in kind.model_fields]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_field_has_a_title(kind: type[BaseModel], name: str) -> None:
    """Fails when a page would show a reader the word of the document for want of a title."""
    told = about_field(kind, name)
    assert told is not None
    assert re.search("[\u4e00-\u9fff]", told.title.zh)
    assert told.title.en


def test_fields_of_one_name_are_called_alike() -> None:
    """Fails when the comparison, which knows a field by its name, would call one by another's title."""
    titles = titles_below(Scheme)
    called = {(name, told.title) for kind, name in FIELDS if (told := about_field(kind, name))}
    assert called == set(titles.items())


def test_english_falls_back_to_chinese() -> None:
    """Fails when a field without an English title shows none."""
    assert about("权重").title.en == "权重"
    assert about("权重", "weight", help_zh="合计 100").help is not None


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        (("bands", "grades", "A", "share"), "percent"),
        (("pay", "bases", "profit", "share"), "share"),
        (("pools", "bonus", "draw", "floor"), "yuan"),
        (("pools", "bonus", "split", "technician"), "percent"),
        (("pay", "commission", "technician", "factors", "floor"), "share"),
        (("scorecards", "technician", "items", "on_time", "raters", "self"), "percent"),
        (("scorecards", "technician", "items", "on_time", "target"), "metric"),
    ],
)
def test_a_path_leads_to_the_unit_of_its_field(path: tuple[str, ...], unit: str) -> None:
    """Fails when 30 % of a group's share, 0.3 of a salary and 30 yuan of a pool are told alike."""
    told = about_at(Scheme, path)
    assert told is not None
    assert told.unit == unit
