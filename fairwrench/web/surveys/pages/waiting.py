"""Who has not answered yet, with a button to remind each."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.models import Respondent, Survey
from fairwrench.web.surveys.questionnaires import asked_in
from fairwrench.web.work.channels.urging import Offer, Urging, offers


@dataclass(frozen=True)
class Waiting:
    """Somebody who still has `count` to answer, and the button to remind them; None without an account."""

    employee: Employee
    count: int
    offer: Offer | None


def still_waiting(*, survey: Survey, by: User) -> list[Waiting]:
    """Everybody who is still waited for, by employee id."""
    asked = survey.respondents.filter(state=Respondent.State.ASKED).select_related("employee")
    counts: dict[Employee, int] = {}
    for each in asked.order_by("employee__employee_id"):
        counts[each.employee] = counts.get(each.employee, 0) + 1
    name = asked_in(survey).name
    words = f"{name.zh}请在 {survey.ends:%m-%d} 前填写", f"{name.en}: please answer by {survey.ends:%m-%d}"
    urging = Urging(f"survey:{survey.pk}", words, reverse("surveys:answer", args=[survey.pk]))
    buttons = offers(by=by, people=[each.employee_id for each in counts], urging=urging)
    return [Waiting(each, count, buttons.get(each.employee_id)) for each, count in counts.items()]
