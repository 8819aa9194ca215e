"""Derived columns read from the lines of a form: names become ids, what is left empty is worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Derived, Source, reads
from fairwrench.web.evidence.sources import complaints as wrong
from fairwrench.web.evidence.sources.derived_form import FLAGS, TAKE, Place
from fairwrench.web.evidence.sources.names import ID, STORE, Called, Names, names_of, slug, unused
from fairwrench.web.evidence.sources.posted import Line, is_told, words_in
from fairwrench.web.ui.requests.parameters import whole_number

_DERIVED: TypeAdapter[Derived] = TypeAdapter(Derived)


@dataclass
class DerivedReader:
    """Reads the lines of the tables. `own` are the names known so far; what cannot be read is put into `problems`."""

    own: Names
    key: list[str]
    kinds: Mapping[str, Source]
    problems: list[Problem] = field(default_factory=list)
    derived: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, tables: Mapping[str, list[Line]]) -> None:
        """Read every line. Lines without an id get one, those with a name first: others are called after them."""
        every = [
            (Place(prefix, at), line) for prefix, lines in tables.items() for at, line in enumerate(lines, start=1)
        ]
        used = [(place, line) for place, line in every if is_used(line)]
        # all names before any line is read: a line may use a column that a later one derives
        for place, line in sorted(used, key=lambda each: not (each[1]["id"] or each[1]["en"])):
            self._name(place, line)
        for place, line in used:
            self._one(place, line)

    def _name(self, place: Place, line: Line) -> None:
        """Make the column of a line known; one taken over without a name has the name it has there."""
        prefix = place.prefix
        if not line["id"]:
            line["id"] = unused(_proposed(prefix, line, self), self.own.columns)
        elif not ID.fullmatch(line["id"]):
            self.problems.append(wrong.bad_id(place.of("id"), line["id"]))
        elif line["id"] in self.own.columns:
            self.problems.append(wrong.twice(place.of("id"), line["id"]))
        called: Called = (line["zh"], line["en"], ())
        if prefix == "l" and not any(called) and line["source"] in self.kinds:
            theirs = names_of(self.kinds[line["source"]])
            zh, en, _ = theirs.columns.get(theirs.find(line["take"]) or "", called)
            called = (zh, en, ())
        self.own.add(line["id"], called)

    def _one(self, place: Place, line: Line) -> None:
        read = {"l": self._lookup, "s": self._shift, "r": self._recurrence, "e": self._existence}[place.prefix]
        told = len(self.problems)
        document = read(line, place)
        # a line with a fault is left out of the document: `in_order` might not read it
        if len(self.problems) == told:
            named = {"name": {"zh": line["zh"] or line["en"], "en": line["en"] or line["zh"]}}
            self.derived[line["id"]] = {**document, **(named if line["zh"] or line["en"] else {})}

    def _lookup(self, line: Line, place: Place) -> dict[str, Any]:
        other, theirs = self._other(line, place)
        by = self._by(line, place, theirs)
        if other and STORE in other.key and STORE not in by.values():
            # a kind that numbers by store has the same number in several: without the store a row would meet another's
            by = {STORE: STORE, **by}
        return {"lookup": line["source"], "by": by, "take": self._column(line["take"], place.of("take"), theirs)}

    def _existence(self, line: Line, place: Place) -> dict[str, Any]:
        _, theirs = self._other(line, place)
        by = self._by(line, place, theirs)
        date = self._column(line["date"], place.of("date"), theirs)
        months = self._number(line["months"], place.of("months"), least=1)
        return {"exists": line["source"], "by": by, "date": date, "months": months}

    def _shift(self, line: Line, place: Place) -> dict[str, Any]:
        column = self._column(line["column"], place.of("column"))
        return {"shift": column, "days": self._number(line["days"], place.of("days"))}

    def _recurrence(self, line: Line, place: Place) -> dict[str, Any]:
        """What is left empty is told by the key: an occasion is a row, and ends on the day on which it begins."""
        opened = self._column(line["opened"], place.of("opened"))
        found: dict[str, Any] = {
            "recurrence": self._columns(line["same"], place.of("same")),
            "visit": self._columns(line["visit"], place.of("visit")) if line["visit"] else list(self.key),
            "order": self._columns(line["order"], place.of("order")) if line["order"] else [opened, *self.key],
            "opened": opened,
            "closed": self._column(line["closed"], place.of("closed")) if line["closed"] else opened,
            "days": self._number(line["days"], place.of("days"), least=1),
        }
        if line["yields"] != TAKE:
            return {**found, "flag": line["yields"] if line["yields"] in FLAGS else FLAGS[0]}
        found["take"] = self._column(line["take"], place.of("take_earlier"))
        largest = {"largest": self._column(line["largest"], place.of("largest"))} if line["largest"] else {}
        return {**found, **largest}

    def _other(self, line: Line, place: Place) -> tuple[Source | None, Names | None]:
        """The kind of file looked into, and what its columns are called."""
        other = self.kinds.get(line["source"])
        if other is None:
            self.problems.append(wrong.missing(place.of("source")))
        return other, names_of(other) if other else None

    def _by(self, line: Line, place: Place, theirs: Names | None) -> dict[str, str]:
        """Ours → theirs; where only one side is filled in, the other is called the same."""
        pairs = [pair for pair in line["pairs"] if pair["ours"] or pair["theirs"]]
        if not pairs:
            self.problems.append(wrong.missing(place.of("pairs")))
        return {
            self._column(pair["ours"] or pair["theirs"], place.of("ours")): self._column(
                pair["theirs"] or pair["ours"], place.of("theirs"), theirs
            )
            for pair in pairs
        }

    def _columns(self, text: str, where: wrong.Where) -> list[str]:
        return [self._column(word, where) for word in words_in(text)] or [self._column("", where)]

    def _column(self, word: str, where: wrong.Where, theirs: Names | None = None) -> str:
        """The id of a column of ours, or of theirs; told when it is none."""
        names = theirs or self.own
        found = names.find(word) if word else None
        if found is None:
            self.problems.append(wrong.unknown(where, word, names.near(word)) if word else wrong.missing(where))
        return found or word

    def _number(self, text: str, where: wrong.Where, least: int | None = None) -> int:
        number = whole_number(text.strip(), digits=6, signed=True)
        if number is None or (least is not None and number < least):
            self.problems.append(wrong.no_number(where, text, least))
        return number or 0


def is_used(line: Line) -> bool:
    """Whether anything of a line is filled in; what a recurrence yields is always chosen."""
    return not line.get("drop") and is_told(line)


def in_order(derived: Mapping[str, dict[str, Any]], before: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Derived columns so that each stands behind those it is worked out from; as before where that is so."""
    first = [name for name in before if name in derived]
    waiting = [*first, *(name for name in derived if name not in first)]
    needs = {
        name: {each for each in reads(_DERIVED.validate_python(derived[name])) if each in derived} for name in derived
    }
    done: list[str] = []
    # what needs itself, by others or directly, stays behind in the end: the check of sources then tells it
    while ready := next((name for name in waiting if needs[name] <= {*done}), None):
        done.append(ready)
        waiting.remove(ready)
    return {name: derived[name] for name in (*done, *waiting)}


def type_of(derived: Mapping[str, Any], types: Mapping[str, str], kinds: Mapping[str, Source]) -> str:
    """What type a derived column has, `types` being those of the columns it is worked out from."""
    if "lookup" in derived:
        other = kinds.get(derived["lookup"])
        return str(other.columns[derived["take"]].type) if other and derived["take"] in other.columns else "text"
    # what only tells yes or no has no column that it takes its type from
    return types.get(derived.get("shift") or derived.get("take") or "", "bool")


def _proposed(prefix: str, line: Line, reader: DerivedReader) -> str:
    """An id for a line without one: out of its English name, else told by what it does."""
    if line["en"] and slug(line["en"]):
        return slug(line["en"])
    days = (line.get("days") or "").lstrip("-")
    if prefix == "l":
        theirs = names_of(reader.kinds[line["source"]]) if line["source"] in reader.kinds else None
        take = (theirs.find(line["take"]) if theirs else None) or slug(line["take"]) or "taken"
        return take if take not in reader.own.columns else f"{line['source']}_{take}"
    if prefix == "s":
        column = reader.own.find(line["column"]) or "date"
        return f"{column}_{'minus' if line['days'].startswith('-') else 'plus'}_{slug(days).removeprefix('n_')}d"
    if prefix == "e":
        return f"in_{slug(line['source']) or 'other'}"
    if line["yields"] == TAKE:
        return f"earlier_{reader.own.find(line['take']) or 'value'}"
    word = "returned" if line["yields"] == "earlier" else "repeat"
    return f"{word}_within_{slug(days).removeprefix('n_')}d"
