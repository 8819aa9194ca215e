"""The stores of a group side by side: a page of them, found by region and name, sorted by any figure, taken away."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db.models import Sum
from django.test import Client
from openpyxl import load_workbook

from fairwrench.settlement.exact import half_up
from fairwrench.settlement.scheme.scheme import Measure, Metric
from fairwrench.settlement.source.source import Text
from fairwrench.web.access.models import Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.settlements.models import EVERY_STORE, Result, Run, StoreSums
from fairwrench.web.settlements.runs.run_reader import Indicator, figures_added, indicators_of, whole_of
from fairwrench.web.settlements.stores.store_rows import Beside, Found, units_of
from fairwrench.web.settlements.workspace import store_of_run
from tests.web.settlements.changed_runs import rewrite
from tests.web.settlements.test_pages import LAST
from tests.web.settlements.test_queries import MOST, asked

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
METRIC = "output"


def widen(count: int) -> list[str]:
    """The one store of the small group so many times, every other one in the region 华东; the names of all of them.

    In the n-th further store everybody has n points fewer, and the metric is n fen less.
    """
    first = Unit.objects.get(kind=Unit.Kind.STORE)
    east = Unit.objects.create(kind=Unit.Kind.REGION, name="华东", parent=first.parent)
    names = [f"分店{number:02}" for number in range(1, count)]
    for number, name in enumerate(names, start=1):
        Unit.objects.create(kind=first.kind, name=name, parent=east if number % 2 else first.parent)
    for run in Run.objects.filter(whole=True, sums__store=EVERY_STORE):
        _widen(run, first.name, names)
    return [first.name, *names]


def _widen(run: Run, first: str, names: list[str]) -> None:
    results, sums = list(run.results.all()), run.sums.get(store=first)
    shown = store_of_run(run=run).indicators()
    own, figures = shown.filter(store=first), [shown]
    for number, name in enumerate(names, start=1):
        for result in results:
            told = {"pk": None, "store": name, "employee_id": f"{result.employee_id}-{number}"}
            scores = {at: _less(getattr(result, at), 100 * number) for at in ("score", "heads_score")}
            Result.objects.create(**{**_facts(result), **told, **scores})
        added = {"score_sum": sums.score_sum - 100 * number * sums.scored}
        StoreSums.objects.create(**{**_facts(sums), "id": None, "store": name, **added})
        less = pl.when(pl.col("metric") == METRIC).then(pl.col("n") - pl.lit(number, pl.Int128)).otherwise("n")
        figures.append(own.with_columns(store=pl.lit(name), n=less))
    added = run.sums.exclude(store=EVERY_STORE).aggregate(score_sum=Sum("score_sum"), scored=Sum("scored"))
    run.sums.filter(store=EVERY_STORE).update(**added)
    rewrite(run, figures=pl.concat(figures))


def _facts(row: Result | StoreSums) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _less(value: int | None, by: int) -> int | None:
    return None if value is None else value - by


def page(client: Client, path: str = f"/stores/?month={LAST}", **query: Any) -> Any:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return answer


def shown(answer: Any) -> list[str]:
    """The stores of the table's page."""
    return [row.record["name"] for row in answer.context["table"].page.object_list]


def test_so_many_stores_as_a_page_holds_stand_on_one(signed_in: Any) -> None:
    """Fails when a small group has to turn pages, or a large one gets all of its cells at once."""
    names = widen(25)
    answer = page(signed_in("hr"))
    assert sorted(shown(answer)) == sorted(answer.context["matrix"]["stores"]) == sorted(names)
    assert "华东" in answer.text


def test_a_large_group_turns_pages(signed_in: Any) -> None:
    """Fails when a store is on no page, or the figures beside the table are those of other stores."""
    names, client = widen(30), signed_in("gm")
    pages = [page(client, "/stores/", month=LAST, page=number) for number in (1, 2)]
    assert [len(shown(each)) for each in pages] == [25, 5]
    assert sorted(shown(pages[0]) + shown(pages[1])) == sorted(names)
    for each in pages:
        assert list(each.context["matrix"]["stores"]) == shown(each)
    assert len(shown(page(client, "/stores/", month=LAST, per_page=50))) == 30


def test_what_stands_below_is_of_all_stores_found(signed_in: Any) -> None:
    """Fails when the mean or the sums are those of the page, or of stores that nobody asked for."""
    widen(60)
    answer = page(signed_in("hr"), "/stores/", month=LAST, q="华东")
    table, run = answer.context["table"], Cycle.objects.get(month=LAST).run
    assert table.found == 30 and len(shown(answer)) == 25
    assert all(row.record["region"] == "华东" for row in table.page.object_list)
    east = [f"分店{number:02}" for number in range(1, 60, 2)]
    scores = list(Result.objects.filter(run=run, store__in=east, score__isnull=False).values_list("score", flat=True))
    assert table.totals["mean"] == half_up(sum(scores), len(scores))
    assert table.totals["people"] == Result.objects.filter(run=run, store__in=east).count()
    whole = page(signed_in("hr"), "/stores/", month=LAST).context["table"]
    assert whole.totals["mean"] == whole_of(run)["mean"]


def test_stores_are_sorted_by_any_figure(signed_in: Any) -> None:
    """Fails when the best of a metric cannot be found, or a store without a figure counts as the worst."""
    names, client = widen(30), signed_in("hr")
    run = Cycle.objects.get(month=LAST).run
    its = (pl.col("metric") == METRIC) & pl.col("store").eq_missing(pl.lit(names[3]))
    missing = {"n": pl.lit(None, pl.Int128), "d": pl.lit(None, pl.Int128), "handed_in": pl.lit(False)}
    gone = [pl.when(its).then(value).otherwise(name).alias(name) for name, value in missing.items()]
    rewrite(run, figures=store_of_run(run=run).indicators().with_columns(gone))
    without = [name for name in names if name != names[3]]
    down = page(client, "/stores/", month=LAST, sort=f"-m-{METRIC}", per_page=50)
    assert shown(down) == [*without, names[3]]
    assert shown(page(client, "/stores/", month=LAST, sort=f"m-{METRIC}", per_page=50)) == [*without[::-1], names[3]]
    assert f"sort=m-{METRIC}" in down.text
    assert down.text.count("29/30 家") == 1, "who adds the stores up sees that one is missing in that metric alone"
    assert shown(page(client, "/stores/", month=LAST, sort="mean"))[0] == names[-1]
    assert shown(page(client, "/stores/", month=LAST, sort="nothing,-m-nothing")) == sorted(names)[:25]


def test_a_kind_of_metric_is_chosen(signed_in: Any) -> None:
    """Fails when all metrics are drawn though one kind was asked for."""
    client = signed_in("hr")
    every = page(client).context["matrix"]
    kind = every["categories"][0][0]
    some = page(client, "/stores/", month=LAST, category=kind).context["matrix"]
    assert 0 < len(some["rows"]) < len(every["rows"])
    assert {row["category"] for row in some["rows"]} == {every["categories"][0][1]}


def test_the_workbook_holds_all_stores_and_all_metrics(signed_in: Any) -> None:
    """Fails when what is taken away is only what the page shows."""
    names = widen(30)
    answer = page(signed_in("hr"), "/stores/", month=LAST, export="xlsx", page=2, category="finance")
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    top = next(place for place, row in enumerate(rows) if row[0] == "门店")
    run = Cycle.objects.get(month=LAST).run
    assert {row[0] for row in rows[top + 1 :]} >= set(names)
    assert len([head for head in rows[top] if head]) == 12 + len(indicators_of(run=run))


def test_who_oversees_some_stores_is_shown_these(signed_in: Any, group: Path) -> None:
    """Fails when the head of a region sees the figures of another, alone or within a sum."""
    widen(6)
    head = User.objects.create_user("east", password="x", employee=Employee.objects.filter(user=None).first())
    Grant.objects.create(user=head, role=Grant.Role.GENERAL_MANAGER, unit=Unit.objects.get(name="华东"))
    client = Client()
    client.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
    answer = page(client)
    assert shown(answer) == ["分店01", "分店03", "分店05"]
    run = Cycle.objects.get(month=LAST).run
    assert answer.context["table"].totals["people"] == run.results.filter(store__in=shown(answer)).count()
    assert "分店02" not in answer.text


@pytest.mark.parametrize("query", ["", "&q=华东", "&per_page=50", f"&sort=-m-{METRIC}", f"&month={CURRENT}"])
def test_more_stores_are_no_more_queries(signed_in: Any, django_assert_max_num_queries: Any, query: str) -> None:
    """Fails when the page asks for each store, or for more than a page may."""
    path, client = f"/stores/?month={LAST}{query}", signed_in("hr")
    before = asked(client, path, django_assert_max_num_queries)
    widen(30)
    # what a search leaves over takes one question more: the mean of these stores alone
    assert asked(client, path, django_assert_max_num_queries) - before in (0, 1)
    assert before <= MOST


def metric(numerator: str, denominator: str | None = None) -> Metric:
    """A metric of these aggregates."""
    made = {"source": "repair_orders", "date": "finished_at"}
    below = Measure(value=denominator, **made) if denominator else None
    name = Text(zh="数", en="number")
    return Metric(name=name, better="higher", numerator=Measure(value=numerator, **made), denominator=below)


def figure(n: int | None, d: int | None, *, handed_in: bool = True) -> dict[str, Any]:
    told = {"metric": "m", "n": n, "d": d, "handed_in": handed_in}
    return {**told, "target": None, "against": "", "thin": False, "occasions": d}


def beside(stores: dict[str, dict[str, Any]], *names: str, all_of_them: bool = False) -> Beside:
    """Some stores as one."""
    rows = pl.DataFrame([stores[name] for name in names], schema_overrides={"n": pl.Int128, "d": pl.Int128})
    there = {metric: int(part["handed_in"].sum()) for (metric,), part in rows.group_by("metric")}
    return Beside(Found(names, all=all_of_them), there, figures_added(rows))


STORES = {"甲": figure(1, 4), "乙": figure(5, 6), "丙": figure(None, None, handed_in=False)}


@pytest.mark.parametrize(
    ("of", "stores", "expected"),
    [
        # (1 + 5) ÷ (4 + 6); what was not handed in counts for nothing
        (metric("count", "count"), ("甲", "乙", "丙"), 600_000),
        # 5 ÷ 6
        (metric("sum(x)", "count"), ("乙",), 833_333),
        # a different vehicle may come to both stores, so two counts do not add up
        (metric("count_distinct(vin)", "count"), ("甲", "乙"), None),
        (metric("count", "count"), ("丙",), None),
    ],
)
def test_metrics_of_some_stores_are_put_together(of: Metric, stores: tuple[str, ...], expected: int | None) -> None:
    """Fails when the figure of some stores is a mean of rates, or made up where rates cannot be put together."""
    whole = Indicator("m", "key", STORES, figure(7, 10))
    assert units_of(beside(STORES, *stores).figure(whole, of)) == expected
    assert units_of(beside(STORES, *stores, all_of_them=True).figure(whole, of)) == 700_000
    assert beside(STORES, "甲", "乙", "丙").handed_in("m") == (2, 3)


def test_sums_of_some_stores_keep_their_scale() -> None:
    """Fails when amounts of two stores are added up to half: 1.00 + 2.50."""
    stores = {"甲": figure(100, 100), "乙": figure(250, 100)}
    found = beside(stores, "甲", "乙").figure(Indicator("m", "key", stores, figure(0, 1)), metric("sum(x)"))
    assert units_of(found) == 3_500_000
