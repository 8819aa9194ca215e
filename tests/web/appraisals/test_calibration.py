"""The calibration meeting: who stands where, what is asked for, whose business it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.appraisals.calibration.pool import Member, pool_of
from fairwrench.web.appraisals.calibration.services import calibration_ask
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.services import content_of
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.corrections.services import correction_decide
from fairwrench.web.settlements.models import Correction, Result
from fairwrench.web.settlements.selectors import names_of
from tests.web.appraisals.conftest import LAST, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def settled(cycle: Cycle) -> Cycle:
    """The last month as it was before it was published."""
    cycle.state = Cycle.State.SETTLED
    cycle.save(update_fields=["state"])
    return cycle


def members(cycle: Cycle, store: str, who: str = "hr") -> dict[str, Member]:
    assert cycle.run is not None
    pool = pool_of(run=cycle.run, store=store, names=names_of(run=cycle.run), user=user(who))
    return {each.result.employee_id: each for each in pool.members}


def rated(form: Appraisal, cycle: Cycle) -> tuple[str, int]:
    """A rated item of the technician and its points."""
    member = members(cycle, form.store)[form.employee.employee_id]
    item, _, points = member.rated[0]
    assert points is not None
    return item, points


def ask(form: Appraisal, cycle: Cycle, by: str = "hr", **told: Any) -> Correction:
    item, points = rated(form, cycle)
    about = {"item": item, "points": points + 500, "reason": "与另一班组尺度一致", **told}
    return calibration_ask(cycle=cycle, employee=form.employee, by=user(by), **about)


@pytest.mark.parametrize(
    ("score", "up", "down"),
    [
        (8_999, 1, None),
        (9_000, None, 0),
        (9_100, None, 100),
        (9_101, None, None),
        (11_900, 100, None),
        (7_000, 1, None),
        (7_001, None, 0),
    ],
)
def test_who_stands_on_the_edge(cycle: Cycle, form: Appraisal, score: int, up: int | None, down: int | None) -> None:
    """Bounds of the regulation: 120, 105, 90 and 70 (S1 ❺ 5.5); at most one point away."""
    assert cycle.run is not None
    cycle.run.results.filter(employee_id=form.employee.employee_id).update(score=score)
    member = members(cycle, form.store)[form.employee.employee_id]
    assert (member.up, member.down) == (up, down)


def test_equal_scores_tie(cycle: Cycle, form: Appraisal) -> None:
    assert cycle.run is not None
    two = list(cycle.run.results.filter(store=form.store, score__isnull=False)[:2])
    Result.objects.filter(pk__in=[each.pk for each in two]).update(score=12_345)
    found = members(cycle, form.store)
    assert {who for who, member in found.items() if member.ties and member.result.score == 12_345} == {
        each.employee_id for each in two
    }


def test_what_the_meeting_sets_counts_by_a_second_person(settled: Cycle, form: Appraisal) -> None:
    correction = ask(form, settled)
    assert (correction.cycle.month, correction.concerns, correction.kind) == (LAST, LAST, "calibrated_points")
    found = members(settled, form.store)[form.employee.employee_id]
    assert [entry.correction.pk for entry in found.asked] == [correction.pk]
    with pytest.raises(PermissionDenied):
        correction_decide(correction=correction, by=user("hr"), approve=True)
    approved = correction_decide(correction=Correction.objects.get(pk=correction.pk), by=user("gm"), approve=True)
    assert approved.state == "approved"


@pytest.mark.parametrize(
    ("told", "code"),
    [({"item": "no_such"}, "not_on_card"), ({"points": 99_999}, "out_of_range"), ({"reason": " "}, "no_reason")],
)
def test_what_a_meeting_cannot_set_is_refused(settled: Cycle, form: Appraisal, told: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(form, settled, **told)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_what_data_says_is_no_matter_for_a_meeting(settled: Cycle, form: Appraisal) -> None:
    measured = next(line["item"] for line in content_of(form=form).lines if line["kind"] == "metric")
    with pytest.raises(Refused) as refused:
        ask(form, settled, item=measured)
    assert [problem.code for problem in refused.value.problems] == ["not_rated"]


def test_nothing_is_set_in_a_published_month_or_by_others(cycle: Cycle, form: Appraisal) -> None:
    with pytest.raises(Refused) as refused:
        ask(form, cycle)
    assert [problem.code for problem in refused.value.problems] == ["published"]
    Cycle.objects.filter(pk=cycle.pk).update(state=Cycle.State.SETTLED)
    fresh = Cycle.objects.select_related("run").get(pk=cycle.pk)
    for name in ("manager", "gm", "auditor"):
        with pytest.raises(PermissionDenied):
            ask(form, fresh, by=name)


def test_the_page_shows_the_pool_and_takes_a_change(signed_in: Any, settled: Cycle, form: Appraisal) -> None:
    hr, address = signed_in("hr"), f"/appraisals/calibration/{LAST}/?store={form.store}"
    page = hr.get(f"{address}&who={form.employee.employee_id}")
    assert page.status_code == 200 and "登记，交另一人审批" in page.text
    item, points = rated(form, settled)
    told = {"who": form.employee.employee_id, "item": item, "points": f"{(points + 500) / 100}", "reason": "尺度一致"}
    answer = hr.post(address, told, follow=True)
    assert "→" in answer.text and Correction.objects.filter(kind="calibrated_points").count() == 1
    assert hr.post(address, {**told, "points": "500"}).status_code == 422
    # the general manager sees it and changes nothing; others have no such page
    assert "登记，交另一人审批" not in signed_in("gm").get(f"{address}&who={form.employee.employee_id}").text
    assert signed_in("gm").post(address, told).status_code == 404
    for name in ("manager", "technician", "auditor"):
        assert signed_in(name).get(address).status_code == 403


def test_the_changes_of_one_person_are_settled_together(settled: Cycle, form: Appraisal) -> None:
    """Fails when the meeting sees what the last of several changes does, or adds up what each does alone: three that
    leave a D each are an E together, and pay is rounded once. Two who ask for different points of one item are told of
    each other."""
    assert settled.run is not None
    result = Result.objects.get(run=settled.run, employee_id=form.employee.employee_id)
    rated_items = [item for item, _, _ in members(settled, form.store)[form.employee.employee_id].rated]
    assert (result.score, result.grade, result.base, len(rated_items)) == (9_669, "C", 93_496, 3)
    before = pool_of(run=settled.run, store=form.store, names=names_of(run=settled.run), user=user("hr"))
    asked = [ask(form, settled, item=item, points=0) for item in rated_items]
    # each takes 9.00 of 96.69 and leaves 87.69: a D, above 70 (S1 ❺ 5.5)
    assert [each.effect["after"]["grade"] for each in asked] == ["D", "D", "D"]
    pool = pool_of(run=settled.run, store=form.store, names=names_of(run=settled.run), user=user("hr"))
    # 96.69 − 27.00 = 69.69, an E
    assert {grade: pool.after[grade] - before.after[grade] for grade in "ABCDE"} == {
        **dict.fromkeys("ABD", 0),
        "C": -1,
        "E": 1,
    }
    # 934.96 × 69.69 % = 651.57 instead of 904.01; each alone is 819.87, which would make 3 × −84.14 = −252.42
    assert pool.budget == 65_157 - 90_401
    with pytest.raises(Refused) as refused:
        ask(form, settled, item=rated_items[0], points=1_000)
    (problem,) = refused.value.problems
    assert problem.code == "other_asked" and "0.00" in problem.zh


def test_of_two_changes_of_one_item_the_later_holds(settled: Cycle, form: Appraisal) -> None:
    """Fails when a change that was approved and one asked for later of the same item are added up."""
    assert settled.run is not None
    item, _ = rated(form, settled)
    first = ask(form, settled, item=item, points=0)
    correction_decide(correction=Correction.objects.get(pk=first.pk), by=user("gm"), approve=True)
    ask(form, settled, item=item, points=4_000)
    pool = pool_of(run=settled.run, store=form.store, names=names_of(run=settled.run), user=user("hr"))
    # 40 of 100 on a tenth of the card: 96.69 − 9.00 + 4.00 = 91.69, and 934.96 × 91.69 % = 857.26
    assert pool.budget == 85_726 - 90_401
