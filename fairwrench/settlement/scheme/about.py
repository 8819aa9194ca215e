"""What a field of a scheme is called, and what its figure is: said once, beside the field."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from fairwrench.settlement.source.source import Text

#: `share`: a fraction told as a percentage; `percent`: a percentage as it is written; `metric`: as the metric's values
FieldUnit = Literal["", "share", "percent", "points", "yuan", "days", "months", "people", "metric"]


@dataclass(frozen=True, slots=True)
class About:
    """Title, help and unit of a field; pages, documents and comparisons read them here."""

    title: Text
    help: Text | None = None
    unit: FieldUnit = ""


def about(zh: str, en: str = "", *, help_zh: str = "", help_en: str = "", unit: FieldUnit = "") -> About:
    """A field in Chinese, and in English where that is not the same."""
    told = Text(zh=help_zh, en=help_en or help_zh) if help_zh else None
    return About(Text(zh=zh, en=en or zh), told, unit)


def about_field(model: type[BaseModel], name: str) -> About | None:
    """What is said about a field; None of a field that nobody reads by itself."""
    field = model.model_fields.get(name)
    return next((told for told in field.metadata if isinstance(told, About)), None) if field else None


def about_at(model: type[BaseModel], path: Sequence[str]) -> About | None:
    """What is said about the field that a path below a model ends in, or in whose mapping or list it ends."""
    found: About | None = None
    kinds: list[object] = [model]
    for part in path:
        # the parts of a list may be told one after the other, without a key of their own
        parts = [inner for kind in kinds if get_origin(kind) is tuple for inner in _members(_value_of(kind))]
        models = [kind for kind in (*kinds, *parts) if isinstance(kind, type) and issubclass(kind, BaseModel)]
        # A field comes before a key: what a mapping's keys are called is up to whoever writes the scheme.
        owner = next((kind for kind in models if part in kind.model_fields), None)
        if owner is not None:
            found = about_field(owner, part)
            kinds = list(_members(owner.model_fields[part].annotation))
        else:
            kinds = [inner for kind in kinds for inner in _members(_value_of(kind))]
    return found


def titles_below(model: type[BaseModel]) -> dict[str, Text]:
    """Field → title, of a model and all models below it; fields of one name mean the same thing."""
    found: dict[str, Text] = {}
    todo, seen = [model], {model}
    while todo:
        one = todo.pop(0)
        for name, field in one.model_fields.items():
            if told := about_field(one, name):
                found.setdefault(name, told.title)
            below = {kind for kind in _models_in(field.annotation) if kind not in seen}
            seen |= below
            # Sorted, as a set has another order in every process, and of two fields of one name the first title stays.
            todo += sorted(below, key=lambda kind: kind.__name__)
    return found


def _members(annotation: object) -> Iterator[object]:
    """A union's members without what is annotated to them; anything else by itself."""
    if get_origin(annotation) is Annotated:
        yield from _members(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _members(part)
    else:
        yield annotation


def _value_of(kind: object) -> object:
    """What a mapping or list holds."""
    held = [part for part in get_args(kind) if part is not Ellipsis]
    return held[-1] if get_origin(kind) in (dict, tuple) and held else None


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that an annotation leads to, through mappings and lists."""
    for kind in _members(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield kind
        elif (inner := _value_of(kind)) is not None:
            yield from _models_in(inner)
