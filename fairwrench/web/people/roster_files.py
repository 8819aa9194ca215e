"""The roster as files: one that was handed in and waits to be taken in, and one to take away."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from fairwrench.ledger.roster import read_roster
from fairwrench.ledger.staffing import SHEET
from fairwrench.report.cells import Column, Sheet
from fairwrench.report.workbook import Book
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.roster import roster_problems
from fairwrench.settlement.source import Text
from fairwrench.web.people.models import Employee
from fairwrench.web.people.organisation import scheme_of_office
from fairwrench.web.people.roster import roster_frame
from fairwrench.web.people.roster_changes import Change, roster_becoming, roster_changes

FOLDER = "rosters"
#: the columns of the file, in its order
COLUMNS = ("employee_id", "name", "store", "department", "position", "manager_id", "status", "hired_on", "left_on",
           "full_salary", "from", "to", "aliases")  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What a file would do to the roster: `roster` is what it would become, `before` the digest of what it was."""

    roster: pl.DataFrame
    before: str
    changes: list[Change]
    problems: list[Problem]

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return any(problem.severity == "error" for problem in self.problems)


def roster_keep(*, upload: UploadedFile) -> str:
    """Keep a file that was handed in until it is decided on; the name under which it is kept."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    suffix = PurePath(upload.name or "").suffix.lower()[:5]
    name = f"{FOLDER}/{digest.hexdigest()}{suffix}"
    if not default_storage.exists(name):
        default_storage.save(name, upload)
    return name


def roster_forget(*, kept: str) -> None:
    """The file is no longer needed."""
    if default_storage.exists(kept):
        default_storage.delete(kept)


def digest_of(roster: pl.DataFrame) -> str:
    """A roster in a word, so that nobody applies a file to another roster than the one that was shown."""
    return hashlib.sha256(roster.write_csv().encode()).hexdigest()


def roster_preview(*, kept: str, called: str, stores: Collection[str] | None, keep_missing: bool) -> Preview:
    """What a kept file would change in the stores given (None: all); every problem is named by the file's own name."""
    before = roster_frame()
    try:
        handed, problems = read_roster(default_storage.path(kept), scheme_of_office(), known=before)
    except Refused as refused:
        handed, problems = before.clear(), list(refused.problems)
    problems += roster_problems(handed)
    if stores is not None:
        strange = sorted(set(handed["store"].drop_nulls()) - set(stores))
        problems += [_not_yours(store) for store in strange]
        problems += [_of_others(person) for person in _others(before, stores) if person in set(handed["employee_id"])]
    becoming = roster_becoming(before=before, handed=handed, stores=stores, keep_missing=keep_missing)
    problems += _gone_managers(becoming)
    named = [replace(problem, file=called) for problem in dict.fromkeys(problems)]
    return Preview(becoming, digest_of(before), roster_changes(before=before, after=becoming), named)


def _not_yours(store: str) -> Problem:
    zh, en = f"门店“{store}”不在您的管理范围内", f"the store {store!r} is not yours to keep"
    return Problem("strange_store", zh, en, subject=store)


def _others(before: pl.DataFrame, stores: Collection[str]) -> list[str]:
    own = before.filter(pl.col("store").is_in(list(stores)))["employee_id"]
    return (
        before.filter(~pl.col("employee_id").is_in(own.implode()))["employee_id"].unique(maintain_order=True).to_list()
    )


def _of_others(person: str) -> Problem:
    zh, en = (
        f"工号 {person} 属于其他门店，请由集团人力资源调入",
        f"{person} belongs to another store; let group HR move them",
    )
    return Problem("strange_person", zh, en, subject=person)


def _gone_managers(roster: pl.DataFrame) -> list[Problem]:
    strange = set(roster["manager_id"].drop_nulls()) - set(roster["employee_id"].drop_nulls())
    return [
        Problem(
            "gone_manager",
            f"{person} 将不在册，但仍是别人的直接上级",
            f"{person} would be gone but still leads somebody",
        )
        for person in sorted(strange)
    ]


def roster_workbook(*, stores: Collection[str] | None, lang: str) -> bytes:
    """The roster of some stores (None: all) as a workbook that can be handed in again."""
    roster = roster_frame()
    if stores is not None:
        roster = roster.filter(pl.col("store").is_in(list(stores)))
    scheme = scheme_of_office()
    words: dict[str, str] = {
        **{key: part.name.of(lang) for key, part in scheme.departments.items() if part.name},
        **{key: part.name.of(lang) for key, part in scheme.positions.items()},
        **{value: str(label) for value, label in Employee.Status.choices},
    }
    named = ("department", "position", "status")
    rows: list[Sequence[Any]] = [
        [_cell(name, words.get(row[name], row[name]) if name in named else row[name]) for name in COLUMNS]
        for row in roster.iter_rows(named=True)
    ]
    heads = [SHEET.columns[name].name or Text(zh=name, en=name) for name in COLUMNS]
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
        return f"{value // 100}.{value % 100:02d}"
    return value
