"""Corrections of published months: only what settling honours, seen before it is asked for, decided by a second."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.catalog.loader import load_scheme
from fairwrench.closing.run_files import Kept
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Grant, User, Viewed
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.settlements.corrections import services, trial
from fairwrench.web.settlements.corrections.services import (
    correction_ask,
    correction_decide,
    correction_try,
    correction_withdraw,
)
from fairwrench.web.settlements.corrections.trial import Effect, card_of
from fairwrench.web.settlements.corrections.workflow import may_withdraw, settled
from fairwrench.web.settlements.feeds import decided_land
from fairwrench.web.settlements.models import Correction, Result, Run
from fairwrench.web.settlements.runs.person import card_lines
from fairwrench.web.settlements.workspace import records

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW, LAST = str(CURRENT), str(CURRENT.plus(-1))
PAGE = f"/months/{NOW}/corrections/"
State = Correction.State


def user(name: str) -> User:
    return User.objects.select_related("employee").get(username=name)


def result(name: str) -> Result:
    """Somebody's published month."""
    return Result.objects.select_related("run").get(
        run__cycle__month=LAST, run__kind="final", employee_id=user(name).employee.employee_id
    )


def entry(name: str = "technician", **about: Any) -> Correction:
    """A correction of somebody's last published month, not asked for yet."""
    told = {"kind": "appeal_score", "value": 13_000, "reason": "申诉成立", **about}
    return Correction(cycle=Cycle.objects.get(month=NOW), employee=user(name).employee, concerns=LAST, **told)


def filled(**about: str) -> dict[str, str]:
    """The form as a browser sends it."""
    return {"who": result("technician").employee_id, "concerns": LAST, "reason": "申诉成立", **about}


@pytest.fixture
def technician(group: Path, db: None) -> Result:
    """The technician's published month."""
    return result("technician")


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"kind": "appeal_score", "value": 99_999_999_900}, "0 到 130 之间"),
        ({"kind": "appeal_score", "value": 13_001}, "0 到 130 之间"),
        ({"kind": "appeal_score", "value": -1}, "0 到 130 之间"),
        ({"kind": "appeal_points", "item": "(first)", "value": 99_999_999_900}, "0 到 130 之间"),
        ({"kind": "appeal_points", "item": "leadership", "value": 10_000}, "考核表没有这一项"),
        ({"kind": "appeal_points", "item": "", "value": 10_000}, "考核表没有这一项"),
        ({"kind": "appeal_grade", "item": "Z"}, "A–E"),
        ({"kind": "deduction", "value": -10_000}, "扣款须大于 0"),
        ({"kind": "deduction", "value": 0}, "扣款须大于 0"),
        ({"kind": "deduction", "value": 10**12}, "扣款须大于 0"),
        ({"kind": "deduction", "value": 100}, "扣款须写明依据"),
        ({"kind": "deduction", "value": 100, "ground": "习惯"}, "扣款须写明依据"),
        ({"kind": "confirm_fine", "value": 100}, "请选更正什么"),
        ({"concerns": NOW}, "不是已发布的月份"),
        ({"concerns": "1999-01"}, "不是已发布的月份"),
    ],
)
def test_what_settling_would_not_honour_is_refused_with_the_bound(
    technician: Result, about: dict[str, Any], why: str
) -> None:
    """Fails when a forged form enters a decision that settling leaves aside, or that pays out what is called off."""
    first = card_lines(result=technician)[0]["item"]
    correction = entry()
    for name, value in about.items():
        setattr(correction, name, first if value == "(first)" else value)
    with pytest.raises(Refused) as refused:
        correction_ask(correction=correction, by=user("hr"))
    assert why in refused.value.problems[0].zh
    assert not Correction.objects.exists()


def test_a_grade_is_asked_for_by_the_form_and_decided(technician: Result, signed_in: Any) -> None:
    """Fails when the one correction that has no amount cannot be entered."""
    grade = "B" if technician.grade == "A" else "A"
    page = signed_in("hr").post(f"{PAGE}new/", filled(kind="appeal_grade", item=grade, value=""), follow=True)
    assert page.status_code == 200
    entered = Correction.objects.get()
    assert (entered.kind, entered.item, entered.value, entered.state) == ("appeal_grade", grade, None, State.ASKED)
    correction_decide(correction=entered, by=user("gm"), approve=True)
    assert Correction.objects.get().state == State.APPROVED
    assert Correction.objects.get().effect["after"]["grade"] == grade


def test_a_deduction_beyond_a_fifth_of_the_wage_is_refused_with_the_limit(technician: Result) -> None:
    """Fails when more than the regulation allows is deducted; exactly a fifth is not more than a fifth."""
    wage = sum(getattr(technician, name) or 0 for name in ("performance_pay", "fixed_part", "pool_pay"))
    with pytest.raises(Refused) as refused:
        correction_try(correction=entry(kind="deduction", ground="agreed", value=wage // 5 + 1), by=user("hr"))
    assert refused.value.problems[0].code == "deductions_above_share"
    assert re.search(r"当月工资 [0-9.]+ 元的 20 %", refused.value.problems[0].zh)
    effect = correction_try(correction=entry(kind="deduction", ground="agreed", value=wage // 5), by=user("hr"))
    assert effect.after.deductions == (effect.before.deductions or 0) + wage // 5
    assert effect.difference == -(wage // 5)


def test_what_it_changes_is_what_settling_comes_to(technician: Result) -> None:
    """Fails when the page shows other figures than are settled: 130 points of a base, less what was paid."""
    effect = correction_try(correction=entry(), by=user("hr"))
    assert (effect.before.score, effect.before.total) == (technician.score, technician.total_pay)
    assert technician.base is not None
    assert effect.after.score == 13_000
    assert effect.after.performance_pay == (technician.base * 130 + 50) // 100
    with pytest.raises(Refused) as refused:
        correction_try(correction=entry(value=technician.score), by=user("hr"))
    assert refused.value.problems[0].code == "nothing_changes"


def test_points_of_an_item_move_its_line_and_the_score(technician: Result) -> None:
    """Fails when points set for an item are shown without the score that they lead to."""
    settlement = records(run=technician.run).settlement
    item, points = card_of(settlement=settlement, employee_id=technician.employee_id)[0]
    value = 5_000 if points != 5_000 else 6_000
    effect = correction_try(correction=entry(kind="appeal_points", item=item.key, value=value), by=user("hr"))
    assert (effect.before.points, effect.after.points) == (points, value)
    assert effect.after.score != effect.before.score


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Months as they would have been settled with a bonus pool that is drawn whatever the output came to."""
    scheme = load_scheme("dealership_pool")
    (name, pool), *_ = scheme.pools.items()
    draw = pool.draw.model_copy(update={"gate_metric": None, "gate_attainment": None})
    scheme = scheme.model_copy(update={"pools": {name: pool.model_copy(update={"draw": draw})}})

    def kept(*, run: Run) -> Kept:
        found = records(run=run)
        return replace(found, settlement=replace(found.settlement, scheme=scheme))

    monkeypatch.setattr(trial, "records", kept)


def pool_difference(each: Effect | trial.Touched) -> int:
    return (each.after.pool_pay or 0) - (each.before.pool_pay or 0)


def test_everybody_whom_a_pool_touches_is_named(technician: Result, pooled: None, signed_in: Any) -> None:
    """Fails when what one person's correction takes from others is not shown: a pool has a sum of its own, so what one
    share of it gains the others lose to the fen."""
    # so that the month without the correction is settled with the pool as well
    somebody = entry("manager", kind="deduction", value=100, ground="agreed", state=State.APPROVED, by=user("hr"))
    somebody.save()
    correction = entry()
    effect = correction_try(correction=correction, by=user("hr"))
    own = pool_difference(effect)
    assert own > 0
    assert effect.others
    assert {each.store for each in effect.others} == {technician.store}
    assert sum(map(pool_difference, effect.others)) == -own
    # whose pay is open loses as well, though nobody knows their total
    assert all(each.difference in (None, pool_difference(each)) for each in effect.others)
    # what is kept of it reads back the same, and the page names them
    correction.effect, correction.by = effect.as_json(), user("hr")
    correction.save()
    assert Effect.read(Correction.objects.get(pk=correction.pk).effect) == effect
    page = signed_in("hr").get(f"{PAGE}{correction.pk}/")
    assert [each for each, _ in page.context["entry"].others] == list(effect.others)
    assert page.context["entry"].elsewhere == 0


@pytest.mark.parametrize("written", ["{id}", "{name}", "{id} {name}", "{name} {id}"])
def test_the_form_takes_people_as_the_app_names_them(signed_in: Any, written: str) -> None:
    """Fails when the form does not take what the app itself proposes, or writes on its pages."""
    who = result("technician")
    typed = written.format(id=who.employee_id, name=who.name)
    page = signed_in("hr").get(f"{PAGE}new/", {"who": typed, "concerns": LAST})
    assert page.context["who"].employee_id == who.employee_id


def test_only_items_on_the_card_are_offered_and_the_change_is_shown_first(signed_in: Any) -> None:
    """Fails when HR chooses among items that the person is not assessed on, or decides without seeing what it does."""
    hr, who = signed_in("hr"), result("technician")
    page = hr.get(f"{PAGE}new/", {"who": who.employee_id, "concerns": LAST})
    offered = {key for key, _ in page.context["form"].fields["item"].choices[1][1]}
    assert offered == {line["item"] for line in card_lines(result=who)}
    seen = hr.get(f"{PAGE}new/", {**filled(kind="appeal_score", value="130"), "item": ""})
    assert seen.context["entry"].effect.after.score == 13_000
    assert "提交审批" in seen.text
    assert not Correction.objects.exists()
    beyond = hr.get(f"{PAGE}new/", filled(kind="appeal_score", value="999999999"))
    assert "0 到 130 之间" in beyond.text
    assert "提交审批" not in beyond.text


def test_a_forged_form_is_refused_with_a_redirect(signed_in: Any) -> None:
    """Fails when a refused form is lost, or answered in place, so that going back sends it again."""
    answer = signed_in("hr").post(f"{PAGE}new/", filled(kind="appeal_score", value="999999999"), follow=True)
    assert answer.redirect_chain[0][1] == 302
    assert "0 到 130 之间" in answer.text
    assert not Correction.objects.exists()


def test_the_same_is_entered_once(technician: Result) -> None:
    """Fails when a form pressed twice, or two of HR, would pay one appeal twice."""
    correction_ask(correction=entry(), by=user("hr"))
    with pytest.raises(Refused, match="waits to be decided"):
        correction_ask(correction=entry(), by=user("hr"))
    assert Correction.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "\u200b\u2060", "\ufeff \u200d"])
def test_a_reason_that_nobody_sees_is_none(technician: Result, reason: str) -> None:
    """Fails when signs without a width pass for a reason."""
    with pytest.raises(Refused, match="say why"):
        correction_ask(correction=entry(reason=reason), by=user("hr"))


def test_what_corrections_come_to_is_listed_and_told_to_who_is_not_assessed(technician: Result, signed_in: Any) -> None:
    """Fails when an amount in the month's pay stands in no list, or nowhere on the page of whom it is paid to."""
    paid = Cycle.objects.get(month=LAST).run.results
    paid.filter(pk=technician.pk).update(corrections=12_345, state="excluded", reason="on_leave", total_pay=None)
    assert "123.45" in signed_in("hr").get(f"/months/{LAST}/corrections/").text
    assert "123.45" in signed_in("technician").get(f"/mine/{LAST}/").text


def test_the_asker_does_not_decide_and_a_second_does(signed_in: Any) -> None:
    """Fails when one person corrects somebody's pay alone, or the page does not say who did what."""
    hr, gm = signed_in("hr"), signed_in("gm")
    assert hr.post(f"{PAGE}new/", filled(kind="appeal_score", value="130")).status_code == 302
    made = Correction.objects.get()
    address = f"{PAGE}{made.pk}/"
    assert hr.post(f"{address}decide/", {"decision": "approve"}).status_code == 403
    assert "须由别人审批" in hr.get(address).text
    assert decisions() == []
    assert gm.post(f"{address}decide/", {"decision": "refuse"}, follow=True).status_code == 200
    assert Correction.objects.get().state == State.ASKED, "a refusal says why"
    gm.post(f"{address}decide/", {"decision": "approve", "note": "属实"})
    made.refresh_from_db()
    assert (made.state, made.decided_by, made.note) == (State.APPROVED, user("gm"), "属实")
    page = gm.get(address).text
    assert page.count(str(user("hr"))) >= 1
    assert page.count(str(user("gm"))) >= 1
    decided_land(month=NOW)
    assert decisions() == [(f"W{made.pk:06d}", user("gm").employee.employee_id)]


def decisions() -> list[tuple[str, str]]:
    """Number and decider of what landed from the application for the month, of the decisions that there are now."""
    rows = ledger().current("decisions", sources()["decisions"])
    known = [f"W{number:06d}" for number in Correction.objects.values_list("pk", flat=True)]
    ours = rows.filter(rows["decision_no"].is_in(known)) if rows.height else rows
    return [(no, by) for no, by in ours.select("decision_no", "decided_by").iter_rows()]


def test_only_who_asked_withdraws_and_it_counts_no_longer(technician: Result) -> None:
    """Fails when a withdrawn correction still counts, or anybody but who asked takes it back."""
    made = correction_ask(correction=entry(), by=user("hr"))
    correction_decide(correction=made, by=user("gm"), approve=True)
    decided_land(month=NOW)
    assert len(decisions()) == 1
    with pytest.raises(PermissionDenied):
        correction_withdraw(correction=made, by=user("gm"))
    withdrawn = correction_withdraw(correction=made, by=user("hr"))
    assert withdrawn.state == State.WITHDRAWN
    assert withdrawn.withdrawn_at is not None
    decided_land(month=NOW)
    assert decisions() == []
    with pytest.raises(Refused):
        correction_withdraw(correction=made, by=user("hr"))


def test_what_is_settled_is_not_withdrawn(technician: Result) -> None:
    """Fails when a correction is taken out of figures that were settled with it."""
    made = correction_decide(correction=correction_ask(correction=entry(), by=user("hr")), by=user("gm"), approve=True)
    cycle = Cycle.objects.get(month=NOW)
    run = cycle.runs.create(kind="final", known_at=NOW, scheme="x", seal="x", folder="x", program="x", whole=True)
    Cycle.objects.filter(pk=cycle.pk).update(run=run, state=Cycle.State.SETTLED)
    found = Correction.objects.select_related("cycle__run").get(pk=made.pk)
    assert settled(found)
    assert not may_withdraw(correction=found, user=user("hr"))
    with pytest.raises(Refused, match="cannot be withdrawn"):
        correction_withdraw(correction=found, by=user("hr"))


def test_nobody_corrects_or_decides_their_own_month(technician: Result) -> None:
    """Fails when HR decides about the pay that HR gets, or who is concerned approves what somebody else asked for."""
    with pytest.raises(Refused, match="your own"):
        correction_ask(correction=entry("hr"), by=user("hr"))
    made = correction_ask(correction=entry(), by=user("hr"))
    Grant.objects.create(user=user("technician"), role=Grant.Role.HR, unit=None)
    with pytest.raises(PermissionDenied):
        correction_decide(correction=made, by=user("technician"), approve=True)


@pytest.fixture
def elsewhere(signed_in: Any) -> Iterator[Any]:
    """A browser of somebody who is HR of another store."""
    other = Unit.objects.create(kind=Unit.Kind.STORE, name="别处店", code="elsewhere")
    stranger = User.objects.create_user("elsewhere", employee=Employee.objects.create(employee_id="Z1", name="别处人"))
    Grant.objects.create(user=stranger, role=Grant.Role.HR, unit=other)
    client = signed_in("hr")
    client.force_login(stranger)
    yield client


def test_hr_of_another_store_sees_and_does_nothing_with_it(elsewhere: Any, technician: Result) -> None:
    """Fails when a role in one store opens, asks for, decides or withdraws what concerns somebody of another."""
    made = correction_ask(correction=entry(reason="别人不该看到"), by=user("hr"))
    assert "别人不该看到" not in elsewhere.get(PAGE).text
    assert technician.name not in elsewhere.get(PAGE).text
    assert elsewhere.get(f"{PAGE}{made.pk}/").status_code == 404
    for act in ("decide", "withdraw"):
        assert elsewhere.post(f"{PAGE}{made.pk}/{act}/", {"decision": "approve"}).status_code == 404
    page = elsewhere.get(f"{PAGE}new/", {"who": technician.employee_id, "concerns": LAST})
    assert "now" not in page.context
    elsewhere.post(f"{PAGE}new/", filled(kind="appeal_score", value="130"))
    assert Correction.objects.get().state == State.ASKED


def deduction(share: int, ground: str = "agreed", **about: Any) -> Correction:
    """A deduction of so many hundredths of the technician's wage."""
    earned = result("technician")
    wage = sum(getattr(earned, name) or 0 for name in ("performance_pay", "fixed_part", "pool_pay"))
    return entry(kind="deduction", ground=ground, value=wage * share // 100, **about)


@pytest.mark.parametrize("ground", ["agreed", "compensation"])
def test_of_two_approved_at_once_the_second_is_refused(
    technician: Result, ground: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when two deductions, each within a fifth of the wage and both worked out before either was approved, come
    to more than a fifth together."""
    first, second = (correction_ask(correction=deduction(share, ground), by=user("hr")) for share in (11, 12))
    work_out, met = services.effect_of, list[str]()

    def meanwhile(*, correction: Correction) -> Effect:
        effect = work_out(correction=correction)
        if correction.pk == second.pk and not met:
            met.append("the first is approved while the second is worked out")
            correction_decide(correction=first, by=user("gm"), approve=True)
        return effect

    monkeypatch.setattr(services, "effect_of", meanwhile)
    with pytest.raises(Refused) as refused:
        correction_decide(correction=second, by=user("gm"), approve=True)
    code = {"agreed": "deductions_above_share", "compensation": "compensation_above_limit"}[ground]
    assert met and code in [problem.code for problem in refused.value.problems]
    states = Correction.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.APPROVED, State.ASKED]
    correction_decide(correction=second, by=user("gm"), approve=False, note="超过五分之一")


def test_a_second_compensation_is_told_what_is_left(technician: Result) -> None:
    """Fails when who was refused is told to take the limit of the whole month, of which most is taken already."""
    first = correction_ask(correction=deduction(15, "compensation"), by=user("hr"))
    correction_decide(correction=first, by=user("gm"), approve=True)
    wage = sum(getattr(technician, name) or 0 for name in ("performance_pay", "fixed_part", "pool_pay"))
    assert first.value is not None
    left = wage // 5 - first.value
    with pytest.raises(Refused) as refused:
        correction_try(correction=deduction(10, "compensation"), by=user("hr"))
    (told,) = [each for each in refused.value.problems if each.code == "compensation_above_limit"]
    assert f"最多还能扣 {left // 100}.{left % 100:02d} 元" in told.zh
    assert f"已定 {first.value // 100}.{first.value % 100:02d} 元" in told.zh
    fits = entry(kind="deduction", ground="compensation", value=left)
    assert correction_try(correction=fits, by=user("hr")).difference == -left


def test_the_same_deduction_is_taken_twice_only_where_it_is_meant(technician: Result, signed_in: Any) -> None:
    """Fails when a deduction that was approved is entered once more by a slip, or cannot be where it is meant."""
    first = correction_ask(correction=deduction(5), by=user("hr"))
    correction_decide(correction=first, by=user("gm"), approve=True)
    with pytest.raises(Refused, match="approved before"):
        correction_ask(correction=deduction(5), by=user("hr"))
    assert first.value is not None
    told = filled(kind="deduction", ground="agreed", value=f"{first.value // 100}.{first.value % 100:02d}", item="")
    page = signed_in("hr").get(f"{PAGE}new/", told).text
    assert 'name="again"' in page
    assert "同样的扣款已批准过" in signed_in("hr").post(f"{PAGE}new/", told, follow=True).text
    assert Correction.objects.count() == 1
    signed_in("hr").post(f"{PAGE}new/", {**told, "again": "on"})
    assert Correction.objects.count() == 2


def test_of_a_month_sent_back_it_is_said_when_to_enter(technician: Result) -> None:
    """Fails when a granted appeal is answered that its own month is none: it is settled anew, and then entered."""
    cycle = technician.run.cycle
    Cycle.objects.filter(pk=cycle.pk).update(state=Cycle.State.OPEN)
    correction = entry()
    correction.cycle = Cycle.objects.get(pk=cycle.pk)
    with pytest.raises(Refused) as refused:
        correction_ask(correction=correction, by=user("hr"))
    assert [problem.zh for problem in refused.value.problems] == [f"{LAST} 已退回或正在核算，重新核算后再登记"]


def test_a_corrections_page_is_logged_about_whom_it_is(technician: Result, signed_in: Any) -> None:
    """Fails when somebody's correction is read and the log does not say whose."""
    made = correction_ask(correction=entry(), by=user("hr"))
    assert signed_in("gm").get(f"{PAGE}{made.pk}/").status_code == 200
    seen = Viewed.objects.get(by__username="gm", page="corrections")
    assert (seen.about, seen.month) == (technician.employee_id, NOW)
