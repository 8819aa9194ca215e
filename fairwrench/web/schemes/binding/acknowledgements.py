"""Who has said that they know a version: by themselves, or on paper, which HR of their store notes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.choosing.people import people_list
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require, require_page
from fairwrench.web.access.targets import GROUP, ONESELF, OfPerson
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.schemes.models import Acknowledgement, SchemeVersion

State = SchemeVersion.State


@dataclass(frozen=True)
class Counted:
    """How many people in service there are, and how many of them have not acknowledged a version."""

    people: int
    waiting: int

    @property
    def done(self) -> int:
        """How many have."""
        return self.people - self.waiting


def counted(version: SchemeVersion) -> Counted:
    """Of everybody in service today."""
    people = Employee.objects.filter(pk__in=current(day=today()).order_by().values("employee"))
    return Counted(people.count(), people.exclude(pk__in=_of(version).values("employee")).count())


def to_acknowledge(*, user: User) -> list[SchemeVersion]:
    """The versions that wait for the user: shown to everybody, and not replaced by a later one; two queries."""
    if user.employee_id is None or not _in_service(user.employee_id):
        return []
    # what a version begun since has replaced waits for nobody any more
    holding = SchemeVersion.objects.filter(state=State.ADOPTED, begins__lte=str(today())[:7]).order_by("-begins", "-id")
    since = Subquery(holding.values("begins")[:1])
    mine = Acknowledgement.objects.filter(version=OuterRef("pk"), employee=user.employee_id)
    shown = SchemeVersion.objects.filter(state__in=(State.PROPOSED, State.ADOPTED), shown_from__lte=today())
    waiting = shown.filter(~Exists(mine)).annotate(since=since).order_by("begins", "id")
    return [each for each in waiting if each.state == State.PROPOSED or not each.since or each.begins >= each.since]


def acknowledged_by(*, version: SchemeVersion, user: User) -> Acknowledgement | None:
    """That of the user, if any."""
    return _of(version).filter(employee=user.employee_id).first() if user.employee_id is not None else None


def rows_seen(*, version: SchemeVersion, user: User) -> tuple[QuerySet[Assignment], Counted]:
    """Everybody in service whom the user may see, each with `signed_at` and `on_paper` (empty for who has not), and how
    many they are."""
    require_page(user, "schemes.view_acknowledgements")
    own = _of(version).filter(employee=OuterRef("employee"))
    rows = people_list(user=user).filter(pk__in=current(day=today()).values("pk"))
    signed = rows.annotate(signed_at=Subquery(own.values("at")[:1]), on_paper=Subquery(own.values("on_paper")[:1]))
    count = Counted(signed.count(), signed.filter(signed_at=None).count())
    return signed.order_by(F("signed_at").asc(nulls_first=True), "employee__employee_id"), count


def acknowledge(*, version: SchemeVersion, by: User) -> Acknowledgement:
    """Say that one has read it. What was said before stays as it is."""
    require(by, "schemes.acknowledge", about=ONESELF)
    _wanted(version)
    assert by.employee is not None  # the permission is of people on the roster
    return _of(version).get_or_create(version=version, employee=by.employee, defaults={"by": by})[0]


def acknowledge_on_paper(*, version: SchemeVersion, employee: Employee, by: User) -> Acknowledgement:
    """Note that somebody signed on paper. Refused of who has left."""
    require(by, "schemes.note_acknowledgement", about=OfPerson(employee.employee_id))
    _wanted(version)
    if not _in_service(employee.pk):
        zh, en = f"{employee} 不在职，不需要签收", f"{employee} is not in service and has nothing to acknowledge"
        raise Refused([Problem("not_in_service", zh, en)])
    told = {"by": by, "on_paper": True}
    return _of(version).get_or_create(version=version, employee=employee, defaults=told)[0]


def waiting_users(*, version: SchemeVersion, by: User) -> list[User]:
    """The accounts of those in service who have not acknowledged it, to be reminded."""
    require(by, "schemes.change", about=GROUP)
    _wanted(version)
    people = current(day=today()).exclude(employee__in=_of(version).values("employee"))
    return list(User.objects.filter(is_active=True, employee__in=people.order_by().values("employee")))


def _of(version: SchemeVersion) -> QuerySet[Acknowledgement]:
    return Acknowledgement.objects.filter(version=version)


def _in_service(employee: int) -> bool:
    return current(day=today()).filter(employee=employee).exists()


def _wanted(version: SchemeVersion) -> None:
    """Only what everybody was shown can be acknowledged."""
    if version.shown_from is None or version.state not in (State.PROPOSED, State.ADOPTED):
        zh, en = f"{version} 没有公示，不需要签收", f"{version} was not published, so there is nothing to acknowledge"
        raise Refused([Problem("not_published", zh, en)])
