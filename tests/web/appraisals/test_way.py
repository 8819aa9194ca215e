"""The way of a form: interview, signatures under exactly what was shown, filed; and what is refused on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User, Viewed
from fairwrench.web.appraisals import content
from fairwrench.web.appraisals.content import facts_of
from fairwrench.web.appraisals.models import Appraisal, Document
from fairwrench.web.appraisals.opening import forms_open
from fairwrench.web.appraisals.pages.shown import signatures_shown
from fairwrench.web.appraisals.selectors import forms, forms_as, forms_seen, waiting
from fairwrench.web.appraisals.services import (
    Interview,
    content_of,
    form_decline,
    form_sign,
    forms_sign,
    interview_note,
)
from fairwrench.web.appraisals.workflow import APPRAISALS
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.ratings.self_ratings import SelfRating
from fairwrench.web.work.models import Notice
from fairwrench.web.work.signing.documents import digest_of
from fairwrench.web.work.workflow.workflow import Doing
from tests.web.appraisals.conftest import LAST, TODAY, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = Appraisal.State


def sign(form: Appraisal, act: str, by: User) -> Appraisal:
    """Sign what a page would show now."""
    fresh = forms().get(pk=form.pk)
    return form_sign(form=fresh, act=act, digest=shown(fresh), seen=fresh.version, by=by)


def shown(form: Appraisal) -> str:
    return digest_of(content_of(form=form).document)


def above(form: Appraisal) -> User:
    """The account of the next-level manager, made where the demo has none."""
    assert form.next_level is not None
    made, _ = User.objects.get_or_create(employee=form.next_level, defaults={"username": "above"})
    return made


def test_everybody_with_a_score_has_a_form_and_nobody_else(cycle: Cycle) -> None:
    scored = Result.objects.filter(run=cycle.run, score__isnull=False).values_list("employee_id", flat=True)
    assert sorted(cycle.appraisals.values_list("employee__employee_id", flat=True)) == sorted(scored)


def test_what_one_said_of_oneself_stands_on_the_form(form: Appraisal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when the form leaves a self-rating out, or a signature would stand under another one."""
    without, who = facts_of(form), form.employee.employee_id
    said = {(who, "conduct"): SelfRating("良好", "带教两名学徒")}
    monkeypatch.setattr(content, "self_ratings", lambda **_: said)
    with_it = content_of(form=form)
    assert "自评：良好（带教两名学徒）" in with_it.document.decode()
    assert facts_of(form) == with_it.facts != without


def test_a_form_goes_from_the_interview_to_the_file(form: Appraisal) -> None:
    """Each step waits for one person alone, and all four signatures stand under the same words."""
    assert form.state == State.EMPLOYEE
    for act, by, state in (
        ("sign", user("technician"), State.MANAGER),
        ("sign_manager", user("manager"), State.NEXT_LEVEL),
        ("sign_next", above(form), State.HR),
        ("file", user("hr"), State.FILED),
    ):
        others = {"technician", "manager", "hr", "auditor"} - {by.username}
        for other in others:
            with pytest.raises(PermissionDenied):
                sign(form, act, user(other))
        assert waiting(user=by, state=forms().get(pk=form.pk).state).filter(pk=form.pk).exists()
        assert sign(form, act, by).state == state
    places = signatures_shown(forms().get(pk=form.pk))
    assert [place.fits for place in places] == [True] * 4
    assert Document.objects.count() == 1, "all signed the same bytes"


def test_what_was_signed_is_kept_byte_by_byte(form: Appraisal) -> None:
    content = content_of(form=form).document
    sign(form, "sign", user("technician"))
    document = Document.objects.get()
    assert document.content == content and document.whole
    assert "做得好的".encode() in content and f"{form.employee.name}".encode() in content
    # somebody changes what is kept: it is no longer what was signed
    Document.objects.update(packed=bytes(document.packed)[:-3] + b"abc")
    assert not Document.objects.get().whole


def test_nobody_signs_what_changed_since_they_looked(form: Appraisal) -> None:
    digest, seen = shown(form), form.version
    interview_note(form=form, interview=Interview(date(2026, 11, 20), agreed="别的约定"), seen=seen, by=user("manager"))
    with pytest.raises(Refused) as refused:
        form_sign(form=forms().get(pk=form.pk), act="sign", digest=digest, seen=seen, by=user("technician"))
    assert [problem.code for problem in refused.value.problems] == ["moved_on"]
    fresh = forms().get(pk=form.pk)
    # the count is right and the document is not: made up, or of another language
    with pytest.raises(Refused):
        form_sign(form=fresh, act="sign", digest=digest, seen=fresh.version, by=user("technician"))


@pytest.mark.parametrize(
    ("interview", "code"),
    [
        ({"held_on": date(2027, 5, 1), "agreed": "…"}, "future"),
        ({"held_on": date(2026, 9, 30), "agreed": "…"}, "too_early"),
        ({"held_on": date(2026, 11, 2)}, "nothing_said"),
    ],
)
def test_an_interview_says_something_and_was_held(form: Appraisal, interview: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        interview_note(form=form, interview=Interview(**interview), seen=form.version, by=user("manager"))
    assert [problem.code for problem in refused.value.problems] == [code]


def test_who_does_not_sign_is_noted_with_a_witness(form: Appraisal) -> None:
    told = {"form": form, "digest": shown(form), "seen": form.version, "by": user("manager")}
    left = Employee.objects.create(employee_id="E99999", name="已走", status="left", left_on=date(2025, 1, 31))
    for witness, reason, code in (
        (None, "不同意得分", "no_witness"),
        (form.employee, "不同意得分", "own_witness"),
        (user("manager").employee, "不同意得分", "own_witness"),
        (user("hr").employee, "", "no_reason"),
        (left, "不同意得分", "witness_left"),
    ):
        with pytest.raises(Refused) as refused:
            form_decline(witness=witness, reason=reason, **told)
        assert [problem.code for problem in refused.value.problems] == [code]
    assert form_decline(witness=user("hr").employee, reason="不同意得分", **told).state == State.MANAGER
    place = signatures_shown(forms().get(pk=form.pk))[0]
    assert place.signature is not None and place.signature.refused == "不同意得分"
    # the person and the witness hear of it, and the person may sign after all
    assert Notice.objects.filter(to=user("technician"), zh__contains="记为拒签").exists()
    assert Notice.objects.filter(to=user("hr"), zh__contains="您是见证人").exists()
    late = sign(forms().get(pk=form.pk), "sign_late", user("technician"))
    assert late.state == State.MANAGER
    place = signatures_shown(forms().get(pk=form.pk))[0]
    assert place.signature is not None and (place.signature.refused, place.fits) == ("", True)


def test_a_form_without_a_result_is_filed_with_a_reason(form: Appraisal) -> None:
    """Fails when somebody who is no longer in the run leaves a form, and so a month, that can never be closed."""
    acts = {offer.name for offer in APPRAISALS.offered(record=form, user=user("hr"))}
    assert "end" not in acts
    Result.objects.filter(run=form.run, employee_id=form.employee.employee_id).delete()
    ended = APPRAISALS.act(record=form, name="end", by=user("hr"), note="已补录离职，不参加考核", seen=form.version)
    assert ended.state == State.FILED


def test_the_forms_of_a_closed_month_stay(form: Appraisal) -> None:
    """Fails when an act that was under way changes a form after its month was closed."""
    Cycle.objects.filter(pk=form.cycle_id).update(closed_at=timezone.now())
    with pytest.raises((Refused, PermissionDenied)):
        sign(form, "sign", user("technician"))
    form.cycle.refresh_from_db()
    (guard, *_) = APPRAISALS.named("reopen").guards
    with transaction.atomic():
        assert [problem.code for problem in guard.problems(form, Doing(user("hr"), "…"))] == ["month_closed"]


def test_a_page_drawn_again_for_a_form_that_does_not_fit_is_logged(form: Appraisal, signed_in: Any) -> None:
    """Fails when somebody reads an interview by sending a form that cannot be kept, and nobody can say so."""
    address = f"/appraisals/{form.pk}/interview/"
    assert signed_in("auditor").post(address, {}).status_code == 403
    assert signed_in("manager").post(address, {"version": form.version}).status_code == 422
    seen = Viewed.objects.get(by=user("manager"))
    assert (seen.about, seen.month) == (form.employee.employee_id, LAST)


def test_without_anybody_above_hr_comes_next(form: Appraisal) -> None:
    Appraisal.objects.filter(pk=form.pk).update(next_level=None)
    sign(form, "sign", user("technician"))
    assert sign(form, "sign_manager", user("manager")).state == State.HR


def test_returned_it_is_talked_about_again_and_its_signatures_are_void(form: Appraisal) -> None:
    sign(form, "sign", user("technician"))
    sign(form, "sign_manager", user("manager"))
    fresh = forms().get(pk=form.pk)
    APPRAISALS.act(record=fresh, name="return", by=above(form), note="事例不具体", seen=fresh.version)
    fresh = forms().get(pk=form.pk)
    assert fresh.state == State.INTERVIEW
    assert [place.signature for place in signatures_shown(fresh)] == [None] * 4
    assert fresh.signatures.exclude(void_at=None).count() == 2, "kept, though void"


def test_figures_that_changed_are_signed_anew(form: Appraisal, cycle: Cycle) -> None:
    sign(form, "sign", user("technician"))
    run = cycle.run
    assert run is not None
    forms_open(cycle, run)
    assert forms().get(pk=form.pk).state == State.MANAGER, "the same figures: nothing happens"
    run.results.filter(employee_id=form.employee.employee_id).update(score=9_999)
    forms_open(cycle, run)
    fresh = forms().get(pk=form.pk)
    assert fresh.state == State.EMPLOYEE and fresh.held_on == form.held_on
    assert fresh.signatures.get().void_at is not None
    assert APPRAISALS.steps(fresh).last().act == "figures_changed"


def test_who_has_no_score_any_more_has_no_form_unless_something_stands_on_it(form: Appraisal, cycle: Cycle) -> None:
    run, untouched = cycle.run, cycle.appraisals.filter(state=State.INTERVIEW).first()
    assert run is not None and untouched is not None
    both = [form.employee.employee_id, untouched.employee.employee_id]
    run.results.filter(employee_id__in=both).update(score=None)
    forms_open(cycle, run)
    assert [each.pk for each in cycle.appraisals.filter(pk__in=[form.pk, untouched.pk])] == [form.pk]


def test_a_manager_who_left_is_replaced_by_who_leads_today(form: Appraisal) -> None:
    manager = user("manager")
    assert form.line_manager is not None
    day = TODAY - timedelta(days=1)
    type(form.line_manager).objects.filter(pk=form.line_manager.pk).update(left_on=day, status="left")
    new = user("advisor")
    form.employee.assignments.update(manager=new.employee)
    assert forms_as(user=new, capacity="line_manager").filter(pk=form.pk).exists()
    form.employee.assignments.update(manager=None)
    assert not forms_as(user=user("advisor"), capacity="line_manager").filter(pk=form.pk).exists()
    assert forms_as(user=user("hr"), capacity="line_manager").filter(pk=form.pk).exists(), "nobody leads them: HR"
    assert manager.employee is not None


def test_many_are_signed_as_they_were_shown_and_the_rest_is_told(cycle: Cycle) -> None:
    """Of three that HR files together one changed meanwhile."""
    rows = list(forms().filter(cycle=cycle)[:3])
    for each in rows:
        each.state = State.HR
        each.save()
    asked = [(each, each.version, shown(each)) for each in rows]
    asked[1] = (rows[1], rows[1].version, "0" * 64)
    done, problems = forms_sign(shown=asked, act="file", by=user("hr"))
    assert (done, [problem.code for problem in problems]) == (2, ["moved_on"])


def test_whose_forms_are_seen(form: Appraisal, cycle: Cycle) -> None:
    """Everybody sees those of the people they manage, nobody their own before the interview."""
    everybody = cycle.appraisals.count()
    seen = {name: forms_seen(user=user(name)).filter(cycle=cycle) for name in ("hr", "technician", "manager", "admin")}
    assert {each.employee.employee_id for each in seen["technician"]} == {form.employee.employee_id}
    assert not seen["admin"].exists()
    own = user("hr").employee
    assert seen["hr"].count() == everybody - cycle.appraisals.filter(employee=own).count()
    Appraisal.objects.filter(pk=form.pk).update(state=State.INTERVIEW)
    assert not forms_seen(user=user("technician")).exists()
    led = forms_as(user=user("manager"), capacity="line_manager")
    assert set(seen["manager"].values_list("pk", flat=True)) >= set(led.values_list("pk", flat=True))


def test_what_is_said_of_a_person_is_read_by_auditors_alone(form: Appraisal, signed_in: Any) -> None:
    """Fails when the administrator, who may open no form, reads an interview in the audit log."""
    said = "机密谈话：家中老人重病"
    interview = Interview(held_on=TODAY, went_well=said)
    interview_note(form=form, interview=interview, seen=form.version, by=user("manager"))
    assert signed_in("admin").get(f"/appraisals/{form.pk}/").status_code == 403
    log = signed_in("admin").get("/settings/log/").text
    assert "做得好的 •••" in log
    assert said not in log
    assert said in signed_in("auditor").get("/settings/log/").text
