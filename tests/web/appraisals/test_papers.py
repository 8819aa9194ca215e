"""Forms on paper: what a PDF says and whose it is; the signature summary."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import Grant, Viewed
from fairwrench.web.appraisals.models import Appraisal, Document, Signature
from fairwrench.web.appraisals.papers.jobs import KIND, paper_path
from fairwrench.web.appraisals.selectors import forms, forms_seen
from fairwrench.web.appraisals.services import content_of, form_decline, form_sign
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.ui.pdf import pdf
from fairwrench.web.ui.pdf.needs import lacks
from fairwrench.web.work.models import Job, Notice
from fairwrench.web.work.signing.documents import digest_of
from tests.web.appraisals.conftest import LAST, user

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(bool(lacks()), reason="this machine has no pango, or no Chinese font"),
]
State = Appraisal.State


def pages(answer: Any) -> list[str]:
    """The text of each page of a PDF that was sent, as one line: where a line ends hangs on the fonts of a machine."""
    assert answer.headers["Content-Type"] == "application/pdf" and "attachment" in answer.headers["Content-Disposition"]
    return [page.extract_text().replace("\n", "") for page in PdfReader(io.BytesIO(answer.content)).pages]


def signed(form: Appraisal, act: str, who: str) -> Appraisal:
    """A form after somebody read and signed it."""
    fresh = forms().get(pk=form.pk)
    digest = digest_of(content_of(form=fresh).document)
    return form_sign(form=fresh, act=act, digest=digest, seen=fresh.version, by=user(who))


def test_one_form_is_one_sheet_with_its_signature(signed_in: Any, form: Appraisal) -> None:
    signed(form, "sign", "technician")
    (page,) = pages(signed_in("manager").get(f"/appraisals/papers/?form={form.pk}"))
    kept = Document.objects.get()
    assert form.employee.name in page and "绩效评估表" in page and "直接上级" in page
    # who signed what stands at the foot, and so does the whole digest of what is printed
    assert kept.digest[:16] in page and kept.digest in page and "所印即签字时的内容" in page
    assert "1 / 1" in page


def test_what_is_filed_is_printed_as_it_was_signed(signed_in: Any, form: Appraisal) -> None:
    for act, who in (("sign", "technician"), ("sign_manager", "manager")):
        signed(form, act, who)
    Appraisal.objects.filter(pk=form.pk).update(state=State.HR)
    signed(form, "file", "hr")
    Appraisal.objects.filter(pk=form.pk).update(agreed="归档后有人改了约定")
    (page,) = pages(signed_in("hr").get(f"/appraisals/papers/?form={form.pk}"))
    assert "归档后有人改了约定" not in page and form.agreed[:8] in page
    assert "归档后有人改了约定" not in signed_in("hr").get(f"/appraisals/sheets/?form={form.pk}").text
    # bytes that are no longer those that were signed are not passed off as them
    Document.objects.update(packed=b"changed")
    (page,) = pages(signed_in("hr").get(f"/appraisals/papers/?form={form.pk}"))
    assert "保存的内容已损坏" in page and "所印即签字时的内容" not in page


def test_what_was_signed_before_a_change_says_so(signed_in: Any, form: Appraisal) -> None:
    signed(form, "sign", "technician")
    Appraisal.objects.filter(pk=form.pk).update(agreed="改过的约定")
    (page,) = pages(signed_in("manager").get(f"/appraisals/papers/?form={form.pk}"))
    assert "改过的约定" in page and "签在较早的内容上" in page and "所印为当前内容" in page


def test_a_refusal_is_printed_with_its_witness(signed_in: Any, form: Appraisal) -> None:
    digest = digest_of(content_of(form=form).document)
    witness = user("hr").employee
    assert witness
    form_decline(
        form=form, reason="<b>不认可</b>", witness=witness, digest=digest, seen=form.version, by=user("manager")
    )
    (page,) = pages(signed_in("manager").get(f"/appraisals/papers/?form={form.pk}"))
    assert "拒签" in page and "<b>不认可</b>" in page and witness.name in page
    table = signed_in("manager").get(f"/appraisals/summary/?month={LAST}").text
    assert "拒签" in table and f"见证人 <bdi>{witness.name}" in table.replace("\n", " ")


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("x" * 2000, "x" * 2000),
        ("好" * 2000, "好" * 2000),
        ("😀 真好", "😀 真好"),
        # no font here has this family; where it stands is a box, and the sheet is whole
        ("👨\u200d👩\u200d👧", ""),
        ('<img src="http://127.0.0.1:9/x"><script>1</script>', '<img src="http://127.0.0.1:9/x"><script>1</script>'),
        ("\u202e倒过来\u202c &amp; <b>", "&amp; <b>"),
    ],
)
def test_whatever_was_written_is_on_the_sheet(signed_in: Any, form: Appraisal, said: str, read: str) -> None:
    """Breaks where a long word runs off the sheet, a tag counts as one, or a sign ends the making of the PDF."""
    Appraisal.objects.filter(pk=form.pk).update(went_well=said)
    found = pages(signed_in("manager").get(f"/appraisals/papers/?form={form.pk}"))
    text = "".join(found)
    assert len(found) <= 3 and (len(set(read)) == 1 or read in text)
    # page by page, between which stands a number
    assert all(text.count(letter) >= read.count(letter) for letter in set(read))


@pytest.mark.parametrize(("who", "code"), [("manager", 200), ("hr", 200), ("technician", 200), ("advisor", 404)])
def test_a_paper_is_for_who_may_open_the_form(signed_in: Any, form: Appraisal, who: str, code: int) -> None:
    assert signed_in(who).get(f"/appraisals/papers/?form={form.pk}").status_code == code


def test_one_has_no_paper_of_what_is_written_for_a_talk(signed_in: Any, form: Appraisal) -> None:
    Appraisal.objects.filter(pk=form.pk).update(state=State.INTERVIEW)
    assert signed_in("technician").get(f"/appraisals/papers/?form={form.pk}").status_code == 404


@pytest.mark.parametrize("sent", ["form=x", "form=-1", "form=99999999999", "state=all", "month=2026-13", "refused=2"])
def test_what_no_page_of_ours_sends_is_a_bad_request(signed_in: Any, group: Any, sent: str) -> None:
    assert signed_in("hr").get(f"/appraisals/papers/?{sent}").status_code == 400


def test_what_the_machine_lacks_is_said(signed_in: Any, form: Appraisal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "lacks", lambda: (Problem("no_pango", "本机缺少系统库", "libraries lack"),))
    answer = signed_in("manager").get(f"/appraisals/papers/?form={form.pk}")
    assert answer.status_code == 503 and "本机缺少系统库" in answer.text


@pytest.fixture
def made(signed_in: Any, cycle: Cycle, django_capture_on_commit_callbacks: Any) -> tuple[Client, Job]:
    """All forms of the month as HR has them made in the background."""
    hr = signed_in("hr")
    address = f"/appraisals/papers/?month={LAST}"
    assert "后台生成" in hr.get(address).text
    with django_capture_on_commit_callbacks(execute=True):
        hr.post(address)
    return hr, Job.objects.get(kind=KIND)


def test_many_are_made_in_the_background_and_fetched(made: tuple[Client, Job], signed_in: Any, cycle: Cycle) -> None:
    hr, job = made
    assert job.state == Job.State.DONE, job.problems
    told = Notice.objects.get(to=user("hr"), url=f"/appraisals/papers/{job.pk}/")
    seen = forms_seen(user=user("hr")).filter(cycle=cycle)
    assert str(seen.count()) in told.zh
    found = pages(hr.get(told.url))
    # a sheet each, in the order of the list
    assert all(form.employee.name in page for page, form in zip(found, seen, strict=True))
    page = reverse("jobs:job", args=[job.pk])
    assert told.url in hr.get(page).text and told.url not in signed_in("admin").get(page).text
    noted = Viewed.objects.get(by=user("hr"), taken=True)
    assert (noted.page, noted.month) == ("appraisals", LAST)
    for other in ("manager", "auditor", "technician", "admin"):
        assert signed_in(other).get(told.url).status_code in (403, 404)
    paper_path(job_id=job.pk).unlink()
    assert hr.get(told.url).status_code == 404


def test_a_role_lost_meanwhile_gets_nothing(made: tuple[Client, Job]) -> None:
    hr, job = made
    Grant.objects.filter(user__username="hr").delete()
    assert hr.get(f"/appraisals/papers/{job.pk}/").status_code == 404


def test_two_tabs_have_it_made_once(signed_in: Any, cycle: Cycle, settings: Any) -> None:
    settings.JOBS_AT_ONCE = False
    hr = signed_in("hr")
    for _ in range(2):
        hr.post(f"/appraisals/papers/?month={LAST}")
    job = Job.objects.get(kind=KIND)
    assert hr.get(f"/appraisals/papers/{job.pk}/").status_code == 404


def test_the_summary_is_a_table_a_department(signed_in: Any, form: Appraisal) -> None:
    signed(form, "sign", "technician")
    hr = signed_in("hr")
    page = hr.get("/appraisals/summary/")
    told = page.context["summary"]
    seen = forms_seen(user=user("hr")).filter(cycle__month=LAST)
    assert told.month == LAST and told.forms == seen.count()
    assert [len(each.lines) for each in told.departments] == [
        seen.filter(department=code).count() for code in sorted(set(seen.values_list("department", flat=True)))
    ]
    assert told.unsigned == seen.exclude(state=State.FILED).count()
    found = pages(hr.get(f"/appraisals/summary/?month={LAST}&as=pdf"))
    assert len(found) >= len(told.departments)
    for at, text in enumerate(found, 1):
        # the head is repeated on each page, and pages are numbered
        assert "签字汇总表" in text and "隔级上级" in text and f"{at} / {len(found)}" in text
    (mine,) = [text for text in found if form.employee.employee_id in text]
    assert Signature.objects.get().document and Document.objects.get().digest[:8] in mine


@pytest.mark.parametrize("who", ["technician", "manager", "auditor"])
def test_the_summary_holds_what_the_list_holds(signed_in: Any, form: Appraisal, who: str) -> None:
    page = signed_in(who).get(f"/appraisals/summary/?month={LAST}")
    told = {line.form.pk for each in page.context["summary"].departments for line in each.lines}
    seen = forms_seen(user=user(who)).filter(cycle__month=LAST)
    assert told == set(seen.values_list("pk", flat=True))
    assert "¥" not in page.text.split("<main")[1]


def test_a_summary_of_nothing_is_no_fault(signed_in: Any, cycle: Cycle) -> None:
    hr = signed_in("hr")
    assert "没有绩效评估表" in hr.get("/appraisals/summary/?month=2020-01").text
    assert hr.get("/appraisals/summary/?month=2020-01&as=pdf").status_code == 404
    assert hr.get("/appraisals/summary/?store=别的店&as=pdf").status_code == 404


@pytest.mark.parametrize(
    "address",
    [f"/appraisals/summary/?month={LAST}", f"/appraisals/sheets/?month={LAST}", "/appraisals/archive/?state=any"],
)
def test_pages_of_many_ask_little(
    signed_in: Any, form: Appraisal, address: str, django_assert_max_num_queries: Any
) -> None:
    signed(form, "sign", "technician")
    client = signed_in("hr")
    client.get("/settings/")
    with django_assert_max_num_queries(13):
        assert client.get(address).status_code == 200
