"""A kind of file as a form: a few fields, a table of columns and one of look-ups; other derived columns as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from fairwrench.web.evidence.blanks import TYPES
from fairwrench.web.evidence.definitions import parsed, written

#: empty lines for further columns
SPARE_COLUMNS, SPARE_LOOKUPS = 4, 2
#: the fields of a line of each table
COLUMN = ("id", "type", "zh", "en", "aliases", "required", "key", "one_of", "scale")
LOOKUP = ("name", "type", "source", "by", "take")
#: what separates words in a cell
COMMA = "、"
SCALES = ("2", "3")
#: what the form shows of a document; everything else is kept as it was
SHOWN = ("name", "row", "key", "filed_by", "columns", "aliases", "derived", "derived_types", "look_back", "provided_by")


def form_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document as the values of the form."""
    derived, types = document.get("derived", {}), document.get("derived_types", {})
    looked_up = {name: each for name, each in derived.items() if "lookup" in each}
    others = {name: {**each, "type": types.get(name, "")} for name, each in derived.items() if name not in looked_up}
    columns = [_column_line(name, each, document.get("key", ())) for name, each in document.get("columns", {}).items()]
    return {
        "zh": document.get("name", {}).get("zh", ""),
        "en": document.get("name", {}).get("en", ""),
        "row_zh": document.get("row", {}).get("zh", ""),
        "row_en": document.get("row", {}).get("en", ""),
        "aliases": COMMA.join(document.get("aliases", ())),
        "filed_by": document.get("filed_by", ""),
        "look_back": str(document.get("look_back", 0)),
        "provided_by": document.get("provided_by") or "",
        "columns": [*columns, *({"type": "text", "scale": "2"} for _ in range(SPARE_COLUMNS))],
        "lookups": [*(_lookup_line(n, e, types) for n, e in looked_up.items()), *({} for _ in range(SPARE_LOOKUPS))],
        "others": written(others),
    }


def shown_again(posted: QueryDict) -> dict[str, Any]:
    """The values of the form as somebody sent them."""
    told = {name: posted.get(name, "") for name in ("zh", "en", "row_zh", "row_en", "aliases", "filed_by")}
    more = {name: posted.get(name, "") for name in ("look_back", "provided_by", "others")}
    return {**told, **more, "columns": lines(posted, "c", COLUMN), "lookups": lines(posted, "l", LOOKUP)}


def document_of(posted: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """The document that the form says; Refused when its text cannot be read."""
    columns = [line for line in lines(posted, "c", COLUMN) if line["id"]]
    lookups = [line for line in lines(posted, "l", LOOKUP) if line["name"]]
    others = parsed(posted.get("others", ""))
    types = {line["name"]: line["type"] for line in lookups}
    types |= {name: each.pop("type", None) for name, each in others.items() if isinstance(each, dict)}
    document: dict[str, Any] = {name: value for name, value in before.items() if name not in SHOWN}
    old = before.get("columns", {})
    document |= {
        "name": _text(posted, ""),
        "row": _text(posted, "row_"),
        "key": [line["id"] for line in columns if line["key"]],
        "filed_by": posted.get("filed_by", "").strip(),
        "columns": {line["id"]: _column(line, old.get(line["id"], {})) for line in columns},
        "aliases": _words(posted.get("aliases", "")),
        "derived": {line["name"]: _lookup(line) for line in lookups} | others,
        "derived_types": types,
        "look_back": _number(posted.get("look_back", "")),
    }
    provided = posted.get("provided_by", "").strip()
    return document | ({"provided_by": provided} if provided else {})


def lines(posted: QueryDict, prefix: str, fields: Iterable[str]) -> list[dict[str, str]]:
    """The lines of a table of the form, fields called `c-0-id` and so on."""
    count = sum(1 for name in posted if name.startswith(f"{prefix}-") and name.endswith("-type"))
    return [{name: posted.get(f"{prefix}-{at}-{name}", "").strip() for name in fields} for at in range(count)]


def type_choices() -> list[tuple[str, Any]]:
    """The types of columns, in words."""
    return list(TYPES.items())


def _column_line(name: str, column: Mapping[str, Any], key: Iterable[str]) -> dict[str, Any]:
    words = column.get("one_of") or {}
    called = column.get("name") or {}
    return {
        **{"id": name, "type": column.get("type", "text"), "zh": called.get("zh", ""), "en": called.get("en", "")},
        **{"aliases": COMMA.join(column.get("aliases", ())), "required": column.get("required", False)},
        **{"key": name in key, "scale": str(column.get("scale", 2))},
        "one_of": "；".join("=".join((value, COMMA.join(told))) if told else value for value, told in words.items()),
    }


def _column(line: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """A column as a document writes it; bounds and checks that the form does not show stay."""
    kept = {name: before[name] for name in ("min", "max", "check", "split_into") if before.get(name) is not None}
    found: dict[str, Any] = {**kept, "type": line["type"], "aliases": _words(line["aliases"])}
    if line["zh"] or line["en"]:
        found["name"] = {"zh": line["zh"] or line["en"], "en": line["en"] or line["zh"]}
    if line["required"]:
        found["required"] = True
    if line["type"] == "decimal":
        found["scale"] = _number(line["scale"] or "2")
    if line["one_of"]:
        pairs = (part.partition("=") for part in line["one_of"].replace(";", "；").split("；") if part.strip())
        found["one_of"] = {value.strip(): _words(told) for value, _, told in pairs}
    return found


def _lookup_line(name: str, lookup: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, str]:
    pairs = COMMA.join(f"{ours}={theirs}" for ours, theirs in lookup["by"].items())
    return {
        **{"name": name, "type": types.get(name, "text"), "source": lookup["lookup"]},
        "by": pairs,
        "take": lookup["take"],
    }


def _lookup(line: Mapping[str, str]) -> dict[str, Any]:
    pairs = (pair.partition("=") for pair in _words(line["by"]))
    by = {ours.strip(): (theirs or ours).strip() for ours, _, theirs in pairs}
    return {"lookup": line["source"], "by": by, "take": line["take"]}


def _text(posted: QueryDict, prefix: str) -> dict[str, str]:
    zh, en = posted.get(f"{prefix}zh", "").strip(), posted.get(f"{prefix}en", "").strip()
    return {"zh": zh or en, "en": en or zh} if zh or en else {}


def _words(text: str) -> list[str]:
    for mark in (",", "，"):
        text = text.replace(mark, COMMA)
    return [word.strip() for word in text.split(COMMA) if word.strip()]


def _number(text: str) -> Any:
    """A whole number; what is none is left for the check to refuse."""
    return int(text) if text.strip().isdigit() else text.strip() or 0
