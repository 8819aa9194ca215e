"""Tickets: the list, writing one, one with its steps, its acts, its photo."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.evidence.selectors import is_closed
from fairwrench.web.tickets.deciding import may_decide
from fairwrench.web.tickets.models import Ticket, signed_money, signed_points
from fairwrench.web.tickets.pages.forms import TicketForm, articles_told
from fairwrench.web.tickets.pages.steps import steps_of
from fairwrench.web.tickets.pages.tables import Tickets, state_badge
from fairwrench.web.tickets.photos import ending_of, photo_keep, photo_named, photo_path, photo_ticket
from fairwrench.web.tickets.selectors import (
    UNDECIDED,
    answer_until,
    articles_at,
    in_run,
    is_sealed,
    people_led,
    points_count,
    ticket_seen,
    tickets_seen,
)
from fairwrench.web.tickets.services import ticket_of_form, ticket_write
from fairwrench.web.tickets.waiting import WAITS, waiting_for
from fairwrench.web.tickets.workflow import TICKETS
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, month_said, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.work.queue.selectors import job_shown
from fairwrench.web.work.workflow.offers import Offer, offers_of

#: letters of what is said to an act
NOTE = 400
#: every ticket that is not decided yet, as one state to choose
OPEN, OPEN_WORDS = "open", ("待生效或处理", "To be decided")
WRITTEN_REWARD = (
    "已开单：本人可以看到，人力资源核实后生效。",
    "Written: the person reads it, and it is in force once HR has checked it.",
)
AGAIN = ("请核对后再提交一次", "look at it and send it once more")
WRITTEN_PENALTY = ("已开单，等待本人确认。", "Written; the person is asked to answer.")


@require_GET
@opened("tickets.view")
def tickets(request: SignedInRequest) -> HttpResponse:
    """One's own tickets, those one wrote, those of the stores one oversees."""
    found = tickets_seen(user=request.user)
    there = found.exists()
    others = found.exclude(employee=request.user.employee_id) if request.user.employee_id else found
    # who sees nothing but their own looks at nobody
    shows(request, harmless=not others.exists())
    asked = {"waits": choice_of(request.GET, "waits", list(WAITS)), "month": text_of(request.GET, "month", 7)}
    asked["state"] = choice_of(request.GET, "state", [*Ticket.State.values, OPEN])
    context = {**asked, "states": [(OPEN, of(OPEN_WORDS)), *Ticket.State.choices], "any": there}
    context |= {"waits_words": of(WAITS[asked["waits"]][2]) if asked["waits"] else ""}
    context |= {"may_write": opens(request.user, "tickets.write")}
    found = _narrowed(request, found, **asked)
    return table_page(
        request, Tickets, found, name=both("奖惩单", "Tickets"), template="tickets/list.html", context=context
    )


def _narrowed(
    request: SignedInRequest, found: QuerySet[Ticket], *, waits: str, month: str, state: str
) -> QuerySet[Ticket]:
    """The tickets that are asked for: those that wait for the reader, of a month, of a state."""
    if waits:
        found = found.filter(pk__in=[each.pk for each in waiting_for(user=request.user, waits=waits)])
    if month and (asked := month_said(month)):
        found = found.filter(day__range=(asked.first, asked.last))
    if state:
        found = found.filter(state__in=UNDECIDED if state == OPEN else [state])
    return found


@opened("tickets.write")
def ticket_new(request: SignedInRequest) -> HttpResponse:
    """Write a ticket; what is refused is told beside what was filled in, the photo kept."""
    if request.method != "POST":
        return _form(request, TicketForm(initial={**request.GET.dict(), "once": uuid4().hex}, **_offered(request)))
    if (written := ticket_of_form(once=request.POST.get("once", "")[:32], by=request.user)) is not None:
        messages.info(request, pick("这张单已经开好了，没有重复开。", "It was written already, and once only."))
        return redirect("tickets:ticket", written.pk)
    photo, problems = _photo(request)
    form = TicketForm(request.POST, request.FILES, **_offered(request))
    if form.is_valid() and not problems:
        try:
            made = ticket_write(draft=form.draft(photo=photo), by=request.user)
        except Refused as refused:
            if any(problem.code == "written_before" for problem in refused.problems):
                form = TicketForm(request.POST, request.FILES, asks=True, **_offered(request))
            problems = form.tell(refused.problems)
        else:
            messages.success(request, of(WRITTEN_PENALTY if made.penal else WRITTEN_REWARD))
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
    if "once" in form.errors:  # none that we sent out: the next press is a form's of ours
        form.data = {**form.data, "once": uuid4().hex}
        problems = (*problems, Problem("form_again", *AGAIN))
    led, today = people_led(user=request.user), timezone.localdate()
    counts = points_count(people=led, day=today)
    context = {
        **{"form": form, "problems": problems, "led": led.exists(), "counts": counts},
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
    month, user, history = Month.parse(found.month), request.user, TICKETS.history([found])[found.pk]
    counts = found.state == Ticket.State.CONFIRMED
    scored = True in points_count(people=[found.employee], day=found.day)
    context = {
        "ticket": found,
        "badge": state_badge(found),
        "points": signed_points(found.signed_points),
        "amount": signed_money(found.signed_amount),
        "steps": steps_of(found, history),
        "offers": _offers(found, user, scored=scored),
        "waits_until": answer_until(ticket=found) if may_decide(found, user) is None else None,
        "history": history,
        "job": job_shown(job=found.job, user=user) if found.job else None,
        **{"counts": counts, "scored": scored, "held": counts and in_run(ticket=found)},
        **{"closed": is_closed(month=month), "sealed": is_sealed(month=month)},
    }
    return render(request, "tickets/ticket.html", context)


def _offers(found: Ticket, user: User, *, scored: bool) -> list[Offer]:
    """What one may do with a ticket; asked once more, one reads what it brings."""
    about = str(found)
    if found.points and not scored:
        about += pick("（本考核表不计奖惩得分，分值只作记录）", " (points are for the record: the scorecard has none)")
    return offers_of(TICKETS, found, user, url=lambda act: reverse("tickets:act", args=[found.pk, act]), about=about)


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
