"""Rows exempted: asked for by who may speak for them, decided by somebody else, landed as one row of exemptions."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.exemptions.exemptions import (
    exemption_ask,
    exemption_decide,
    exemptions_ask,
    exemptions_seen,
)
from fairwrench.web.evidence.exemptions.rows import (
    FoundRow,
    concerned,
    kinds_offered,
    metrics_of,
    parts_of,
    row_told,
    rows_found,
    title_of,
)
from fairwrench.web.evidence.models import Exemption, Upload
from fairwrench.web.evidence.uploads.services import upload_land
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.work.queue.services import job_start
from tests.report.small_group import ORDERS
from tests.web.declaring import months_published
from tests.web.evidence.conftest import OCTOBER

KEY = "东店|A1"
METRIC = "on_time_delivery"


@pytest.fixture
def there(hand_in, hr):
    """Two orders of the eastern store lie in the ledger."""
    upload = hand_in()
    upload_land(upload=Upload.objects.get(pk=upload.pk), by=hr, version=upload.version)


@pytest.fixture
def provider(user):
    return user("E2", "data_provider", duties=[("repair_orders", "东店")])


def ask(user, **told):
    given = {"source": "repair_orders", "key": KEY, "metric": METRIC, "month": OCTOBER, "reason": "暴雨停电"}
    return exemption_ask(user=user, **{**given, **told})


def test_an_approved_row_lands_with_who_approved_it(there, provider, hr, settings):
    """Fails when an exempted row would have no effect, or nobody's name under it."""
    assert METRIC in metrics_of(selectors.scheme_at(month=OCTOBER), "repair_orders")
    exemption = ask(provider)
    assert exemption.credited == ["E2"]
    now = exemption_decide(exemption=exemption, by=hr, approve=True)
    now = Exemption.objects.get(pk=now.pk)
    rows = selectors.ledger().current("exemptions", selectors.sources()["exemptions"])
    (row,) = rows.select("source", "key", "metric", "month", "store", "reason", "approved_by").rows()
    assert row == ("repair_orders", KEY, METRIC, "2026-10", "东店", "暴雨停电", "H1")
    assert (now.landing.source, now.landing.number, now.landing.period) == ("exemptions", 1, "2026-10")
    assert [batch.by for batch in Ledger(settings.LEDGER).batches("exemptions")] == ["孙人事 H1"]


def test_after_a_month_is_published_it_lands_for_the_open_one(there, provider, hr):
    """Fails when an exemption would slip behind figures that are paid instead of becoming a correction."""
    exemption = ask(provider)
    months_published(OCTOBER)
    exemption_decide(exemption=exemption, by=hr, approve=True)
    assert Exemption.objects.get().landing.period == "2026-11"


def test_nobody_decides_their_own_request_or_figure(there, user, hr):
    """Fails when somebody could exempt rows of their own."""
    own = ask(hr)
    with pytest.raises(PermissionDenied):
        exemption_decide(exemption=own, by=hr, approve=True)
    advisor = user("E2", "hr")
    with pytest.raises(PermissionDenied):
        exemption_decide(exemption=own, by=advisor, approve=True)
    with pytest.raises(PermissionDenied):
        exemption_decide(exemption=own, by=user("W1", ("hr", "西店")), approve=True)
    assert (
        exemption_decide(exemption=own, by=user("H2", ("hr", "东店")), approve=False, note="不符合").state == "refused"
    )


def test_two_who_decide_at_once_decide_once(there, provider, hr, user):
    """Fails when a refusal would overwrite an approval that landed."""
    exemption = ask(provider)
    exemption_decide(exemption=exemption, by=hr, approve=True)
    with pytest.raises(Refused):
        exemption_decide(exemption=exemption, by=user("H2", "hr"), approve=False, note="晚了")
    assert Exemption.objects.get().state == "approved"


@pytest.mark.parametrize(
    "told",
    [{"key": "东店|没有"}, {"metric": "attendance_rate"}, {"metric": ""}, {"reason": " "}, {"source": "nothing"}],
)
def test_what_cannot_be_exempted_is_refused(there, provider, told):
    """Fails when a request would name what is not there."""
    with pytest.raises(Refused):
        ask(provider, **told)


def test_a_row_is_asked_for_once(there, provider, hr):
    """Fails when the same row would wait to be decided twice."""
    ask(provider)
    with pytest.raises(Refused):
        ask(hr)


def test_only_rows_one_may_speak_for_are_found(there, provider, user):
    """Fails when a search would show other stores' orders."""
    stranger = user("W1", "data_provider", duties=[("repair_orders", "西店")])
    assert [row.key for row in rows_found(user=provider, source="repair_orders", month=OCTOBER, sought="A1")] == [KEY]
    assert rows_found(user=stranger, source="repair_orders", month=OCTOBER, sought="A1") == []
    ask(provider)
    assert list(exemptions_seen(user=stranger)) == []


def test_it_is_asked_and_decided_by_clicking(there, provider, hr, signed_in):
    """Fails when it would need anything but the pages, or a page would let others decide."""
    mine = signed_in(provider)
    page = mine.get(reverse("evidence:exemption_new"), {"month": "2026-10", "source": "repair_orders", "q": "A1"})
    assert f"key={quote(KEY, safe='')}" in page.content.decode()
    told = {"source": "repair_orders", "month": "2026-10", "key": KEY, "metric": METRIC, "reason": "停电"}
    answer = mine.post(reverse("evidence:exemption_new"), told)
    assert answer.status_code == 302
    decide = reverse("evidence:exemption_decide", args=[Exemption.objects.get().pk])
    assert mine.post(decide, {"decision": "approve"}).status_code == 403
    assert "停电" in signed_in(hr).get(answer.url).content.decode()
    signed_in(hr).post(decide, {"decision": "approve"})
    assert Exemption.objects.get().landing is not None
    assert "A1" in signed_in(hr).get(reverse("evidence:exemptions")).content.decode()
    again = mine.post(reverse("evidence:exemption_new"), {**told, "reason": "再申请一次"})
    assert again.status_code == 422
    assert "已经申请过" in again.content.decode() and "再申请一次" in again.content.decode()


def test_a_row_is_found_by_what_people_know_of_it(there, provider):
    """Fails when only the key as the ledger writes it would lead to a row, or an empty search to nothing."""

    def keys(sought):
        rows = rows_found(user=provider, source="repair_orders", month=OCTOBER, sought=sought)
        return [row.key for row in rows]

    assert keys("") == ["东店|A2", KEY]
    assert keys("A1") == [KEY]
    assert keys("赵四") == keys("E4") == ["东店|A2", KEY]
    assert keys("没有") == []
    assert rows_found(user=provider, source="repair_orders", month=OCTOBER, sought="", exact=True) == []


def test_only_kinds_that_figures_read_and_one_speaks_for_are_offered(there, provider, user):
    """Fails when somebody would look for rows where none can be exempted, or a manager find no way to ask."""
    scheme = selectors.scheme_at(month=OCTOBER)
    assert list(kinds_offered(user=provider, scheme=scheme)) == ["repair_orders"]
    assert kinds_offered(user=user("W2"), scheme=scheme) == {}
    Assignment.objects.filter(employee__employee_id="E4").update(manager=Employee.objects.get(employee_id="E1"))
    manager = user("E1")
    assert "job_lines" in kinds_offered(user=manager, scheme=scheme)
    (row, _) = rows_found(user=manager, source="repair_orders", month=OCTOBER, sought="")
    assert row.values["technician"] == "E4"


def test_the_metrics_that_a_row_counts_for_come_with_whose_they_are(there, provider):
    """Fails when somebody would ask for a metric that the row is not in, or not know whose figure it changes."""
    scheme = selectors.scheme_at(month=OCTOBER)
    (row,) = rows_found(user=provider, source="repair_orders", month=OCTOBER, sought=KEY, exact=True)
    found = {each.name: each for each in concerned(row=row, source="repair_orders", scheme=scheme, month=OCTOBER)}
    assert found[METRIC].counts and found[METRIC].people == ["李二 E2"]
    assert "服务顾问" in {position.zh for position in found[METRIC].positions}
    later = concerned(row=row, source="repair_orders", scheme=scheme, month=OCTOBER.plus(1))
    assert not next(each for each in later if each.name == METRIC).counts
    dates = {part.date: None for part in parts_of(scheme.metrics[METRIC], "repair_orders")}
    undated = FoundRow(row.key, row.store, {**row.values, **dates})
    nothing = concerned(row=undated, source="repair_orders", scheme=scheme, month=OCTOBER)
    assert not next(each for each in nothing if each.name == METRIC).counts


def test_several_metrics_are_asked_for_at_once_or_none(there, provider):
    """Fails when half of a request would stay behind after the other half was refused."""
    other = next(name for name in metrics_of(selectors.scheme_at(month=OCTOBER), "repair_orders") if name != METRIC)
    told = {"user": provider, "source": "repair_orders", "key": KEY, "month": OCTOBER, "reason": "停电"}
    with pytest.raises(Refused):
        exemptions_ask(metrics=[other, "no_such_metric"], **told)
    assert Exemption.objects.count() == 0
    assert [each.metric for each in exemptions_ask(metrics=[METRIC, other], **told)] == [METRIC, other]


def test_a_request_reads_in_the_readers_language(there, provider):
    """Fails when whoever decides would read labels of another language, or a key that nobody writes."""
    exemption = ask(provider)
    assert title_of(exemption) == "A1"
    with translation.override("en"):
        labels = [label for label, _ in row_told(exemption)]
    assert labels[:2] == ["Order number", "Store"]


def test_nothing_lands_for_an_approver_whose_account_is_gone(there, provider, hr):
    """Fails when landing would break off without a word about who approved."""
    exemption = ask(provider)
    Exemption.objects.filter(pk=exemption.pk).update(state=Exemption.State.APPROVED, decided_by=None)
    job = job_start(kind="evidence_exemption", key="exemption:again", by=hr, exemption_id=exemption.pk)
    job.refresh_from_db()
    assert job.state == "failed" and "exemption_not_landed" in [problem["code"] for problem in job.problems]
    assert Exemption.objects.get().landing is None


def test_what_people_are_paid_is_not_found_by_who_leads_them(hand_in, hr, user):
    """Fails when a line manager reads the wage of somebody they lead among the rows that they may speak for."""
    upload = hand_in("工号,月份,提成工资总额,应发工资\nE4,2026-10,100,8765.43\n".encode(), "东店_薪资数据.csv")
    upload_land(upload=upload, by=hr, version=upload.version)
    Assignment.objects.filter(employee__employee_id="E4").update(manager=Employee.objects.get(employee_id="E2"))
    for who, rows in ((user("E2"), 0), (hr, 1)):
        assert len(rows_found(user=who, source="payroll", month=OCTOBER, sought="")) == rows


SHARES = "月份,门店,班组,成员,生效日期,份额"


@pytest.fixture
def of_team(hand_in, hr):
    """An order of the eastern store booked on 机电一组, to which E4 belongs."""

    def landed(content, name):
        upload = hand_in(content.encode(), name)
        upload_land(upload=upload, by=hr, version=upload.version)
        assert Upload.objects.get(pk=upload.pk).state == Upload.State.LANDED

    order = "A9,2026-10-11 08:00,2026-10-11 12:00,2026-10-11 11:00,E2,机电一组,维修,100.00"
    landed(f"{ORDERS}\n{order}\n", "东店_维修工单.csv")
    landed(f"{SHARES}\n2026-10,东店,机电一组,E4,2026-10-01,1\n", "班组分配.csv")
    return landed


def test_who_leads_a_member_finds_the_rows_of_the_team(of_team, user):
    """Fails when what is booked on a team is nobody's to speak for but HR's."""
    Assignment.objects.filter(employee__employee_id="E4").update(manager=Employee.objects.get(employee_id="E1"))
    Assignment.objects.filter(employee__employee_id="W2").update(manager=Employee.objects.get(employee_id="W1"))
    for who, found in (("E1", ["东店|A9"]), ("W1", [])):
        rows = rows_found(user=user(who), source="repair_orders", month=OCTOBER, sought="")
        assert [row.key for row in rows] == found


def test_no_member_of_a_team_decides_about_its_rows(of_team, provider, user, hr):
    """Fails when HR who shares in the team's work takes a bad job out of the team's figure, and so of their own."""
    scheme = selectors.scheme_at(month=OCTOBER)
    (row,) = rows_found(user=provider, source="repair_orders", month=OCTOBER, sought="A9")
    assert row.values["technician"] == "team:东店/机电一组"
    found = concerned(row=row, source="repair_orders", scheme=scheme, month=OCTOBER)
    metric = next(each for each in found if "机电一组" in each.people)
    assert metric.people == ["赵四 E4", "机电一组"]
    asked = ask(provider, key="东店|A9", metric=metric.name)
    assert asked.credited == ["E4", "team:东店/机电一组"]
    with pytest.raises(PermissionDenied):
        exemption_decide(exemption=asked, by=user("E4", ("hr", "东店")), approve=True)
    # H2 gets a part after it was asked for
    of_team(f"{SHARES}\n2026-10,东店,机电一组,H2,2026-10-16,1\n", "班组分配二.csv")
    with pytest.raises(PermissionDenied):
        exemption_decide(exemption=asked, by=user("H2", ("hr", "东店")), approve=True)
    assert exemption_decide(exemption=asked, by=hr, approve=True).state == "approved"
