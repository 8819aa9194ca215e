"""The roster as a file → the roster frame: who holds which position where and when (`settlement/inputs/roster.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from fairwrench.ledger.body.body import typed_rows
from fairwrench.ledger.body.sheet_rows import Handed, Rows
from fairwrench.ledger.body.tales import said
from fairwrench.ledger.cells.labels import name_key
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.cells.words import DIGITS_LOST
from fairwrench.ledger.files.reading import content_of, read_sheets
from fairwrench.ledger.files.sheet import Limits, Sheet
from fairwrench.ledger.header.header import Match, best_matches, index_of
from fairwrench.ledger.people.people import Directory, ambiguous
from fairwrench.ledger.roster.staffing import SHEET, name_postings
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.inputs.roster import ROSTER, roster_problems
from fairwrench.settlement.problem import Problem, Refused, errors, nearest
from fairwrench.settlement.scheme.scheme import Scheme

#: the roster frame, and the other names by which files may call a person (separated by 、)
COLUMNS: Schema = {**ROSTER, "aliases": pl.String}
#: the same, and the columns that the row's sheet has: what a file does not say is not the same as an empty cell
GIVEN = pl.Schema([*COLUMNS.items(), ("given", pl.List(pl.String))])
#: nobody serves for more years; a date that would make it so is mostly one of birth
LONGEST_SERVICE = 50
_SHOWN = 5
#: unknown managers for whom the nearest name is looked up, which takes a look at everybody
_HINTS = 20
#: what a spreadsheet makes of a long number: 4.40301E+17, or one of which only 15 digits are left
_SCIENTIFIC = r"^\d+(?:\.\d+)?[eE]\+?\d+$"
_ROUNDED = r"^\d{15}0{2,}$"
_REQUIRED = Reason("required", "必填，不能为空", "this is required")
_NEGATIVE = Reason("too_small", "不能小于 0", "this must not be less than 0")
#: yuan a month: nobody in a dealership earns more, and nobody is paid less
_MOST_A_MONTH, _LEAST_A_MONTH = 1_000_000, 100
_TOO_MUCH = Reason(
    "wrong_unit_likely",
    "月工资超过 100 万元，多半是单位不对；请核对列名和标题写的单位（万元？元？）",
    "this is more than a million yuan a month, so the unit is probably wrong; look at the one that the header or title "
    "says",
)
_TOO_LITTLE = Reason(
    "wrong_unit_likely",
    "月工资不足 100 元，多半是单位不对；请填元，或在列名写明单位，如“全额工资（万元）”",
    "this is less than 100 yuan a month, so the unit is probably wrong; write yuan, or name the unit in the header as "
    "in 全额工资（万元）",
)
_AHEAD = Reason("far_ahead", "在一年以后，请核对年份", "this is more than a year ahead; look at the year again")
_BIRTH = Reason(
    "born_then",
    f"距今超过 {LONGEST_SERVICE} 年，像是出生日期；请填入职日期，不清楚可以留空",
    f"this is more than {LONGEST_SERVICE} years ago and looks like a birthday; give the day of hire, or leave it empty",
)


def read_roster(
    path: Path | str, scheme: Scheme, limits: Limits | None = None, known: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, list[Problem]]:
    """The roster frame (columns `settlement.inputs.roster.ROSTER`, then `aliases`) and all that is wrong with the file.

    Positions and departments are found by id, name or alias in the scheme. A cell that cannot be read is null and told
    as an error; so are a position that the scheme does not have, a day that cannot be meant, and a manager whom nobody
    knows. Several sheets are read one after another. A manager is named by id or by name, and may be one of a roster
    `known` already where the file holds only a part of the people.
    """
    roster, problems = given_roster(path, scheme, limits, known)
    return roster.select(list(COLUMNS)), problems


def given_roster(
    path: Path | str,
    scheme: Scheme,
    limits: Limits | None = None,
    known: pl.DataFrame | None = None,
    today: date | None = None,
) -> tuple[pl.DataFrame, list[Problem]]:
    """The same with `given`: which columns each row's sheet has (columns GIVEN). Days are judged as of `today`."""
    file, bounds = Path(path), limits or Limits()
    problems: list[Problem] = []
    frames: list[pl.DataFrame] = []
    try:
        for sheet in read_sheets(content_of(file, bounds), bounds):
            problems += sheet.problems
            if match := _header(sheet):
                frame, told = _read(sheet, match, scheme, today or date.today(), file.name)
                frames.append(frame)
                problems += told
    except Refused as refused:
        problems += refused.problems
    if not frames and not any(problem.severity == "error" for problem in problems):
        problems.append(_unrecognised())
    roster = pl.concat(frames) if frames else pl.DataFrame(schema=GIVEN)
    # Repeats first: a row printed twice would otherwise be told as two postings of one person that overlap.
    for step in (_without_repeats, partial(_with_managers, known=known), _one_name_each, _one_id_each):
        roster, told = step(roster)
        problems += told
    problems += _employed_yet_gone(roster, today or date.today())
    # Last, on the finished frame: postings that overlap or end before they begin are judged as settling judges them.
    problems += errors(roster_problems(roster))
    return roster, [replace(problem, file=file.name) for problem in problems]


def earliest_day(today: date) -> date:
    """The first day on which somebody may have been hired who serves today."""
    return _years_later(today, -LONGEST_SERVICE)


def latest_day(today: date) -> date:
    """The last day that may be given for a hire, a change or a last day of service: a year ahead."""
    return _years_later(today, 1)


def _years_later(day: date, years: int) -> date:
    """The same day of a later year, an earlier one when negative; of the 29th of February the 28th."""
    # The 29th of February has no anniversary in most years.
    leap = (day.month, day.day) == (2, 29)
    return date(day.year + years, day.month, 28 if leap else day.day)


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


def _read(sheet: Sheet, match: Match, scheme: Scheme, today: date, file: str) -> tuple[pl.DataFrame, list[Problem]]:
    """One sheet as a roster frame (GIVEN), managers still as written, and what is wrong with its cells."""
    # Read as evidence is, but without a directory: this very file is what the directory is made of. Days have no zone.
    rows = typed_rows(sheet, match.header, SHEET, Handed(None, None, None, "UTC", file))
    for column in ("name", "store", "position"):
        _reject(rows, column, rows.frame[column].is_null(), _REQUIRED)
    _reject(rows, "full_salary", (rows.frame["full_salary"] < 0).fill_null(False), _NEGATIVE)
    # An id that was rejected stays as it is written: it is wrong, and not left empty.
    rows.put("employee_id", rows.frame["employee_id"].fill_null(rows.cells["employee_id"]))
    _reject(rows, "employee_id", _lost(rows.frame["employee_id"]), DIGITS_LOST)
    _judge_salaries(rows)
    _judge_days(rows, today)
    name_postings(rows, scheme)
    # Files often name the manager twice, by id and by name; the first that says anything counts.
    managers = [name for name in rows.frame.columns if name.startswith("manager_id")]
    frame = rows.frame.with_columns(
        pl.col("status").fill_null("regular"),
        # Fen: the decimal's units of its last place, so that pay is whole numbers from here on.
        pl.col("full_salary").to_physical().cast(pl.Int64),
        pl.coalesce(managers).alias("manager_id"),
        # A column that the file lacks must not empty what the roster knows; an empty cell does.
        given=pl.lit(sorted({binding.column for binding in match.header.bindings}), pl.List(pl.String)),
    )
    labels = {binding.column: binding.label for binding in reversed(match.header.bindings)}
    return frame.select(pl.col(name).cast(kind) for name, kind in GIVEN.items()), [
        *said(rows.told),
        *_told(rows, labels),
    ]


def _judge_salaries(rows: Rows) -> None:
    """Tell salaries that only another unit explains: 6 000 under 全额工资（万元）, 0.6 under one that says nothing."""
    salary = rows.frame["full_salary"]
    _reject(rows, "full_salary", (salary > _MOST_A_MONTH).fill_null(False), _TOO_MUCH)
    _reject(rows, "full_salary", ((salary > 0) & (salary < _LEAST_A_MONTH)).fill_null(False), _TOO_LITTLE)


def _lost(ids: pl.Series) -> pl.Series:
    """Which ids lost digits in a spreadsheet: several people may bear the same one afterwards."""
    return (ids.str.contains(_SCIENTIFIC) | ids.str.contains(_ROUNDED)).fill_null(False)


def _judge_days(rows: Rows, today: date) -> None:
    """Tell days that cannot be meant: more than a year ahead, or so long ago that nobody can have served since."""
    for column in ("hired_on", "left_on", "from"):
        _reject(rows, column, (rows.frame[column] > latest_day(today)).fill_null(False), _AHEAD)
    # Measured to the last day: somebody who retired after forty years, long ago, was no infant when hired.
    served_until = rows.frame["left_on"].fill_null(today)
    too_long = rows.frame["hired_on"].dt.offset_by(f"{LONGEST_SERVICE}y") < served_until
    _reject(rows, "hired_on", too_long.fill_null(False), _BIRTH)


def _reject(rows: Rows, column: str, wrong: pl.Series, reason: Reason) -> None:
    at = rows.frame["_at"].filter(wrong)
    cells = rows.cells.get(column)
    values = pl.repeat(None, len(at), dtype=pl.String, eager=True) if cells is None else cells.gather(at)
    told = rows.failures.all().filter(pl.col("_field") == column)["_at"]
    # One reason a cell: a date that could not be read is not also told to be missing.
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
    said = [name for name in COLUMNS if name != "_row"]
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
    everybody = roster.select(list(COLUMNS))
    directory = Directory.of(everybody if known is None else pl.concat([everybody, known.select(everybody.columns)]))
    named = roster.filter(pl.col("manager_id").is_not_null()).group_by("store", "manager_id", maintain_order=True)
    found: list[str | None] = []
    problems: list[Problem] = []
    pairs = named.agg(rows=pl.col("_row"))
    for store, text, lines in pairs.iter_rows():
        # The manager of a store may work in another (a group's),
        # so the name is looked for anywhere only after the store.
        person = directory.find(text, store)
        if not person.employee_id and not person.candidates:
            person = directory.find(text, None)
        found.append(person.employee_id)
        if person.candidates:
            problems.append(_manager_problem(text, lines, ambiguous(text, person, directory)))
        elif not person.employee_id:
            # Where a whole column is wrong the hints would cost a look at everybody for each row and help nobody.
            near = _nearest_person(text, roster, known) if len(problems) < _HINTS else ""
            problems.append(_manager_problem(text, lines, _no_manager(text, near)))
    told = pairs.select("store", "manager_id", _manager=pl.Series(found, dtype=pl.String))
    # The order of the file is kept: rows are named by their number in every problem that follows.
    joined = roster.join(told, on=["store", "manager_id"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(manager_id=pl.col("_manager")).select(roster.columns), problems


def _nearest_person(text: str, roster: pl.DataFrame, known: pl.DataFrame | None) -> str:
    """The name or id most like a text, of people in the stores of the file: others are nobody's to be told of."""
    stores = roster["store"].drop_nulls().unique().implode()
    frames = [roster] if known is None else [roster, known.filter(pl.col("store").is_in(stores))]
    words = pl.concat(frame[column] for frame in frames for column in ("name", "employee_id"))
    return nearest(text, words.drop_nulls().unique(maintain_order=True))


def _no_manager(text: str, near: str) -> Reason:
    if re.match(_SCIENTIFIC, text) or re.match(_ROUNDED, text):
        return DIGITS_LOST
    hint_zh, hint_en = (f"，最接近的是“{near}”", f"; the nearest is {near!r}") if near else ("", "")
    return Reason("unknown_manager", f"花名册中没有这个人{hint_zh}", f"nobody on the roster is called so{hint_en}")


def _manager_problem(text: str, lines: list[int], reason: Reason) -> Problem:
    return Problem(
        code=reason.code,
        zh=f"花名册第 {_numbers(lines)} 行“直接上级”“{text}”：{reason.zh}",
        en=f"row {_numbers(lines, ', ')} of the roster, manager {text!r}: {reason.en}",
        line=lines[0],
        subject=text,
    )


def _employed_yet_gone(roster: pl.DataFrame, today: date) -> list[Problem]:
    """People called employed whose last day has passed: one of the two is old, and the day counts."""
    gone = roster.filter((pl.col("status") != "left") & (pl.col("left_on") < today)).sort("_row")
    return [
        Problem(
            code="employed_yet_gone",
            zh=f"花名册第 {line} 行 {name}（{employee_id}）状态不是离职，离职日期却是 {day}；按离职日期计，请核对",
            en=f"row {line} of the roster: {name} ({employee_id}) is not called left, yet the last day was {day}; the "
            "day counts, see which is right",
            severity="warning",
            line=line,
            subject=employee_id or "",
        )
        for employee_id, name, day, line in gone.select("employee_id", "name", "left_on", "_row").iter_rows()
    ]


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


def _one_id_each(roster: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """Ids that differ only in case, width or blanks are one id to whoever writes it into a file."""
    ids = roster["employee_id"].drop_nulls().unique(maintain_order=True)
    alike: dict[str, list[str]] = {}
    for employee_id in ids:
        alike.setdefault(name_key(employee_id), []).append(employee_id)
    return roster, [
        Problem(
            code="similar_ids",
            zh=f"工号 {'、'.join(several)} 只有大小写、全半角或空格的差别，分不清是不是同一人；请统一",
            en=f"the ids {', '.join(several)} differ in case, width or blanks only; write each person's in one way",
            subject=several[0],
        )
        for several in alike.values()
        if len(several) > 1
    ]
