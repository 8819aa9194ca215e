"""Whom the forms of a month wait for, by name, with a button to remind them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.access.scope import Scope
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.selectors import FILERS
from fairwrench.web.work.channels.urging import Offer, Urging, offers

State = Appraisal.State
#: state → the field that names who has to act
ACTS = {
    State.INTERVIEW: "line_manager",
    State.EMPLOYEE: "employee",
    State.MANAGER: "line_manager",
    State.NEXT_LEVEL: "next_level",
}


@dataclass(frozen=True)
class WaitedFor:
    """Somebody for whom forms wait: how many, and the button to remind them; none for who has no account."""

    employee_id: str
    name: str
    forms: int
    offer: Offer | None

    @property
    def who(self) -> dict[str, str]:
        """The person as the component for persons takes it."""
        return {"employee_id": self.employee_id, "name": self.name}


def waited_for(*, month: str, found: QuerySet[Appraisal], user: User) -> list[WaitedFor]:
    """Whom some forms of a month wait for, those with the most first, for who files the forms of their stores; one line
    a person. A form whose manager is named nowhere waits for HR itself and for nobody here."""
    if not month or not opens(user, "appraisals.file"):
        return []
    stores = Scope.of(user).stores(*FILERS)
    # in service or not: who has left has no account that comes in, and so no button
    found = found if stores is None else found.filter(store__in=stores)
    asked = found.filter(state__in=list(ACTS)).order_by()
    named = [f"{field}__{name}" for field in dict.fromkeys(ACTS.values()) for name in ("employee_id", "name")]
    forms: Counter[tuple[str, str]] = Counter()
    for row in asked.values("state", *named):
        field = ACTS[State(row["state"])]
        if row[f"{field}__employee_id"]:
            forms[row[f"{field}__employee_id"], row[f"{field}__name"]] += 1
    words = (f"{month} 的绩效评估表还在等您面谈或签字", f"appraisals of {month} wait for your interview or signature")
    urging = Urging(f"appraisals:{month}", words, f"{reverse('appraisals:list')}?month={month}")
    buttons = offers(by=user, people=[employee_id for employee_id, _ in forms], urging=urging)
    return [WaitedFor(*person, n, buttons.get(person[0])) for person, n in forms.most_common()]
