"""Corrections as pages show them: in words, with what they change as far as it is the reader's to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fairwrench.report.naming import Names
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, opens
from fairwrench.web.access.targets import OfPost
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.corrections.forms import KINDS
from fairwrench.web.settlements.corrections.trial import PAID, Effect, Figures, Touched, as_known, figures_of, store_of
from fairwrench.web.settlements.models import Correction
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.ui.words import pick


@dataclass(frozen=True)
class Entry:
    """A correction in words; `effect` is None where it is not known, `pay` whether its amounts may be seen."""

    correction: Correction
    kind: str
    item: str
    money: bool
    effect: Effect | None
    pay: bool
    #: whether what it gives may be seen: an amount of money is pay
    valued: bool = True
    #: others whose month changes with it, of the stores whose pay is seen, each with who it is
    others: Sequence[tuple[Touched, Employee | None]] = ()
    #: how many more there are in stores whose pay is not seen
    elsewhere: int = 0


def entry_of(*, correction: Correction, names: Names, user: User) -> Entry:
    """A correction as a user sees it."""
    effect, item = Effect.read(correction.effect), correction.item
    graded = item in names.scheme.bands.grades
    words = f"{item} {names.grade(item)}".strip() if graded else names.item(item) if item else ""
    # `effect.store` is where they worked in that month: who has moved keeps that month's pay with that store
    pay = effect is not None and sees_pay(correction.employee.employee_id, effect.store, user)
    kind = str(dict(KINDS).get(correction.kind) or pick(*correction.kind_words))
    money = correction.kind == "deduction"
    # who sees nobody's pay sees no amount taken back either; who sees some has the entries of their stores alone
    valued = not money or opens(user, "settlements.view_pay")
    others, elsewhere = _others(effect, user)
    return Entry(correction, kind, words, money, effect, pay, valued, others, elsewhere)


def _others(effect: Effect | None, user: User) -> tuple[list[tuple[Touched, Employee | None]], int]:
    """Others whose month an effect changes, as far as their pay is a user's to see, and how many more there are."""
    if effect is None or not effect.others:
        return [], 0
    stores = Extent.of_pay(user).stores
    seen = [each for each in effect.others if stores is None or each.store in stores]
    found = Employee.objects.filter(employee_id__in=[each.employee_id for each in seen])
    people = {each.employee_id: each for each in found}
    return [(each, people.get(each.employee_id)) for each in seen], len(effect.others) - len(seen)


def month_of(*, cycle: Cycle, concerns: str, employee_id: str, user: User) -> Figures | None:
    """A person's published month as it is known; None where they have none. Without amounts that are not to be seen."""
    known = as_known(cycle=cycle, concerns=concerns, employee_id=employee_id)
    figures: Figures | None = figures_of(known, employee_id, "") if known else None
    if known is None or figures is None or not figures.state:
        return None
    if sees_pay(employee_id, store_of(known, employee_id), user):
        return figures
    hidden: dict[str, Any] = dict.fromkeys(PAID)
    return replace(figures, **hidden)


def sees_pay(employee_id: str, store: str, user: User) -> bool:
    """Whether what somebody earned in a store is a user's to see."""
    return may(user, "people.view_pay", about=OfPost(employee_id, store))
