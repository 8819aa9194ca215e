"""The signature summary 签字汇总表 of a month in one store: by department who signed what when, and boxes to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.papers.asked import Asked
from fairwrench.web.appraisals.papers.sheets import places_shown, signatures_standing
from fairwrench.web.appraisals.selectors import with_scores
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.ui.words import lang
from fairwrench.web.work.signing.places import Place

#: lines of one summary
MOST = 600


@dataclass(frozen=True)
class Line:
    """One form of the summary."""

    form: Appraisal
    position: str
    score: int | None
    grade: str
    places: Sequence[Place]


@dataclass(frozen=True)
class DepartmentLines:
    """The forms of one department in their order."""

    department: str
    lines: Sequence[Line]

    @property
    def unsigned(self) -> int:
        """Forms that are not signed by all yet."""
        return sum(line.form.state != Appraisal.State.FILED for line in self.lines)


@dataclass(frozen=True)
class Summary:
    """What is chosen, what may be chosen instead, and the tables; `left`: lines that do not fit."""

    month: str
    store: str
    months: Sequence[str]
    stores: Sequence[str]
    departments: Sequence[DepartmentLines]
    left: int = 0

    @property
    def forms(self) -> int:
        """How many forms there are on it."""
        return sum(len(each.lines) for each in self.departments)

    @property
    def unsigned(self) -> int:
        """Forms that are not signed by all yet."""
        return sum(each.unsigned for each in self.departments)


def summary_of(*, asked: Asked, user: User) -> Summary:
    """The summary of a month and store: those that are asked for, else the latest and the first that somebody sees."""
    seen = asked.listed(user)
    every = Asked().seen(user).order_by()
    months = list(every.values_list("cycle__month", flat=True).distinct().order_by("-cycle__month"))
    month = asked.month or next(iter(months), "")
    stores = list(every.filter(cycle__month=month).values_list("store", flat=True).distinct().order_by("store"))
    store = asked.store or next(iter(stores), "")
    found = seen.filter(cycle__month=month, store=store)
    departments = _departments(found, month) if month else []
    return Summary(month, store, months, stores, departments, max(0, found.count() - MOST))


def _departments(found: QuerySet[Appraisal], month: str) -> list[DepartmentLines]:
    forms = list(with_scores(found)[:MOST])
    names = Names(scheme_at(month=Month.parse(month)), sources(), lang())
    given = signatures_standing(forms)
    told = []
    for code, group in groupby(forms, key=lambda form: form.department):
        lines = [_line(form, places_shown(form, given[form.pk], ""), names) for form in group]
        told.append(DepartmentLines(names.department(code), lines))
    return told


def _line(form: Appraisal, places: Sequence[Place], names: Names) -> Line:
    score, grade, position = (getattr(form, name) for name in ("score", "grade", "position"))
    return Line(form, names.position(position), score, grade or "", places)
