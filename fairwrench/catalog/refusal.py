"""What a model refuses, as problems a person can act on: file, line, path, and the nearest word that would be right."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fairwrench.catalog.document import Document, Path
from fairwrench.settlement.problem import Problem, nearest
from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.curves.shapes import SHAPES

#: pydantic's kinds of error → (our code, zh, en); `{input}` and the error's own context fill them
SENTENCES: dict[str, tuple[str, str, str]] = {
    "missing": ("missing", "缺少必填的“{word}”", "the required `{word}` is missing"),
    "extra_forbidden": ("unknown_word", "这里不认识“{word}”", "`{word}` is not a word that may stand here"),
    "literal_error": ("unknown_word", "不认识“{input}”，可用：{expected}", "`{input}` is not one of {expected}"),
    "string_type": (
        "not_text",
        "应为文字，得到 {input}；数字请加引号",
        "text is expected, not {input}; put numbers in quotes",
    ),
    "decimal_parsing": ("not_a_number", "“{input}”不是数字", "`{input}` is not a number"),
    "decimal_type": ("not_a_number", "应为数字，得到 {input}", "a number is expected, found {input}"),
    "int_parsing": ("not_a_number", "“{input}”不是整数", "`{input}` is not a whole number"),
    "int_type": ("not_a_number", "应为整数，得到 {input}", "a whole number is expected, found {input}"),
    "int_from_float": ("not_a_number", "应为整数，得到 {input}", "a whole number is expected, found {input}"),
    "bool_parsing": ("not_a_bool", "应为 true 或 false，得到“{input}”", "true or false is expected, found `{input}`"),
    "bool_type": ("not_a_bool", "应为 true 或 false，得到 {input}", "true or false is expected, found {input}"),
    "tuple_type": ("not_a_list", "应为列表 [...]，得到 {input}", "a list [...] is expected, not {input}"),
    "dict_type": ("not_a_mapping", "应为“键: 值”的块，得到 {input}", "a block `key: value` is expected, not {input}"),
    "model_type": ("not_a_mapping", "应为“键: 值”的块，得到 {input}", "a block `key: value` is expected, not {input}"),
    "greater_than_equal": ("out_of_range", "{input} 小于最小值 {ge}", "{input} is less than {ge}"),
    "less_than_equal": ("out_of_range", "{input} 大于最大值 {le}", "{input} is more than {le}"),
    "string_pattern_mismatch": ("wrong_form", "“{input}”的格式不对", "`{input}` does not have the form expected"),
}
#: words of databases, spreadsheets and other programs → ours
OTHER_WORDS = {
    **dict.fromkeys(("datetime", "time", "instant", "datetime64"), "timestamp"),
    **dict.fromkeys(("number", "numeric", "float", "double", "real", "money", "amount", "currency"), "decimal"),
    **dict.fromkeys(("integer", "bigint", "long", "whole"), "int"),
    **dict.fromkeys(("string", "str", "varchar", "char"), "text"),
    **dict.fromkeys(("boolean", "yesno", "flag", "checkbox"), "bool"),
    **dict.fromkeys(("employee", "user", "staff", "people"), "person"),
    **dict.fromkeys(("shop", "branch", "dealer"), "store"),
}
QUOTED = re.compile(r"'([^']*)'")


def problems_of(error: ValidationError, model: type[BaseModel], document: Document) -> list[Problem]:
    """Every error of a validation as a problem, in the order in which the parts stand in their files."""
    found: dict[tuple[str, Path, str], Problem] = {}
    for details in error.errors():
        problem = _problem(details, model, document)
        # Of a union every member complains; what reads the same is told once.
        found.setdefault((problem.code, problem.path, problem.en), problem)
    return sorted(found.values(), key=lambda problem: (problem.file, problem.line))


def _problem(details: ErrorDetails, model: type[BaseModel], document: Document) -> Problem:
    path = _path(details["loc"], document.data, keep_last=details["type"] in ("missing", "extra_forbidden"))
    context = details.get("ctx", {})
    words: dict[str, Any] = {"input": _shown(details["input"]), "word": path[-1] if path else "", **context}
    code, zh, en = _sentence(details)
    near = _meant(_wrong_word(details, path), _right_words(details, model, path))
    place = document.place(path)
    return Problem(
        code,
        zh.format_map(_Words(words)) + (f"；是否想写“{near}”？" if near else ""),
        en.format_map(_Words(words)) + (f"; did you mean `{near}`?" if near else ""),
        path=path,
        file=place.file,
        line=place.line,
    )


def _meant(word: str, right: list[str]) -> str:
    """The right word that is meant: the one for the same thing in other programs, else the most alike."""
    same = OTHER_WORDS.get(word.lower(), "")
    return same if same in right else nearest(word, right)


class _Words(dict[str, Any]):
    """A placeholder nobody filled shows as itself, so that a message never fails."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _sentence(details: ErrorDetails) -> tuple[str, str, str]:
    if known := SENTENCES.get(details["type"]):
        return known
    said = details["msg"].removeprefix("Value error, ").replace("{", "{{").replace("}", "}}")
    return details["type"], f"不符合要求：{said}", said


def _path(loc: tuple[int | str, ...], data: object, keep_last: bool) -> Path:
    """The part of a location that exists in the document: pydantic adds names of union members and keys between."""
    path: Path = ()
    for index, part in enumerate(loc):
        inside = isinstance(data, Mapping) and part in data
        inside = inside or (isinstance(data, list) and isinstance(part, int) and part < len(data))
        if inside:
            data = data[part]  # type: ignore[index]  # both kinds were just tested
            path = (*path, part)
        # A word that is missing, or not allowed, is the last part though the document lacks it.
        elif keep_last and index == len(loc) - 1:
            path = (*path, part)
    return path


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(str(key) for key in value) + "}"
    if isinstance(value, list | tuple):
        return "[…]" if value else "[]"
    return "空" if value is None else str(value)


def _wrong_word(details: ErrorDetails, path: Path) -> str:
    if details["type"] == "extra_forbidden":
        return str(path[-1])
    return str(details["input"]) if details["type"] == "literal_error" else ""


def _right_words(details: ErrorDetails, model: type[BaseModel], path: Path) -> list[str]:
    if details["type"] == "literal_error":
        return QUOTED.findall(str(details.get("ctx", {}).get("expected", "")))
    if details["type"] == "extra_forbidden":
        return sorted({word for part in models_at(model, path[:-1]) for word in words_of(part)})
    return []


def words_of(model: type[BaseModel]) -> list[str]:
    """The keys a model accepts, as they are written in a document."""
    # `from` is written in documents; `from_` is only Python's way around its keyword.
    return [info.alias or name for name, info in model.model_fields.items()]


def models_at(annotation: object, path: Path) -> Iterator[type[BaseModel]]:
    """The models that may stand at `path` below a model or annotation; several where a union allows it."""
    for kind in _members(annotation):
        if not path:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield kind
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, info in kind.model_fields.items():
                if path[0] in (name, info.alias):
                    yield from models_at(info.annotation, path[1:])
        elif get_origin(kind) in (dict, tuple, list):
            values = [part for part in get_args(kind) if part is not Ellipsis]
            yield from models_at(values[-1], path[1:])


def _members(annotation: object) -> list[object]:
    """A union's members, of a curve its shapes; anything else by itself. Literals hold no models."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if annotation is Curve:
        return list(SHAPES.values())
    if get_origin(annotation) in (Union, types.UnionType):
        return [inner for part in get_args(annotation) for inner in _members(part)]
    return [] if get_origin(annotation) is Literal else [annotation]
