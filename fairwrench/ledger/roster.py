"""The roster as a file → the roster frame: who holds which position where and when (`settlement/roster.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from fairwrench.ledger.body import Handed, Rows, typed_rows
from fairwrench.ledger.header import Match, best_matches, index_of
from fairwrench.ledger.people import Directory, ambiguous
from fairwrench.ledger.reading import content_of, read_sheets
from fairwrench.ledger.reasons import Reason
from fairwrench.ledger.sheet import Limits, Sheet
from fairwrench.ledger.staffing import SHEET, name_postings
from fairwrench.settlement.frames import Schema, empty
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.roster import ROSTER
from fairwrench.settlement.scheme import Scheme

#: the roster frame, and the other names by which files may call a person (separated by 、)
COLUMNS: Schema = {**ROSTER, "aliases": pl.String}
_SHOWN = 5
_REQUIRED = Reason("required", "必填，不能为空", "this is required")
_NEGATIVE = Reason("too_small", "不能小于 0", "this must not be less than 0")


def read_roster(
    path: Path | str, scheme: Scheme, limits: Limits | None = None, known: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, list[Problem]]:
    """The roster frame (columns of `settlement.roster.ROSTER`, then `aliases`) and everything wrong with the file.

    Positions and departments are found by id, name or alias in the scheme. A cell that cannot be read is null and told
    as an error; so is a position that the scheme does not have. Several sheets are read one after another. A manager is
    named by id or by name, and may be one of a roster `known` already where the file holds only a part of the people.
    """
    file, bounds = Path(path), limits or Limits()
    problems: list[Problem] = []
    frames: list[pl.DataFrame] = []
    try:
        for sheet in read_sheets(content_of(file, bounds), bounds):
            problems += sheet.problems
            if match := _header(sheet):
                frame, told = _read(sheet, match, scheme)
                frames.append(frame)
                problems += told
    except Refused as refused:
        problems += refused.problems
    if not frames and not any(problem.severity == "error" for problem in problems):
        problems.append(_unrecognised())
    roster = pl.concat(frames) if frames else empty(COLUMNS)
    for step in (_without_repeats, partial(_with_managers, known=known), _one_name_each):
        roster, told = step(roster)
        problems += told
    return roster, [replace(problem, file=file.name) for problem in problems]


def _header(sheet: Sheet) -> Match | None:
    if sheet.grid.is_empty():
        return None
    sources = {"roster": SHEET}
    matches = best_matches(sheet.grid, sources, index_of(sources), ["roster"])
    return matches[0] if matches and not matches[0].missing else None


def _unrecognised() -> Problem:
    return Problem(
        code="no_roster",
        zh="没有找到花名册的表头：至少要有“工号”和“姓名”两列",
        en="no header of a roster was found: it needs at least the columns employee id and name",
    )


def _read(sheet: Sheet, match: Match, scheme: Scheme) -> tuple[pl.DataFrame, list[Problem]]:
    """One sheet as a roster frame, managers still as written, and what is wrong with its cells."""
    rows = typed_rows(sheet.grid, match.header, SHEET, Handed(None, None, None, "UTC"))
    for column in ("name", "store", "position"):
        _reject(rows, column, rows.frame[column].is_null(), _REQUIRED)
    _reject(rows, "full_salary", (rows.frame["full_salary"] < 0).fill_null(False), _NEGATIVE)
    name_postings(rows, scheme)
    managers = [name for name in rows.frame.columns if name.startswith("manager_id")]
    frame = rows.frame.with_columns(
        pl.col("status").fill_null("regular"),
        pl.col("full_salary").to_physical().cast(pl.Int64),
        pl.coalesce(managers).alias("manager_id"),
    )
    labels = {binding.column: binding.label for binding in reversed(match.header.bindings)}
    return frame.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items()), [
        *rows.problems,
        *_told(rows, labels),
    ]


def _reject(rows: Rows, column: str, wrong: pl.Series, reason: Reason) -> None:
    at = rows.frame["_at"].filter(wrong)
    cells = rows.cells.get(column)
    values = pl.repeat(None, len(at), dtype=pl.String, eager=True) if cells is None else cells.gather(at)
    told = rows.failures.all().filter(pl.col("_field") == column)["_at"]
    fresh = ~at.is_in(told.implode())
    rows.failures.add(column, at.filter(fresh), values.filter(fresh), reason)


def _told(rows: Rows, labels: Mapping[str, str]) -> list[Problem]:
    """A problem for each wrong text of a column, naming its rows."""
    failures = rows.failures.all()
    groups = (
        failures.with_columns(row=rows.numbers.gather(failures["_at"]))
        .group_by("_field", "value", "code", "reason", "reason_en", maintain_order=True)
        .agg(pl.col("row").unique().sort())
    )
    return [
        _cell_problem(labels.get(column, column), value, Reason(code, zh, en), lines)
        for column, value, code, zh, en, lines in groups.iter_rows()
    ]


def _cell_problem(label: str, value: str | None, reason: Reason, lines: list[int]) -> Problem:
    told_zh, told_en = (f"“{value}”", f"{value!r} ") if value else ("", "")
    return Problem(
        code=reason.code,
        zh=f"花名册第 {_numbers(lines)} 行“{label}”{told_zh}：{reason.zh}",
        en=f"row {_numbers(lines, ', ')} of the roster, {label} {told_en}: {reason.en}",
        line=lines[0],
        subject=value or "",
        details={"rows": str(len(lines))},
    )


def _numbers(lines: Iterable[int], between: str = "、") -> str:
    shown = list(lines)
    return between.join(map(str, shown[:_SHOWN])) + ("…" if len(shown) > _SHOWN else "")


def _without_repeats(roster: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """Rows that say the same as one above count once."""
    said = [name for name in roster.columns if name != "_row"]
    kept = roster.unique(said, keep="first", maintain_order=True)
    lines = sorted(set(roster["_row"]) - set(kept["_row"]))
    if not lines:
        return kept, []
    problem = Problem(
        code="repeated_row",
        zh=f"花名册第 {_numbers(lines)} 行与前面的行完全相同，只计一次",
        en=f"row {_numbers(lines, ', ')} of the roster repeats one above and counts once",
        severity="warning",
        line=lines[0],
    )
    return kept, [problem]


def _with_managers(roster: pl.DataFrame, known: pl.DataFrame | None) -> tuple[pl.DataFrame, list[Problem]]:
    """Managers as employee ids: by id, else by name in the same store, else by name anywhere."""
    directory = Directory.of(roster if known is None else pl.concat([roster, known.select(roster.columns)]))
    pairs = roster.select("store", "manager_id").filter(pl.col("manager_id").is_not_null()).unique(maintain_order=True)
    found: list[str | None] = []
    problems: list[Problem] = []
    for store, text in pairs.iter_rows():
        person = directory.find(text, store)
        if not person.employee_id and not person.candidates:
            person = directory.find(text, None)
        found.append(person.employee_id)
        if not person.employee_id:
            reason = ambiguous(text, person, directory) if person.candidates else _no_manager(text)
            problems.append(_manager_problem(text, reason))
    told = pairs.with_columns(_manager=pl.Series(found, dtype=pl.String))
    joined = roster.join(told, on=["store", "manager_id"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(manager_id=pl.col("_manager")).select(roster.columns), problems


def _no_manager(text: str) -> Reason:
    return Reason("unknown_manager", f"花名册中没有“{text}”", f"the roster has no {text!r}")


def _manager_problem(text: str, reason: Reason) -> Problem:
    return Problem(
        code=reason.code,
        zh=f"花名册“直接上级”：{reason.zh}",
        en=f"the roster's managers: {reason.en}",
        severity="error" if reason.code == "namesakes" else "warning",
        subject=text,
    )


def _one_name_each(roster: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """An id that stands for two names would pay one person for another's work."""
    named = roster.filter(pl.col("employee_id").is_not_null() & pl.col("name").is_not_null())
    groups = named.group_by("employee_id", maintain_order=True).agg(pl.col("name").unique(maintain_order=True), "_row")
    return roster, [
        Problem(
            code="two_names",
            zh=f"工号 {employee_id} 在花名册第 {_numbers(lines)} 行对应不同姓名：{'、'.join(names)}",
            en=f"id {employee_id} stands for several names in rows {_numbers(lines, ', ')}: {', '.join(names)}",
            line=lines[0],
            subject=employee_id,
        )
        for employee_id, names, lines in groups.filter(pl.col("name").list.len() > 1).iter_rows()
    ]
