"""Appeals: line manager first, then above; what is granted becomes a correction and counts by that alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Grant, User
from fairwrench.web.appraisals.appeals.selectors import appeals_waiting
from fairwrench.web.appraisals.appeals.services import appeal_act, appeal_ask, appeal_correct, undecided
from fairwrench.web.appraisals.models import Appeal, Appraisal
from fairwrench.web.appraisals.selectors import forms
from fairwrench.web.appraisals.services import content_of, form_sign
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Assignment, Unit
from fairwrench.web.settlements.corrections.services import correction_decide
from fairwrench.web.settlements.corrections.trial import Effect
from fairwrench.web.settlements.models import Result
from fairwrench.web.work.models import Notice
from fairwrench.web.work.signing.documents import digest_of
from tests.web.appraisals.conftest import LAST, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = Appeal.State
Ask = Callable[..., Appeal]


@pytest.fixture
def ask(form: Appraisal) -> Ask:
    """Appeals as the technician, against the score unless told otherwise."""

    def made(**told: Any) -> Appeal:
        about = {"item": "", "expected": "", "reason": "RO 单号 118 不是返修", "by": user("technician"), **told}
        return appeal_ask(form=form, **about)

    return made


def do(appeal: Appeal, act: str, by: User, **told: Any) -> Appeal:
    fresh = Appeal.objects.get(pk=appeal.pk)
    return appeal_act(appeal=fresh, act=act, by=by, seen=fresh.version, **told)


def waits_for(name: str) -> list[int]:
    return [each.pk for each in appeals_waiting(user=user(name))]


def test_an_appeal_goes_to_the_manager_then_above_and_becomes_a_correction(ask: Ask, form: Appraisal) -> None:
    """Granted above, entered by HR, approved by a second person: the correction counts in the open month."""
    appeal = ask()
    assert waits_for("manager") == [appeal.pk] and waits_for("hr") == []
    assert do(appeal, "uphold", user("manager"), note="事实清楚").state == State.UPHELD
    assert waits_for("technician") == [appeal.pk]
    assert do(appeal, "raise", user("technician"), note="请看工单").state == State.RAISED
    assert waits_for("hr") == [appeal.pk]
    granted = do(appeal, "agree_above", user("hr"), note="属实", points=11_000)
    assert (granted.state, granted.points) == (State.AGREED, 11_000)
    entered = appeal_correct(appeal=granted, by=user("hr"), seen=granted.version)
    correction = entered.correction
    assert correction is not None and entered.state == State.CORRECTED
    assert (correction.cycle.month, correction.concerns, correction.kind, correction.value) == (
        str(CURRENT), LAST, "appeal_score", 11_000,
    )  # fmt: skip
    effect = Effect.read(correction.effect)
    before = Result.objects.get(run=form.cycle.run, employee_id=form.employee.employee_id)
    assert effect is not None and (effect.before.score, effect.after.score) == (before.score, 11_000)
    with pytest.raises(PermissionDenied):
        correction_decide(correction=correction, by=user("hr"), approve=True)
    assert correction_decide(correction=correction, by=user("gm"), approve=True).state == "approved"


def test_before_publication_it_counts_in_its_own_month(ask: Ask, form: Appraisal) -> None:
    Cycle.objects.filter(pk=form.cycle_id).update(state=Cycle.State.SETTLED)
    line = next(line for line in content_of(form=form).lines if line["state"] == "counted")
    appeal = ask(item=line["item"])
    granted = do(appeal, "agree", user("manager"), note="属实", points=12_345)
    granted = Appeal.objects.select_related("form__cycle__run", "form__employee").get(pk=granted.pk)
    correction = appeal_correct(appeal=granted, by=user("hr"), seen=granted.version).correction
    assert correction is not None
    assert (correction.cycle.month, correction.concerns, correction.kind) == (LAST, LAST, "appeal_points")
    effect = Effect.read(correction.effect)
    assert effect is not None and (effect.before.points, effect.after.points) == (line["points"], 12_345)


@pytest.mark.parametrize(
    ("told", "code"),
    [({"reason": " "}, "no_reason"), ({"item": "no_such_item"}, "no_item")],
)
def test_what_cannot_be_an_appeal_is_refused(ask: Ask, told: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(**told)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_nobody_appeals_twice_at_once_for_another_or_before_the_interview(ask: Ask, form: Appraisal) -> None:
    ask()
    with pytest.raises(Refused) as refused:
        ask()
    assert [problem.code for problem in refused.value.problems] == ["asked_before"]
    for told in ({"by": user("manager")}, {"by": user("hr")}):
        with pytest.raises(Refused) as refused:
            ask(**told)
        assert [problem.code for problem in refused.value.problems] == ["not_yet"]
    Appraisal.objects.filter(pk=form.pk).update(state=Appraisal.State.INTERVIEW)
    with pytest.raises(Refused) as refused:
        ask()
    assert [problem.code for problem in refused.value.problems] == ["not_yet"]


def test_each_step_is_one_persons(ask: Ask) -> None:
    appeal = ask()
    for name in ("technician", "hr", "advisor"):
        with pytest.raises(PermissionDenied):
            do(appeal, "uphold", user(name), note="…")
    for told, code in (({"note": "", "points": 1}, "no_reason"), ({"note": "…"}, "no_points")):
        with pytest.raises(Refused) as refused:
            do(appeal, "agree", user("manager"), **told)
        assert [problem.code for problem in refused.value.problems] == [code]
    do(appeal, "agree", user("manager"), note="属实", points=10_000)
    fresh = Appeal.objects.get(pk=appeal.pk)
    for name in ("manager", "technician", "gm"):
        with pytest.raises(PermissionDenied):
            appeal_correct(appeal=fresh, by=user(name), seen=fresh.version)


def test_what_changes_nothing_is_no_correction_and_the_appeal_stays(ask: Ask, form: Appraisal) -> None:
    """Fails when a correction is entered that changes nothing: the month may be known otherwise by then."""
    score = Result.objects.get(run=form.cycle.run, employee_id=form.employee.employee_id).score
    granted = do(ask(), "agree", user("manager"), note="属实", points=score + 1)
    Appeal.objects.filter(pk=granted.pk).update(points=score)
    granted.refresh_from_db()
    with pytest.raises(Refused) as refused:
        appeal_correct(appeal=granted, by=user("hr"), seen=granted.version)
    assert [problem.code for problem in refused.value.problems] == ["nothing_changes"]
    assert Appeal.objects.get(pk=granted.pk).state == State.AGREED


def test_what_cannot_be_corrected_goes_back_to_who_granted_it(ask: Ask) -> None:
    """Points that settling does not honour, and a correction that the second person refused, are no dead end."""
    appeal = ask()
    for points in (99_900, 9_669, 0):  # 130 at most, and 96.69 stands
        with pytest.raises(Refused) as refused:
            do(appeal, "agree", user("manager"), note="属实", points=points)
        assert [problem.code for problem in refused.value.problems] == ["out_of_range"]
    appeal = do(appeal, "agree", user("manager"), note="属实", points=10_000)
    assert do(appeal, "return", user("hr"), note="请核对单号").state == State.ASKED
    appeal = do(appeal, "agree", user("manager"), note="属实", points=11_000)
    appeal = appeal_correct(appeal=appeal, by=user("hr"), seen=appeal.version)
    with pytest.raises(Refused) as refused:
        do(appeal, "return", user("hr"), note="…")
    assert [problem.code for problem in refused.value.problems] == ["still_corrected"]
    assert appeal.correction is not None
    # granted, it is open until its correction counts; refused, HR is asked and the person told
    assert Appeal.objects.filter(undecided(), pk=appeal.pk).exists()
    assert waits_for("hr") == []
    correction_decide(correction=appeal.correction, by=user("gm"), approve=False, note="证据不足")
    assert waits_for("hr") == [appeal.pk]
    assert Notice.objects.filter(to=user("technician"), zh__contains="未获批准").exists()
    back = do(appeal, "return", user("hr"), note="总经理未同意")
    assert (back.state, back.points, back.correction) == (State.ASKED, None, None)
    assert waits_for("manager") == [back.pk]


def test_withdrawn_it_waits_for_nobody(ask: Ask) -> None:
    appeal = ask()
    assert do(appeal, "withdraw", user("technician")).state == State.WITHDRAWN
    assert waits_for("manager") == []
    ask()  # and may be asked anew


def test_what_was_decided_finally_is_not_asked_again(ask: Ask) -> None:
    """Fails when somebody may appeal against the same thing without end."""
    do(ask(), "uphold", user("manager"), note="事实清楚")
    appeal = Appeal.objects.get()
    do(appeal, "raise", user("technician"), note="请看工单")
    do(appeal, "uphold_finally", user("hr"), note="已核对工单")
    with pytest.raises(Refused) as refused:
        ask()
    assert [problem.code for problem in refused.value.problems] == ["decided_finally"]


def test_hr_of_where_somebody_works_by_now_corrects(ask: Ask, form: Appraisal) -> None:
    """Fails when nobody can carry out what was granted to somebody who has moved to another store."""
    granted = do(ask(), "agree", user("manager"), note="属实", points=11_000)
    other = Unit.objects.create(kind=Unit.Kind.STORE, name="城南店", parent=Unit.objects.filter(parent=None).first())
    Grant.objects.filter(user__username="hr").update(unit=other)
    assert waits_for("hr") == []
    Assignment.objects.filter(employee=form.employee).update(store=other)
    assert waits_for("hr") == [granted.pk]
    assert appeal_correct(appeal=granted, by=user("hr"), seen=granted.version).state == State.CORRECTED


def test_a_second_tab_with_other_words_is_told(ask: Ask, signed_in: Any) -> None:
    """Fails when what a second tab grants is lost while the page says that it was done."""
    appeal = ask()
    told = {"version": appeal.version, "note": "属实", "points": "101"}
    signed_in("manager").post(f"/appraisals/appeals/{appeal.pk}/agree/", told)
    again = signed_in("manager").post(f"/appraisals/appeals/{appeal.pk}/agree/", told | {"points": "102"}, follow=True)
    assert "请刷新" in again.text
    # the very same again is one press
    same = signed_in("manager").post(f"/appraisals/appeals/{appeal.pk}/agree/", told, follow=True)
    assert "请刷新" not in same.text
    appeal.refresh_from_db()
    assert appeal.points == 10_100


def test_the_month_is_locked_before_what_is_of_it(monkeypatch: pytest.MonkeyPatch, form: Appraisal) -> None:
    """As settling does, which opens forms while it holds the month: in one order nobody waits for each other."""
    order, lock = list[str](), QuerySet.select_for_update

    def locked(found: QuerySet[Any], *args: Any, **more: Any) -> QuerySet[Any]:
        order.append(found.model.__name__)
        return lock(found, *args, **more)

    monkeypatch.setattr(QuerySet, "select_for_update", locked)
    Appraisal.objects.filter(pk=form.pk).update(state=Appraisal.State.EMPLOYEE)
    form = forms().get(pk=form.pk)
    digest = digest_of(content_of(form=form).document)
    form_sign(form=form, act="sign", digest=digest, seen=form.version, by=user("technician"))
    assert order == ["Cycle", "Appraisal"]
    order.clear()
    appeal = appeal_ask(form=form, item="", expected="", reason="算错了", by=user("technician"))
    assert order == ["Cycle", "Appraisal"]
    order.clear()
    appeal_act(appeal=appeal, act="uphold", by=user("manager"), seen=appeal.version, note="没有算错")
    assert order == ["Cycle", "Appeal"]
