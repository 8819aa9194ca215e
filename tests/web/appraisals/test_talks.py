"""The interview by the next level, and how the note of a refusal is served."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Delegation
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.selectors import forms, talks_waiting, waiting, waiting_counts
from fairwrench.web.appraisals.services import Serving, Talk, content_of, form_decline, form_sign, talk_note
from fairwrench.web.appraisals.workflow import APPRAISALS
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.days import today
from fairwrench.web.settlements.models import Result
from fairwrench.web.work.models import Notice
from fairwrench.web.work.signing.documents import digest_of
from tests.web.appraisals.conftest import LAST, TODAY, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = Appraisal.State
SAID = Talk(next_on=TODAY, next_said="谈了下月的培训", next_agreed="十日内报名")


def fresh(form: Appraisal, **told: Any) -> Appraisal:
    """A form as it is by now, after it was put into a state."""
    if told:
        Appraisal.objects.filter(pk=form.pk).update(**told)
    return forms().get(pk=form.pk)


def signed(form: Appraisal, act: str, who: str) -> Appraisal:
    """A form after somebody signed it as it is."""
    digest = digest_of(content_of(form=form).document)
    return form_sign(form=form, act=act, digest=digest, seen=form.version, by=user(who))


def above(form: Appraisal) -> str:
    """The login of the next-level manager of a form."""
    assert form.next_level
    return str(form.next_level.user.username)


def test_it_is_asked_for_at_the_grades_of_the_scheme(cycle: Cycle) -> None:
    """S1 ❺ annex 1; the shipped scheme names A, D and E, and the sample has both kinds."""
    grades = dict(Result.objects.filter(run=cycle.run).values_list("employee_id", "grade"))
    asked = {form.employee.employee_id: form.next_due for form in forms().filter(cycle=cycle)}
    assert set(asked.values()) == {True, False}
    assert all(due == (grades[who] in ("A", "D", "E")) for who, due in asked.items())


def test_the_next_level_signs_only_after_it(form: Appraisal) -> None:
    form = fresh(form, state=State.NEXT_LEVEL, next_due=True)
    boss = above(form)
    with pytest.raises(Refused) as refused:
        signed(form, "sign_next", boss)
    assert refused.value.problems[0].code == "talk_open"
    talk_note(form=form, talk=SAID, seen=form.version, by=user(boss))
    form = fresh(form)
    assert "谈了下月的培训" in content_of(form=form).document.decode()
    assert signed(form, "sign_next", boss).state == State.HR
    assert set(Notice.objects.filter(zh__contains="隔级面谈").values_list("to__username", flat=True)) == {
        "technician",
        "manager",
    }


def test_or_says_why_it_was_not_held(form: Appraisal) -> None:
    form = fresh(form, state=State.NEXT_LEVEL, next_due=True)
    boss = user(above(form))
    with pytest.raises(Refused) as refused:
        APPRAISALS.act(record=form, name="no_talk", by=boss, note="\u200b ", seen=form.version)
    assert refused.value.problems[0].code == "no_reason"
    APPRAISALS.act(record=form, name="no_talk", by=boss, note="本人休产假", seen=form.version)
    form = fresh(form)
    assert "本人休产假" in content_of(form=form).document.decode()
    assert signed(form, "sign_next", boss.username).state == State.HR


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (Talk(next_on=date(2026, 12, 2), next_said="x"), "future"),
        (Talk(next_on=date(2026, 9, 30), next_said="x"), "too_early"),
        (Talk(next_on=TODAY, next_said=" \u200b\u200f "), "nothing_talked"),
    ],
)
def test_what_was_not_held_is_not_noted(form: Appraisal, talk: Talk, code: str) -> None:
    form = fresh(form, state=State.NEXT_LEVEL, next_due=True)
    with pytest.raises(Refused) as refused:
        talk_note(form=form, talk=talk, seen=form.version, by=user(above(form)))
    assert refused.value.problems[0].code == code


def test_nobody_is_asked_at_another_grade_and_hr_only_where_nobody_stands_above(form: Appraisal) -> None:
    form = fresh(form, state=State.NEXT_LEVEL, next_due=False)
    boss, hr = user(above(form)), user("hr")
    with pytest.raises(Refused) as refused:
        talk_note(form=form, talk=SAID, seen=form.version, by=boss)
    assert refused.value.problems[0].code == "no_talk_due"
    fresh(form, next_due=True)
    assert form in talks_waiting(user=boss) and form not in talks_waiting(user=hr)
    fresh(form, next_level=None)
    assert form in talks_waiting(user=hr)
    # passed over on its way to HR it is HR's, too
    fresh(form, next_level=boss.employee, state=State.HR)
    assert form in talks_waiting(user=hr)
    with pytest.raises(Refused):
        signed(fresh(form), "file", "hr")


def test_it_is_a_to_do_and_a_stage_of_the_month_with_its_list(signed_in: Any, form: Appraisal) -> None:
    form = fresh(form, next_due=True)
    boss = signed_in(above(form))
    waits = talks_waiting(user=user(above(form))).filter(cycle=form.cycle).count()
    assert f"{LAST} 有 {waits} 人待隔级面谈" in boss.get("/inbox/").text
    assert boss.get(f"/appraisals/?waits=talk&month={LAST}").context["table"].found == waits
    hr = signed_in("hr")
    page = hr.get(f"/months/{LAST}/").text
    (count,) = set(re.findall(r"(\d+) 份绩效评估表待隔级面谈", page))
    assert "隔级面谈" in page and f"month={LAST}&amp;talk=open" in page
    own = user("hr").employee
    hidden = Appraisal.objects.filter(cycle=form.cycle, next_due=True, employee=own, state=State.INTERVIEW).count()
    assert hr.get(f"/appraisals/?month={LAST}&talk=open").context["table"].found == int(count) - hidden


def test_it_is_written_down_by_clicks_and_kept_where_it_is_refused(signed_in: Any, form: Appraisal) -> None:
    form = fresh(form, state=State.NEXT_LEVEL, next_due=True)
    boss, address = signed_in(above(form)), f"/appraisals/{form.pk}/"
    page = boss.get(address).text
    assert "未进行隔级面谈" in page and f"{address}sign_next/" not in page
    sent = {"version": str(form.version), "next_on": "2099-01-01", "next_said": "别丢了我的字", "next_agreed": ""}
    answer = boss.post(f"{address}talk/", sent)
    assert answer.status_code == 422 and "别丢了我的字" in answer.text
    answer = boss.post(f"{address}talk/", {**sent, "next_on": str(TODAY)}, follow=True)
    assert "<dd>别丢了我的字</dd>" in answer.text and f"{address}sign_next/" in answer.text
    # the second of two tabs wrote something else
    answer = boss.post(f"{address}talk/", {**sent, "next_on": str(TODAY), "next_said": "另一页"})
    assert answer.status_code == 422 and fresh(form).next_said == "别丢了我的字"


@pytest.mark.parametrize(("who", "code"), [("advisor", 404), ("technician", 403), ("manager", 403), ("auditor", 403)])
@pytest.mark.parametrize("act", ["talk", "no_talk"])
def test_it_is_nobody_elses(signed_in: Any, form: Appraisal, who: str, code: int, act: str) -> None:
    form = fresh(form, state=State.NEXT_LEVEL, next_due=True)
    sent = {"version": str(form.version), "next_on": str(TODAY), "next_said": "x", "note": "x"}
    assert signed_in(who).post(f"/appraisals/{form.pk}/{act}/", sent).status_code == code
    assert not fresh(form).next_said and not fresh(form).next_not_held


def test_a_closed_month_takes_neither(form: Appraisal) -> None:
    form = fresh(form, state=State.NEXT_LEVEL, next_due=True)
    boss = user(above(form))
    Cycle.objects.filter(pk=form.cycle_id).update(closed_at="2026-12-01T00:00Z")
    assert form not in talks_waiting(user=boss)
    with pytest.raises(PermissionDenied):
        talk_note(form=form, talk=SAID, seen=form.version, by=boss)


def refuse(form: Appraisal, serving: Serving | None = None) -> Appraisal:
    """A form whose employee does not sign, as the manager notes it."""
    digest = digest_of(content_of(form=form).document)
    told = {"reason": "不认可", "witness": user("hr").employee, "digest": digest, "seen": form.version}
    return form_decline(form=form, by=user("manager"), serving=serving, **told)


def test_a_refusal_says_how_it_was_served(signed_in: Any, form: Appraisal) -> None:
    refuse(form, Serving("person", TODAY, user("manager").employee))
    kept = form.signatures.get()
    assert (kept.served_how, kept.served_on, kept.served_by) == ("person", TODAY, user("manager").employee)
    page = signed_in("technician").get(f"/appraisals/{form.pk}/").text
    assert "送达 当面 2026-12-01" in page
    assert "送达：当面 2026-12-01" in signed_in("technician").get(f"/appraisals/sheets/?form={form.pk}").text


def test_or_is_served_later(signed_in: Any, form: Appraisal) -> None:
    refuse(form)
    manager, address = signed_in("manager"), f"/appraisals/{form.pk}/"
    assert "拒签记录如何送达" in manager.get(address).text
    for sent in ({"how": ""}, {"how": "post", "on": "2099-01-01"}, {"how": "post"}, {"how": "post", "by": "nobody"}):
        manager.post(f"{address}serve/", {"version": str(fresh(form).version), **sent})
        assert not form.signatures.get().served_how
    assert manager.post(f"{address}serve/", {"version": "1", "how": "dove"}).status_code == 400
    hr = user("hr").employee
    assert hr
    sent = {"version": str(fresh(form).version), "how": "post", "on": str(TODAY), "by": hr.employee_id}
    assert "邮寄" in manager.post(f"{address}serve/", sent, follow=True).text
    assert form.signatures.get().served_by == hr
    # another tab of the same count says another way
    answer = manager.post(f"{address}serve/", {**sent, "how": "message"}, follow=True)
    assert "请重新查看" in answer.text and form.signatures.get().served_how == "post"


@pytest.mark.parametrize(("who", "code"), [("advisor", 404), ("technician", 403), ("auditor", 403)])
def test_who_serves_is_a_manager_or_hr(signed_in: Any, form: Appraisal, who: str, code: int) -> None:
    refuse(form)
    sent = {"version": str(fresh(form).version), "how": "post", "on": str(TODAY)}
    assert signed_in(who).post(f"/appraisals/{form.pk}/serve/", sent).status_code == code
    assert not form.signatures.get().served_how


def stands_in(who: str, away: str) -> None:
    """Somebody leads in another's place, these days."""
    day, span = today(), timedelta(days=5)
    people = {"stand_in": user(who).employee, "away": user(away).employee}
    Delegation.objects.create(begin=day - span, end=day + span, state="approved", leads=True, **people)


@pytest.mark.parametrize("named", [True, False])
def test_nobody_is_next_level_over_themselves(form: Appraisal, named: bool) -> None:
    """The line manager stands in for who stands above them; or somebody stands in for both of them."""
    form = fresh(form, state=State.MANAGER, next_due=True)
    who, boss = "manager" if named else "advisor", above(form)
    stands_in(who, boss)
    if not named:
        stands_in(who, "manager")
    form = signed(form, "sign_manager", who)
    assert form.state == State.NEXT_LEVEL
    assert form not in waiting(user=user(who), state=State.NEXT_LEVEL) and form not in talks_waiting(user=user(who))
    assert (LAST, State.NEXT_LEVEL) not in {row[:2] for row in waiting_counts(user=user(who))}
    with pytest.raises(PermissionDenied):
        talk_note(form=form, talk=SAID, seen=form.version, by=user(who))
    with pytest.raises(PermissionDenied):
        APPRAISALS.act(record=form, name="no_talk", by=user(who), note="没空", seen=form.version)
    with pytest.raises(PermissionDenied):
        signed(fresh(form, next_due=False), "sign_next", who)
    assert signed(fresh(form), "sign_next", boss).state == State.HR


def test_who_stands_above_and_signed_in_the_managers_place_signs_once(form: Appraisal) -> None:
    """Nobody is left to sign as the next level, so that HR is next and notes their interview, too."""
    form = fresh(form, state=State.MANAGER, next_due=True)
    boss = above(form)
    stands_in(boss, "manager")
    form = signed(form, "sign_manager", boss)
    assert form.state == State.HR and form in talks_waiting(user=user("hr"))


def test_hr_rewrites_nobody_elses_interview(form: Appraisal) -> None:
    form = fresh(form, state=State.NEXT_LEVEL, next_due=True)
    boss, hr = above(form), user("hr")
    talk_note(form=form, talk=SAID, seen=form.version, by=user(boss))
    form = signed(fresh(form), "sign_next", boss)
    assert not {"talk", "no_talk"} & {act.name for act in APPRAISALS.offered(record=form, user=hr)}
    with pytest.raises(PermissionDenied):
        talk_note(form=form, talk=Talk(next_on=TODAY, next_said="另写一份"), seen=form.version, by=hr)
    with pytest.raises(PermissionDenied):
        APPRAISALS.act(record=form, name="no_talk", by=hr, note="没谈", seen=form.version)
    # nor once nobody stands above any more
    with pytest.raises(PermissionDenied):
        talk_note(form=fresh(form, next_level=None), talk=SAID, seen=form.version, by=hr)
    assert fresh(form).next_said == SAID.next_said and signed(fresh(form), "file", "hr").state == State.FILED


def test_hr_sets_right_what_it_noted_itself(form: Appraisal) -> None:
    form, hr = fresh(form, state=State.HR, next_due=True), user("hr")
    talk_note(form=form, talk=Talk(next_on=TODAY, next_said="写错"), seen=form.version, by=hr)
    talk_note(form=fresh(form), talk=SAID, seen=fresh(form).version, by=hr)
    assert fresh(form).next_said == SAID.next_said


def test_what_tells_a_witness_of_a_refusal_opens(signed_in: Any, form: Appraisal) -> None:
    """Who was there need not be of those who read the form."""
    form, witness = fresh(form, state=State.EMPLOYEE), user("advisor")
    Notice.objects.filter(to=witness).delete()
    digest = digest_of(content_of(form=form).document)
    told = {"reason": "不认可", "witness": witness.employee, "digest": digest, "seen": form.version}
    form_decline(form=form, by=user("manager"), **told)
    assert signed_in("advisor").get(Notice.objects.get(to=witness).url).status_code == 200
