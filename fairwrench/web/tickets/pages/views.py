"""Tickets: the list, writing one, one with its steps, its acts, its photo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.evidence.selectors import is_closed
from fairwrench.web.evidence.views.responses import answered
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.pages.forms import TicketForm, articles_told
from fairwrench.web.tickets.pages.tables import Tickets, state_badge
from fairwrench.web.tickets.photos import ending_of, photo_keep, photo_named, photo_path, photo_ticket
from fairwrench.web.tickets.selectors import articles_at, is_sealed, people_led, ticket_seen, tickets_seen
from fairwrench.web.tickets.services import ticket_write
from fairwrench.web.tickets.workflow import TICKETS
from fairwrench.web.ui.requests.parameters import choice_of, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, pick
from fairwrench.web.work.queue.selectors import job_shown
from fairwrench.web.work.workflow.offers import offers_of

#: letters of what is said to an act
NOTE = 400


@require_GET
@opened("tickets.view")
def tickets(request: SignedInRequest) -> HttpResponse:
    """One's own tickets, those one wrote, those of the stores one oversees."""
    found = tickets_seen(user=request.user)
    state, there = choice_of(request.GET, "state", Ticket.State.values), found.exists()
    others = found.exclude(employee=request.user.employee_id) if request.user.employee_id else found
    # who sees nothing but their own looks at nobody
    shows(request, harmless=not others.exists())
    found = found.filter(state=state) if state else found
    context = {"state": state, "states": Ticket.State.choices, "any": there}
    context |= {"may_write": opens(request.user, "tickets.write")}
    return table_page(
        request, Tickets, found, name=both("奖惩单", "Tickets"), template="tickets/list.html", context=context
    )


@opened("tickets.write")
def ticket_new(request: SignedInRequest) -> HttpResponse:
    """Write a ticket; what is refused is told beside what was filled in, the photo kept."""
    if request.method != "POST":
        return _form(request, TicketForm(initial=request.GET.dict(), **_offered(request)))
    photo, problems = _photo(request)
    form = TicketForm(request.POST, request.FILES, **_offered(request))
    if form.is_valid() and not problems:
        try:
            made = ticket_write(draft=form.draft(photo=photo), by=request.user)
        except Refused as refused:
            problems = refused.problems
            if any(problem.code == "written_before" for problem in problems):
                form = TicketForm(request.POST, request.FILES, asks=True, **_offered(request))
        else:
            messages.success(request, pick("已开单，等待本人确认。", "Written; the person is asked to answer."))
            return redirect("tickets:ticket", made.pk)
    return _form(request, form, photo, problems)


def _offered(request: SignedInRequest) -> dict[str, Any]:
    return {"user": request.user, "articles": articles_at(month=Month.of(timezone.localdate()))}


def _photo(request: SignedInRequest) -> tuple[str, tuple[Problem, ...]]:
    """The photo sent now, else the one that was sent with the form before; and what is wrong with it."""
    sent = request.FILES.get("photo")
    if sent is None:
        return photo_named(word=request.POST.get("photo_kept", "")[:200], user=request.user), ()
    try:
        return photo_keep(sent), ()
    except Refused as refused:
        return "", tuple(refused.problems)


def _form(
    request: SignedInRequest, form: TicketForm, photo: str = "", problems: tuple[Problem, ...] = ()
) -> HttpResponse:
    context = {
        **{"form": form, "problems": problems, "led": people_led(user=request.user).exists()},
        "photo_kept": photo_ticket(digest=photo, user=request.user) if photo else "",
        "articles": articles_told(_offered(request)["articles"]),
    }
    return render(request, "tickets/new.html", context, status=422 if problems or form.errors else 200)


@require_GET
@opened("tickets.view")
def ticket(request: SignedInRequest, ticket_id: int) -> HttpResponse:
    """One ticket: what for, how much, how far it is, and what one may do with it."""
    found = ticket_seen(user=request.user, ticket_id=ticket_id)
    shows(request, month=found.month, about=found.employee.employee_id)
    month = Month.parse(found.month)
    context = {
        "ticket": found,
        "badge": state_badge(found),
        "steps": TICKETS.stepper(found),
        "offers": offers_of(TICKETS, found, request.user, url=lambda act: reverse("tickets:act", args=[found.pk, act])),
        "history": TICKETS.history([found])[found.pk],
        "job": job_shown(job=found.job, user=request.user) if found.job else None,
        "counts": found.state == Ticket.State.CONFIRMED,
        "closed": is_closed(month=month),
        "sealed": is_sealed(month=month),
    }
    return render(request, "tickets/ticket.html", context)


@require_POST
@opened("tickets.view")
def act(request: SignedInRequest, ticket_id: int, act: str) -> HttpResponse:
    """Acknowledge, appeal, confirm, uphold, take back or withdraw."""
    found = ticket_seen(user=request.user, ticket_id=ticket_id)
    if act not in TICKETS.by_name:
        raise Http404
    seen, note = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    return answered(
        request,
        lambda: TICKETS.act(record=found, name=act, by=request.user, note=note, seen=seen),
        pick("已办理。", "Done."),
        "tickets:ticket",
        ticket_id,
    )


@require_GET
@opened("tickets.view")
def photo(request: SignedInRequest, ticket_id: int) -> FileResponse:
    """The photo as it was sent; never shown, always saved."""
    found = ticket_seen(user=request.user, ticket_id=ticket_id)
    shows(request, month=found.month, about=found.employee.employee_id)
    path = photo_path(found.photo)
    if not found.photo or not path.exists():
        raise Http404
    with path.open("rb") as content:
        name = f"{found.number}.{ending_of(content.read(12))}"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
    # a page that somebody sent as a photo is never shown as one of ours
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
