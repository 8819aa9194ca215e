"""Opening a survey by HR, asking an opinion by a manager."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import OfStore
from fairwrench.web.org.models import Unit
from fairwrench.web.surveys.limits import MOST_SUBJECTS
from fairwrench.web.surveys.models import Survey
from fairwrench.web.surveys.opening.forms import OpinionForm, SurveyForm
from fairwrench.web.surveys.opening.services import opinion_ask, survey_of_form, survey_open
from fairwrench.web.surveys.questionnaires import GROUPS, OPINION, questionnaires
from fairwrench.web.ui.requests.parameters import text_of
from fairwrench.web.ui.words import joined, of, pick

#: letters of a store's name
_NAME = 120


@require_GET
@opened("surveys.manage")
def choose(request: SignedInRequest) -> HttpResponse:
    """The questionnaires that HR puts to people."""
    offered = [
        (name, each, joined(of(GROUPS[group]) for group in each.asks))
        for name, each in questionnaires().items()
        if name != OPINION
    ]
    return render(request, "surveys/choose.html", {"offered": offered})


@opened("surveys.manage")
def new(request: SignedInRequest, questionnaire: str) -> HttpResponse:
    """One of them, for a store."""
    asked = questionnaires().get(questionnaire)
    if asked is None or questionnaire == OPINION:
        raise Http404
    stores = _stores(request)
    store = text_of(request.POST or request.GET, "store", _NAME) or stores[0]
    if store not in stores:
        raise PermissionDenied("surveys.manage")
    sent = request.POST if request.method == "POST" else None
    form = SurveyForm(sent, questionnaire=asked, store=store, initial={"once": uuid4().hex})
    made = _opened(request, form, questionnaire) if form.is_valid() else None
    if made is not None:
        return _done(request, made, pick("已发出，相关的人会收到通知。", "Sent; those asked are told."))
    context = {
        "form": form,
        "asked": asked,
        "name": questionnaire,
        "store": store,
        "stores": stores,
        "groups": joined(of(GROUPS[group]) for group in asked.asks),
        "signed": joined(of(GROUPS[group]) for group in asked.signed),
        "most": MOST_SUBJECTS,
    }
    return render(request, "surveys/new.html", context, status=422 if form.is_bound else 200)


def _stores(request: SignedInRequest) -> list[str]:
    names = Unit.objects.filter(kind=Unit.Kind.STORE).order_by("name").values_list("name", flat=True)
    found = [name for name in names if may(request.user, "surveys.manage", about=OfStore(name))]
    if not found:
        raise PermissionDenied("surveys.manage")
    return found


def _opened(request: SignedInRequest, form: SurveyForm, name: str) -> Survey | None:
    if there := survey_of_form(once=form.cleaned_data["once"], store=form.store, by=request.user):
        return there
    try:
        return survey_open(draft=form.draft(name), by=request.user)
    except Refused as refused:
        _refused(form, refused)
        return None


def _refused(form: SurveyForm | OpinionForm, refused: Refused) -> None:
    for problem in refused.problems:
        field = str(problem.path[0]) if problem.path else ""
        field = "named1" if field == "named" else field
        form.add_error(field if field in form.fields else None, of(problem))


def _done(request: SignedInRequest, made: Survey, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("surveys:survey", made.pk)


@opened("surveys.ask")
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask named colleagues about somebody one leads."""
    first = {"about": text_of(request.GET, "about", 60), "once": uuid4().hex}
    form = OpinionForm(request.POST if request.method == "POST" else None, user=request.user, initial=first)
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = opinion_ask(
                about=form.led[told["about"]],
                named=form.named,
                ends=told["ends"],
                once=told["once"],
                by=request.user,
            )
        except Refused as refused:
            _refused(form, refused)
        else:
            return _done(request, made, pick("已发出，被问的人会收到通知。", "Sent; those asked are told."))
    return render(request, "surveys/ask.html", {"form": form}, status=422 if form.is_bound else 200)
