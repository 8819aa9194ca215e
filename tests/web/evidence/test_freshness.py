"""The heat map: what is there, what waits, what is late and what is missing, for whom it concerns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from fairwrench.web.evidence.freshness import freshness
from fairwrench.web.evidence.models import Landing, Upload
from fairwrench.web.evidence.services import upload_land
from fairwrench.web.evidence.views_desk import BESIDE
from fairwrench.web.people.models import Unit
from tests.web.evidence.conftest import OCTOBER, ROWS, orders


@pytest.fixture
def at(monkeypatch):
    """Sets the clock, in UTC."""

    def now(*moment):
        monkeypatch.setattr(timezone, "now", lambda: datetime(*moment, tzinfo=UTC))

    return now


def states(user, source="repair_orders", **asked):
    found = freshness(user=user, month=OCTOBER, source=source, **asked)
    return {cell.store: (cell.state, cell.text) for line in found.lines for cell in line.cells}


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


def test_what_came_after_its_deadline_is_late(hand_in, hr, at):
    """Fails when a provider who is late every month would look like one in time."""
    surveys = "回访编号,应回访日期,服务顾问,是否满意\n1,2026-10-11,E2,是\n".encode()
    at(2026, 11, 7, 10, 0)
    land(hand_in(surveys, "东店_回访.csv"), hr)
    Landing.objects.update(landed_at=datetime(2026, 11, 7, 10, 0, tzinfo=UTC))
    assert states(hr, "surveys")["东店"] == ("late", "晚 3 天")
    Landing.objects.update(landed_at=datetime(2026, 11, 4, 10, 0, tzinfo=UTC))
    assert states(hr, "surveys")["东店"] == ("landed", "11-04")


def test_a_provider_sees_their_own_duties_alone(hand_in, user, hr):
    """Fails when somebody would see what is not theirs to hand in."""
    land(hand_in(name="西店_维修工单.csv"), hr)
    mine = user("W1", "data_provider", duties=[("repair_orders", "西店")])
    found = freshness(user=mine, month=OCTOBER)
    assert [(line.name, [cell.store for cell in line.cells]) for line in found.lines] == [("repair_orders", ["西店"])]
    assert "钱七" in found.lines[0].cells[0].about
    assert found.lines[0].cells[0].url
    watcher = user("E1", ("workshop_supervisor", "西店"))
    assert {c.store for line in freshness(user=watcher, month=OCTOBER).lines for c in line.cells} == {"西店"}
    assert freshness(user=watcher, month=OCTOBER, source="repair_orders").lines[0].cells[0].url is None


def test_the_map_asks_the_database_few_times(hand_in, hr, django_assert_max_num_queries):
    """Fails when the map would ask once a cell."""
    land(hand_in(), hr)
    fresh = type(hr).objects.get(pk=hr.pk)
    with django_assert_max_num_queries(10):
        freshness(user=fresh, month=OCTOBER)
    assert Upload.objects.count() == 1


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
    assert {len(line.row) for line in last.context["lines"]} == {2}
    assert first.context["found"].counts == last.context["found"].counts, "the legend counts all stores"
    assert "?month=2026-10&amp;page=2" in first.content.decode()
