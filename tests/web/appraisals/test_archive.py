"""The archive: what is found by what, and that it tells nobody more than the list."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.selectors import forms, forms_seen, with_scores
from fairwrench.web.appraisals.services import content_of, form_decline, form_sign
from fairwrench.web.appraisals.workflow import APPRAISALS
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.work.signing.documents import digest_of
from tests.web.appraisals.conftest import LAST, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = Appraisal.State


@pytest.fixture
def filed(form: Appraisal) -> Appraisal:
    """The technician's form, filed by HR."""
    Appraisal.objects.filter(pk=form.pk).update(state=State.HR)
    form = forms().get(pk=form.pk)
    digest = digest_of(content_of(form=form).document)
    return form_sign(form=form, act="file", digest=digest, seen=form.version, by=user("hr"))


def found(client: Any, asked: str = "") -> list[int]:
    """The forms that the archive lists."""
    answer = client.get(f"/appraisals/archive/?{asked}")
    assert answer.status_code == 200
    return [row.record.pk for row in answer.context["table"].rows]


def test_what_is_filed_opens_what_was_signed(signed_in: Any, filed: Appraisal) -> None:
    hr = signed_in("hr")
    assert found(hr) == [filed.pk]
    page = hr.get("/appraisals/archive/").text
    link = f"/appraisals/{filed.pk}/signatures/{filed.signatures.get().pk}/"
    assert link in page and "核对一致" in hr.get(link).text


def test_it_is_found_by_each_of_its_parts(signed_in: Any, filed: Appraisal) -> None:
    told = with_scores(forms()).get(pk=filed.pk)
    hr, who = signed_in("hr"), told.employee
    grade, position = vars(told)["grade"], vars(told)["position"]
    fits = ["q=" + who.name, "q=" + who.employee_id, f"store={told.store}", f"department={told.department}"]
    fits += [f"position={position}", f"grade={grade}", f"since={LAST}&until={LAST}", "state=filed", f"month={LAST}"]
    for asked in fits:
        assert found(hr, asked) == [filed.pk], asked
    misses = [
        "q=没有这个人",
        "store=别店",
        "department=sales",
        "position=x",
        "grade=A+",
        "since=2027-01",
        "until=2020-01",
    ]
    for asked in [*misses, "state=hr", "refused=1", "returned=1"]:
        assert found(hr, asked) == [], asked


def test_a_refusal_and_a_return_are_found_although_they_are_over(signed_in: Any, form: Appraisal) -> None:
    hr, manager = signed_in("hr"), user("manager")
    digest = digest_of(content_of(form=form).document)
    witness = user("hr").employee
    form_decline(form=form, reason="不认可", witness=witness, digest=digest, seen=form.version, by=manager)
    assert found(hr, "state=any&refused=1") == [form.pk] and found(hr, "state=any&returned=1") == []
    form = forms().get(pk=form.pk)
    form_sign(form=form, act="sign_late", digest=digest, seen=form.version, by=user("technician"))
    assert found(hr, "state=any&refused=1") == [form.pk]
    Appraisal.objects.filter(pk=form.pk).update(state=State.INTERVIEW)
    APPRAISALS.write(record=form, act="return", by=manager, before=State.NEXT_LEVEL)
    assert found(hr, "state=any&returned=1") == [form.pk]


@pytest.mark.parametrize("who", ["technician", "manager", "auditor", "advisor"])
def test_it_tells_nobody_more_than_the_list(signed_in: Any, filed: Appraisal, cycle: Cycle, who: str) -> None:
    seen = set(forms_seen(user=user(who)).values_list("pk", flat=True))
    assert set(found(signed_in(who), "state=any&per_page=200")) == seen


def test_what_is_listed_is_exported(signed_in: Any, filed: Appraisal) -> None:
    answer = signed_in("hr").get("/appraisals/archive/?export=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert any(filed.employee.name in str(cell) for row in rows for cell in row)
    assert not any("绩效工资" in str(cell) for row in rows for cell in row)


@pytest.mark.parametrize("sent", ["since=x", "until=2026-1", "state=done", "grade=" + "x" * 81, "returned=yes"])
def test_what_no_page_of_ours_sends_is_a_bad_request(signed_in: Any, group: Any, sent: str) -> None:
    assert signed_in("hr").get(f"/appraisals/archive/?{sent}").status_code == 400
