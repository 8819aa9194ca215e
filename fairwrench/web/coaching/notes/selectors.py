"""Which notes somebody reads, and about whom they may write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.choosing.finding import people_findable
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, opens
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.coaching.models import Note, NoteVersion
from fairwrench.web.org.assignments import current
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.ratings.facts import Fact

Kind, State = Note.Kind, Note.State
#: kinds that only who leads the person writes
LED = (Kind.COACHING, Kind.ONE_TO_ONE)
#: kinds that anybody writes about anybody near them
ANYBODY = (Kind.PRAISE, Kind.FEEDBACK)


def notes_seen(*, user: User) -> QuerySet[Note]:
    """What one wrote; what is shared about oneself; whatever is noted about those one leads, drafts included; meetings
    that one was at, or those one leads. Standing in for a manager shows nobody a draft about themselves."""
    scope = Scope.of(user)
    led = list((scope.led | scope.led_next) - scope.own)
    mine = Q(by=user) | Q(about__employee_id__in=led)
    shared = Q(was_shared=True)
    if user.employee_id is not None:
        mine |= shared & Q(about=user.employee_id)
    # as a list of keys: a join would list a meeting once an attendee
    there = [*led, *scope.own]
    mine |= shared & Q(pk__in=Note.objects.filter(attendees__employee_id__in=there).order_by().values("pk"))
    return Note.objects.filter(mine).select_related("about", "by__employee")


def note_seen(*, user: User, note_id: int) -> Note:
    """One note for somebody who may read it; Http404 for every other."""
    return get_object_or_404(notes_seen(user=user), pk=note_id)


def reads_drafts(*, user: User, note: Note) -> bool:
    """Whether a user reads what a note said before it was shared: who wrote it, and who leads the person."""
    scope = Scope.of(user)
    led = (scope.led | scope.led_next) - scope.own
    return note.by_id == user.pk or (note.about is not None and note.about.employee_id in led)


def said_before(*, user: User, note: Note) -> list[NoteVersion]:
    """What a note said before each correction, the latest first, as far as a user may read it."""
    found = note.versions.select_related("by__employee")
    return list(found if reads_drafts(user=user, note=note) else found.filter(shared=True))


def kinds_for(*, user: User) -> tuple[Note.Kind, ...]:
    """The kinds of note about a person that a user writes at all."""
    return (*LED, *ANYBODY) if opens(user, "coaching.note") else ANYBODY


def notes_about(*, user: User, employee: Employee, kind: str) -> bool:
    """Whether a user may write a note of a kind about somebody else: of talks those whom one leads, of praise and
    feedback whomever the field for people proposes."""
    if kind in LED:
        return may(user, "coaching.note", about=OfPerson(employee.employee_id))
    return people_findable(user=user).filter(pk=employee.pk).exists()


def team_of(*, user: User) -> QuerySet[Employee]:
    """Those whom a user leads, directly or over one, and so may have been at a meeting of theirs."""
    scope = Scope.of(user)
    led = (scope.led | scope.led_next) - scope.own
    held = current(day=scope.day).filter(employee__employee_id__in=led).order_by()
    return Employee.objects.filter(pk__in=held.values("employee")).order_by("employee_id")


def facts_of_notes(month: str, people: Sequence[str]) -> Mapping[str, list[Fact]]:
    """What was noted of people in a month, for who rates them: never what the person may not read."""
    at = Month.parse(month)
    found: dict[str, list[Fact]] = {}
    shared = Note.objects.filter(day__range=(at.first, at.last), state=State.SHARED)
    for note in shared.filter(about__employee_id__in=people).select_related("about").order_by("day", "id"):
        if note.about:
            url = reverse("coaching:note", args=[note.pk])
            fact = Fact(str(note.get_kind_display()), note.words, note.day, url, near=True)
            found.setdefault(note.about.employee_id, []).append(fact)
    return found
