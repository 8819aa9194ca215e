"""How far back a month reads each source; what is not read is not sealed, and what is, is sealed whole."""

from __future__ import annotations

from typing import Any

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.closing.lookback import DECIDED, reach, used_derived
from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.measure.required_sources import needs_handed_in, sources_read
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from tests.closing.small import scheme

SOURCES = load_sources()


def reached(under: Scheme) -> dict[str, int]:
    return reach((under,), SOURCES, DIALECT)


def measured(**measure: Any) -> Scheme:
    """The small scheme with one more metric."""
    name = {"zh": "指标", "en": "metric"}
    return scheme(metrics={"added": {"name": name, "better": "lower", "numerator": measure}})


def test_orders_are_read_as_far_as_a_comeback_may_reach() -> None:
    """Fails when a car that came back in October was delivered in a September that nobody sealed."""
    found = reached(scheme())
    # three months, as the sources say: jobs look their order up as far back as they go themselves
    assert (found["repair_orders"], found["job_lines"], found["complaints"]) == (3, 3, 2)


def test_a_window_of_months_is_read_whole() -> None:
    """Fails when a yearly figure is taken over the look-back of its source instead of twelve months."""
    year = {"source": "parts_stock", "value": "count", "date": "month", "months": 12}
    assert reached(measured(**year))["parts_stock"] == 11


def test_what_a_derived_column_looks_into_is_read() -> None:
    """Fails when “came within a year” is answered from the orders of a quarter."""
    came = {"source": "vehicles_in_care", "value": "count", "where": "came_in_last_12m", "date": "month"}
    found = reached(measured(**came))
    assert (found["vehicles_in_care"], found["repair_orders"]) == (0, 11)


def test_what_people_decide_is_always_read() -> None:
    """Fails when a scheme that measures none of it misses decisions, ratings or late hand-ins."""
    found = reached(scheme())
    assert {name: found[name] for name in DECIDED} == DECIDED
    # standing asks for reviews and awards of a year
    assert found["decisions"] == 12
    assert "submissions" in found


def test_sources_that_nobody_measures_are_not_read() -> None:
    """Fails when every month seals everything that was ever handed in."""
    assert "surveys" not in reached(scheme())


def test_only_derived_columns_that_are_used_are_worked_out() -> None:
    """Fails when a costly column is derived for nothing, or one that is asked for is not."""
    found = used_derived((scheme(),), SOURCES, DIALECT)
    assert set(found) == {"job_lines"}
    assert set(found["job_lines"]) == {"matures_on", "repeat_within_30d", "original_technician", "returned_within_30d"}


def test_two_schemes_reach_as_far_as_the_further() -> None:
    """Fails when a replay seals too little for one of its schemes."""
    other = load_scheme("dealership")
    both, one = reach((scheme(), other), SOURCES, DIALECT), reached(other)
    assert all(both[name] >= months for name, months in one.items())


def test_a_measure_needs_what_its_columns_look_into() -> None:
    """Fails when comebacks are said to be none while the orders that tell the vehicle are missing."""
    comebacks = Measure(source="job_lines", where="repeat_within_30d", date="finished_at", credit="technician")
    assert sources_read(comebacks, SOURCES, DIALECT) == {"job_lines", "repair_orders"}
    hours = Measure(source="job_lines", value="sum(billed_hours)", date="finished_at", credit="technician")
    assert sources_read(hours, SOURCES, DIALECT) == {"job_lines"}
    ripe = Measure(source="job_lines", date="matures_on", credit="technician")
    assert sources_read(ripe, SOURCES, DIALECT) == {"job_lines", "repair_orders"}


def test_chains_of_derived_columns_are_followed() -> None:
    """Fails when a column two steps away from its source is taken for one of its own."""
    assert needs_handed_in(SOURCES["job_lines"], ["returned_within_30d"]) == {"repair_orders"}
    assert needs_handed_in(SOURCES["vehicles_in_care"], ["came_in_last_12m"]) == {"repair_orders"}
    assert needs_handed_in(SOURCES["job_lines"], ["line", "technician"]) == set()
