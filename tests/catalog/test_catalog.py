"""Everything shipped fits together: sources, metrics, schemes."""

import re
from collections import Counter

import pytest

from fairwrench.catalog.loader import load_scheme, load_sources, open_scheme, scheme_names
from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.check.check import check_scheme, measures_in
from fairwrench.settlement.check.check_sources import check_sources
from fairwrench.settlement.measure.measure import check_measure
from fairwrench.settlement.problem import errors
from tests.catalog.metric_library import load_metrics

SOURCES, METRICS = load_sources(), load_metrics()

# metrics.md: the headers that exports of Chinese dealers carry, and the columns they mean.
HEADERS = {
    "工单号": "ro_no", "委托书号": "ro_no", "车牌号": "plate", "车架号": "vin", "VIN": "vin",
    "接车时间": "opened_at", "来厂时间": "opened_at", "预计交车时间": "first_promised_at",
    "派工时间": "dispatched_at", "竣工时间": "finished_at", "交车时间": "delivered_at",
    "结算时间": "settled_at", "服务顾问": "advisor", "维修技师": "technician", "工位": "bay",
    "维修类型": "kind", "进厂里程": "mileage_km", "工时费": "labour_amount", "工时合计": "labour_amount",
    "配件费": "parts_amount", "零件合计": "parts_amount", "成本": "parts_cost",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source(name: str) -> None:
    """Fails when a source declares what cannot be landed or derived."""
    assert [problem for problem in check_sources(SOURCES) if problem.path[0] == name] == []
    source = SOURCES[name]
    assert source.aliases, "nothing in a file's name would tell this source"
    assert source.reference or source.default == "house"
    for column, facts in source.columns.items():
        assert facts.name is not None, column
        chinese = [word for word in facts.aliases if re.search("[\u4e00-\u9fff]", word)]
        assert len(chinese) >= 2 or facts.name.zh in facts.aliases, f"{column} has hardly a Chinese header"


@pytest.mark.parametrize(("header", "column"), HEADERS.items())
def test_headers_of_repair_orders(header: str, column: str) -> None:
    """Fails when an export of repair orders would have to be mapped by hand."""
    assert header in SOURCES["repair_orders"].columns[column].aliases


def test_no_name_of_a_file_tells_two_sources() -> None:
    """Fails when a word in a file's name leaves two sources to choose from."""
    uses = Counter(word.casefold() for source in SOURCES.values() for word in source.aliases)
    assert [word for word, count in uses.items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_metric(name: str) -> None:
    """Fails when an indicator cannot be worked out, or hides where it comes from."""
    metric = METRICS[name]
    assert metric.reference or metric.default == "house"
    for measure in (metric.numerator, metric.denominator):
        if measure is None:
            continue
        source = SOURCES[measure.source]
        assert check_measure(measure, source, DIALECT) == []
        assert measure.credit is None or source.type_of(measure.credit) == "person"
        assert source.type_of(measure.date) in ("date", "timestamp", "month")
    if metric.denominator is not None:
        credits = [metric.numerator.credit is None, metric.denominator.credit is None]
        assert len(set(credits)) == 1, "one part would count for persons and the other only for the store"
    if metric.decided_by:
        assert metric.independent in METRICS


@pytest.mark.parametrize("name", scheme_names())
def test_every_scheme(name: str) -> None:
    """Fails when a shipped scheme cannot settle, or carries more to mend than its one legal warning."""
    opened = open_scheme(name)
    formulas = lambda measure, source: check_measure(measure, source, DIALECT)  # noqa: E731 - one use, one line
    found = opened.located(check_scheme(opened.scheme, SOURCES, formulas))
    assert errors(found) == []
    assert {problem.code for problem in found if problem.severity == "warning"} <= {"fines"}
    assert all(problem.file and problem.line for problem in found), "a note nobody can find"
    assert list(measures_in(opened.scheme))


def test_the_table_of_indicators_is_complete() -> None:
    """metrics.md, row by row. Fails when an indicator that was asked for is not there."""
    asked = re.findall(
        r"\w+",
        """
        one_time_fix_rate rework_rate return_rate maintenance_retention maintenance_rate
        maintenance_success absorption output visits gross_profit revenue_per_order hours_per_order
        effective_labour_rate labour_margin parts_margin parts_to_labour efficiency utilisation
        proficiency on_time_delivery same_day_finish mean_turnaround dispatch_wait close_lag
        bay_utilisation bay_turns revenue_per_bay satisfaction survey_reach survey_score
        complaint_rate complaint_answered_in_time complaint_resolved_in_time booking_rate show_rate
        inspection_rate stock_turns fill_rate aged_stock parts_wait genuine_share attendance_rate
        appearance training_done training_passed exam_score response_in_1h arrived_in_time
        solved_in_12h mean_response repeat_fault_rate consumables_over_budget contract_calls_done
        contract_visits_done claim_acceptance claim_recovery accessories_sales accessories_margin
        registration_rate prospects_on_file test_drives orders_per_100_visits visits_per_day
        minutes_per_visit revenue_per_visit cost_per_visit collection_rate cost_share customers_won
        customers_lost market_share receivable_days expense_ratio stock_value over_compensation
        submitted_in_time internal_satisfaction employee_satisfaction rework_rate_judged
        """,
    )
    assert set(asked) <= set(METRICS)


def test_bounds_of_field_service() -> None:
    """S2, S3: response within 1 hour on average, 12 hours to solve it or a loan unit."""
    assert METRICS["mean_response"].bound == 3600
    assert "43200" in (METRICS["solved_in_12h"].numerator.where or "")
    assert "loan_unit_at" in (METRICS["solved_in_12h"].numerator.where or "")
    cards = load_scheme("field_service").scorecards
    assert {"response_in_1h", "solved_in_12h", "repeat_fault_rate"} <= {i.key for i in cards["field_engineer"].items}
