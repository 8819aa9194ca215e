"""Pages of the analysis: the whole way by clicks, what is kept where it is refused, who reads what, queries."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairwrench.web.access.models import Viewed
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.days import today
from tests.web.analysis.conftest import LAST, act, answered, approved, asked, drafted, missed, store, user

#: queries of a page
MOST = 12
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def hidden(page: str, name: str) -> str:
    """What a form of a page sends under a name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def press(client: Client, analysis: Analysis, name: str, **more: str) -> Any:
    """Open an analysis and press a button on it."""
    url = f"/analysis/{analysis.pk}/"
    page = client.get(url).text
    sent = {part: hidden(page, part) for part in ("version", "digest") if f'name="{part}"' in page}
    return client.post(f"{url}{name}/", {**sent, **more}, follow=True)


def test_a_month_is_analysed_by_clicks(signed_in: Any) -> None:
    """Breaks if HR, an owner, the general manager or a head cannot do their part on the pages."""
    hr, gm, director = signed_in("hr"), signed_in("gm"), signed_in("director")
    found, at = missed()[0], {"month": LAST, "store": store()}
    page = hr.get("/analysis/missed/", at).text
    assert all(words in page for words in (found.name, found.value, found.target, "未询问"))
    owner = user("director").employee
    assert owner is not None
    answer = hr.post("/analysis/missed/ask/", {**at, f"owner-{found.metric}": owner.employee_id}, follow=True)
    assert "已询问 1 项" in answer.text
    kpi = MissedKpi.objects.get()
    url = f"/analysis/missed/{kpi.pk}/"
    assert url in director.get("/inbox/").text
    told = {"cause": "人手少", "action": "补招一人", "responsible": owner.employee_id, "version": "0"}
    answer = director.post(f"{url}answer/", {**told, "due": f"{today() - timedelta(1)}"})
    assert answer.status_code == 422 and "人手少" in answer.text and "期限不能早于今天" in answer.text
    answer = director.post(f"{url}answer/", {**told, "due": f"{today() + timedelta(9)}"}, follow=True)
    assert "措施已作为任务" in answer.text and "补招一人" in director.get("/tasks/").text
    page = hr.post("/analysis/draft/", at, follow=True).text
    assert "原因：人手少" in page
    analysis = Analysis.objects.get()
    edit = f"/analysis/{analysis.pk}/late/edit/"
    assert "字" * 30 in hr.post(edit, {"version": "0", "text": "字" * 30}, follow=True).text
    answer = hr.post(edit, {"version": "0", "text": "另一个标签页写的"})
    assert answer.status_code == 422 and "另一个标签页写的" in answer.text and "刚刚有变动" in answer.text
    assert "待批准" in press(hr, analysis, "submit").text
    assert "已批准，待下发" in press(gm, analysis, "approve").text
    assert "已下发" in press(hr, analysis, "send").text
    page = director.get(f"/analysis/{analysis.pk}/").text
    assert "原因：人手少" in page and "字" * 30 not in page and "评分质量" not in page
    assert "确认阅读" in director.post(f"/analysis/{analysis.pk}/read/", follow=True).text
    assert Viewed.objects.filter(by=user("director"), page="analysis", month=LAST).exists()


def test_names_of_raters_stay_with_hr_and_the_general_manager(signed_in: Any) -> None:
    """Breaks if what is said of a rater, or of who appealed, reaches the departments or an auditor."""
    analysis = drafted()
    for key in ("quality", "appeals", "late"):
        analysis.sections.filter(key=key).update(text=f"只给近处看的{key}")
    analysis = act(approved(analysis), "send")
    url = f"/analysis/{analysis.pk}/"
    for name in ("hr", "gm"):
        page = signed_in(name).get(url).text
        assert all(f"只给近处看的{key}" in page for key in ("quality", "appeals", "late")), name
    for name in ("director", "auditor", "assistant"):
        page = signed_in(name).get(url)
        assert page.status_code == 200 and "只给近处看的" not in page.text, name
    for name in ("technician", "advisor"):
        assert signed_in(name).get(url).status_code == 404


def test_a_draft_is_hr_s_alone(signed_in: Any) -> None:
    """Breaks if somebody reads, writes or sends what HR has not finished."""
    analysis = drafted()
    url = f"/analysis/{analysis.pk}/"
    for name in ("gm", "director", "auditor", "manager"):
        client = signed_in(name)
        assert client.get(url).status_code == 404
        assert client.post(f"{url}kpis/edit/", {"version": "0", "text": "x"}).status_code == 404
        assert client.post(f"{url}submit/", {"version": "0"}).status_code == 404
    for address in (f"{url}approve/", f"{url}send/"):
        assert signed_in("hr").post(address, {"version": "0"}, follow=True).status_code in (200, 403)
    assert Analysis.objects.get().state == "draft"
    assert signed_in("hr").post(f"{url}draft/").status_code == 404
    assert signed_in("hr").post(f"{url}nothing/edit/", {"version": "0"}).status_code == 404


def test_what_is_not_there_is_refused(signed_in: Any) -> None:
    """Breaks if a month without figures, another store or somebody else's question opens."""
    hr = signed_in("hr")
    assert hr.get("/analysis/missed/", {"month": LAST, "store": "没有的店"}).status_code == 404
    assert "还没有核算的月份" in hr.get("/analysis/missed/", {"month": str(CURRENT)}).text
    sent = hr.post("/analysis/draft/", {"month": str(CURRENT), "store": store()}, follow=True)
    assert "还没有核算" in sent.text and not Analysis.objects.exists()
    kpi = asked()
    assert signed_in("technician").get(f"/analysis/missed/{kpi.pk}/").status_code == 404
    assert hr.post(f"/analysis/missed/{kpi.pk}/answer/", {"version": "0"}).status_code == 404
    assert signed_in("director").post(f"/analysis/missed/{kpi.pk}/return/", {"version": "0"}).status_code == 403
    answer = hr.post(f"/analysis/missed/{kpi.pk}/owner/", {"version": "0", "owner": "没有这个人"})
    assert answer.status_code == 422 and "没有找到" in answer.text


def test_a_store_without_a_missed_kpi_says_so(signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks if a good month is a blank page."""
    monkeypatch.setattr("fairwrench.web.analysis.kpis.views.missed_of", lambda **_: [])
    page = signed_in("hr").get("/analysis/missed/", {"month": LAST, "store": store()}).text
    assert "没有未达标指标" in page and "起草绩效分析" in page


def test_pages_ask_the_database_little(signed_in: Any) -> None:
    """Breaks if a page asks once a KPI, a section or a reader."""
    kpi = answered(asked(at=0))
    asked(at=1)
    analysis = drafted()
    hr = signed_in("hr")
    at = {"month": LAST, "store": store()}
    pages = (f"/analysis/{analysis.pk}/", f"/analysis/missed/{kpi.pk}/", "/analysis/", "/home/")
    counts = {}
    for url, sent in (*((url, {}) for url in pages), ("/analysis/missed/", at)):
        hr.get(url, sent)
        with CaptureQueriesContext(connection) as asking:
            assert hr.get(url, sent).status_code == 200, url
        counts[url] = len(asking)
    assert {url: n for url, n in counts.items() if n > MOST} == {}
