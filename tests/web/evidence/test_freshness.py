"""The heat map: what is there, what waits, what is late and what is missing, for whom it concerns."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.evidence.freshness.arrivals import arrived
from fairwrench.web.evidence.freshness.freshness import freshness
from fairwrench.web.evidence.models import Landing, Upload
from fairwrench.web.evidence.uploads.services import upload_land
from fairwrench.web.evidence.views.desk import BESIDE
from fairwrench.web.org.models import Unit
from fairwrench.web.work.models import Notice
from tests.web.evidence.conftest import OCTOBER, ROWS, orders


@pytest.fixture
def at(monkeypatch):
    """Sets the clock, in UTC."""

    def now(*moment):
        monkeypatch.setattr(timezone, "now", lambda: datetime(*moment, tzinfo=UTC))

    return now


def states(user, source="repair_orders", **asked):
    cells = shown(freshness(user=user, month=OCTOBER, source=source, **asked)).get(source, [])
    return {cell.store: (cell.state, cell.text) for cell in cells}


def shown(found):
    """Source → the cells of all stores; what the counts are made of is what the cells show."""
    rows = {row.line.name: [cell for cell in row.cells if cell] for row in found.beside(found.stores)}
    assert {name: {cell.store: cell.state for cell in cells} for name, cells in rows.items()} == {
        line.name: line.states for line in found.lines
    }
    return rows


def land(upload, by):
    upload_land(upload=upload, by=by, version=upload.version)


def test_what_is_there_waits_or_is_missing(hand_in, hr, at):
    """Fails when somebody would chase a file that is there, or not notice one that is not.

    Repair orders are the workshop manager's, who has no deadline in the shipped scheme; surveys are due on 5 November
    at 17:30 local time, 09:30 UTC.
    """
    at(2026, 11, 5, 9, 0)
    hand_in(name="西店_维修工单.csv")
    land(hand_in(orders(*ROWS, "A9,,,,,,,x")), hr)
    assert states(hr) == {"东店": ("partial", "退回 1"), "西店": ("partial", "待导入")}
    assert states(hr, "surveys")["东店"] == ("missing", "11-05 前")
    at(2026, 11, 5, 9, 31)
    assert states(hr, "surveys")["东店"] == ("missing", "逾期 1 天")
    at(2026, 10, 30, 9, 0)
    assert states(hr, "surveys")["东店"] == ("waiting", "")


def test_hr_reminds_those_by_name_who_have_not_handed_in(hand_in, user, hr, signed_in, at):
    """Fails when HR has no name to remind, when somebody who handed in is reminded, or is twice within the hour."""
    at(2026, 11, 5, 9, 31)
    late, done = user("E2", duties=[("surveys", "东店")]), user("W1", duties=[("repair_orders", "西店")])
    land(hand_in(name="西店_维修工单.csv"), hr)
    client = signed_in(hr)
    page = (
        client.get("/evidence/places/?month=2026-10&state=missing")
        .text.partition('id="late"')[2]
        .partition("</table>")[0]
    )
    assert "李二 E2" in page
    assert "钱七" not in page
    offer = re.search(r'name="offer" value="([^"]+)"', page)
    for told in ("已催办 李二", "李二 一小时内已被催办过"):
        assert told in client.post("/settings/notices/urge/", {"offer": offer[1], "next": "/inbox/"}, follow=True).text
    assert list(Notice.objects.values_list("to", "zh", "url")) == [
        (late.pk, "催办：2026-10 还有数据待您提报", "/evidence/?month=2026-10")
    ]
    assert 'id="late"' not in signed_in(done).get("/evidence/places/?month=2026-10").text


def test_what_came_after_its_deadline_is_late(hand_in, hr, at):
    """Fails when a provider who is late every month would look like one in time."""
    surveys = "回访编号,应回访日期,服务顾问,是否满意\n1,2026-10-11,E2,是\n".encode()
    at(2026, 11, 7, 10, 0)
    land(hand_in(surveys, "东店_回访.csv"), hr)
    Landing.objects.update(landed_at=datetime(2026, 11, 7, 10, 0, tzinfo=UTC))
    assert states(hr, "surveys")["东店"] == ("late", "晚 3 天")
    Landing.objects.update(landed_at=datetime(2026, 11, 4, 10, 0, tzinfo=UTC))
    assert states(hr, "surveys")["东店"] == ("landed", "11-04")


def test_leave_of_a_store_that_hands_it_in_is_waited_for(hand_in, hr, at):
    """Fails when leave that did not come is looked for by nobody, or a store that never hands it in is asked for it.

    Administration hands figures in by the 2nd of November, 17:30 in the stores.
    """
    at(2026, 11, 2, 9, 31)
    assert states(hr, "leave") == {}
    head = "工号,月份,假别,开始时间,结束时间,当月工时"
    september = f"{head}\nE2,2026-09,年假,2026-09-14,2026-09-14,8\n".encode()
    land(hand_in(september, "东店_请假.csv", month=Month(2026, 9)), hr)
    assert states(hr, "leave") == {"东店": ("missing", "逾期 1 天")}
    nobody_away = f"{head}\n".encode()
    land(hand_in(nobody_away, "东店_请假.csv"), hr)
    assert states(hr, "leave")["东店"][0] == "late"


def test_a_provider_sees_their_own_duties_alone(hand_in, user, hr):
    """Fails when somebody would see what is not theirs to hand in."""
    land(hand_in(name="西店_维修工单.csv"), hr)
    mine = user("W1", "data_provider", duties=[("repair_orders", "西店")])
    found = freshness(user=mine, month=OCTOBER)
    (cell,) = shown(found)["repair_orders"]
    assert [line.name for line in found.lines] == ["repair_orders"]
    assert (found.every_store, cell.store) == (["西店"], "西店")
    assert "钱七" in cell.about
    assert cell.url
    watched = freshness(user=user("E1", ("workshop_supervisor", "西店")), month=OCTOBER)
    assert {cell.store for cells in shown(watched).values() for cell in cells} == {"西店"}
    assert shown(watched)["repair_orders"][0].url is None


def test_the_map_asks_the_database_few_times(hand_in, hr, django_assert_max_num_queries):
    """Fails when the map would ask once a cell."""
    land(hand_in(), hr)
    fresh = type(hr).objects.get(pk=hr.pk)
    with django_assert_max_num_queries(10):
        freshness(user=fresh, month=OCTOBER)
    assert Upload.objects.count() == 1


def test_what_landed_is_read_once_and_anew_when_more_lands(hand_in, hr, django_assert_num_queries):
    """Fails when the map would go on showing what was there before, or read every landing at each look."""
    land(hand_in(orders(*ROWS, "A9,,,,,,,x")), hr)
    assert arrived(OCTOBER)[0]["repair_orders", "东店"].rejected == 1
    with django_assert_num_queries(1):
        before, _ = arrived(OCTOBER)
    land(hand_in(name="西店_维修工单.csv"), hr)
    with django_assert_num_queries(3):
        assert {*arrived(OCTOBER)[0]} == {*before, ("repair_orders", "西店")}
    Landing.objects.update(landed_at=datetime(2026, 11, 7, 10, 0, tzinfo=UTC))
    assert arrived(OCTOBER)[0]["repair_orders", "西店"].last == datetime(2026, 11, 7, 10, 0, tzinfo=UTC)


def test_a_group_is_shown_a_page_of_stores_at_a_time(hand_in, hr, signed_in, at):
    """Fails when a hundred stores would stand side by side, or those with the most missing on the last page."""
    at(2026, 11, 9, 9, 0)
    for number in range(BESIDE):
        Unit.objects.create(kind=Unit.Kind.STORE, name=f"甲{number:02d}店", code=f"S{number:02d}")
    land(hand_in(), hr)
    client = signed_in(hr)
    first, last = (client.get("/evidence/", {"month": "2026-10", "page": page}) for page in (1, 2))
    shown = [list(answer.context["stores_page"]) for answer in (first, last)]
    assert [len(stores) for stores in shown] == [BESIDE, 2]
    assert "东店" in shown[1], "what is landed there makes it the one with the least missing"
    assert {len(row.cells) for row in last.context["rows"]} == {2}
    assert first.context["found"].counts == last.context["found"].counts, "the legend counts all stores"
    assert "?month=2026-10&amp;page=2" in first.content.decode()


def test_what_was_handed_in_before_is_asked_in_the_same_query(hand_in, hr, django_assert_num_queries):
    """Fails when months before take a query of their own at each look, or a landing of one of them is not seen."""
    asked = {"repair_orders": 2}
    assert arrived(OCTOBER.plus(1), asked)[1] == {}
    land(hand_in(), hr)
    assert arrived(OCTOBER.plus(1), asked)[1] == {"repair_orders": {str(OCTOBER): frozenset({"东店"})}}
    with django_assert_num_queries(1):
        arrived(OCTOBER.plus(1), asked)
    assert arrived(OCTOBER.plus(3), asked)[1] == {}
