"""Who has said that they know a version: by themselves, or on paper, which HR of their store notes.

What HR notes is HR's word: the person is told of it and may object, which takes it out again, as HR may with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.choosing.people import people_list
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens, require, require_page
from fairwrench.web.access.predicates import HR
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import GROUP, ONESELF, OfPerson
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.schemes.models import Acknowledgement, SchemeVersion
from fairwrench.web.work.channels.urging import Offer, Urging, offers
from fairwrench.web.work.inbox.notices import Message, messages_send

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
    found = _of(version).select_related("by__employee").filter(employee=user.employee_id)
    return found.first() if user.employee_id is not None else None


def rows_seen(*, version: SchemeVersion, user: User) -> tuple[QuerySet[Assignment], Counted]:
    """Everybody in service whom the user may see, each with `signed_at` and `on_paper` (empty for who has not) and who
    noted a signature on paper (`noted_by`), and how many they are."""
    require_page(user, "schemes.view_acknowledgements")
    own = _of(version).filter(employee=OuterRef("employee"))
    rows = people_list(user=user).filter(pk__in=current(day=today()).values("pk"))
    signed = rows.annotate(
        signed_at=Subquery(own.values("at")[:1]),
        on_paper=Subquery(own.values("on_paper")[:1]),
        noted_by=Subquery(own.filter(on_paper=True).values(said=Coalesce("by__employee__name", "by__username"))[:1]),
    )
    count = Counted(signed.count(), signed.filter(signed_at=None).count())
    return signed.order_by(F("signed_at").asc(nulls_first=True), "employee__employee_id"), count


def acknowledge(*, version: SchemeVersion, by: User) -> Acknowledgement:
    """Say that one has read it. What was said before stays as it is."""
    require(by, "schemes.acknowledge", about=ONESELF)
    _wanted(version)
    assert by.employee is not None  # the permission is of people on the roster
    return _of(version).get_or_create(version=version, employee=by.employee, defaults={"by": by})[0]


def acknowledge_on_paper(*, version: SchemeVersion, employee: Employee, by: User) -> Acknowledgement:
    """Note that somebody signed on paper, and tell them. Refused of oneself, of who has left, and of who did so
    themselves."""
    require(by, "schemes.note_acknowledgement", about=OfPerson(employee.employee_id))
    _wanted(version)
    if by.employee_id == employee.pk:
        zh, en = "自己的签收请在制度页面上办理", "acknowledge your own on the page of the version"
        raise Refused([Problem("oneself", zh, en)])
    if not _in_service(employee.pk):
        zh, en = f"{employee} 不在职，不需要签收", f"{employee} is not in service and has nothing to acknowledge"
        raise Refused([Problem("not_in_service", zh, en)])
    told = {"by": by, "on_paper": True}
    with transaction.atomic():
        noted, new = _of(version).get_or_create(version=version, employee=employee, defaults=told)
        if new:
            zh = f"{by} 登记您已纸质签收制度“{version.called[0]}”；没有签过的，请在制度页面上提出异议"
            en = f"{by} noted that you signed for {version.called[1]} on paper; if you did not, object on its page"
            _tell(version, _accounts(employee), (zh, en), by)
    if not noted.on_paper:
        zh = f"{employee} 已本人签收，没有登记纸质签收"
        raise Refused([Problem("signed", zh, f"{employee} acknowledged it themselves; nothing was noted")])
    return noted


def paper_object(*, version: SchemeVersion, reason: str, by: User) -> None:
    """Say that one has not signed on paper what HR noted: it counts no longer, and whoever noted it is told."""
    require(by, "schemes.acknowledge", about=ONESELF)
    assert by.employee is not None  # the permission is of people on the roster
    noted = _taken_out(version, by.employee, reason)
    zh = f"{by} 对制度“{version.called[0]}”的纸质签收登记有异议，登记已撤销：{reason}"
    en = f"{by} objects to the signature on paper for {version.called[1]}, which counts no longer: {reason}"
    _tell(version, [noted.by], (zh, en), by)


def paper_undo(*, version: SchemeVersion, employee: Employee, reason: str, by: User) -> None:
    """Take out a signature on paper that was noted by mistake, with a reason, and tell the person."""
    require(by, "schemes.note_acknowledgement", about=OfPerson(employee.employee_id))
    noted = _taken_out(version, employee, reason)
    zh = f"{by} 撤销了您对制度“{version.called[0]}”的纸质签收登记：{reason}"
    en = f"{by} took back the note that you signed for {version.called[1]} on paper: {reason}"
    _tell(version, [*_accounts(employee), noted.by], (zh, en), by)


def _taken_out(version: SchemeVersion, employee: Employee, reason: str) -> Acknowledgement:
    if not reason:
        raise Refused([Problem("no_reason", "请写明原因", "say why")])
    with transaction.atomic():
        noted = _of(version).select_for_update().filter(employee=employee, on_paper=True).first()
        if noted is None:
            zh, en = f"{employee} 没有纸质签收登记", f"no signature of {employee} on paper is noted"
            raise Refused([Problem("not_on_paper", zh, en)])
        # the audit log keeps the reason with what is removed
        noted.undone = reason
        noted.save(update_fields=["undone"])
        noted.delete()
    return noted


def _accounts(employee: Employee) -> list[User]:
    return list(User.objects.filter(employee=employee))


def _tell(version: SchemeVersion, users: Iterable[User | None], words: tuple[str, str], by: User) -> None:
    messages_send([Message(users, words, reverse("schemes:read", args=[version.pk]))], besides=by)


def waiting_users(*, version: SchemeVersion, by: User) -> list[User]:
    """The accounts of those in service who have not acknowledged it, to be reminded."""
    require(by, "schemes.change", about=GROUP)
    _wanted(version)
    people = current(day=today()).exclude(employee__in=_of(version).values("employee"))
    return list(User.objects.filter(is_active=True, employee__in=people.order_by().values("employee")))


def urging_of(version: SchemeVersion) -> Urging:
    """What those who have not acknowledged a version are reminded of."""
    zh, en = version.called
    words = (f"制度“{zh}”待您签收", f"{en} waits for your acknowledgement")
    return Urging(f"scheme:{version.pk}", words, reverse("schemes:read", args=[version.pk]))


def offers_seen(*, version: SchemeVersion, user: User) -> Mapping[str, Offer]:
    """The buttons by which HR reminds those of its stores who have not acknowledged it, by employee id."""
    if not opens(user, "schemes.note_acknowledgement") or version.state not in (State.PROPOSED, State.ADOPTED):
        return {}
    stores = Scope.of(user).stores(HR)
    people = current(day=today()).exclude(employee__in=_of(version).values("employee")).order_by()
    late = people if stores is None else people.filter(store__name__in=stores)
    return offers(by=user, people=late.values_list("employee__employee_id", flat=True), urging=urging_of(version))


def _of(version: SchemeVersion) -> QuerySet[Acknowledgement]:
    return Acknowledgement.objects.filter(version=version)


def _in_service(employee: int) -> bool:
    return current(day=today()).filter(employee=employee).exists()


def _wanted(version: SchemeVersion) -> None:
    """Only what everybody was shown can be acknowledged."""
    if version.shown_from is None or version.state not in (State.PROPOSED, State.ADOPTED):
        zh, en = f"{version} 没有公示，不需要签收", f"{version} was not published, so there is nothing to acknowledge"
        raise Refused([Problem("not_published", zh, en)])
