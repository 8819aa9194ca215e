"""The surveys: what one is asked, what one keeps, and one survey with who has answered and what may be done."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.surveys.models import Respondent, Survey
from fairwrench.web.surveys.opening.forms import ExtendForm
from fairwrench.web.surveys.pages.tables import Surveys, state_badge
from fairwrench.web.surveys.pages.waiting import still_waiting
from fairwrench.web.surveys.questionnaires import GROUPS, asked_in
from fairwrench.web.surveys.selectors import (
    RESULTS,
    participation,
    shared_with,
    subjects,
    survey_seen,
    surveys_seen,
)
from fairwrench.web.surveys.selectors import (
    waiting as waited_for,
)
from fairwrench.web.surveys.workflow import SURVEYS
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.work.workflow.offers import offers_of

State = Survey.State
#: letters of what is said to an act
NOTE = 400


@require_GET
@opened("surveys.view")
def surveys_list(request: SignedInRequest) -> HttpResponse:
    """What one is asked, what was said of oneself, and the surveys that one keeps or reads."""
    found = surveys_seen(user=request.user)
    there = found.exists()
    state = choice_of(request.GET, "state", State.values)
    rows = (found.filter(state=state) if state else found).annotate(
        asked=Count("respondents"),
        done=Count("respondents", filter=~Q(respondents__state=Respondent.State.ASKED)),
    )
    mine: dict[int, tuple[Survey, int]] = {}
    for each in waited_for(user=request.user).order_by("survey__ends", "survey"):
        mine[each.survey_id] = (each.survey, mine.get(each.survey_id, (each.survey, 0))[1] + 1)
    shared = list(shared_with(user=request.user)[:10])
    context = {
        "state": state,
        "states": State.choices,
        "any": there,
        "mine": [(survey, asked_in(survey).name, count) for survey, count in mine.values()],
        "shared": [(survey, asked_in(survey).name) for survey in shared],
        "manages": opens(request.user, "surveys.manage"),
        "asks": opens(request.user, "surveys.ask"),
    }
    return table_page(
        request, Surveys, rows, name=both("问卷", "Surveys"), template="surveys/list.html", context=context
    )


@require_GET
@opened("surveys.view")
def survey(request: SignedInRequest, survey_id: int) -> HttpResponse:
    """One survey: how many have answered, who has not, what may be done."""
    return _page(request, survey_seen(user=request.user, survey_id=survey_id))


def _page(request: SignedInRequest, found: Survey, extending: ExtendForm | None = None) -> HttpResponse:
    shows(request, month=found.month)
    asked = asked_in(found)
    offers = offers_of(
        SURVEYS, found, request.user, url=lambda act: reverse("surveys:act", args=[found.pk, act]), about=of(asked.name)
    )
    waiting, more = still_waiting(survey=found, by=request.user) if found.state == State.OPEN else ([], 0)
    extends = any(offer.name == "extend" for offer in offers)
    context = {
        "survey": found,
        "asked": asked,
        "badge": state_badge(found),
        # what is about a store, or for the rater alone, is shared with nobody
        "steps": SURVEYS.stepper(found)[: 3 if asked.about == "person" and "named" not in asked.asks else 2],
        "groups": [(GROUPS[group], *counts) for group, counts in participation(survey=found).items()],
        "subjects": subjects(survey=found) if asked.about == "person" else [],
        "waiting": waiting,
        "more": more,
        "seen": found.state in RESULTS,
        "offers": [offer for offer in offers if offer.name != "extend"],
        "extending": (extending or ExtendForm(initial={"ends": found.ends})) if extends else None,
        "history": SURVEYS.history([found])[found.pk],
        "job": found.job,
        "back": reverse("surveys:survey", args=[found.pk]),
    }
    return render(request, "surveys/survey.html", context, status=422 if extending else 200)


@require_POST
@opened("surveys.view")
def act(request: SignedInRequest, survey_id: int, act: str) -> HttpResponse:
    """Extend, close, share, cancel."""
    found = survey_seen(user=request.user, survey_id=survey_id)
    if act not in SURVEYS.by_name:
        raise Http404
    seen, why = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    do = partial(SURVEYS.act, record=found, name=act, by=request.user, note=why, seen=seen)
    if act != "extend":
        return answered(request, do, pick("已办理。", "Done."), "surveys:survey", found.pk)
    form = ExtendForm(request.POST)
    if form.is_valid():
        try:
            do(ends=form.cleaned_data["ends"])
        except Refused as refused:
            for problem in refused.problems:
                form.add_error("ends" if problem.path else None, of(problem))
        else:
            messages.success(request, pick("已延期。", "It is open for longer."))
            return redirect("surveys:survey", found.pk)
    return _page(request, found, form)
