"""The roster as files: one that was handed in and waits to be taken in, and one to take away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from fairwrench.ledger.roster.roster import GIVEN
from fairwrench.ledger.roster.staffing import SHEET
from fairwrench.report.cells import Column, Sheet
from fairwrench.report.workbook.workbook import Book
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Text
from fairwrench.web.cycles.selectors import published
from fairwrench.web.org.models import Employee
from fairwrench.web.org.organisation import scheme_of_office
from fairwrench.web.org.roster.becoming import Becoming, months_rewritten, roster_becoming
from fairwrench.web.org.roster.changes import Change, roster_changes
from fairwrench.web.org.roster.dating import Dating
from fairwrench.web.org.roster.kept import digest_of, roster_read
from fairwrench.web.org.roster.problems import becoming_problems, day_published, handed_problems, past_problem
from fairwrench.web.org.roster.reading import first_of
from fairwrench.web.org.roster.roster import roster_frame

#: the columns of the file, in its order
COLUMNS = ("employee_id", "name", "store", "department", "position", "manager_id", "status", "hired_on", "left_on",
           "full_salary", "from", "to", "aliases")  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What a file would do to the roster: `becoming` is what it would become, `before` the digest of what it was.

    `past`: who would have been settled otherwise in published months; it takes a word that this is meant.
    """

    becoming: Becoming
    before: str
    changes: list[Change]
    problems: list[Problem]
    past: list[Problem]

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return any(problem.severity == "error" for problem in self.problems)


def roster_preview(*, kept: str, called: str, dating: Dating, missing_left: bool) -> Preview:
    """What a kept file would change in the stores of the dating; every problem is named by the file's own name.

    `dating.paid`: the stores whose salaries the reader may see. Elsewhere what the file says of the salary of somebody
    on the roster is passed over, and not told apart from what stands there.
    """
    before, stores = roster_frame(), dating.stores
    try:
        handed, problems = roster_read(kept=kept, called=called, known=before)
    except Refused as refused:
        # the preview shows the reasons beside no changes at all
        handed, problems = pl.DataFrame(schema=GIVEN), list(refused.problems)
    if stores is not None:
        problems = [_unnamed(problem) for problem in problems]
    becoming = roster_becoming(before=before, handed=handed, dating=dating, missing_left=missing_left)
    changes = roster_changes(before=before, after=becoming.roster)
    months = published()
    problems += becoming.problems
    problems += handed_problems(before=before, handed=handed, stores=stores)
    problems += becoming_problems(after=becoming.roster, handed=handed, changes=changes, day=dating.day)
    rewritten = months_rewritten(before=before, after=becoming.roster, changes=changes, published=months)
    past = [
        past_problem(change, rewritten[change.employee_id]) for change in changes if change.employee_id in rewritten
    ]
    named = [replace(problem, file=called) for problem in first_of(problems)]
    if becoming.asks_day and months and dating.day <= months[-1].last:
        named.append(day_published(dating.day, months[-1]))
    # worked out of all stores, as a manager may work in another; told of those kept alone
    shown = roster_changes(before=_in(before, stores), after=_in(becoming.roster, stores))
    return Preview(becoming, digest_of(before), [replace(change, paid=dating.paid) for change in shown], named, past)


def _in(roster: pl.DataFrame, stores: Collection[str] | None) -> pl.DataFrame:
    """The rows in some stores: those of other stores are nothing for who keeps these."""
    return roster if stores is None else roster.filter(pl.col("store").is_in(list(stores)))


def _unnamed(problem: Problem) -> Problem:
    """Namesakes without who they are: they may be people of any store."""
    if problem.code != "namesakes":
        return problem
    zh = f"花名册“直接上级”：叫“{problem.subject}”的不止一人，请改填工号"
    en = f"the roster's managers: {problem.subject!r} may be several people; write the employee id instead"
    return replace(problem, zh=zh, en=en)


def roster_workbook(*, stores: Collection[str] | None, lang: str, pay: bool = True) -> bytes:
    """The roster of some stores (None: all) as a workbook that can be handed in again; without `pay` it has no
    salaries, and handed in again it leaves those there are."""
    roster, written = _in(roster_frame(), stores), [name for name in COLUMNS if pay or name != "full_salary"]
    scheme = scheme_of_office()
    words: dict[str, str] = {
        **{key: part.name.of(lang) for key, part in scheme.departments.items() if part.name},
        **{key: part.name.of(lang) for key, part in scheme.positions.items()},
        **{value: str(label) for value, label in Employee.Status.choices},
    }
    named = ("department", "position", "status")
    rows: list[Sequence[Any]] = [
        [_cell(name, words.get(row[name], row[name]) if name in named else row[name]) for name in written]
        for row in roster.iter_rows(named=True)
    ]
    heads = [SHEET.columns[name].name or Text(zh=name, en=name) for name in written]
    columns = [Column(head.zh, head.en) for head in heads]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        book = Book(path, lang, "CNY")
        book.add(Sheet(SHEET.name.zh, SHEET.name.en, columns, rows, frozen=2))
        book.close()
        return path.read_bytes()


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if name == "full_salary" and value is not None:
        # in whole numbers: fen never pass through a float
        return f"{value // 100}.{value % 100:02d}"
    return value
