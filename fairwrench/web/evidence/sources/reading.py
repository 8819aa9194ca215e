"""A kind of file read from its form, without code: a column that has no id gets one, columns are told by their names.

What the form does not show of a document stays as it was, and what was not changed stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence.sources import complaints as wrong
from fairwrench.web.evidence.sources.derived_form import others
from fairwrench.web.evidence.sources.derived_reading import DerivedReader, in_order, type_of
from fairwrench.web.evidence.sources.form import SCALES, far_enough, listed, months_of, names_with_store
from fairwrench.web.evidence.sources.names import ID, STORE, Called, slug, unused
from fairwrench.web.evidence.sources.posted import Line, is_told, words_in
from fairwrench.web.ui.requests.parameters import whole_number
from fairwrench.web.ui.words import joined

DATES = ("date", "timestamp", "month")
#: what the form shows of a document; everything else is kept as it was
SHOWN = (
    "name",
    "row",
    "key",
    "filed_by",
    "columns",
    "aliases",
    "derived",
    "derived_types",
    "look_back",
    "provided_by",
    "dates",
)
#: of a column, too
KEPT = (
    *("min", "max", "blank", "filled_when", "percent", "check", "at_most", "after", "within_days", "whole_days"),
    *("split_into", "teams", "prefer", "optional", "gives_way"),
)
NUMBERS = ("int", "decimal")
#: days of the longest month
LONGEST = 31


class SourceReader:
    """Reads the values of a form (`source_form.typed`); lines without an id are given one there.

    `before` is the document that was changed, `kinds` are the other kinds of file. What cannot be read is in
    `problems`; the document holds the rest.
    """

    def __init__(self, values: dict[str, Any], before: Mapping[str, Any], kinds: Mapping[str, Source]) -> None:
        self.values, self.before, self.kinds = values, before, kinds
        self.used = [(at, line) for at, line in enumerate(values["columns"], start=1) if _is_used(line)]
        self.problems: list[Problem] = []
        # before names are made known: every column is found by its id from here on
        self._give_ids()
        called: dict[str, Called] = {}
        for _, line in self.used:
            called.setdefault(line["id"], (line["zh"], line["en"], tuple(words_in(line["aliases"]))))
        self.own = names_with_store(called)

    def _give_ids(self) -> None:
        """An id for each column without one: the store's own, else out of the English name, else a number."""
        taken = {line["id"] for _, line in self.used}
        for at, line in self.used:
            if not line["id"]:
                is_store = line["type"] == "store"
                # every row has a store under this very id: a column of stores has no other, and no other column has it
                wanted = STORE if is_store else slug(line["en"]) or f"column_{at}"
                line["id"] = unused(wanted, taken if is_store else {*taken, STORE})
                taken.add(line["id"])

    def document(self) -> dict[str, Any]:
        """The document that the form says."""
        self._check_columns()
        key, filed_by, old = self._key(), self._filed_by(), self.before.get("columns", {})
        # by the id that it had: what the form does not show of it goes along when the id changes
        columns = {line["id"]: _column(line, old.get(line["was"] or line["id"], {})) for _, line in self.used}
        if filed_by in columns:
            # a row without its date belongs to no month
            columns[filed_by]["required"] = True
        found: dict[str, Any] = {name: value for name, value in self.before.items() if name not in SHOWN}
        found |= {"name": self._text(""), "row": self._text("row_"), "key": key, "filed_by": filed_by}
        found |= {"columns": columns, "aliases": _words(self.values["aliases"], self.before.get("aliases", ()))}
        found |= self._derived(key, {name: column["type"] for name, column in columns.items()})
        found["look_back"] = self._look_back(found["derived"])
        return found | {name: self.values[name] for name in ("provided_by", "dates") if self.values[name]}

    def _check_columns(self) -> None:
        ids: set[str] = set()
        names: dict[str, int] = {}
        for at, line in self.used:
            place, name = wrong.column_place(at, line["zh"] or line["en"] or line["id"]), line["id"]
            if not ID.fullmatch(name):
                self.problems.append(wrong.bad_id(place, name))
            elif name in ids:
                self.problems.append(wrong.twice(place, name))
            # a document that had it so before the rule keeps it
            elif name == STORE != line["was"] and line["type"] != "store":
                self.problems.append(wrong.only_store(place))
            elif line["type"] == "store" and name not in (STORE, line["was"]):
                self.problems.append(wrong.is_store(place))
            ids.add(name)
            if line["zh"] and names.setdefault(line["zh"], at) != at:
                self.problems.append(wrong.same_name(place, names[line["zh"]]))
        self._check_headers(names)
        if not self.used:
            self.problems.append(wrong.no_columns())

    def _check_headers(self, names: Mapping[str, int]) -> None:
        """No header leads to two columns."""
        for at, line in self.used:
            for word in words_in(line["aliases"]):
                if names.get(word, at) != at:
                    place = wrong.column_place(at, line["zh"] or line["en"] or line["id"])
                    self.problems.append(wrong.same_header(place, word, names[word]))

    def _key(self) -> list[str]:
        """The columns of the key in the order that they had; new ones behind, the store ahead of what it numbers."""
        ticked = [line["id"] for _, line in self.used if line["key"]]
        now = {line["was"]: line["id"] for _, line in self.used if line["was"]}
        kept = [name for each in self.before.get("key", ()) if (name := now.get(each, each)) in ticked]
        if self.used and not ticked:
            self.problems.append(wrong.no_key())
        # the store first: numbers are a store's own
        return [*kept, *sorted((name for name in ticked if name not in kept), key=lambda name: name != STORE)]

    def _filed_by(self) -> str:
        """The column by which rows are filed; left empty, the only date there is."""
        word = str(self.values["filed_by"])
        dates = [line["id"] for _, line in self.used if line["type"] in DATES]
        if not word and len(dates) == 1:
            # the form shows what was chosen for it
            self.values["filed_by"] = self.own.shown(dates[0])
            return str(dates[0])
        found = self.own.find(word) if word else None
        if not word and self.used:
            self.problems.append(wrong.no_filing([self.own.shown(name) for name in dates]))
        elif word and found is None:
            self.problems.append(wrong.unknown(wrong.FILED_BY, word, self.own.near(word)))
        elif found and found not in dates:
            self.problems.append(wrong.no_date(word))
        return found or word

    def _derived(self, key: list[str], types: dict[str, str]) -> dict[str, Any]:
        reader = DerivedReader(self.own, key, self.kinds, self.problems)
        reader.read(self.values["derived"])
        before, said = self.before.get("derived", {}), self.before.get("derived_types", {})
        derived = in_order({**reader.derived, **others(self.before)}, before)
        known = {STORE: "store", **types}
        for name, each in derived.items():
            # a type that was written by hand stays while its column is unchanged
            known[name] = said[name] if before.get(name) == each else type_of(each, known, self.kinds)
        return {"derived": derived, "derived_types": {name: known[name] for name in derived}}

    def _look_back(self, derived: Mapping[str, dict[str, Any]]) -> int:
        text, needed = self.values["look_back"], far_enough(derived)
        number = whole_number(text.strip(), digits=6, signed=True) if text else needed
        returns = [each["days"] for each in derived.values() if "recurrence" in each]
        if number is None or number < 0:
            self.problems.append(wrong.no_months(text))
        # with the longest months: what is surely too short; with the shortest ones it is proposed
        elif months_of(max(returns, default=0), LONGEST) > number:
            self.problems.append(wrong.too_short(number, needed))
        return number or 0

    def _text(self, prefix: str) -> dict[str, str]:
        zh, en = self.values[f"{prefix}zh"], self.values[f"{prefix}en"]
        if not zh and not en:
            self.problems.append(wrong.missing(wrong.PARTS["row" if prefix else "name"]))
        return {"zh": zh or en, "en": en or zh}


def proposed_name(values: Mapping[str, Any], taken: Iterable[str]) -> str:
    """An id for a new kind of file: out of its English name, else a number."""
    return unused(slug(values["en"]) or "kind", taken)


def _is_used(line: Line) -> bool:
    return not line["drop"] and is_told({name: line[name] for name in ("id", "zh", "en", "aliases")})


def _column(line: Line, before: Mapping[str, Any]) -> dict[str, Any]:
    """A column as a document writes it; bounds and checks that the form does not show stay."""
    found: dict[str, Any] = {name: before[name] for name in KEPT if before.get(name) is not None}
    found |= {"type": line["type"], "aliases": _words(line["aliases"], before.get("aliases", ()))}
    if line["zh"] or line["en"]:
        found["name"] = {"zh": line["zh"] or line["en"], "en": line["en"] or line["zh"]}
    if line["required"]:
        found["required"] = True
    if line["type"] == "decimal":
        found["scale"] = int(line["scale"]) if line["scale"] in SCALES else int(SCALES[0])
    if line["unit"] and line["type"] in NUMBERS:
        found["unit"] = line["unit"]
    if line["one_of"]:
        # not read anew where nothing changed: words may hold commas themselves
        same = line["one_of"] == listed(before.get("one_of"))
        found["one_of"] = dict(before["one_of"]) if same else _one_of(line["one_of"])
    return found


def _one_of(text: str) -> dict[str, list[str]]:
    parts = text.replace("；", "\n").replace(";", "\n").replace("＝", "=").split("\n")
    pairs = (part.partition("=") for part in parts if part.strip())
    return {value.strip(): words_in(told) for value, _, told in pairs}


def _words(text: str, before: Iterable[str]) -> list[str]:
    """Words as typed; those that stood there before, commas within them and all, where nothing was changed."""
    there = list(before)
    return there if text == joined(there) else words_in(text)
