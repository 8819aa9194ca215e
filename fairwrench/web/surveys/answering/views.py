"""Answering what one is asked: one person after the other, kept without a name unless the group signs."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.org.days import today
from fairwrench.web.surveys.answering.forms import AnswerForm
from fairwrench.web.surveys.answering.services import answer_decline, answer_give
from fairwrench.web.surveys.models import Respondent, Survey
from fairwrench.web.surveys.questionnaires import GROUPS, asked_in
from fairwrench.web.surveys.selectors import asked_of
from fairwrench.web.ui.requests.parameters import number_of
from fairwrench.web.ui.words import of, pick

State = Respondent.State


@never_cache
@allowed("surveys.answer", about=ONESELF)
def answer(request: SignedInRequest, survey_id: int) -> HttpResponse:
    """The next that one is asked about in a survey; what is sent is about the one that it names."""
    survey, asked = asked_of(user=request.user, survey_id=survey_id)
    lines = list(asked)
    left = [each for each in lines if each.state == State.ASKED]
    if request.method != "POST":
        return _page(request, survey, lines, _next(left, number_of(request.GET, "about", 0)))
    line = next((each for each in lines if each.pk == number_of(request.POST, "line", 0)), None)
    if line is None:
        raise Http404
    form = AnswerForm(request.POST, questionnaire=asked_in(survey))
    declined = "decline" in request.POST
    if not declined and not form.is_valid():
        return _page(request, survey, lines, line, form)
    try:
        if declined:
            answer_decline(respondent=line, by=request.user)
        else:
            answer_give(respondent=line, values=form.cleaned_data, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, of(problem))
    else:
        messages.success(request, pick("已提交，谢谢。", "Handed in, thank you."))
    return redirect("surveys:answer", survey.pk)


def _next(left: list[Respondent], asked: int) -> Respondent | None:
    return next((each for each in left if each.pk == asked), left[0] if left else None)


def _page(
    request: SignedInRequest,
    survey: Survey,
    lines: list[Respondent],
    line: Respondent | None,
    form: AnswerForm | None = None,
) -> HttpResponse:
    questionnaire = asked_in(survey)
    is_open = survey.state == Survey.State.OPEN and survey.ends >= today()
    shown = line if is_open and line is not None and line.state == State.ASKED else None
    context = {
        "survey": survey,
        "asked": questionnaire,
        "is_open": is_open,
        "line": shown,
        "form": (form or AnswerForm(questionnaire=questionnaire)) if shown else None,
        "signed": shown is not None and shown.group in questionnaire.signed,
        "group": of(GROUPS[shown.group]) if shown else "",
        "done": sum(each.state != State.ASKED for each in lines),
        "all": len(lines),
        "others": [each for each in lines if each.state == State.ASKED and each != shown],
    }
    # 200 for a wrong form, too: the server's log tells who sent what was refused
    return render(request, "surveys/answer.html", context)
