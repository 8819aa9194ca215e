"""Standing in: for a stated time, approved by the next level where pay is to be seen by it, and never by the two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.people.delegation import (
    LONGEST,
    delegation_ask,
    delegation_decide,
    delegation_end,
    delegations_waiting,
)

pytestmark = pytest.mark.django_db
State = Delegation.State


def url(name: str, *about: Any) -> str:
    return reverse(f"people:{name}", args=about)


def days(begin: int = 0, end: int = 3, **more: str) -> dict[str, str]:
    """The form, from a day after today to another."""
    told = {"begin": (today() + timedelta(begin)).isoformat(), "end": (today() + timedelta(end)).isoformat()}
    return {**told, "reason": "年假", **more}


def person(employee_id: str) -> Employee:
    return Employee.objects.get(employee_id=employee_id)


def asked(away: str, stand_in: str, by: User | None, begin: int = 0, end: int = 3) -> Delegation:
    between = {"begin": today() + timedelta(begin), "end": today() + timedelta(end)}
    return delegation_ask(away=person(away), stand_in=person(stand_in), reason="", by=by, **between)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as told:
        act()
    return told.value.problems[0].code


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_manager_names_a_stand_in_the_next_level_approves_and_it_counts(signed_in: Callable[..., Client]) -> None:
    """Breaks if ratings stop while a manager is away, or who is to stand in sees a team that nobody let them see."""
    away, stand_in, next_level = signed_in("E101"), signed_in("E103"), signed_in("E001")
    page = away.post(url("delegate", "E101"), days(stand_in="金技师"), follow=True)
    assert "郭总" in page.text
    made = Delegation.objects.get()
    assert (made.state, made.leads, made.asked_by.username) == ("waiting", True, "e101")
    assert stand_in.get(url("person", "E102")).status_code == 403
    assert "待您批准" in next_level.get("/", follow=True).text
    assert "待我批准" in next_level.get(url("stand_ins")).text
    assert next_level.post(url("delegation_decide", made.pk), {"decision": "approve"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_by.username) == ("approved", "e001")
    assert stand_in.get(url("person", "E102")).status_code == 200
    assert "待您批准" not in next_level.get("/", follow=True).text
    away.post(url("undelegate", made.pk))
    assert stand_in.get(url("person", "E102")).status_code == 403
    assert Delegation.objects.get().state == "ended"


def test_every_step_stands_in_the_log(signed_in: Callable[..., Client], office: Any) -> None:
    """Breaks if nobody can say later who let whom stand in, and when."""
    away, next_level = signed_in("E101"), signed_in("E001", ("auditor", None))
    away.post(url("delegate", "E101"), days(stand_in="E103"))
    made = Delegation.objects.get()
    next_level.post(url("delegation_decide", made.pk), {"decision": "approve"})
    away.post(url("undelegate", made.pk))
    entries = LogEntry.objects.get_for_object(made).order_by("id")
    assert [(e.actor.username, e.changes_dict.get("state", ["", ""])[1]) for e in entries] == [
        ("e101", "waiting"),
        ("e001", "approved"),
        ("e101", "ended"),
    ]
    log = next_level.get("/settings/log/", {"kind": "delegation"}).text
    for words in ("状态 待批准 → 已批准", "状态 已批准 → 已提前结束", "批准人 郭总"):
        assert words in log, words


def test_who_leads_nobody_is_stood_in_for_at_once(member: Callable[..., User]) -> None:
    """Breaks if a technician's absence waits for an approval by which nothing is to be seen."""
    made = asked("E102", "E103", member("E102"))
    assert (made.state, made.leads, made.decided_by) == ("approved", False, None)


def test_what_needed_no_approval_opens_no_team_that_comes_later(member: Callable[..., User]) -> None:
    """Breaks if a stand-in named while somebody led nobody sees the team that they get meanwhile."""
    asked("E102", "E103", None)
    person("E104").assignments.update(manager=person("E102"))
    assert Scope.of(member("E103")).led == frozenset()


@pytest.mark.parametrize("role", ["hr", "general_manager", "auditor", "administrator"])
def test_who_holds_a_role_that_shows_pay_is_stood_in_for_after_an_approval(
    member: Callable[..., User], role: str
) -> None:
    """Breaks if somebody with such a role lets a friend stand in by themselves."""
    user = member("E104", (role, None))
    assert asked("E104", "E103", user).state == "waiting"


def test_roles_that_show_pay_do_not_pass_on(member: Callable[..., User]) -> None:
    """Breaks if standing in for HR makes HR of somebody: roles are granted by administrators alone."""
    hr, stand_in = member("E104", ("hr", None), ("administrator", None)), member("E103")
    made = asked("E104", "E103", hr)
    delegation_decide(delegation=made, by=member("E001"), approve=True)
    assert not Scope.of(fresh(stand_in)).has("hr", "administrator")


def test_the_two_concerned_never_decide(member: Callable[..., User]) -> None:
    """Breaks if who is away, or who stands in, approves it themselves by being HR or the manager."""
    away, stand_in = member("E101", ("hr", None)), member("E104", ("hr", None))
    made = asked("E101", "E104", away)
    assert made.state == "waiting"
    for user in (away, stand_in):
        assert delegations_waiting(user=user) == []
        with pytest.raises(PermissionDenied):
            delegation_decide(delegation=made, by=user, approve=True)


@pytest.mark.parametrize(
    ("who", "grants", "decides"),
    [
        ("E001", [], True),
        ("E104", [("hr", None)], True),
        ("E104", [("hr", "东店")], True),
        ("E104", [("hr", "西店")], False),
        ("E104", [("general_manager", None)], False),
        ("E104", [("administrator", None)], False),
        ("E201", [], False),
        ("E102", [], False),
    ],
)
def test_the_line_manager_and_hr_of_the_store_decide(
    signed_in: Callable[..., Client], who: str, grants: list[Any], decides: bool
) -> None:
    """Breaks if anybody else lets a stand-in see a team, or those who should cannot."""
    made = asked("E101", "E103", None)
    Delegation.objects.update(state="waiting", decided_by=None)
    client = signed_in(who, *grants)
    answer = client.post(url("delegation_decide", made.pk), {"decision": "approve"})
    assert answer.status_code == (302 if decides else 403)
    assert (Delegation.objects.get().state == "approved") is decides
    Delegation.objects.update(state="waiting")
    assert ("待我批准" in client.get(url("stand_ins")).text) is decides


def test_hr_who_may_approve_asks_and_approves_in_one(member: Callable[..., User]) -> None:
    """Breaks if for a manager who fell ill HR asks itself for what it may decide; both is written down."""
    hr = member("E104", ("hr", "东店"))
    made = asked("E101", "E103", hr)
    assert (made.state, made.asked_by, made.decided_by) == ("approved", hr, hr)


def test_hr_does_not_make_itself_the_stand_in_of_who_it_may_see_nothing_of(signed_in: Callable[..., Client]) -> None:
    """Breaks if HR of one store stands in for people of another."""
    hr = signed_in("E104", ("hr", "东店"))
    assert hr.post(url("delegate", "E201"), days(stand_in="E104")).status_code == 403
    assert hr.post(url("delegate", "E101"), days(stand_in="E104")).status_code == 302
    assert Delegation.objects.get().state == "waiting"


def test_what_is_refused_says_why_and_opens_nothing(signed_in: Callable[..., Client]) -> None:
    """Breaks if a refusal is not told to who asked, or is possible without a reason."""
    away, next_level = signed_in("E101"), signed_in("E001")
    away.post(url("delegate", "E101"), days(stand_in="E103"))
    made = Delegation.objects.get()
    page = next_level.post(url("delegation_decide", made.pk), {"decision": "refuse"}, follow=True)
    assert "请写明不批准的原因" in page.text
    next_level.post(url("delegation_decide", made.pk), {"decision": "refuse", "note": "请由副手代理"})
    assert Delegation.objects.get().state == "refused"
    assert "请由副手代理" in away.get(url("stand_ins")).text
    assert signed_in("E103").get(url("person", "E102")).status_code == 403
    assert away.post(url("delegate", "E101"), days(stand_in="E104")).status_code == 302


@pytest.mark.parametrize(
    ("begin", "end", "code"),
    [(-1, 3, "retroactive"), (3, 1, "backwards"), (0, LONGEST, "too_long"), (1, LONGEST - 1, ""), (0, LONGEST - 1, "")],
)
def test_the_time_is_stated_sixty_days_at_most_and_not_gone_by(office: Any, begin: int, end: int, code: str) -> None:
    """Breaks if somebody stands in for ever, or for a month that was rated already."""
    if code:
        assert refused(lambda: asked("E101", "E103", None, begin, end)) == code
    else:
        made = asked("E101", "E103", None, begin, end)
        assert (made.end - made.begin).days < LONGEST == 60


def test_days_are_taken_once_and_free_again_after_the_end(office: Any) -> None:
    """Breaks if two stand in at once, or an ended one keeps the days."""
    made = asked("E101", "E103", None)
    assert refused(lambda: asked("E101", "E104", None, 2, 9)) == "overlap"
    assert refused(lambda: asked("E101", "E101", None, 20, 21)) == "own_stand_in"
    away = User.objects.create_user("e101", employee=person("E101"))
    delegation_end(delegation=made, by=away)
    assert asked("E101", "E104", None, 2, 9).state == "approved"
    assert refused(lambda: delegation_end(delegation=made, by=away)) == "moved_on"


def test_it_counts_between_its_days_alone(member: Callable[..., User]) -> None:
    """Breaks if a stand-in sees the team before or after, or because somebody approved too late."""
    stand_in, made = member("E103"), asked("E101", "E103", None, 1, 2)
    assert Scope.of(fresh(stand_in)).led == frozenset()
    Delegation.objects.update(begin=today())
    assert "E102" in Scope.of(fresh(stand_in)).led
    Delegation.objects.update(begin=today() - timedelta(5), end=today() - timedelta(1), state="waiting")
    assert refused(lambda: delegation_decide(delegation=made, by=member("E001"), approve=True)) == "over"


def test_two_who_decide_at_once_do_so_once(member: Callable[..., User]) -> None:
    """Breaks if what one refused is approved by another who saw an old page."""
    made = asked("E101", "E103", member("E101"))
    delegation_decide(delegation=made, by=member("E001"), approve=False, note="不行")
    assert (
        refused(lambda: delegation_decide(delegation=made, by=member("E104", ("hr", None)), approve=True)) == "moved_on"
    )


def test_renewing_begins_where_the_last_one_ends(signed_in: Callable[..., Client]) -> None:
    """Breaks if who is away for longer has to type everything again, or is without a stand-in for a day."""
    away, made = signed_in("E101"), asked("E101", "E103", None, 0, 9)
    assert f'href="{url("delegate", "E101")}?renew={made.pk}"' in away.get(url("stand_ins")).text
    page = away.get(url("delegate", "E101"), {"renew": made.pk}).text
    assert 'value="E103 金技师"' in page
    assert f'value="{today() + timedelta(10)}"' in page
    assert f'value="{today() + timedelta(9 + LONGEST)}"' in page


@pytest.mark.parametrize(("who", "about"), [("E102", "E103"), ("E101", "E102"), ("E102", "E201")])
def test_nobody_names_a_stand_in_for_others(signed_in: Callable[..., Client], who: str, about: str) -> None:
    """Breaks if somebody can make themselves stand in for a manager, and read their team."""
    assert signed_in(who).post(url("delegate", about), days(stand_in=who)).status_code == 403
    assert not Delegation.objects.exists()


@pytest.mark.parametrize(
    "data",
    [{"stand_in": "E101"}, {"stand_in": "E103", "end": "2020-01-01"}, {"stand_in": "没有这个人"}, {"stand_in": ""}],
)
def test_a_stand_in_that_makes_no_sense_is_refused(signed_in: Callable[..., Client], data: dict[str, str]) -> None:
    """Breaks if a slip of the pen gives duties to nobody or to oneself."""
    assert signed_in("E101").post(url("delegate", "E101"), {**days(), **data}).status_code == 200
    assert not Delegation.objects.exists()


def test_others_do_not_see_who_stands_in_for_whom(signed_in: Callable[..., Client]) -> None:
    """Breaks if everybody reads who is away and why, or ends what does not concern them."""
    made = asked("E101", "E103", None)
    for who, seen in (("E101", True), ("E103", True), ("E001", True), ("E102", False), ("E202", False)):
        client = signed_in(who)
        assert ("金技师" in client.get(url("stand_ins")).text) is seen, who
        if not seen:
            assert client.post(url("undelegate", made.pk)).status_code == 403
    assert Delegation.objects.get().state == "approved"


def test_the_stand_in_may_give_it_back(signed_in: Callable[..., Client]) -> None:
    """Breaks if somebody is bound to what they cannot do."""
    made = asked("E101", "E103", None)
    signed_in("E103").post(url("undelegate", made.pk))
    assert Delegation.objects.get().ended_by.username == "e103"


@pytest.fixture
def provider(member: Callable[..., User]) -> User:
    """A data provider of repair orders of the eastern store."""
    east = Unit.objects.get(name="东店", kind="store")
    Duty.objects.create(kind="provide", subject="repair_orders", unit=east, employee=person("E102"))
    return member("E102", ("data_provider", "东店"))


def test_the_desk_opens_to_who_stands_in_for_a_provider(provider: User, signed_in: Callable[..., Client]) -> None:
    """Breaks if a department's files do not come in while the one who hands them in is away."""
    client = signed_in("E103")
    assert client.get(reverse("evidence:desk")).status_code == 403
    made = asked("E102", "E103", provider)
    assert made.state == "approved"
    user = User.objects.get(username="e103")
    reach = reach_of(user=user, landing=True)
    assert reach.covers("repair_orders", ["东店"])
    assert not reach.covers("repair_orders", ["西店"])
    assert not reach.covers("surveys", ["东店"])
    assert client.get(reverse("evidence:desk")).status_code == 200
    assert reverse("evidence:desk") in client.get("/", follow=True).text
    delegation_end(delegation=made, by=provider)
    assert client.get(reverse("evidence:desk")).status_code == 403


@pytest.mark.parametrize(
    ("role", "passes"),
    [
        *((role, True) for role in ("dispatcher", "customer_service", "workshop_supervisor")),
        *((role, False) for role in ("service_manager", "finance", "gm_assistant")),
    ],
)
def test_roles_pass_on_by_which_nobodys_results_or_pay_are_seen(
    member: Callable[..., User], role: str, passes: bool
) -> None:
    """Breaks if a stand-in comes to results or pay by the role of who is away, or the work of the day waits."""
    away, stand_in = member("E102", (role, "东店")), member("E103")
    made = asked("E102", "E103", away)
    # the others wait for an approval, and do not pass on even then
    assert (made.state == "approved") is passes
    Delegation.objects.update(state=State.APPROVED)
    assert Scope.of(fresh(stand_in)).has(role) is passes


def test_roles_of_an_account_that_was_closed_do_not_pass_on(provider: User, member: Callable[..., User]) -> None:
    """Breaks if standing in for somebody who left keeps their role alive."""
    stand_in = member("E103")
    asked("E102", "E103", provider)
    assert Scope.of(fresh(stand_in)).has("data_provider")
    User.objects.filter(pk=provider.pk).update(is_active=False)
    assert not Scope.of(fresh(stand_in)).has("data_provider")
    assert Grant.objects.count() == 1


def duty_of(employee_id: str, source: str) -> Duty:
    east = Unit.objects.get(name="东店", kind="store")
    return Duty.objects.create(kind="provide", subject=source, unit=east, employee=person(employee_id))


def hands_in(user: User, source: str) -> bool:
    return reach_of(user=fresh(user)).covers(source, ["东店"])


@pytest.mark.parametrize("source", ["payroll", "decisions", "tickets"])
def test_evidence_of_pay_passes_on_after_an_approval_alone(member: Callable[..., User], source: str) -> None:
    """Breaks if whoever hands the payroll in lets a friend read it by naming them a stand-in."""
    away, stand_in = member("E102", ("data_provider", "东店")), member("E103", ("data_provider", "东店"))
    duty_of("E102", source)
    made = asked("E102", "E103", away)
    assert made.state == "waiting" and not hands_in(stand_in, source)
    delegation_decide(delegation=made, by=member("E101"), approve=True)
    assert hands_in(stand_in, source)


def test_evidence_of_pay_that_falls_to_somebody_later_does_not_pass_on(member: Callable[..., User]) -> None:
    """Breaks if the payroll is given to somebody who is stood in for without an approval, and the stand-in reads it."""
    away, stand_in = member("E102", ("data_provider", "东店")), member("E103", ("data_provider", "东店"))
    assert asked("E102", "E103", away).state == "approved"
    duty_of("E102", "payroll")
    duty_of("E102", "repair_orders")
    assert hands_in(away, "payroll")
    assert (hands_in(stand_in, "payroll"), hands_in(stand_in, "repair_orders")) == (False, True)


@pytest.mark.parametrize("source", ["payroll", "repair_orders"])
def test_a_stand_in_sees_no_more_than_who_is_away(member: Callable[..., User], source: str) -> None:
    """Breaks if a duty that opens nothing to its holder, who lacks the role, opens it to a stand-in who has it; or the
    role of who is away opens a duty of the stand-in's own."""
    away, stand_in = member("E102"), member("E103", ("data_provider", "东店"))
    duty_of("E102", source)
    asked("E102", "E103", None)
    Delegation.objects.update(state=State.APPROVED, leads=True)
    assert (hands_in(away, source), hands_in(stand_in, source)) == (False, False)
    Delegation.objects.all().delete()
    duty_of("E102", "surveys")
    asked("E103", "E102", None)
    assert not hands_in(away, "surveys")
