"""Who has not answered yet, with a button to remind each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.models import Respondent, Survey
from fairwrench.web.surveys.questionnaires import asked_in
from fairwrench.web.work.channels.urging import Offer, Urging, offers

#: people who are named; the rest are counted
NAMED = 60


@dataclass(frozen=True)
class Waiting:
    """Somebody who still has `count` to answer, and the button to remind them; None without an account."""

    employee: Employee
    count: int
    offer: Offer | None


def still_waiting(*, survey: Survey, by: User) -> tuple[list[Waiting], int]:
    """Those who are still waited for, the first by employee id, and how many there are besides."""
    asked = survey.respondents.filter(state=Respondent.State.ASKED).order_by()
    counts = dict(asked.values_list("employee").annotate(count=Count("pk")))
    people = list(Employee.objects.filter(pk__in=counts).order_by("employee_id")[:NAMED])
    name = asked_in(survey).name
    words = f"{name.zh}请在 {survey.ends:%m-%d} 前填写", f"{name.en}: please answer by {survey.ends:%m-%d}"
    urging = Urging(f"survey:{survey.pk}", words, reverse("surveys:answer", args=[survey.pk]))
    buttons = offers(by=by, people=[each.employee_id for each in people], urging=urging)
    found = [Waiting(each, counts[each.pk], buttons.get(each.employee_id)) for each in people]
    return found, len(counts) - len(found)
