"""What came out: of a store, and of a person, with nothing that tells who said what."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.evidence import department_names
from fairwrench.web.surveys.models import Survey
from fairwrench.web.surveys.questionnaires import GROUPS, asked_in
from fairwrench.web.surveys.results.tables import Tallies, at_a_glance, lines_of
from fairwrench.web.surveys.results.tallied import Given, tallied
from fairwrench.web.surveys.selectors import RESULTS, answers_about, result_seen, surveys_seen
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import Words, both


@never_cache
@require_GET
@opened("surveys.view")
def of_store(request: SignedInRequest, survey_id: int) -> HttpResponse:
    """What the people of a store said of it, by department where enough answered."""
    survey = get_object_or_404(surveys_seen(user=request.user), pk=survey_id, state__in=RESULTS)
    if asked_in(survey).about != "store":
        raise Http404
    names: dict[str, Words] = dict(department_names(survey.month))
    return _page(request, survey, None, {**names, "": both("未分部门", "No department")})


@never_cache
@require_GET
@opened("surveys.view")
def result(request: SignedInRequest, survey_id: int, employee_id: str) -> HttpResponse:
    """What was said of somebody, by group."""
    survey, about = result_seen(user=request.user, survey_id=survey_id, employee_id=employee_id)
    own = about.pk == request.user.employee_id
    shows(request, month=survey.month, about=about.employee_id, harmless=own)
    return _page(request, survey, about, GROUPS)


def _page(
    request: SignedInRequest, survey: Survey, about: Employee | None, groups: Mapping[str, Words]
) -> HttpResponse:
    asked = asked_in(survey)
    given = [
        Given(
            each.department if about is None else each.group,
            each.by.name if each.by else "",
            each.values,
        )
        for each in answers_about(survey=survey, about=about)
    ]
    found = tallied(asked, given)
    context = {
        "survey": survey,
        "asked": asked,
        "about": about,
        "words": [(asked.questions[name].name, said) for name, said in found.words.items()],
        "glance": at_a_glance(asked, found, groups),
        "answers": len(given),
        "held_back": [(asked.questions[name].name, count) for name, count in found.held_back.items()],
    }
    lines = list(lines_of(asked, found, groups))
    return table_page(
        request, Tallies, lines, name=both("问卷结果", "Results"), template="surveys/result.html", context=context
    )
