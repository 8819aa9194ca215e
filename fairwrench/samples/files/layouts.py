"""Which files a month's evidence is handed in as: three kinds of store systems, the customer base, the offices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fairwrench.samples.exports import CRM, OFFICE, SYSTEMS, Row, Sheet, System
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source

#: evidence of a month: (source, store or None for the whole group) → rows
Evidence = Mapping[tuple[str, str | None], list[Row]]
#: exported by the customer base of the group, as text
_CRM = ("maintenance_due", "vehicles_in_care")


@dataclass(slots=True)
class FilePlan:
    """One file to be written: path below the sample's folder, the system that writes it, its sheets."""

    file: str
    system: System
    sheets: list[Sheet]
    store: str | None


#: whom a row is about: employee id → name and store of the month
Homes = Mapping[str, tuple[str, str]]


def plan_files(
    evidence: Evidence, month: Month, homes: Homes, columns: Mapping[str, list[str]], sources: Mapping[str, Source]
) -> list[FilePlan]:
    """Every file of a month, before anything is soiled."""
    plans = []
    stores = list(dict.fromkeys(store for _, store in evidence if store))
    for number, store in enumerate(stores):
        system = SYSTEMS[number % len(SYSTEMS)]
        sheets = [
            Sheet(sources[name].name.zh, name, _columns(columns[name], system), rows)
            for (name, place), rows in sorted(evidence.items(), key=lambda pair: pair[0][0])
            if place == store
        ]
        plans += {"A": _one_each, "B": _plain, "C": _together}[system.code](store, month, system, sheets, sources)
    for (name, place), rows in sorted(evidence.items(), key=lambda pair: pair[0][0]):
        if place is None:
            system = CRM if name in _CRM else OFFICE
            word = sources[name].name.zh
            sheet = _readable(Sheet(word, name, columns[name], rows), sources[name], homes)
            plans.append(FilePlan(f"{month}/集团_{word}_{month}.{system.suffix}", system, [sheet], None))
    return plans


def _readable(sheet: Sheet, source: Source, homes: Homes) -> Sheet:
    """Rows about people carry their store, and their name where the source reads it too."""
    if "employee_id" not in source.columns:
        return sheet
    named = "姓名" in source.columns["employee_id"].aliases
    place = sheet.columns.index("employee_id") + 1
    # some sources have a store of their own, which is that of its people
    added = [*(["name"] if named else []), *([] if "store" in sheet.columns else ["store"])]
    sheet.columns = [*sheet.columns[:place], *added, *sheet.columns[place:]]
    sheet.rows = [dict(zip(("name", "store"), homes[row["employee_id"]], strict=True)) | row for row in sheet.rows]
    return sheet


def _columns(columns: list[str], system: System) -> list[str]:
    return columns if system.store_column else [column for column in columns if column != "store"]


def _one_each(store: str, month: Month, system: System, sheets: list[Sheet], _: Mapping[str, Source]) -> list[FilePlan]:
    """A workbook a source, with two title rows and a total row."""
    for sheet in sheets:
        sheet.titles = [f"{store}{sheet.name}明细表", f"统计期间：{month.first:%Y-%m-%d} 至 {month.last:%Y-%m-%d}"]
        sheet.total = True
    return [FilePlan(f"{month}/{store}_{s.name}_{month}.xlsx", system, [s], store) for s in sheets]


def _plain(
    store: str, month: Month, system: System, sheets: list[Sheet], sources: Mapping[str, Source]
) -> list[FilePlan]:
    """A text file a source, named by the system's own words."""
    return [
        FilePlan(
            f"{month}/{store}-{_word(sources[s.source], system)}-{month.year}{month.month:02d}.csv", system, [s], store
        )
        for s in sheets
    ]


def _together(store: str, month: Month, system: System, sheets: list[Sheet], _: Mapping[str, Source]) -> list[FilePlan]:
    """One workbook with a sheet for each source."""
    return [FilePlan(f"{month}/{store}_DMS导出_{month}.xlsx", system, sheets, store)]


def _word(source: Source, system: System) -> str:
    words = [word for word in (source.name.zh, *source.aliases) if not word.isascii()]
    return words[min(system.headers, len(words) - 1)]
