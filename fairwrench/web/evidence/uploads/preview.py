"""What of a sheet that was read is shown before it lands: its first rows, its rejected cells, its columns in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings

from fairwrench.closing.folder.placing import GROUP
from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.source.source import Source, header_of
from fairwrench.settlement.source.team_names import team_of
from fairwrench.web.evidence.models import Sheet, Upload
from fairwrench.web.evidence.reading.reading import frame_of
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import lang, pick

FIRST_ROWS, REJECTED_ROWS = 10, 60
#: counts of a sheet in the order in which they are told
COUNTS = {
    "accepted": ("收下", "accepted"),
    "rejected": ("退回", "rejected"),
    "ignored_header": ("表头", "header"),
    "ignored_blank": ("空行", "blank"),
    "ignored_total": ("合计行", "totals"),
    "ignored_duplicate": ("重复行", "repeated"),
}


@dataclass(frozen=True)
class ShownSheet:
    """A sheet as the preview shows it; `kept` is false when its rows are no longer there to look at."""

    sheet: Sheet
    source: Source | None
    heads: list[str]
    rows: list[list[str]]
    rejected: list[dict[str, Any]]
    kept: bool
    #: the stores of which the reader may learn who works there; None for all
    stores: frozenset[str] | None = None
    #: labels of columns that were read as rows of another kind of file, which stands beside it: 年假(天) as leave
    across: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The rows by what became of them; they add up to the rows of the file."""
        found = self.sheet.counts
        return [(pick(*words), found[name]) for name, words in COUNTS.items() if found.get(name)]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Each label of the file and what it was read as, in words; empty for what is not used."""
        return [(label, self._said(label) or self.across.get(label, "")) for label in self.sheet.labels]

    @property
    def other_months(self) -> list[str]:
        """The months of its rows, where none of them is the month that the file was handed in for."""
        months = list(self.sheet.months)
        return [] if self.sheet.upload.month in months else months

    @property
    def problems(self) -> list[dict[str, Any]]:
        """What should be known before it lands."""
        return list(self.sheet.problems)

    @property
    def uncredited(self) -> list[dict[str, Any]]:
        """Who is on no roster of the store; where such a name is known elsewhere, only to who may learn that."""
        strangers: list[dict[str, Any]] = list(self.sheet.uncredited)
        if self.stores is None:
            return strangers
        return [{**stranger, "elsewhere": self._within(stranger["elsewhere"])} for stranger in strangers]

    def _within(self, elsewhere: str | None) -> str | None:
        theirs = [store for store in (elsewhere or "").split("、") if store in (self.stores or ())]
        return "、".join(theirs) or None

    def _said(self, label: str) -> str:
        column = self.sheet.columns.get(label, "")
        return column_words(self.source, column) if column else ""


def column_words(source: Source | None, column: str) -> str:
    """A column in words: its name, else what it is called in files, else its own."""
    if column == "store":
        return pick("门店", "Store")
    facts = source.columns.get(column) if source else None
    if facts is None:
        return column
    if facts.name:
        return facts.name.of(lang())
    # headers are Chinese: in English a column without a name is told by its id
    return header_of(column, facts) if lang() == "zh" else column


def shown_sheet(
    *,
    sheet: Sheet,
    upload: Upload,
    kinds: Mapping[str, Source],
    stores: frozenset[str] | None = None,
    sheets: Sequence[Sheet] = (),
) -> ShownSheet:
    """A sheet with its first rows and rejected cells; people of other stores than `stores` (None: all) by id alone.

    `sheets` are all of the file: columns of this one may have been read as rows of another kind, which stands there.
    """
    found, source = _kept(sheet, upload), kinds.get(sheet.source)
    if source is None or found is None:
        return ShownSheet(sheet, source, [], [], [], kept=False, stores=stores)
    accepted, rejected = found
    # columns that are empty in all rows shown only make the table wider
    used = [name for name in accepted.columns if name != "_row" and accepted[name].null_count() < accepted.height]
    ids = (each for name in used if source.type_of(name) == "person" for each in accepted[name])
    people = names_of(ids, stores=stores)
    heads = [pick("行", "Row"), *(column_words(source, name) for name in used)]
    rows = [
        [str(number), *(cell_of(source, name, value, people) for name, value in zip(used, values, strict=True))]
        for number, *values in accepted.select("_row", *used).rows()
    ]
    told = reasons_told(rejected, stores=stores).to_dicts()
    return ShownSheet(sheet, source, heads, rows, told, kept=True, stores=stores, across=_across(sheet, sheets, kinds))


def _across(sheet: Sheet, sheets: Sequence[Sheet], kinds: Mapping[str, Source]) -> dict[str, str]:
    """The labels of a sheet that were read as rows of another kind of file → that kind in words."""
    found: dict[str, str] = {}
    for other in sheets:
        if (other.name, other.digest) != (sheet.name, sheet.digest) or other.place <= sheet.place:
            continue
        # the part behind has the lower line of a header of two alone, column by column
        for label, theirs in zip(sheet.labels, other.labels, strict=False):
            if theirs in other.columns and label not in sheet.columns and theirs not in sheet.columns:
                found[label] = kinds[other.source].name.of(lang()) if other.source in kinds else other.source
    return found


#: reasons that name people as the roster of the whole group has them → the same without them
NAMING = {
    "namesakes": ("这个名字不止一人，请改填工号", "several people have this name; write the employee id instead"),
    "id_and_name_differ": ("工号与姓名不是同一人", "the id and the name belong to two people"),
}


def reasons_told(rejected: pl.DataFrame, *, stores: frozenset[str] | None) -> pl.DataFrame:
    """Rejected cells with their reasons; without the people named in them for who does not see every store."""
    if stores is None:
        return rejected
    # both languages are kept with each reason; the code tells which of them name somebody
    words = {"reason": 0, "reason_en": 1}
    told = {
        name: pl.col("code").replace_strict(
            {code: said[at] for code, said in NAMING.items()}, default=pl.col(name), return_dtype=pl.String
        )
        for name, at in words.items()
    }
    return rejected.with_columns(**told)


def without_names(part: Intake, *, stores: frozenset[str] | None) -> Intake:
    """A sheet that was read, its rejected cells as `reasons_told` has them."""
    return replace(part, rejected=reasons_told(part.rejected, stores=stores))


def _kept(sheet: Sheet, upload: Upload) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """The first accepted rows and rejected cells of a sheet; None once the preview was tidied away."""
    if not upload.folder:
        return None
    try:
        accepted = frame_of(upload.read_into, sheet.place, "accepted").head(FIRST_ROWS).collect()
        return accepted, frame_of(upload.read_into, sheet.place, "rejected").head(REJECTED_ROWS).collect()
    except FileNotFoundError:
        return None


def names_of(ids: Iterable[Any], *, stores: frozenset[str] | None = None) -> dict[str, str]:
    """Employee id → name, of those that are known and work, or worked, in some stores (None: all)."""
    asked = {str(each) for each in ids if each}
    people = Employee.objects.filter(employee_id__in=asked)
    if stores is not None:
        # people who moved are known where they worked before, too
        people = people.filter(assignments__store__name__in=stores).distinct()
    return dict(people.values_list("employee_id", "name")) if asked else {}


def cell_of(source: Source, name: str, value: Any, people: dict[str, str]) -> str:
    """A value of a column as people read it: a listed word by what it is called, a person by name."""
    words = (source.columns[name].one_of or {}).get(str(value), ()) if name in source.columns else ()
    return words[0] if words and lang() == "zh" else text_of(value, people)


def text_of(value: Any, people: dict[str, str] | None = None) -> str:
    """A value of a row as people read it; `people` leads from employee ids to names."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return pick("是", "yes") if value else pick("否", "no")
    if isinstance(value, datetime):
        # the ledger keeps instants in UTC; whoever compares with the file looks for local time
        local = value.replace(tzinfo=value.tzinfo or UTC).astimezone(ZoneInfo(settings.TIME_ZONE))
        return f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, str) and (team := team_of(value)):
        return team[1]
    name = (people or {}).get(value)
    return pick("全集团", "the group") if value == GROUP else f"{name} {value}" if name else str(value)
