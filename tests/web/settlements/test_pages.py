"""Every page of settled months, as each role of the demo sees it; the figures are those of the records."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.run import SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.workspace import folder_of
from tests.web.settlements.conftest import Quiet

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
LAST = str(CURRENT.plus(-1))


def own(username: str) -> str:
    """The employee id of somebody of the demo."""
    employee = User.objects.get(username=username).employee
    assert employee is not None
    return employee.employee_id


def test_the_figures_are_those_of_the_command_line(group: Path, db: None, tmp_path: Path) -> None:
    """Fails when the application settles the same files to anything else than `fairwrench settle` does."""
    month = CURRENT.plus(-1)
    run = Cycle.objects.get(month=LAST).run
    assert run is not None
    settle_folder(SettleOptions(month, group / "data", tmp_path / "out"), DuckDB(), Quiet())
    for name in ("totals.csv", "items.csv", "pay.csv", "standing.csv"):
        assert (folder_of(run=run) / name).read_bytes() == (tmp_path / "out" / name).read_bytes(), name


def test_results_are_what_the_records_say(group: Path, db: None) -> None:
    """Fails when a page would show another score or pay than the csv files of the same run hold."""
    run = Cycle.objects.get(month=LAST).run
    assert run is not None
    with (folder_of(run=run) / "totals.csv").open(encoding="utf-8", newline="") as file:
        totals = {row["employee_id"]: row for row in csv.DictReader(file)}
    with (folder_of(run=run) / "pay.csv").open(encoding="utf-8", newline="") as file:
        pay = {row["employee_id"]: row for row in csv.DictReader(file)}
    results = list(run.results.all())
    assert {result.employee_id for result in results} == set(totals)
    for result in results:
        row = totals[result.employee_id]
        score = Decimal(row["score"]) * 100 if row["score"] else None
        assert (result.state, result.score, result.grade) == (row["state"], score, row["grade"])
        total = pay.get(result.employee_id, {}).get("total")
        assert result.total_pay == (Decimal(total) * 100 if total else None)


@pytest.mark.parametrize(
    ("username", "paths"),
    [
        ("technician", ["/mine/", f"/mine/{LAST}/"]),
        ("manager", ["/team/", "/today/", f"/months/{CURRENT}/ratings/"]),
        ("hr", ["/months/", f"/months/{CURRENT}/", f"/months/{LAST}/", f"/months/{LAST}/pay/", "/stores/"]),
        ("gm", ["/stores/", f"/months/{LAST}/", "/today/"]),
        ("auditor", ["/stores/", f"/months/{LAST}/"]),
    ],
)
def test_each_role_reads_its_pages(signed_in: Any, username: str, paths: list[str]) -> None:
    """Fails when a page of a role answers with anything but itself, in either language."""
    client = signed_in(username)
    for language in ("zh-hans", "en"):
        User.objects.filter(username=username).update(language=language)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert ("Fairwrench" in answer.text) and "{%" not in answer.text


def test_mine_shows_the_month_so_far_and_the_published_ones(signed_in: Any) -> None:
    """Fails when a technician is shown somebody else's figures or a settled month that is not published."""
    me = own("technician")
    answer = signed_in("technician").get("/mine/")
    result = answer.context["result"]
    assert result.employee_id == me
    assert answer.context["live"] and str(answer.context["cycle"]) == str(CURRENT)
    published = signed_in("technician").get(f"/mine/{LAST}/")
    final = Result.objects.get(run=Cycle.objects.get(month=LAST).run, employee_id=me)
    assert published.context["result"].pk == final.pk
    assert f"{Decimal(final.score) / 100:.2f}" in published.text
    # how many occasions a rate rests on, in a word rather than a sign of statistics
    assert re.search(r"样本 \d", published.text) and "n=" not in re.sub(r"<[^>]*>", "", published.text)


def test_nobody_reads_a_stranger_s_month(signed_in: Any) -> None:
    """Fails when somebody sees the month, the reasons or the rows of a person who is none of their business."""
    stranger = Employee.objects.exclude(employee_id=own("technician")).first()
    assert stranger is not None
    client = signed_in("technician")
    for path in (
        f"/results/{stranger.employee_id}/",
        f"/results/{stranger.employee_id}/{LAST}/",
        f"/why/{LAST}/{stranger.employee_id}/",
        f"/why/{LAST}/{stranger.employee_id}/rows/?step=numerator.output&place=0",
        "/team/",
        "/stores/",
        "/months/",
        f"/months/{LAST}/pay/",
    ):
        assert client.get(path).status_code == 403, path
    assert client.post(f"/why/{LAST}/{stranger.employee_id}/check/").status_code == 403
    assert client.post(f"/months/{CURRENT}/settle/").status_code == 403


def test_an_explanation_leads_to_the_uploaded_rows(signed_in: Any) -> None:
    """Fails when the tree stops before the rows, or a figure is not the number of rows shown for it."""
    me = own("technician")
    client = signed_in("technician")
    page = client.get(f"/why/{LAST}/{me}/")
    steps = [step for _, step in page.context["step"].walk() if step.rows]
    step = next(step for step in steps if step.key == "numerator.one_time_fix_rate")
    rows = client.get(f"/why/{LAST}/{me}/rows/", {"step": step.key, "place": "0"})
    assert rows.status_code == 200
    assert int(step.figure) == rows.context["counts"]["counted"]
    dates = [row["c_matures_on"] for row in rows.context["table"].data]
    assert dates
    assert all(date.startswith(LAST) for date in dates)
    assert client.get(f"/why/{LAST}/{me}/rows/", {"step": "numerator.nothing"}).status_code == 404


def test_a_checked_month_is_equal(signed_in: Any, django_capture_on_commit_callbacks: Any) -> None:
    """Fails when recomputing from the seal differs, or the answer is not shown."""
    me, client = own("technician"), signed_in("technician")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/why/{LAST}/{me}/check/")
    page = client.get(f"/why/{LAST}/{me}/")
    check = page.context["check"]
    assert (check.job.state, check.equal, check.differences, check.others) == ("done", True, [], 0)


def test_there_is_something_left_to_hand_in(group: Path) -> None:
    """Fails when the demo's current month is whole, so that nobody has anything to do."""
    waiting = list((group / "to-hand-in").iterdir())
    here = list((group / "data" / str(CURRENT)).rglob("*.*"))
    assert 0 < len(waiting) < len(here)


def test_of_a_month_so_far_mine_and_its_explanation_say_the_same(group: Path, signed_in: Any) -> None:
    """Fails when one page says an estimate where the other says nothing, or a seal of what was never sealed."""
    me = signed_in("technician")
    result = me.get(f"/mine/{CURRENT}/").context["result"]
    assert result.state == "incomplete" and result.heads_score and result.heads_pay
    page = me.get(f"/why/{CURRENT}/{result.employee_id}/")
    text = " ".join(page.text.split())
    score, pay = (f"{value // 100:,}.{value % 100:02d}" for value in (result.heads_score, result.heads_pay))
    assert "锁定数据摘要" not in text and "数据尚未锁定" in text and f"¥{pay}" in text
    steps = {step.key: step for _, step in page.context["step"].walk()}
    assert steps["score"].figure == f"{score} {result.heads_grade}"
    assert steps["performance_pay"].figure.replace(",", "") == pay.replace(",", "")
    assert "本月预估" in steps["score"].note.zh and "尚缺" in steps["score"].note.zh
    assert "锁定数据摘要" in me.get(f"/why/{CURRENT.plus(-1)}/{result.employee_id}/").text
