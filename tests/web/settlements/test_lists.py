"""Every count of a month opens the list behind it, and the list is as long as the count says."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.models import Landing
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Rating, Result, Run
from fairwrench.web.settlements.months.checklist import blocking
from fairwrench.web.settlements.ratings import rating
from fairwrench.web.settlements.ratings.filed_ratings import Filed
from fairwrench.web.settlements.ratings.rating import places
from fairwrench.web.settlements.runs.person import card_lines
from tests.web.settlements.test_pages import LAST

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW = str(CURRENT)
_LINK = re.compile(r'<a[^>]* href="([^"]*/people/\?[^"]*)"[^>]*>(.*?)</a>', re.S)


def lists(page: str) -> list[tuple[str, int]]:
    """Where a page's counts of people lead, with the count."""
    found = [(unescape(address), re.sub(r"<[^>]+>|,", "", words)) for address, words in _LINK.findall(page)]
    return [(address, int(words)) for address, words in found if words.strip().isdigit()]


def live() -> Run:
    """The month so far."""
    return Run.objects.filter(cycle__month=NOW, whole=True).order_by("-id")[0]


@pytest.mark.parametrize("page", [f"/months/{LAST}/", f"/months/{NOW}/", "/months/", f"/stores/?month={LAST}"])
def test_counts_of_people_open_lists_of_that_length(signed_in: Any, page: str) -> None:
    """Fails when a count leads nowhere, or to other people than those it counted."""
    hr = signed_in("hr")
    found = lists(hr.get(page).text)
    assert found
    for address, count in found:
        assert hr.get(address).context["table"].paginator.count == count, address


def test_who_is_incomplete_is_told_by_name_with_what_is_missing(signed_in: Any) -> None:
    """Fails when the list of a cause holds somebody who waits for nothing of the kind, or leaves somebody out."""
    waiting = {
        result.employee_id
        for result in live().results.filter(state="incomplete")
        if any(line["state"] == "held" and line["cause"] == "not_handed_in" for line in card_lines(result=result))
    }
    answer = signed_in("hr").get(f"/months/{NOW}/people/?cause=not_handed_in&per_page=200")
    assert f"共 {answer.context['items']} 项" in answer.text, "the count that led here is one of items"
    listed = [row.record for row in answer.context["table"].rows]
    assert waiting and {record.employee_id for record in listed} == waiting
    assert "：数据尚未提交" in answer.text and listed[0].name in answer.text
    assert "not_handed_in" not in re.sub(r"<[^>]*>", "", answer.text)


def test_the_list_goes_out_as_it_is_shown(signed_in: Any) -> None:
    """Fails when the workbook of a list holds more people than the list."""
    answer = signed_in("hr").get(f"/months/{NOW}/people/?state=incomplete&export=xlsx")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"


@pytest.mark.parametrize("query", ["state=x", "cause=labour", "grade=Z", "rated=1", "grade=²"])
def test_what_no_page_offers_is_a_bad_request(signed_in: Any, query: str) -> None:
    """Fails when a made-up filter is taken for no filter, or breaks the page."""
    assert signed_in("hr").get(f"/months/{NOW}/people/?{query}").status_code == 400


def test_a_rating_after_the_settlement_is_named(signed_in: Any) -> None:
    """Fails when the checklist counts ratings that its list does not show."""
    cycle = Cycle.objects.get(month=LAST)
    assert cycle.run is not None
    person = Result.objects.filter(run=cycle.run).exclude(state="excluded").exclude(manager_id="")[0]
    rated, rater = (Employee.objects.get(employee_id=who) for who in (person.employee_id, person.manager_id))
    Rating.objects.create(month=LAST, employee=rated, rater=rater, item="conduct", role="line_manager", points=9000)
    answer = signed_in("hr").get(f"/months/{LAST}/people/?rated=since")
    assert [row.record.employee_id for row in answer.context["table"].rows] == [person.employee_id]


def test_a_batch_that_landed_while_the_month_was_settled_is_told(signed_in: Any, group: Any) -> None:
    """Fails when what came in between sealing and writing down is taken for settled: the clock cannot tell, the seal
    does."""
    cycle = Cycle.objects.get(month=LAST)
    hr = User.objects.get(username="hr")
    cycle.state = Cycle.State.SETTLED
    cycle.save()
    assert cycle.run is not None and blocking(cycle=cycle, by=hr) == []
    last = Landing.objects.filter(source="repair_orders").order_by("-number")[0]
    later = {"pk": None, "number": last.number + 1, "period": LAST, "landed_at": cycle.run.made_at - timedelta(1)}
    later["months"] = [LAST]
    Landing.objects.create(**{**{f.attname: getattr(last, f.attname) for f in last._meta.fields}, **later, "id": None})
    points = blocking(cycle=cycle, by=hr)
    assert [point.lists for point in points] == [f"/months/{LAST}/unsettled/"]
    listed = signed_in("hr").get(points[0].lists).context["table"]
    assert [row.record.number for row in listed.rows] == [last.number + 1]
    Landing.objects.filter(number=last.number + 1, source=last.source).update(months=["2001-01"])
    assert blocking(cycle=cycle, by=hr) == [], "of months that the seal does not look at, and from before: settled anew"
    late = {"months": ["2001-01"], "landed_at": cycle.run.made_at + timedelta(seconds=1)}
    Landing.objects.filter(number=last.number + 1, source=last.source).update(**late)
    assert [point.lists for point in blocking(cycle=cycle, by=hr)] == [f"/months/{LAST}/unsettled/"]


def test_a_rating_by_file_is_not_waited_for(signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a rating that HR's file gave still counts as missing, on the rater's page or in the checklist."""
    manager, cycle = User.objects.get(username="manager"), Cycle.objects.get(month=NOW)
    before = [place for place in places(cycle=cycle, user=manager) if not place.rated and place.item.kind == "rating"]
    place = before[0]
    key = (place.result.employee_id, place.item.key, place.rater.employee_id)
    monkeypatch.setattr(rating, "ratings_filed", lambda **_: {key: Filed("良好", "")})
    after = [place for place in places(cycle=cycle, user=manager) if not place.rated and place.item.kind == "rating"]
    assert len(after) == len(before) - 1
    assert "文件已评：良好" in signed_in("manager").get(f"/months/{NOW}/ratings/").text


def test_a_month_goes_back_with_a_reason_alone(signed_in: Any) -> None:
    """Fails when the general manager cannot send a month back, or nobody learns why."""
    cycle = Cycle.objects.get(month=LAST)
    Cycle.objects.filter(pk=cycle.pk).update(state=Cycle.State.APPROVED_HR)
    gm, form = signed_in("gm"), {"version": cycle.version}
    gm.post(f"/months/{LAST}/send_back/", form)
    assert Cycle.objects.get(pk=cycle.pk).state == Cycle.State.APPROVED_HR
    gm.post(f"/months/{LAST}/send_back/", {**form, "note": "三号店产值有误"})
    assert Cycle.objects.get(pk=cycle.pk).state == Cycle.State.OPEN
    assert "三号店产值有误" in signed_in("hr").get(f"/months/{LAST}/").text


def test_the_pay_page_cross_foots(signed_in: Any) -> None:
    """Fails when a column's totals are not the sum of what stands in it, or a row's total not that of its parts."""
    table = signed_in("hr").get(f"/months/{LAST}/pay/").context["table"]
    rows = list(Result.objects.filter(run=Cycle.objects.get(month=LAST).run).values())
    paid = [row for row in rows if row["total_pay"] is not None]
    added = ("performance_pay", "fixed_part", "pool_pay", "corrections")
    for row in paid:
        assert sum(row[name] or 0 for name in added) - (row["deductions"] or 0) == row["total_pay"], row["name"]
    (payable, open_) = (sums for _, sums in table.footers)
    for bound, shown in payable:
        if shown is not None:
            assert shown == bound.column.render(sum(row[bound.accessor] or 0 for row in paid)), bound.name
    assert {bound.name for bound, shown in open_ if shown is not None} == {
        bound.name for bound, shown in payable if shown is not None
    }
