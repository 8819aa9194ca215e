"""Today: what adds up over the month beside its target and the days gone, for a store and each of its people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from fairwrench.web.access.models import Grant, User
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.settlements.models import Run
from fairwrench.web.ui.drawing import pace
from tests.web.settlements.changed_runs import parts_of_run, rewrite

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def figures(page: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Everything on the page by person and metric."""
    return {
        (person["name"], figure["name"]): figure
        for group in page.context["positions"]
        for person in group["people"]
        for figure in person["figures"]
    }


def test_the_work_done_is_that_of_the_rows(group: Path, signed_in: Any) -> None:
    """Fails when the vehicles an advisor received are not as many as customers' orders that stand in the ledger."""
    rows = DeltaTable(str(group / "ledger" / "repair_orders")).to_pyarrow_table()
    first, after = CURRENT.bounds_utc("Asia/Shanghai")
    counted = duckdb.connect()
    counted.register("rows", rows)
    by_hand = dict(
        counted.execute(
            """
            SELECT advisor, count(*) FROM rows
            WHERE NOT _void AND advisor IS NOT NULL AND kind <> 'internal' AND opened_at >= ? AND opened_at < ?
              AND _id NOT IN (SELECT _supersedes FROM rows WHERE _supersedes IS NOT NULL)
            GROUP BY advisor
            """,
            [first, after],
        ).fetchall()
    )
    run = Run.objects.filter(kind=Run.Kind.LIVE, cycle__month=str(CURRENT)).latest("id")
    work = parts_of_run(run)["work"].filter(metric="visits")
    told = dict(work.select("employee_id", "count").iter_rows())
    assert by_hand and told == by_hand
    shown = figures(signed_in("gm").get("/today/"))
    assessed = [each for each in run.results.exclude(state="excluded") if each.employee_id in by_hand]
    assert len(assessed) > 1
    for advisor in assessed:
        assert shown[str(advisor), "进厂台次"]["value"] == str(by_hand[advisor.employee_id])


@pytest.mark.parametrize(("cause", "said"), [("not_handed_in", "未提交"), ("not_shared", "待班组分配")])
def test_what_was_not_handed_in_is_no_zero(cause: str, said: str, signed_in: Any) -> None:
    """Fails when somebody whose evidence has not come in, or is not split among a team yet, is shown as having done
    nothing, or the one is told as the other."""
    run = Run.objects.filter(kind=Run.Kind.LIVE, cycle__month=str(CURRENT)).latest("id")
    lines = parts_of_run(run)["lines"]
    who = lines.filter(item="labour_output", level="person")["employee_id"][0]
    its = (pl.col("employee_id") == who) & (pl.col("item") == "labour_output")
    missing = {"cause": pl.lit(cause), "n": pl.lit(0, pl.Int128), "d": pl.lit(100, pl.Int128)}
    changed = [pl.when(its).then(value).otherwise(name).alias(name) for name, value in missing.items()]
    rewrite(run, parts={"lines": lines.with_columns(changed)})
    result = run.results.get(employee_id=who)
    page = signed_in("gm").get("/today/")
    told = figures(page)[str(result), "工时产值"]
    assert not told["known"] and told["reached"] is None and not told["behind"]
    assert told["unshared"] is (cause == "not_shared")
    assert said in page.text


def test_another_store_shows_nothing(signed_in: Any) -> None:
    """Fails when a manager reads the figures of a store, or of people, that are none of their business."""
    page = signed_in("manager").get("/today/", {"store": "别家店"})
    assert page.status_code == 200 and page.context["positions"] == [] and page.context["figures"] == []
    Grant.objects.filter(user=User.objects.get(username="manager")).delete()
    page = signed_in("manager").get("/today/")
    assert page.context["figures"] == []
    led = {person["name"] for each in page.context["positions"] for person in each["people"]}
    everybody = set(map(str, page.context["run"].results.all()))
    assert led and led < everybody


def test_the_bar_says_what_it_shows() -> None:
    """Fails when somebody who does not see the bar is not told how far the figure and the month are."""
    assert "已完成 63%" in pace(63, 73) and "本月已过 73%" in pace(63, 73)
    assert "bullet-missed" in pace(63, 73) and "bullet-missed" not in pace(80, 73)
