"""Missed KPIs: those of a month and store, asking about them, one with its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import may, opened, require
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import OfStore
from fairwrench.web.analysis.kpis.actions import action_state
from fairwrench.web.analysis.kpis.forms import AnswerForm, AskForm, OwnerForm
from fairwrench.web.analysis.kpis.missed import Missed, missed_of
from fairwrench.web.analysis.kpis.owners import owners_proposed
from fairwrench.web.analysis.kpis.services import kpi_answer, kpi_owner, kpis_ask
from fairwrench.web.analysis.kpis.workflow import KPIS, NOTE
from fairwrench.web.analysis.models import MissedKpi, place_words
from fairwrench.web.analysis.selectors import analyses_of, kpi_seen, settled_months, stores_looked_at
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import EVERY_STORE
from fairwrench.web.settlements.selectors import names_of
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import month_said, number_of, text_of
from fairwrench.web.ui.words import of, pick
from fairwrench.web.work.workflow.offers import offers_of

#: letters of a store's name, and months to choose from
STORE, MONTHS = 80, 24


@dataclass(frozen=True)
class Looked:
    """The settled month and the store that somebody looks at, with those to choose from; None where there is none."""

    cycle: Cycle | None
    store: str
    stores: Sequence[str]
    months: Sequence[str]

    @classmethod
    def of(cls, sent: QueryDict, request: SignedInRequest) -> Looked:
        """What a page asks for, else the latest settled month and the first store; Http404 for another's store."""
        settled, asked = list(settled_months()[:MONTHS]), text_of(sent, "month", 7)
        months = [each.month for each in settled]
        wanted = str(month_said(asked)) if asked else next(iter(months), "")
        cycle = next((each for each in settled if each.month == wanted), None)
        stores = stores_looked_at(cycle=cycle, user=request.user) if cycle else []
        store = text_of(sent, "store", STORE) or next(iter(stores), "")
        if stores and store not in stores:
            raise Http404
        return cls(cycle if stores else None, store, stores, months)

    @property
    def url(self) -> str:
        """Where it is looked at."""
        asked = {"month": self.cycle.month if self.cycle else "", "store": self.store}
        return f"{reverse('analysis:missed')}?{urlencode(asked)}"


@require_GET
@opened("analysis.view")
def missed(request: SignedInRequest) -> HttpResponse:
    """The KPIs that a store missed, with what was asked and answered; HR asks here."""
    return _page(request, Looked.of(request.GET, request))


def _page(
    request: SignedInRequest, looked: Looked, form: AskForm | None = None, problems: Sequence[Problem] = ()
) -> HttpResponse:
    cycle, user = looked.cycle, request.user
    found = _missed(looked, request)
    shows(request, month=cycle.month if cycle else "", harmless=not found)
    writes = cycle is not None and may(user, "analysis.write", about=OfStore(looked.store))
    asks = writes and looked.store != EVERY_STORE and any(each.asked is None for each in found)
    context: dict[str, Any] = {
        "looked": looked,
        "month": cycle.month if cycle else "",
        "stores": [(store, place_words(store)) for store in looked.stores],
        "everywhere": looked.store == EVERY_STORE,
        "missed": [(each, _state(each.earlier)) for each in found],
        "form": form or (_ask_form(looked, found, request) if asks else None),
        "problems": problems,
        "writes": writes,
        "analysis": analyses_of(cycle=cycle, user=user).get(looked.store) if cycle else None,
    }
    return render(request, "analysis/missed.html", context, status=422 if form or problems else 200)


def _missed(looked: Looked, request: SignedInRequest) -> list[Missed]:
    if looked.cycle is None:
        return []
    if looked.store != EVERY_STORE:
        return missed_of(cycle=looked.cycle, stores=[looked.store], user=request.user)
    return missed_of(cycle=looked.cycle, stores=None, user=request.user)


def _state(earlier: MissedKpi | None) -> str:
    return action_state(earlier) if earlier is not None else ""


def _ask_form(
    looked: Looked, found: Sequence[Missed], request: SignedInRequest, sent: QueryDict | None = None
) -> AskForm:
    assert looked.cycle is not None and looked.cycle.run is not None
    run = looked.cycle.run
    metrics = [each.metric for each in found if each.asked is None]
    proposed = owners_proposed(run=run, store=looked.store, metrics=metrics, names=names_of(run=run))
    return AskForm(sent, missed=found, proposed=proposed, user=request.user)


@require_POST
@opened("analysis.write")
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask the owners of what a store missed."""
    looked = Looked.of(request.POST, request)
    require(request.user, "analysis.write", about=OfStore(looked.store))
    if looked.cycle is None:
        raise Http404
    form = _ask_form(looked, _missed(looked, request), request, request.POST)
    if not form.is_valid():
        return _page(request, looked, form)
    try:
        asked = kpis_ask(cycle=looked.cycle, store=looked.store, owners=form.owners, by=request.user)
    except Refused as refused:
        return _page(request, looked, form, refused.problems)
    messages.success(request, pick(f"已询问 {asked} 项。", f"Asked about {asked}."))
    return redirect(looked.url)


@require_GET
@opened("analysis.read")
def kpi(request: SignedInRequest, kpi_id: int) -> HttpResponse:
    """One missed KPI: its figures, why, what is done about it."""
    return _kpi_page(request, kpi_seen(user=request.user, kpi_id=kpi_id))


def _kpi_page(
    request: SignedInRequest, found: MissedKpi, answer: AnswerForm | None = None, owner: OwnerForm | None = None
) -> HttpResponse:
    user, month = request.user, found.cycle.month
    shows(request, month=month, about=found.owner.employee_id)
    offers = offers_of(KPIS, found, user, url=lambda act: reverse("analysis:kpi_act", args=[found.pk, act]))
    names = [offer.name for offer in offers]
    figures = missed_of(cycle=found.cycle, stores=[found.store], user=user)
    called = names_of(run=found.cycle.run).metric(found.metric) if found.cycle.run else found.metric
    context: dict[str, Any] = {
        "kpi": found,
        "called": called,
        "figure": next((each for each in figures if each.metric == found.metric), None),
        "state": action_state(found),
        "steps": KPIS.stepper(found),
        "history": KPIS.history([found])[found.pk],
        "answer": (answer or AnswerForm.of(found, user)) if "answer" in names else None,
        "owner": (owner or OwnerForm(user=user)) if "ask" in names else None,
        "offers": [offer for offer in offers if offer.name not in WITH_MORE],
    }
    return render(request, "analysis/kpi.html", context, status=422 if answer or owner else 200)


#: acts that ask for more than a word
WITH_MORE = ("answer", "ask")
#: where what the task of an answer refuses is told in its form
FIELDS = {"who": "responsible", "title": "action", "words": "action"}


@require_POST
@opened("analysis.read")
def answer(request: SignedInRequest, kpi_id: int) -> HttpResponse:
    """Say why, and what is done by whom until when."""
    found, form = kpi_seen(user=request.user, kpi_id=kpi_id), AnswerForm(request.POST, user=request.user)
    if KPIS.hindrance(record=found, name="answer", user=request.user):
        raise Http404
    if not form.is_valid():
        return _kpi_page(request, found, answer=form)
    try:
        kpi_answer(kpi=found, answer=form.answer, by=request.user, seen=number_of(request.POST, "version", -1))
    except Refused as refused:
        for problem in refused.problems:
            name = str(problem.path[0]) if problem.path else ""
            field = FIELDS.get(name, name)
            form.add_error(field if field in form.fields else None, of(problem))
        return _kpi_page(request, kpi_seen(user=request.user, kpi_id=kpi_id), answer=form)
    messages.success(request, pick("已答复，措施已作为任务交给责任人。", "Answered; the action is a task by now."))
    return redirect("analysis:kpi", found.pk)


@require_POST
@opened("analysis.read")
def owner(request: SignedInRequest, kpi_id: int) -> HttpResponse:
    """Ask somebody else."""
    found, form = kpi_seen(user=request.user, kpi_id=kpi_id), OwnerForm(request.POST, user=request.user)
    require(request.user, "analysis.write", about=OfStore(found.store))
    if not form.is_valid():
        return _kpi_page(request, found, owner=form)
    chosen, seen = form.cleaned_data["owner"], number_of(request.POST, "version", -1)
    return answered(
        request,
        lambda: kpi_owner(kpi=found, owner=chosen, by=request.user, seen=seen),
        pick("已改为询问此人。", "Asked instead."),
        "analysis:kpi",
        found.pk,
    )


@require_POST
@opened("analysis.read")
def kpi_act(request: SignedInRequest, kpi_id: int, act: str) -> HttpResponse:
    """Return an answer, or withdraw a question."""
    found = kpi_seen(user=request.user, kpi_id=kpi_id)
    if act not in KPIS.by_name or act in WITH_MORE:
        raise Http404
    seen, note = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    return answered(
        request,
        lambda: KPIS.act(record=found, name=act, by=request.user, note=note, seen=seen),
        pick("已办理。", "Done."),
        "analysis:kpi",
        found.pk,
    )
