"""Nothing counted is not good: a card of which too little is measured is incomplete, whatever the zeros would score."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.doubts.incomplete import incomplete
from fairwrench.settlement.scheme.scheme import Bands, Eligibility
from fairwrench.settlement.score.score import totals
from tests.settlement.score.test_score import filled

HALF = Eligibility(least_measured=Decimal("0.5"))
Row = dict[str, Any]


def item(weight: str, *, measured: bool = True, state: str = "counted", cause: str | None = None, **more: Any) -> Row:
    """A line of 100 points."""
    return {
        "item": f"i{weight}",
        "points": "100",
        "weight": weight,
        "measured": measured,
        "state": state,
        "cause": cause,
        **more,
    }


def short(bands: Bands, *rows: Row, least: Eligibility | None = HALF) -> tuple[str | None, int | None]:
    """Why the card cannot be summed up, and the score."""
    found = totals(filled(rows), bands, least).row(0, named=True)
    return found["short"], found["score"]


@pytest.mark.parametrize(
    ("seen", "unseen", "expected"),
    [
        ("60", "40", (None, 10_000)),
        ("50", "50", (None, 10_000)),
        ("49.99", "50.01", ("too_little_measured", None)),
        ("10", "90", ("too_little_measured", None)),
    ],
)
def test_the_least_share_of_weights_that_must_be_measured(
    seen: str, unseen: str, expected: tuple[str | None, int | None], bands: Bands
) -> None:
    """Fails when somebody with one order in a month of zeros gets 94 points; half of the weights is enough."""
    assert short(bands, item(seen), item(unseen, measured=False)) == expected


@pytest.mark.parametrize(
    "rest",
    [
        item("60", state="dropped", cause="no_occasion"),
        item("60", state="dropped", cause="thin"),
        item("60", cause="neutral"),
        item("60", cause="unit"),
        item("60", measured=False),
    ],
    ids=lambda row: str(row["cause"]),
)
def test_what_is_not_one_s_own_measure_measures_nobody(rest: Row, bands: Bands) -> None:
    """Fails when weights that fell out, neutral points or the department's value pass for a person's own work."""
    assert short(bands, item("40"), rest) == ("too_little_measured", None)
    assert short(bands, item("60"), {**rest, "weight": "40"})[0] is None


def test_ratings_and_decisions_measure(bands: Bands) -> None:
    """Fails when a person whom a manager rates, or an appeal decided about, counts as unmeasured."""
    rated = item("30", kind="rating")
    decided = item("30", cause="appealed")
    assert short(bands, rated, decided, item("40", measured=False))[0] is None


def test_a_card_of_which_nothing_counts_says_so(bands: Bands) -> None:
    """Fails when somebody of whom nothing counts has no score and no reason."""
    gone = [item("40", state="dropped", cause="no_occasion"), item("60", state="dropped", cause="thin")]
    assert short(bands, *gone) == ("nothing_counted", None)
    assert short(bands, *gone, least=None) == ("nothing_counted", None)


def test_what_waits_comes_before_what_is_too_little(bands: Bands) -> None:
    """Fails when a person who waits for a file is told that too little is measured, and nobody hands the file in."""
    assert short(bands, item("10"), item("90", state="held", cause="not_handed_in"))[0] == "held"


def test_a_bonus_measures_nothing(bands: Bands) -> None:
    """Fails when five bonus points make a card measured."""
    assert short(bands, item("0", kind="bonus"), item("100", measured=False))[0] == "too_little_measured"


@pytest.mark.parametrize(
    ("least", "expected"), [(None, None), ("0", None), ("0.3", None), ("0.31", "too_little_measured")]
)
def test_the_scheme_says_how_much(least: str | None, expected: str | None, bands: Bands) -> None:
    """Fails when a scheme that asks for less, or for nothing, gets the half of the shipped ones."""
    asked = Eligibility(least_measured=Decimal(least)) if least else None
    assert short(bands, item("30"), item("70", measured=False), least=asked)[0] == expected


@pytest.mark.parametrize("share", ["-0.1", "1.1"])
def test_a_share_that_is_none_is_refused(share: str) -> None:
    """Fails when 50 is taken for 50 %, so that nobody is ever complete."""
    with pytest.raises(ValueError, match="than or equal"):
        Eligibility(least_measured=Decimal(share))


@pytest.mark.parametrize("name", ["dealership", "field_service"])
def test_the_shipped_schemes_ask_for_half(name: str) -> None:
    """Fails when a shipped scheme forgets it."""
    assert load_scheme(name).eligibility.least_measured == Decimal("0.5")


def listed(state: str, short_: str | None, lines: list[Row], missing: str | None) -> list[Any]:
    """The list of one person."""
    about = {"employee_id": "E1", "name": "张三", "store": "一店", "state": state, "short": short_}
    whole = {"item": pl.String, "cause": pl.String, "lacks": pl.String, "state": pl.String, "place": pl.Int64}
    rows = [{"employee_id": "E1", "place": at, **row} for at, row in enumerate(lines)]
    pay = {"employee_id": "E1", "state": "incomplete" if missing else "settled", "missing": missing}
    shape = {"employee_id": pl.String, "state": pl.String, "missing": pl.String}
    return incomplete(
        pl.DataFrame([about], schema_overrides={"short": pl.String}),
        pl.DataFrame(rows, schema={"employee_id": pl.String, **whole}),
        pl.DataFrame([pay], schema=shape),
    )


def test_everybody_who_waits_is_on_the_one_list_with_the_reason() -> None:
    """Fails when somebody gets no pay and stands on no list."""
    held = {"item": "output", "cause": "not_handed_in", "lacks": "repair_orders", "state": "held"}
    (waits,) = listed("incomplete", "held", [held], "score")
    assert ([w.item for w in waits.items], waits.short, waits.unpaid) == (["output"], "", ())
    (little,) = listed("incomplete", "too_little_measured", [], "score")
    assert (little.items, little.short, little.unpaid) == ((), "too_little_measured", ())
    (nothing,) = listed("incomplete", "nothing_counted", [], "score,commission")
    assert (nothing.short, nothing.unpaid) == ("nothing_counted", ("commission",))
    (unpaid,) = listed("settled", None, [], "commission")
    assert (unpaid.items, unpaid.short, unpaid.unpaid) == ((), "", ("commission",))
    assert listed("settled", None, [], None) == []
