"""Pages of forms and appeals: the whole way by clicks, what is refused, what a page asks of the database."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fairwrench.web.appraisals.models import Appeal, Appraisal
from fairwrench.web.appraisals.selectors import forms
from fairwrench.web.cycles.models import Cycle
from tests.web.appraisals.conftest import LAST, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = Appraisal.State


def hidden(page: str) -> dict[str, str]:
    """The count and the digest of a form's page."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("version", "digest")}
    return {name: match[1] for name, match in found.items() if match}


def press(client: Client, form: Appraisal, act: str, **more: str) -> Any:
    """Open a form and press a button on it."""
    address = f"/appraisals/{form.pk}/"
    return client.post(f"{address}{act}/", {**hidden(client.get(address).text), **more}, follow=True)


def test_a_form_is_interviewed_signed_and_appealed_by_clicks(signed_in: Any, form: Appraisal) -> None:
    me, manager = signed_in("technician"), signed_in("manager")
    page = me.get(f"/appraisals/{form.pk}/").text
    assert "面谈记录已写好" in me.get("/inbox/").text
    assert "我已看过，签字" in page and "员工不签字" not in page
    told = {"held_on": "2026-11-30", "agreed": "改到下周二前完成"}
    assert "改到下周二前完成" in press(manager, form, "interview", **told).text
    assert press(me, form, "sign").status_code == 200
    assert forms().get(pk=form.pk).state == State.MANAGER
    page = manager.get(f"/appraisals/{form.pk}/").text
    assert "签字时的内容" not in page and "所签内容与本表一致" in page
    signed = re.search(rf"/appraisals/{form.pk}/signatures/\d+/", page)
    assert signed and "核对一致" in manager.get(signed[0]).text
    asked = me.post(f"/appraisals/{form.pk}/appeal/", {"item": "", "reason": "少算一台"}, follow=True)
    assert "少算一台" in asked.text
    appeal = Appeal.objects.get()
    answer = manager.post(
        f"/appraisals/appeals/{appeal.pk}/agree/", {"version": "0", "points": "110", "note": "属实"}, follow=True
    )
    assert "110.00" in answer.text and "待登记更正" in answer.text
    answer = signed_in("hr").post(f"/appraisals/appeals/{appeal.pk}/correct/", {"version": "1"}, follow=True)
    assert "已登记更正" in answer.text and "→ 110.00" in answer.text


def test_the_interview_keeps_what_was_typed_where_it_is_refused(signed_in: Any, form: Appraisal) -> None:
    answer = press(signed_in("manager"), form, "interview", held_on="2099-01-01", agreed="别丢了我的字")
    assert answer.status_code == 422 and "别丢了我的字" in answer.text and "不能晚于今天" in answer.text


@pytest.mark.parametrize("act", ["sign", "sign_manager", "sign_next", "file", "return", "reopen", "pass_over"])
def test_who_may_not_is_refused(signed_in: Any, form: Appraisal, act: str) -> None:
    other = signed_in("advisor")
    assert other.get(f"/appraisals/{form.pk}/").status_code == 404
    assert other.post(f"/appraisals/{form.pk}/{act}/", {"version": "1", "note": "x"}).status_code == 404
    before = Appraisal.objects.get(pk=form.pk)
    signed_in("auditor").post(f"/appraisals/{form.pk}/{act}/", {"version": str(form.version), "note": "x"})
    assert Appraisal.objects.get(pk=form.pk).state == before.state


@pytest.mark.parametrize("act", ["figures_changed", "interview2", "settle"])
def test_acts_that_are_no_buttons_are_not_found(signed_in: Any, form: Appraisal, act: str) -> None:
    assert signed_in("hr").post(f"/appraisals/{form.pk}/{act}/", {"version": "1"}).status_code == 404


def test_hr_files_what_it_was_shown_together(signed_in: Any, cycle: Cycle) -> None:
    waiting = list(forms().filter(cycle=cycle)[:3])
    Appraisal.objects.filter(pk__in=[each.pk for each in waiting]).update(state=State.HR)
    hr = signed_in("hr")
    page = hr.get(f"/appraisals/sheets/?waits=hr&month={LAST}").text
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    mine = Appraisal.objects.filter(state=State.HR).exclude(employee=user("hr").employee)
    assert len(shown) == mine.count()
    # one that was made up, and one whose document was not what is shown
    hr.post(
        "/appraisals/sheets/",
        {"act": "file", "shown": [*shown[1:], "9:x:y", "007:0:x", ":::", "no", f"{waiting[0].pk}:0:{'0' * 64}"]},
    )
    assert Appraisal.objects.filter(state=State.FILED).count() == len(shown) - 1
    assert hr.post("/appraisals/sheets/", {"act": "reopen", "shown": shown}).status_code == 400


def test_counts_lead_to_their_lists(signed_in: Any, cycle: Cycle) -> None:
    """The to-do and the checklist count what their lists show."""
    manager = signed_in("manager")
    (count,) = set(re.findall(rf"{LAST} 还有 (\d+) 人待面谈", manager.get("/inbox/").text))
    page = manager.get(f"/appraisals/?waits=interview&month={LAST}")
    assert page.context["table"].found == int(count)
    hr = signed_in("hr")
    (count,) = re.findall(r"(\d+) 份绩效评估表待面谈", hr.get(f"/months/{LAST}/").text)
    own = cycle.appraisals.filter(state=State.INTERVIEW, employee=user("hr").employee).count()
    found = hr.get(f"/appraisals/?month={LAST}&state=interview").context["table"].found
    assert found + own == int(count)


@pytest.mark.parametrize(
    ("who", "address", "most"),
    [
        ("hr", f"/appraisals/?month={LAST}", 12),
        ("manager", "/appraisals/?waits=interview", 12),
        ("technician", "/appraisals/{form}/", 20),
        ("manager", "/appraisals/{form}/", 22),
        ("hr", f"/appraisals/sheets/?month={LAST}", 12),
    ],
)
def test_pages_ask_little_of_the_database(
    *, signed_in: Any, form: Appraisal, who: str, address: str, most: int, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(who)
    client.get("/settings/")
    with django_assert_max_num_queries(most):
        assert client.get(address.format(form=form.pk)).status_code == 200
