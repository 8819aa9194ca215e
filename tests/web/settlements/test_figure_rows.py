"""The rows behind a figure: those that cost points first, the columns that decided, the same rows to take away."""

from __future__ import annotations

import io
from typing import Any

import polars as pl
import pytest
from django.test import Client
from openpyxl import load_workbook

from fairwrench.settlement.explain.explain import explain
from fairwrench.settlement.scheme.scheme import Measure, Metric
from fairwrench.settlement.source.source import Text
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.settlements.figures.figure_rows import marked, ordered
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.runs.person import card_lines
from fairwrench.web.settlements.workspace import records
from tests.web.settlements.test_pages import LAST

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def somebody(item: str) -> tuple[Result, int, int]:
    """Somebody of the last month whose item has rows that do not count in its numerator: result, n and d."""
    for result in Result.objects.filter(run=Cycle.objects.get(month=LAST).run).order_by("employee_id"):
        for line in card_lines(result=result):
            n, d = int(line["n"] or 0), int(line["d"] or 0)
            if line["item"] == item and line["level"] == "person" and d > n > 0:
                return result, n, d
    raise AssertionError(item)


def address(result: Result) -> str:
    """Where the rows behind somebody's figures of the last month are."""
    return f"/why/{LAST}/{result.employee_id}/rows/"


def asked(client: Client, result: Result, step: str, **more: str) -> Any:
    """The answer for the first measure of a step."""
    answer = client.get(address(result), {"step": step, "place": "0", **more})
    assert answer.status_code == 200, step
    return answer


def test_the_orders_that_cost_the_points_stand_first(signed_in: Any) -> None:
    """Fails when a service manager has to look for the late orders among those in time, or the counts do not add up."""
    result, n, d = somebody("on_time_delivery")
    answer = asked(signed_in("hr"), result, "numerator.on_time_delivery")
    states = [(row["raw:_state"], row.costs) for row in answer.context["table"].data]
    assert states == [("left_out", True)] * (d - n) + [("counted", False)] * n
    for row in answer.context["table"].data:
        late = row["raw:finished_at"] > row["raw:first_promised_at"]
        assert late == row.costs
    assert f"共 {d} 行" in answer.text
    assert f"计入 {n} 行" in answer.text
    assert f"失分 {d - n} 行" in answer.text
    assert answer.text.index("未计入，失分") < answer.text.index(">计入</td>")


def test_the_columns_that_decided_come_first_and_are_marked(signed_in: Any) -> None:
    """Fails when nobody sees by which columns an order was late, or columns stand there that decided nothing."""
    result, _, _ = somebody("on_time_delivery")
    table = asked(signed_in("hr"), result, "numerator.on_time_delivery").context["table"]
    heads = [(str(column.header), "deciding" in column.attrs["th"].get("class", "")) for column in table.columns]
    assert heads == [
        ("结果", False),
        ("工单号", False),
        ("首次预计交车时间", True),
        ("竣工时间", True),
        ("服务顾问", True),
        ("文件", False),
        ("工作表", False),
        ("行", False),
        ("提报人", False),
    ]
    row = next(iter(table.data))
    assert row["c_advisor"] == f"{result.name} {result.employee_id}"
    assert row["file"].endswith(".xlsx")
    assert "/" not in row["file"]


def test_numerator_and_denominator_lead_to_the_same_rows(signed_in: Any) -> None:
    """Fails when the two parts of a share tell two stories of the same orders."""
    result, _, d = somebody("on_time_delivery")
    client = signed_in("hr")
    parts = [asked(client, result, f"{part}.on_time_delivery").context["rows"] for part in ("numerator", "denominator")]
    assert parts[0].frame["_id"].to_list() == parts[1].frame["_id"].to_list()
    assert parts[0].height == d


def test_of_what_should_not_happen_the_rows_that_count_cost_points(signed_in: Any) -> None:
    """Fails when complaints that were found groundless stand before those that cost the points."""
    result, n, _ = somebody("complaint_rate")
    rows = asked(signed_in("hr"), result, "numerator.complaint_rate").context["table"].data
    states = [(row["raw:_state"], row.costs, row["raw:valid"]) for row in rows]
    assert states[:n] == [("counted", True, True)] * n
    assert {state for state, costs, _ in states[n:]} <= {"left_out"}
    assert not any(costs for _, costs, _ in states[n:])


def test_rows_are_narrowed_searched_and_sorted(signed_in: Any) -> None:
    """Fails when a filter shows other rows than it says, or the text that is looked for is not looked for in names."""
    result, n, d = somebody("on_time_delivery")
    client, step = signed_in("hr"), "numerator.on_time_delivery"
    for show, count in (("costs", d - n), ("counted", n), ("left_out", d - n), ("exempted", 0), ("", d)):
        assert len(asked(client, result, step, show=show).context["table"].data) == count, show
    order = next(iter(asked(client, result, step).context["table"].data))["c_ro_no"]
    assert [row["c_ro_no"] for row in asked(client, result, step, q=order).context["table"].data] == [order]
    assert len(asked(client, result, step, q=result.name).context["table"].data) == d
    orders = [row["c_ro_no"] for row in asked(client, result, step, sort="-c_ro_no").context["table"].data]
    assert orders == sorted(orders, reverse=True)
    assert client.get(address(result), {"step": step, "place": "0", "show": "x"}).status_code == 400
    assert client.get(address(result), {"step": step, "place": "9"}).status_code == 404


def test_the_workbook_holds_the_same_rows_in_the_same_order(signed_in: Any) -> None:
    """Fails when what is taken away is narrowed or sorted otherwise than the page, or ends with its first page."""
    result, n, d = somebody("on_time_delivery")
    client, step = signed_in("hr"), "numerator.on_time_delivery"
    for more in ({}, {"show": "costs"}, {"sort": "-c_finished_at"}):
        page = asked(client, result, step, **more).context["table"].data
        answer = asked(client, result, step, **more, export="xlsx")
        sheet = load_workbook(io.BytesIO(answer.content)).active
        head, *lines = list(sheet.iter_rows(values_only=True))
        while "工单号" not in head:
            head, *lines = lines
        at = head.index("工单号")
        assert [line[at] for line in lines] == [row["c_ro_no"] for row in page], more
    assert lines
    assert {line[head.index("结果")] for line in lines} == {"未计入，失分", "计入"}
    assert d > n


def test_the_explanation_shows_the_first_of_the_same_rows(signed_in: Any) -> None:
    """Fails when the rows within an explanation are not those of the page that it leads to."""
    result, _, d = somebody("on_time_delivery")
    client, step = signed_in("hr"), "numerator.on_time_delivery"
    first = asked(client, result, step, glance="1")
    whole = list(asked(client, result, step).context["table"].data)
    assert "<html" not in first.text
    assert [row["c_ro_no"] for row in first.context["table"].data] == [row["c_ro_no"] for row in whole[:10]]
    assert f"查看全部 {d} 行" in first.text


def test_no_word_of_the_program_stands_on_any_rows(signed_in: Any) -> None:
    """Fails when a value or a column of some source is shown by its id, of every figure there is."""
    result = somebody("on_time_delivery")[0]
    client = signed_in("hr")
    tree = explain(records(run=result.run).settlement, result.employee_id, sources=sources())
    steps = [step.key for _, step in tree.walk() if step.rows]
    assert len(steps) > 8
    for key in steps:
        table = asked(client, result, key).context["table"]
        shown = [str(row.get_cell_value(name)) for row in list(table.rows)[:20] for name in table.columns.names()]
        heads = [str(column.header) for column in table.columns]
        assert [word for word in (*shown, *heads) if "_" in word and not word.endswith((".xlsx", ".csv"))] == [], key


@pytest.mark.parametrize("step", ["numerator.on_time_delivery", "numerator.satisfaction"])
def test_rows_ask_the_database_few_times(signed_in: Any, django_assert_max_num_queries: Any, step: str) -> None:
    """Fails when names are looked up row by row."""
    result, _, _ = somebody("on_time_delivery")
    client = signed_in("hr")
    asked(client, result, step)
    with django_assert_max_num_queries(12):
        asked(client, result, step)


@pytest.mark.parametrize(
    ("better", "first"), [("higher", [3, 4, 1, 2]), ("lower", [1, 2, 4, 3]), ("band", [4, 1, 2, 3])]
)
def test_what_was_taken_out_is_said_and_stands_before_what_counts(better: Any, first: list[int]) -> None:
    """Fails when a row that was exempted disappears, counts twice, or is told as costing points."""
    frame = pl.DataFrame({"_id": [1, 2, 3, 4], "_batch": 1, "_row": [1, 2, 3, 4]})
    counted, whole, exempted = frame[:2], frame[:3], frame[3:]
    costly = {"higher": "left_out", "lower": "counted"}.get(better, "")
    rows = ordered(marked([(counted, exempted), (whole, exempted)], costly), metric(better))
    assert rows["_id"].to_list() == first
    assert dict(rows.select("_id", "_state").iter_rows()) == {1: "counted", 2: "counted", 3: "left_out", 4: "exempted"}
    assert not rows.filter(pl.col("_state") == "exempted")["_costs"].any()


def test_of_a_mean_the_worst_rows_stand_first() -> None:
    """Fails when the longest waits have to be looked for."""
    frame = pl.DataFrame({"_id": [1, 2, 3], "_batch": 1, "_row": [1, 2, 3], "_value": [60, 7200, 1800]})
    nothing = frame.clear()
    for better, ids in (("lower", [2, 3, 1]), ("higher", [1, 3, 2])):
        rows = ordered(marked([(frame, nothing), (frame.drop("_value"), nothing)], ""), metric(better))
        assert rows["_id"].to_list() == ids


def metric(better: Any) -> Metric:
    """A mean, of which more or less is better."""
    measure = Measure(source="s", date="d")
    return Metric(name=Text(zh="x", en="x"), better=better, numerator=measure, denominator=measure)
