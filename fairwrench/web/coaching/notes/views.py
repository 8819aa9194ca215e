"""Notes: the list, writing one, one with its versions and the tasks that came of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.coaching.models import Note
from fairwrench.web.coaching.notes.forms import CorrectionForm, MeetingForm, NoteForm
from fairwrench.web.coaching.notes.selectors import note_seen, notes_seen, said_before
from fairwrench.web.coaching.notes.services import note_correct, note_of_form, note_write
from fairwrench.web.coaching.notes.tables import Notes, state_badge
from fairwrench.web.coaching.notes.workflow import NOTES, steps_seen
from fairwrench.web.tasks.models import Task
from fairwrench.web.tasks.selectors import tasks_seen
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, month_said, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.work.workflow.offers import offers_of

Kind, State = Note.Kind, Note.State
#: letters of what is said to an act
NOTE = 400
AGAIN = Problem("form_again", "请核对后再提交一次", "look at it and send it once more")


@require_GET
@opened("coaching.view")
def notes_list(request: SignedInRequest) -> HttpResponse:
    """What one wrote, what is noted about oneself and those one leads."""
    found = notes_seen(user=request.user)
    there = found.exists()
    asked = {"kind": choice_of(request.GET, "kind", Kind.values), "month": text_of(request.GET, "month", 7)}
    asked["state"] = choice_of(request.GET, "state", State.values)
    if asked["month"]:
        month = month_said(asked["month"])
        found = found.filter(day__range=(month.first, month.last))
    for name in ("kind", "state"):
        found = found.filter(**{name: asked[name]}) if asked[name] else found
    others = found.exclude(about=request.user.employee_id) if request.user.employee_id else found
    shows(request, harmless=not others.exists())
    context = {**asked, "kinds": Kind.choices, "states": State.choices, "any": there, "leads": _leads(request)}
    return table_page(
        request, Notes, found, name=both("过程记录", "Notes"), template="coaching/list.html", context=context
    )


def _leads(request: SignedInRequest) -> bool:
    return opens(request.user, "coaching.note")


@opened("coaching.view")
def note_new(request: SignedInRequest) -> HttpResponse:
    """Write down a talk, a praise or feedback about somebody."""
    if request.method != "POST":
        told = {name: text_of(request.GET, name, 60) for name in ("who", "kind")}
        return _form(request, NoteForm(initial={**told, "once": uuid4().hex}, user=request.user))
    return _written(request, NoteForm(request.POST, user=request.user))


@opened("coaching.note")
def meeting_new(request: SignedInRequest) -> HttpResponse:
    """Write down a meeting of one's team."""
    if request.method != "POST":
        return _form(request, MeetingForm(initial={"once": uuid4().hex}, user=request.user))
    return _written(request, MeetingForm(request.POST, user=request.user))


def _written(request: SignedInRequest, form: NoteForm | MeetingForm) -> HttpResponse:
    if (written := note_of_form(once=request.POST.get("once", "")[:32], by=request.user)) is not None:
        messages.info(request, pick("这条已经记下了，没有重复。", "It was written already, and once only."))
        return redirect("coaching:note", written.pk)
    if not form.is_valid():
        return _form(request, form)
    try:
        made = note_write(draft=form.draft(), by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(str(problem.path[0]), of(problem))
        return _form(request, form)
    messages.success(request, pick("已记下。", "Written down."))
    return redirect("coaching:note", made.pk)


def _form(request: SignedInRequest, form: NoteForm | MeetingForm) -> HttpResponse:
    problems = []
    if "once" in form.errors:
        form.data = {**{name: form.data.get(name) for name in form.data}, "once": uuid4().hex}
        problems = [AGAIN]
    context = {"form": form, "problems": problems, "meeting": isinstance(form, MeetingForm), "leads": _leads(request)}
    return render(request, "coaching/new.html", context, status=422 if form.is_bound else 200)


@require_GET
@opened("coaching.view")
def note(request: SignedInRequest, note_id: int) -> HttpResponse:
    """One note: what it says and said, who reads it, what came of it."""
    return _page(request, note_seen(user=request.user, note_id=note_id))


def _page(request: SignedInRequest, found: Note, correction: CorrectionForm | None = None) -> HttpResponse:
    shows(request, month=f"{found.day:%Y-%m}", about=found.about.employee_id if found.about else "")
    offers = offers_of(NOTES, found, request.user, url=lambda act: reverse("coaching:act", args=[found.pk, act]))
    names = [offer.name for offer in offers]
    form = (correction or CorrectionForm.of(found)) if "correct" in names else None
    if form and found.kind != Kind.MEETING:
        form = form.without_decisions()
    own = found.by_id == request.user.pk
    context: dict[str, Any] = {
        "note": found,
        "badge": state_badge(found),
        "attendees": list(found.attendees.all()) if found.kind == Kind.MEETING else [],
        "versions": said_before(user=request.user, note=found),
        "history": steps_seen(user=request.user, note=found),
        "offers": [offer for offer in offers if offer.name != "correct"],
        "correction": form,
        "own": own,
        "tasks": list(tasks_seen(user=request.user).filter(origin="note", origin_ref=str(found.pk))),
        "states": dict(Task.State.choices),
    }
    return render(request, "coaching/note.html", context, status=422 if correction else 200)


@require_POST
@opened("coaching.view")
def correct(request: SignedInRequest, note_id: int) -> HttpResponse:
    """Correct what a note says; what it said is kept."""
    found, form = note_seen(user=request.user, note_id=note_id), CorrectionForm(request.POST)
    seen = number_of(request.POST, "version", -1)
    if not form.is_valid():
        return _page(request, found, form)
    return answered(
        request,
        lambda: note_correct(note=found, by=request.user, seen=seen, **form.cleaned_data),
        pick("已更正，原文保留。", "Corrected; what it said before is kept."),
        "coaching:note",
        found.pk,
    )


@require_POST
@opened("coaching.view")
def act(request: SignedInRequest, note_id: int, act: str) -> HttpResponse:
    """Share a draft with the person, or take a note back."""
    found = note_seen(user=request.user, note_id=note_id)
    if act not in ("share", "take_back"):
        raise Http404
    seen, why = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    return answered(
        request,
        lambda: NOTES.act(record=found, name=act, by=request.user, note=why, seen=seen),
        pick("已办理。", "Done."),
        "coaching:note",
        found.pk,
    )
