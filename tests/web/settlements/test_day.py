"""The technician's evening: the day's vehicles, hours and money, the orders behind them, and how fresh they are."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from deltalake import DeltaTable
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from fairwrench.settlement.scheme.scheme import CommissionFactor, CommissionLine, CommissionPlan, Scheme
from fairwrench.web.access.models import User
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.models import Covered, Landing, Upload
from fairwrench.web.evidence.uploads.services import upload_add, upload_land
from fairwrench.web.settlements import workspace
from fairwrench.web.settlements.day import work_of_day
from fairwrench.web.settlements.day.work_of_day import evening, job_measures
from fairwrench.web.settlements.models import Run
from tests.web.settlements.test_pages import own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
#: what a test's plan pays for an hour
RATE = Decimal("18.40")


def jobs_by_hand(group: Path) -> dict[date, list[tuple[str, Decimal, Decimal]]]:
    """The technician's jobs of the open month as they stand in the ledger, by day: order, own hours, own labour."""
    rows = DeltaTable(str(group / "ledger" / "job_lines")).to_pyarrow_table()
    first, after = CURRENT.bounds_utc("Asia/Shanghai")
    counted = duckdb.connect()
    counted.register("rows", rows)
    asked = """
        SELECT CAST(timezone('Asia/Shanghai', finished_at) AS DATE), ro_no, billed_hours, labour_amount, share FROM rows
        WHERE NOT _void AND technician = ? AND finished_at >= ? AND finished_at < ?
          AND _id NOT IN (SELECT _supersedes FROM rows WHERE _supersedes IS NOT NULL)
        """
    found = defaultdict(list)
    for day, order, hours, labour, share in counted.execute(asked, [own("technician"), first, after]).fetchall():
        of_it = Decimal(1) if share is None else share
        found[day].append((order, hours * of_it, labour * of_it))
    return found


def live() -> Run:
    """The run of the month so far."""
    return Run.objects.filter(kind=Run.Kind.LIVE, whole=True, cycle__month=str(CURRENT)).latest("id")


def shown(client: Any, day: date) -> Any:
    """What the page tells of a day."""
    return client.get("/mine/today/", {"day": f"{day:%Y-%m-%d}"}).context["evening"].shown


@pytest.fixture
def at_the_end(monkeypatch: pytest.MonkeyPatch) -> date:
    """The last day of the open month, whatever the calendar says."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: CURRENT.last)
    return CURRENT.last


@pytest.fixture
def paid_by_hours(monkeypatch: pytest.MonkeyPatch) -> Scheme:
    """The scheme of the open month as if a plan paid technicians by the hour, times a factor."""
    scheme = workspace.scheme_of(run=live())
    found = job_measures(scheme, workspace.sources_of(run=live()))
    assert found is not None
    lines = {"hours_outside": CommissionLine(measure=found[0], rate=RATE)}
    plan = CommissionPlan(lines=lines, factors=(CommissionFactor(attainment="output", of="store"),))
    changed = scheme.model_copy(update={"pay": scheme.pay.model_copy(update={"commission": {"technician": plan}})})
    monkeypatch.setattr(workspace, "_scheme", lambda _folder, _seal: changed)
    return changed


def test_every_day_is_what_the_ledger_says(group: Path, signed_in: Any, at_the_end: date) -> None:
    """Fails when vehicles, hours or labour of any day are not those of the rows, or the list holds other orders."""
    me, by_hand = signed_in("technician"), jobs_by_hand(group)
    assert len(by_hand) > 3
    days = me.get("/mine/today/").context["evening"].days
    assert list(days) == sorted(by_hand)
    for day, jobs in by_hand.items():
        told = shown(me, day)
        orders = {order for order, _, _ in jobs}
        assert (told.vehicles, {order.number for order in told.orders}) == (len(orders), orders)
        hours, labour = sum(hours for _, hours, _ in jobs), sum(labour for *_, labour in jobs)
        assert Decimal(told.done.hours_said.replace(",", "")) == hours.quantize(Decimal("0.01"))
        assert told.done.fen == round(labour * 100)
        assert sum(order.done.hours for order in told.orders) == told.done.hours
        assert sum(order.done.labour for order in told.orders) == told.done.labour


def test_a_day_s_commission_is_its_hours_by_the_rate(
    group: Path, signed_in: Any, at_the_end: date, paid_by_hours: Scheme
) -> None:
    """Fails when the money of a day is not its hours × 18.40, or the factor's target is passed over in silence."""
    me, by_hand = signed_in("technician"), jobs_by_hand(group)
    whole = Decimal(0)
    for day in sorted(by_hand):
        whole += sum(hours for _, hours, _ in by_hand[day])
        page = me.get("/mine/today/", {"day": f"{day:%Y-%m-%d}"})
        told = page.context["evening"].shown
        assert told.pay.so_far == round(whole * RATE * 100), day
        assert "未乘系数" in page.text and "工时产值" not in page.text
    assert sum(shown(me, day).pay.amount for day in by_hand) == round(whole * RATE * 100)


@pytest.fixture
def without_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheme of the open month as if no plan paid technicians."""
    scheme = workspace.scheme_of(run=live())
    plans = {position: plan for position, plan in scheme.pay.commission.items() if position != "technician"}
    changed = scheme.model_copy(update={"pay": scheme.pay.model_copy(update={"commission": plans})})
    monkeypatch.setattr(workspace, "_scheme", lambda _folder, _seal: changed)


def test_output_is_never_called_pay(group: Path, signed_in: Any, at_the_end: date, without_plan: None) -> None:
    """Fails when somebody without a plan takes what customers are billed for commission."""
    page = signed_in("technician").get("/mine/today/")
    assert "工时产值" in page.text and "不是工资" in page.text
    assert "提成" not in page.text[page.text.index("<main") :]


def test_where_today_has_nothing_the_last_day_stands_there(
    group: Path, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when the evening before everything came in looks like an evening without work."""
    last = max(jobs_by_hand(group))
    me = signed_in("technician")
    for later, words in ((0, "今天"), (1, "昨天"), (3, f"{last.month}月{last.day}日")):
        monkeypatch.setattr(timezone, "localdate", lambda *_, later=later: last + timedelta(later))
        page = me.get("/mine/today/", headers={"HX-Request": "true"})
        assert page.context["evening"].shown.day == last
        assert page.context["called"] == words
        assert ("今天的工单明细还没有导入" in page.text or "今天还没有您完工的项目" in page.text) is (later > 0)


def test_it_says_up_to_which_day_job_lines_reach(group: Path, signed_in: Any, at_the_end: date) -> None:
    """Fails when the moment of landing stands for the day that the rows reach, or what came in since is passed over."""
    rows = DeltaTable(str(group / "ledger" / "job_lines")).to_pyarrow_table()
    found = duckdb.connect()
    found.register("rows", rows)
    store = live().results.get(employee_id=own("technician")).store
    _, after = CURRENT.bounds_utc("Asia/Shanghai")
    asked = """
        SELECT max(CAST(timezone('Asia/Shanghai', finished_at) AS DATE)) FROM rows
        WHERE NOT _void AND store = ? AND finished_at < ?
        """
    (last,) = found.execute(asked, [store, after]).fetchall()[0]
    me = signed_in("technician")
    assert f"数据截至 {last.month}月{last.day}日" in " ".join(me.get("/mine/today/").text.split())
    landing = Landing.objects.filter(source="job_lines", covered__month=str(CURRENT)).latest("number")
    later = Landing.objects.create(
        source="job_lines", number=landing.number + 1000, file="x", landed_at=landing.landed_at + timedelta(hours=1)
    )
    Covered.objects.create(landing=later, source="job_lines", store=store, month=str(CURRENT))
    at = timezone.localtime(later.landed_at)
    assert f"；{at.month}月{at.day}日 {at:%H:%M} 导入的正在核算" in " ".join(me.get("/mine/today/").text.split())


@pytest.mark.parametrize(("reach", "words"), [(-1, "这一天的工单明细还没有导入"), (0, "这一天没有您完工的项目")])
def test_a_day_is_empty_only_where_the_rows_reach_it(
    group: Path, signed_in: Any, monkeypatch: pytest.MonkeyPatch, reach: int, words: str
) -> None:
    """Fails when a day of which nothing came in yet is told as one without work."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: CURRENT.last)
    free = next(day for n in range(30) if (day := CURRENT.first + timedelta(n)) not in jobs_by_hand(group))
    monkeypatch.setattr(work_of_day, "_reach", lambda *_: free + timedelta(reach))
    assert words in signed_in("technician").get("/mine/today/", {"day": f"{free:%Y-%m-%d}"}).text


def test_internal_work_is_told_apart_and_the_days_add_up_to_the_item(
    group: Path, signed_in: Any, at_the_end: date, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when internal work stands as customers' money: 3 internal hours for 600.00 on one day are no output."""
    hr, me = User.objects.get(username="hr"), signed_in("technician")

    def output() -> int:
        lines = {line.key: line.value for line in me.get(f"/mine/{CURRENT}/").context["lines"]}
        return round(Decimal(lines["labour_output"].replace("¥", "").replace(",", "")) * 100)

    def days() -> int:
        return sum(shown(me, day).outside.fen for day in me.get("/mine/today/").context["evening"].days)

    assert days() == (before := output())
    head = "工单编号,店名,序号,技师,来厂时间,故障部位,项目名称,定额工时,收费工时,实耗工时"
    head += ",分配比例,工时金额,内部,索赔,面数,竣工时间"
    line = f"RO-INT-1,朝阳店,1,{own('technician')},{CURRENT}-27 09:00,车身,新车整备,3.0,3.0,3.0"
    line += f",1.000,600.00,Y,N,,{CURRENT}-27 15:00"
    with django_capture_on_commit_callbacks(execute=True):
        name = "朝阳店_工单项目明细.csv"
        upload = upload_add(content=f"{head}\n{line}\n".encode(), name=name, month=CURRENT, by=hr).upload
    upload = Upload.objects.get(pk=upload.pk)
    with django_capture_on_commit_callbacks(execute=True):
        upload_land(upload=upload, by=hr, version=upload.version)
    day = CURRENT.first + timedelta(26)
    told = shown(me, day)
    assert told.inside.hours_said == "3.00" and told.inside.fen == 60_000
    assert days() == output() == before
    page = " ".join(me.get("/mine/today/", {"day": f"{day:%Y-%m-%d}"}).text.split())
    assert "内部 3.00；内部作业 ¥600.00 不计入工时产值" in page
    assert [job.inside for order in told.orders if order.number == "RO-INT-1" for job in order.jobs] == [True]


def test_what_has_not_come_in_is_no_zero(group: Path, signed_in: Any, at_the_end: date) -> None:
    """Fails when a month without job lines is told as one of no vehicles."""
    Covered.objects.filter(source="job_lines", month=str(CURRENT)).delete()
    page = signed_in("technician").get("/mine/today/")
    assert page.context["evening"].shown is None
    assert f"{CURRENT} 的工单明细还没有导入" in page.text
    assert "0</b>" not in page.text


def test_my_month_asks_for_the_card_by_itself(group: Path, signed_in: Any) -> None:
    """Fails when the page waits for the ledger, an old month shows today, or there is no way without script."""
    me = signed_in("technician")
    page = me.get("/mine/")
    assert 'hx-get="/mine/today/"' in page.text and '<a href="/mine/today/">' in page.text
    card = me.get("/mine/today/", headers={"HX-Request": "true"})
    assert "<html" not in card.text and "工时" in card.text
    assert "/mine/today/" not in me.get(f"/mine/{CURRENT}/").text


def test_who_does_no_jobs_has_no_card(group: Path, signed_in: Any) -> None:
    """Fails when an advisor is told that they finished nothing."""
    advisor = signed_in("advisor")
    assert "/mine/today/" not in advisor.get("/mine/").text
    assert advisor.get("/mine/today/").context["evening"] is None


def test_nobody_reads_another_s_day(group: Path, signed_in: Any) -> None:
    """Fails when the selector gives somebody's day to their manager, to HR, or to an account without employee."""
    result = live().results.get(employee_id=own("technician"))
    for username in ("manager", "hr", "auditor", "advisor"):
        with pytest.raises(PermissionDenied):
            evening(result=result, run=live(), user=User.objects.get(username=username))
    assert signed_in("auditor").get("/mine/today/").status_code == 403


@pytest.mark.parametrize("day", ["2026-11-31", "x", "20261101"])
def test_no_such_day(group: Path, signed_in: Any, day: str) -> None:
    """Fails when a made-up day is a fault of ours."""
    assert signed_in("technician").get("/mine/today/", {"day": day}).status_code == 400


def test_a_day_without_work_says_so(group: Path, signed_in: Any) -> None:
    """Fails when another month's day, or one without a job, shows the figures of some other day."""
    page = signed_in("technician").get("/mine/today/", {"day": "2020-01-01"})
    assert page.context["evening"].shown is None
    assert f"这一天不在 {CURRENT}" in page.text


def test_looking_writes_nothing(group: Path, signed_in: Any, at_the_end: date) -> None:
    """Fails when a look at the day leaves a file in the ledger, or asks the database often."""
    me = signed_in("technician")
    before = {path: path.stat().st_mtime_ns for path in (group / "ledger").rglob("*")}
    me.get("/mine/today/")
    assert {path: path.stat().st_mtime_ns for path in (group / "ledger").rglob("*")} == before


def test_the_day_asks_the_database_few_times(
    group: Path, signed_in: Any, at_the_end: date, django_assert_max_num_queries: Any
) -> None:
    """Fails when the card asks for each order."""
    me = signed_in("technician")
    me.get("/mine/today/")
    with django_assert_max_num_queries(12):
        me.get("/mine/today/")
