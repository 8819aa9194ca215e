"""A month that comes in several files: what was rejected in any of them stays in sight until it is made good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fairwrench.web.access.reach import stores_of_unit
from fairwrench.web.evidence.access import providers
from fairwrench.web.evidence.freshness.arrivals import Landed, standing
from fairwrench.web.evidence.freshness.freshness import freshness
from fairwrench.web.evidence.models import Landing, Upload
from fairwrench.web.org.models import Duty, Employee, Unit
from tests.web.evidence.conftest import OCTOBER, ROWS, orders
from tests.web.evidence.test_freshness import land

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
NAME = "东店_维修工单"
#: the third week: two good rows, one without anything but its number
WEEK_3 = orders(*ROWS, "A9,,,,,,,x")
WEEK_4 = orders("A5,2026-10-25 08:00,2026-10-25 12:00,2026-10-25 11:00,E2,E4,维修,80.00")
A9 = "A9,2026-10-13 08:00,2026-10-13 12:00,2026-10-13 11:00,E2,E4,维修,70.00"


@pytest.fixture
def landed(hand_in, hr):
    """Hands in files of the eastern store and lands them, one after the other; each is (content, name)."""

    def all_of(*files):
        for content, name in files:
            land(hand_in(content, f"{name}.csv"), hr)
        moments = {landing.pk: FIRST + timedelta(hours=landing.number) for landing in Landing.objects.all()}
        for pk, moment in moments.items():
            Landing.objects.filter(pk=pk).update(landed_at=moment)
        return cell(hr)

    return all_of


def cell(user):
    found = freshness(user=user, month=OCTOBER, source="repair_orders", store="东店")
    return found.beside(found.stores)[0].cells[0]


def test_a_further_file_does_not_hide_what_was_rejected_before(landed):
    """Fails when the rows rejected in the third week are forgotten once the fourth week's file came in whole."""
    found = landed((WEEK_3, f"{NAME}_三周"), (WEEK_4, f"{NAME}_四周"))
    assert (found.state, found.text) == ("partial", "退回 1")
    assert found.url == "/evidence/batches/repair_orders/1/"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        # the file handed in again under its own name, mended
        (orders(*ROWS, A9), f"{NAME}_三周"),
        # the rows that were taken away to be mended
        (orders(A9), f"{NAME}_三周_退回"),
        (orders(A9), f"{NAME}_三周_rejected"),
        # the whole month, which holds the weeks
        (orders(*ROWS, A9, "A8,2026-10-28 08:00,2026-10-28 12:00,2026-10-28 11:00,E2,E4,维修,60.00"), f"{NAME}_十月"),
    ],
)
def test_what_was_made_good_is_no_longer_asked_for(landed, content, name):
    """Fails when somebody would go on looking for rows that they have mended and handed in."""
    assert landed((WEEK_3, f"{NAME}_三周"), (WEEK_4, f"{NAME}_四周"), (content, name)).state == "landed"


def test_a_file_that_waits_stands_before_what_has_landed(landed, hand_in, hr):
    """Fails when the map says that all is there while a further file of the month lies on the desk."""
    assert landed((WEEK_4, f"{NAME}_四周")).state == "landed"
    waiting = hand_in(WEEK_3, f"{NAME}_三周.csv")
    found = cell(hr)
    assert (found.state, found.text, found.url) == ("partial", "待导入", f"/evidence/uploads/{waiting.pk}/")


def file(name: str, accepted: int = 0, rejected: int = 0, again: int = 0) -> Landed:
    return Landed(1, FIRST, f"{name}.xlsx", accepted, rejected, again)


@pytest.mark.parametrize(
    ("landings", "open_rows"),
    [
        ([file("周", 90, 5)], 5),
        # each week under the same name: the second holds none of the first
        ([file("周", 90, 5), file("周", 80)], 5),
        ([file("周", 90, 5), file("周", 80, 2)], 7),
        # no more than what was rejected: it is these rows, though they bring no row that was there
        ([file("周", 90, 5), file("周", 5)], 0),
        # the second week handed in again says nothing about the first
        ([file("一", 50, 5), file("二", 80, 1), file("二", 81, 0, again=80)], 5),
        # mended, and two of the mended rows rejected once more
        ([file("周", 90, 5), file("周_退回", 3, 2)], 2),
        ([file("周", 90, 5), file("周_退回", 3, 2), file("周_退回_退回", 2)], 0),
    ],
)
def test_rejected_rows_stand_until_they_come_again(landings: list[Landed], open_rows: int) -> None:
    """Fails when rejected rows are dropped silently, or asked for after they came."""
    assert sum(each.rejected for each in standing(landings)) == open_rows


def test_who_hands_in_for_a_store_are_those_whose_duty_holds_there(office, django_assert_num_queries):
    """Fails when a duty for a region, a department or the group is shown for other stores than it holds for."""
    group = Unit.objects.filter(kind=Unit.Kind.GROUP).first() or Unit.objects.create(kind="group", name="集团")
    region = Unit.objects.create(kind="region", name="华东", parent=group)
    Unit.objects.filter(name="东店").update(parent=region)
    Unit.objects.filter(name="西店").update(parent=group)
    Unit.objects.create(kind="department", name="区域财务", parent=region)
    Unit.objects.create(kind="department", name="集团财务", parent=group)
    part = Unit.objects.filter(kind="department").first()
    inner = Unit.objects.create(kind="department", name="机修", parent=part)
    Unit.objects.create(kind="team", name="一组", parent=inner)
    Unit.objects.create(kind="team", name="独立", parent=None)
    somebody, other = Employee.objects.order_by("pk")[:2]
    stores, told = ["东店", "西店"], {}
    for number, unit in enumerate(Unit.objects.order_by("pk")):
        Duty.objects.create(kind=Duty.Kind.PROVIDE, subject=f"s{number}", unit=unit, employee=somebody)
        Duty.objects.create(kind=Duty.Kind.RATE, subject="attitude", unit=unit, employee=somebody)
        held = stores_of_unit(unit)
        told |= {(f"s{number}", store): [str(somebody)] for store in (stores if held is None else held)}
    Duty.objects.create(kind=Duty.Kind.PROVIDE, subject="s0", unit=region, employee=other)
    told["s0", "东店"] = [*told.get(("s0", "东店"), []), str(other)]
    with django_assert_num_queries(1):
        assert providers(stores=stores) == told
    assert providers(stores=["西店"]) == {place: names for place, names in told.items() if place[1] == "西店"}
    assert providers(stores=[]) == {}


@pytest.fixture
def count(signed_in, django_assert_max_num_queries):
    """How many queries a page takes somebody who has opened it before."""

    def asked(who, path, most=100):
        client = signed_in(who)
        assert client.get(path).status_code == 200
        with django_assert_max_num_queries(most) as found:
            assert client.get(path).status_code == 200
        return len(found)

    return asked


def test_the_desk_asks_the_database_few_times(hand_in, hr, user, count):
    """Fails when the desk asks for each file, sheet or store, or for more than a page may."""
    land(hand_in(), hr)
    hand_in(WEEK_3, "西店_维修工单.csv")
    provider = user("W1", "data_provider", duties=[("repair_orders", "西店"), ("surveys", "西店")])
    of_one = user("W2", ("hr", "西店"))
    # one of them asks what is still to be rated: pages keep that
    pages = [(who, "/evidence/", 15) for who in (hr, of_one, provider)]
    pages += [(hr, "/evidence/batches/", 11)]
    before = [count(*page) for page in pages]
    for number in range(3):
        waiting = hand_in(orders(A9.replace("A9", f"B{number}")), f"西店_维修工单_{number}.csv")
    assert Upload.objects.filter(state=Upload.State.READ).count() == 4
    assert [count(*page) for page in pages] == before
    land(waiting, hr)
    assert [count(*page) for page in pages] == before
