"""What surveys hand on to apps before them: what waits to be answered, and what is kept of a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.models import Answer, Respondent, Survey
from fairwrench.web.surveys.questionnaires import asked_in
from fairwrench.web.surveys.selectors import waiting
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.todos import ToDo


def todos_of(user: User) -> Iterator[ToDo]:
    """Each survey in which a user still has something to answer."""
    if user.employee_id is None:
        return
    counts: dict[int, int] = {}
    surveys: dict[int, Survey] = {}
    for each in waiting(user=user).order_by("survey__ends", "survey"):
        surveys[each.survey_id] = each.survey
        counts[each.survey_id] = counts.get(each.survey_id, 0) + 1
    for key, survey in surveys.items():
        name, day = asked_in(survey).name, f"{survey.ends:%m-%d}"
        words = (
            f"{name.zh}：{counts[key]} 份待填，{day} 截止",
            f"{name.en}: {number_of(counts[key], 'form')} to fill in by {day}",
        )
        yield ToDo(words, reverse("surveys:answer", args=[key]), "clipboard-list", button=("去填写", "Answer"))


def history_of(employee: Employee) -> Sequence[Words]:
    """What is kept of a person: that they were asked, or asked about."""
    asked = Respondent.objects.filter(Q(employee=employee) | Q(about=employee)).count()
    if not asked and not Answer.objects.filter(Q(about=employee) | Q(by=employee)).exists():
        return []
    return [(f"问卷与评价 {asked} 份", f"{number_of(asked, 'survey')} asked of or about them")]
