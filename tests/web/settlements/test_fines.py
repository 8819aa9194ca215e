"""A fine proposed for handing in late: decided one by one, on a ground, once, and only then in the month's figures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.events.events import event_append
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.feeds import page_of
from fairwrench.web.settlements.fines import services
from fairwrench.web.settlements.fines.limits import room_of
from fairwrench.web.settlements.fines.proposals import Proposal, proposals_of
from fairwrench.web.settlements.fines.services import Choice, fine_decide
from fairwrench.web.settlements.models import Correction, Result, Run
from fairwrench.web.settlements.months.checklist import blocking
from fairwrench.web.settlements.services import month_settle
from fairwrench.web.work.models import Notice

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW = str(CURRENT)
PAGE = f"/months/{NOW}/fines/"
MONEY = Choice("money", "breach", None, "迟交两天")


def user(name: str) -> User:
    return User.objects.select_related("employee").get(username=name)


def cycle() -> Cycle:
    return Cycle.objects.select_related("run").get(month=NOW)


def late() -> Employee:
    """Whom the tests have hand in two days late."""
    who = user("technician").employee
    assert who is not None
    return who


def proposed(days: int = 2, **about: Any) -> Proposal:
    """A proposal on the latest run of the month, as settling leaves it there."""
    run = Run.objects.filter(cycle=cycle(), whole=True).order_by("-id")[0]
    who = about.get("who") or late()
    details = {"amount": "1000.00", "days": str(days), "steps": "key", "effect": "money"}
    told = {"code": "fine_proposed", "zh": "迟交", "en": "late", "severity": "note", "subject": who.employee_id}
    store = Result.objects.get(run=run, employee_id=who.employee_id).store
    run.problems = [*run.problems, {**told, "details": details, "stores": [store]}]
    run.save(update_fields=["problems"])
    return proposal_about(who)


def proposal_about(who: Employee) -> Proposal:
    """What HR of the group finds proposed for somebody; in the demo the manager was late, too."""
    (found,) = (each for each in proposals_of(cycle=cycle(), user=user("hr")) if each.employee == who)
    return found


def codes(proposal: Proposal, choice: Choice, name: str = "hr") -> list[str]:
    """The problems for which a decision is refused; nothing is written then."""
    with pytest.raises(Refused) as refused:
        fine_decide(cycle=cycle(), proposal=proposal, choice=choice, by=user(name))
    assert not EvidenceEvent.objects.filter(source="decisions").exists()
    return [problem.code for problem in refused.value.problems]


def test_from_lateness_to_the_payslip(group: Path, db: None, django_capture_on_commit_callbacks: Any) -> None:
    """Fails when a fine is taken before it is decided, or one that was decided is in no pay: 2 days × 500.00."""

    def at_once(act: Callable[[], object]) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            act()

    hr, who = user("hr"), late()
    due, done = CURRENT.plus(1), {"month": NOW, "what": "key", "employee_id": who.employee_id}
    # the deadline of `key`, the 4th at 17:30; 2026-12-04 is a Friday, so by Monday noon it is one working day late
    assert str(due) == "2026-12"
    row = {**done, "due_at": "2026-12-04T17:30:00+08:00", "submitted_at": "2026-12-07T18:00:00+08:00"}
    event_append(source="submissions", period=NOW, key=(who.employee_id, "key", NOW), row=row, by=hr)
    settle = partial(month_settle, by=hr, note="试算")
    at_once(partial(settle, cycle=cycle()))
    before = Result.objects.get(run=cycle().run, employee_id=who.employee_id)
    proposal = proposal_about(who)
    # late from Friday 17:30 and from Monday 17:30
    assert (proposal.employee, proposal.days, proposal.money, proposal.points) == (who, 2, 100_000, 400)
    at_once(partial(fine_decide, cycle=cycle(), proposal=proposal, choice=MONEY, by=hr))
    assert any("考核扣款的决定，请重新核算" in point.text for point in blocking(cycle=cycle(), by=hr))
    at_once(partial(settle, cycle=cycle()))
    after = Result.objects.get(run=cycle().run, employee_id=who.employee_id)
    assert (after.deductions or 0) - (before.deductions or 0) == 100_000
    assert after.score == before.score
    assert Notice.objects.filter(to=user("technician"), zh__contains="迟交 2 天已处理").exists()


@pytest.mark.parametrize(
    ("choice", "row"),
    [
        (MONEY, ("confirm_fine", "1000.00", "breach")),
        (Choice("money", "agreed", Decimal("300.00")), ("confirm_fine", "300.00", "agreed")),
        (Choice("points"), ("fine_points", "4.00", "")),
        (Choice("record"), ("fine_record", "", "")),
        (Choice("waived", reason="系统停机一天"), ("fine_waived", "", "")),
    ],
)
def test_what_is_chosen_becomes_one_row(group: Path, choice: Choice, row: tuple[str, str, str]) -> None:
    """Fails when money is taken where points or a record were chosen, or its ground is lost."""
    made = fine_decide(cycle=cycle(), proposal=proposed(), choice=choice, by=user("hr"))
    (event,) = EvidenceEvent.objects.filter(source="decisions")
    assert event.row is not None
    assert (event.row["kind"], event.row["value"], event.row["ground"]) == row
    assert (event.row["month"], event.row["decided_by"]) == (NOW, user("hr").employee.employee_id)
    assert made.state == "approved"
    assert page_of(event=event, user=user("hr")) == PAGE
    # nobody's correction of an earlier month
    assert page_of(event=event, user=user("technician")) == ""


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (Choice(""), "no_effect"),
        (Choice("prison"), "no_effect"),
        (Choice("waived", reason=" "), "no_reason"),
        (Choice("money"), "no_ground"),
        (Choice("money", "习惯"), "no_ground"),
        (Choice("money", "breach", Decimal("1000.01")), "out_of_range"),
        (Choice("money", "breach", Decimal(0)), "out_of_range"),
        (Choice("points", "", Decimal("4.01")), "out_of_range"),
    ],
)
def test_what_says_too_little_is_refused(group: Path, choice: Choice, code: str) -> None:
    """Fails when money is taken without a choice or a ground, or more is taken than was proposed."""
    assert codes(proposed(), choice) == [code]


def test_compensation_above_a_fifth_of_the_wage_is_refused_with_the_amount(group: Path) -> None:
    """Fails when the limit of article 16 is passed, cut silently, or reached one fen too early."""
    proposal = proposed(days=40)  # 20,000 yuan
    Result.objects.filter(pk=proposal.result.pk).update(
        performance_pay=300_001, fixed_part=200_000, pool_pay=0, deductions=0
    )
    proposal = proposal_about(late())
    room = room_of(proposal)
    # 5,000.01 × 20 % = 1,000.002: a part of a fen is not taken
    assert room is not None and (room.most, room.left) == (100_000, None)
    assert codes(proposal, Choice("money", "compensation", Decimal("1000.01"))) == ["compensation_above_limit"]
    made = fine_decide(
        cycle=cycle(), proposal=proposal, choice=Choice("money", "compensation", Decimal(1000)), by=user("hr")
    )
    assert made.value == 100_000


def test_it_is_decided_once_and_not_in_a_published_month(group: Path) -> None:
    """Fails when two of HR fine somebody twice, or a published month is written into."""
    proposal = proposed()
    Cycle.objects.filter(month=NOW).update(state=Cycle.State.PUBLISHED)
    assert codes(proposal, MONEY) == ["published"]
    Cycle.objects.filter(month=NOW).update(state=Cycle.State.OPEN)
    fine_decide(cycle=cycle(), proposal=proposal, choice=Choice("record"), by=user("hr"))
    with pytest.raises(Refused, match="decided before"):
        fine_decide(cycle=cycle(), proposal=proposal, choice=MONEY, by=user("gm"))
    assert Correction.objects.count() == 1


def test_nobody_decides_their_own_and_nobody_is_fined_who_left(group: Path) -> None:
    """Fails when HR waives its own lateness, or somebody who has left is fined."""
    hr = user("hr").employee
    assert hr is not None
    assert codes(proposed(who=hr), Choice("record")) == ["not_by_them"]
    proposal = proposed()
    proposal.employee.left_on = timezone.localdate() - timezone.timedelta(days=1)
    assert codes(proposal, MONEY)[0] == codes(proposal, Choice("points"))[0] == "has_left"
    assert proposal.choices == ("record",)


@pytest.mark.parametrize("choice", [Choice("record"), Choice("waived", reason="已离职")])
def test_the_lateness_of_who_left_is_put_on_record_or_waived(group: Path, choice: Choice) -> None:
    """Fails when the lateness of somebody gone stays open for ever, as nobody may decide it."""
    proposal = proposed()
    proposal.employee.left_on = timezone.localdate() - timezone.timedelta(days=1)
    made = fine_decide(cycle=cycle(), proposal=proposal, choice=choice, by=user("hr"))
    assert made.value is None and made.state == "approved"


@pytest.mark.parametrize("name", ["technician", "manager", "auditor"])
def test_nobody_else_decides(group: Path, signed_in: Callable[[str], Client], name: str) -> None:
    """Fails when a line manager or the person comes to the decision or its page."""
    proposal = proposed()
    with pytest.raises(PermissionDenied):
        fine_decide(cycle=cycle(), proposal=proposal, choice=Choice("record"), by=user(name))
    for address in (PAGE, f"{PAGE}{proposal.employee.employee_id}/"):
        assert signed_in(name).get(address).status_code == 403


def test_the_page_names_risk_choice_ground_and_limit_and_chooses_nothing(
    group: Path, signed_in: Callable[[str], Client]
) -> None:
    """Fails when money is preselected, the legal risk or counsel is not named, or English is incomplete."""
    address = f"{PAGE}{proposed().employee.employee_id}/"
    page = signed_in("hr").get(address).content.decode()
    for words in (
        "国务院令第516号",
        "请先咨询法律顾问",
        "第十六条",
        "从工资中扣 1000.00 元",
        "从当月得分中扣 4.00 分",
        "只作记录",
        "赔偿",
    ):
        assert words in page
    assert "checked" not in page
    client = signed_in("hr")
    client.post("/language/", {"language": "en"})
    english = client.get(address).content.decode()
    for words in (
        "Check with counsel",
        "1000.00 yuan off the pay",
        "kept on record",
        "Confirm the decision",
        "breach of rules",
    ):
        assert words in english
    listed = client.get(PAGE).content.decode()
    assert "To be decided" in listed


def test_what_was_filled_in_stays_when_it_is_refused(group: Path, signed_in: Callable[[str], Client]) -> None:
    """Fails when a refused form is empty, or the decision cannot be taken back by who took it."""
    client, address = signed_in("hr"), f"{PAGE}{proposed().employee.employee_id}/"
    refused = client.post(address, {"effect": "money", "value": "250", "reason": "首次迟交"})
    assert refused.status_code == 422
    assert all(words in refused.content.decode() for words in ("扣款须写明依据", "首次迟交", 'value="250"'))
    done = client.post(address, {"effect": "money", "ground": "breach", "value": "250", "reason": "首次迟交"})
    assert (done.status_code, done["Location"]) == (302, address)
    assert "首次迟交" in client.get(address).content.decode()
    client.post(f"{address}withdraw/")
    assert Correction.objects.get().state == "withdrawn"
    assert EvidenceEvent.objects.filter(source="decisions").order_by("-pk")[0].row is None


def test_what_is_taken_at_the_same_moment_is_counted(group: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a fine and a compensation, each within the limit and decided at once, pass it together: the other was
    approved after the room was first asked for, and has not landed."""
    proposal = proposed(days=40)
    assert proposal.result is not None
    money = {"performance_pay": 300_001, "fixed_part": 200_000, "pool_pay": 0, "deductions": 0}
    Result.objects.filter(pk=proposal.result.pk).update(**money)
    proposal = proposal_about(late())
    hold = services.person_held

    def meanwhile(employee: int) -> None:
        hold(employee)
        about = {"cycle": cycle(), "employee": proposal.employee, "concerns": NOW, "kind": "deduction"}
        # a number that no decision has which the ledger keeps from another test
        given = {"pk": 900_001, "value": 60_000, "ground": "compensation", "state": "approved", "by": user("gm")}
        Correction.objects.get_or_create(**about, defaults={**given, "decided_by": user("hr"), "reason": "损坏设备"})

    monkeypatch.setattr(services, "person_held", meanwhile)
    # 5,000.01 × 20 % = 1,000.00, of which 600 go to the other
    assert codes(proposal, Choice("money", "compensation", Decimal(401))) == ["compensation_above_limit"]
    made = fine_decide(
        cycle=cycle(), proposal=proposal, choice=Choice("money", "compensation", Decimal(400)), by=user("hr")
    )
    assert made.value == 40_000
    room = room_of(proposal)
    assert room is not None and room.most == 0
