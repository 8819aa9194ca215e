"""Scores and rebates of the manufacturer, side business and referrals, worked by hand for October 2026.

What breaks here: a score is held against another kind's full score; a rebate that is not confirmed yet counts as lost;
a deal counts for the month of another date; what after-sales sent to the showroom counts for the showroom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.source.source import Text
from tests.catalog.metric_library import load_metrics
from tests.oracles.evidence import Row, by_hand
from tests.oracles.reckoning import COMMISSION, FOLDER, Both, Figures, differences

SOURCES = load_sources()
SCHEME = load_scheme("dealership")
METRICS = load_metrics("factory")
BASES = {
    name: Metric(name=Text(zh=name, en=name), better="higher", numerator=basis.measure)
    for name, basis in SCHEME.pay.commission_basis.items()
}
OCTOBER = Month(2026, 10)
FIRST, LAST, BEFORE, AFTER = date(2026, 10, 1), date(2026, 10, 31), date(2026, 9, 30), date(2026, 11, 1)
FIGURES = {
    "score", "full_score", "regional_average", "amount_due", "amount_confirmed", "amount_deducted", "amount", "income",
}  # fmt: skip
#: unit → figure, or figure above and below, as text
Expected = Mapping[str, str | tuple[str, str]]


def _table(columns: str, rows: Iterable[tuple[object, ...]]) -> list[Row]:
    """Rows of the first store below these columns; figures stand as texts."""
    names = columns.split()
    found: list[Row] = [{"store": "S01", **dict(zip(names, row, strict=True))} for row in rows]
    return [
        {name: Decimal(str(value)) if name in FIGURES and value is not None else value for name, value in row.items()}
        for row in found
    ]


def _agree(frames: Mapping[str, pl.DataFrame], folder: Path, known: Mapping[str, Metric], **told: Expected) -> None:
    """Each metric, or each basis, gives what was worked out by hand, by its oracle and by the program."""
    oracles = COMMISSION if known is BASES else FOLDER
    found = Both(SOURCES, {stem: known[stem] for stem in told}, frames, OCTOBER, folder, oracles=oracles)
    for stem, units in told.items():
        figures: Figures = {}
        for unit, figure in units.items():
            top, bottom = figure if isinstance(figure, tuple) else (figure, None)
            level = "store" if unit.startswith("S") else "person"
            figures[level, unit] = (Fraction(top), None if bottom is None else Fraction(bottom))
        assert differences(found.by_oracle(stem), figures) == [], f"the oracle of {stem} misreads the words"
        assert differences(figures, found.program.figures(stem)) == [], stem


def test_a_score_is_held_against_its_own_full_score_and_its_region(tmp_path: Path) -> None:
    """S01 has 940 of 1000 CSI (region 920), 88.5 of 100 by the mystery shopper (region 90), 92 of 100 for policy.

    S02's CSI has no regional average and is not compared; its policy score has no full score and attains nothing.
    September's audit and an SSI without a score are not October's: neither has a figure.
    """
    rows = [
        ("S01", "csi", "940", "1000", "920", "2026-10"),
        ("S01", "mystery_shopper", "88.5", "100", "90", "2026-10"),
        ("S01", "business_policy", "92", "100", None, "2026-10"),
        ("S02", "csi", "895", "1000", None, "2026-10"),
        ("S02", "business_policy", "104", None, "95", "2026-10"),
        ("S01", "warranty_audit", "97", "100", "95", "2026-09"),
        ("S01", "ssi", None, "1000", "900", "2026-10"),
    ]
    scores = _table("store kind score full_score regional_average month", rows)
    frames = by_hand(SOURCES, factory_scores=scores)
    _agree(
        frames, tmp_path, METRICS,
        csi_score={"S01": ("940", "1000"), "S02": ("895", "1000")}, csi_to_region={"S01": ("940", "920")},
        mystery_shopper_score={"S01": ("88.5", "100")}, mystery_shopper_to_region={"S01": ("88.5", "90")},
        policy_score={"S01": ("92", "100")}, policy_to_region={"S02": ("104", "95")},
        ssi_score={}, ssi_to_region={}, warranty_audit_score={}, warranty_audit_to_region={},
    )  # fmt: skip


def test_a_rebate_that_is_not_confirmed_yet_is_neither_kept_nor_lost(tmp_path: Path) -> None:
    """Confirmed 80 000 of 100 000 and 0 of 5 000: 80 000 of 105 000. 40 000 are open. Taken off: 20 000 + 5 000."""
    rows = [
        ("2026-10", "提车", "100000", "80000", "20000"),
        ("2026-10", "CSI", "5000", "0", "5000"),
        ("2026-10", "备件", "40000", None, None),
        ("2026-09", "提车", "9", "9", "9"),
    ]
    rebates = _table("month item amount_due amount_confirmed amount_deducted", rows)
    frames = by_hand(SOURCES, rebates=rebates)
    _agree(
        frames, tmp_path / "metrics", METRICS, rebate_kept={"S01": ("80000", "105000")},
        rebates_confirmed={"S01": "80000"}, rebates_lost={"S01": "25000"},
    )  # fmt: skip
    _agree(
        frames, tmp_path / "bases", BASES, store_rebates={"S01": "80000"}, store_rebates_lost={"S01": "25000"}
    )  # fmt: skip


def test_a_deal_counts_for_who_sold_it_and_for_who_brought_it(tmp_path: Path) -> None:
    """E01 sells insurance for 1200.50 and finance for 3000, less a reversal of 500; E02 a warranty for 900.

    E05 of after-sales brought the finance and the warranty: 3000 − 500 + 900 = 3400. E01's own referral is none; that
    of 700 whose seller is not on the roster is E05's. In all 1200.50 + 2500 + 900 + 700 = 5300.50, of both 4100.
    """
    rows = [
        ("D1", "insurance", "1200.50", "E01", "E01", FIRST, "50000"),
        ("D2", "finance", "3000.00", "E01", "E05", LAST, "50000"),
        ("D3", "finance", "-500.00", "E01", "E05", LAST, "-50000"),
        ("D4", "extended_warranty", "900.00", "E02", "E05", FIRST, "50000"),
        ("D5", "membership", "700.00", None, "E05", FIRST, "50000"),
        ("D6", "used_car", "10.00", "E01", "E05", BEFORE, "50000"),
        ("D7", "used_car", "10.00", "E01", "E05", AFTER, "50000"),
    ]
    frames = by_hand(SOURCES, side_business=_table("deal_no kind income seller referred_by dealt_on amount", rows))
    _agree(
        frames, tmp_path / "metrics", METRICS,
        side_income={"E01": "3700.50", "E02": "900", "S01": "5300.50"},
        insurance_income={"E01": "1200.50", "S01": "1200.50"}, finance_income={"E01": "2500", "S01": "2500"},
        extended_warranty_income={"E02": "900", "S01": "900"}, membership_income={"S01": "700"},
        used_car_income={}, side_income_referred={"E05": "4100", "S01": "4100"},
    )  # fmt: skip
    _agree(
        frames, tmp_path / "bases", BASES,
        side_insurance={"E01": "1200.50", "S01": "1200.50"}, side_finance={"E01": "2500", "S01": "2500"},
        side_extended_warranty={"E02": "900", "S01": "900"}, side_membership={"S01": "700"}, side_used_car={},
        side_referred={"E05": "4100", "S01": "4100"},
    )  # fmt: skip


def test_a_referral_counts_for_who_referred_in_the_month_of_the_deal(tmp_path: Path) -> None:
    """E05 (advisor) sent two for a car in October, one of them won, and won one of September: 2 cars.

    E07 (salesperson) sent one to the workshop, won at once. E05 took one on: no referral. Side business is counted as a
    customer, its 400 not as income: 9000 + 8000 = 17 000 for E05.
    """
    rows = [
        ("Z1", "car", "E05", "E07", FIRST, LAST, "9000.00"),
        ("Z2", "car", "E05", None, LAST, None, None),
        ("Z3", "car", "E05", "E07", BEFORE, FIRST, "8000.00"),
        ("Z4", "service", "E07", "E05", FIRST, FIRST, "620.40"),
        ("Z5", "service", "E05", "E05", FIRST, FIRST, "100.00"),
        ("Z6", "side", "E05", "E02", FIRST, LAST, "400.00"),
        ("Z7", "car", "E05", "E07", FIRST, AFTER, "7000.00"),
        ("Z8", "service", None, None, FIRST, LAST, "30.00"),
    ]
    sent = _table("referral_no kind referred_by received_by referred_on won_on income", rows)
    frames = by_hand(SOURCES, referrals=sent)
    _agree(
        frames, tmp_path / "metrics", METRICS,
        referrals_made={"E05": "4", "E07": "1", "S01": "6"}, referrals_won={"E05": "3", "E07": "1", "S01": "5"},
        referral_income={"E05": "17000", "E07": "620.40", "S01": "17650.40"},
    )  # fmt: skip
    _agree(
        frames, tmp_path / "bases", BASES,
        referred_cars={"E05": "2", "S01": "2"}, referred_service={"E07": "1", "S01": "2"},
    )  # fmt: skip


@pytest.mark.parametrize("stem", sorted(METRICS))
def test_none_of_them_stands_on_a_shipped_card(stem: str) -> None:
    """Fails when a group that changes nothing would find another figure on its forms."""
    assert stem not in {item.metric for card in SCHEME.scorecards.values() for item in card.items}


@pytest.mark.parametrize("stem", sorted({*METRICS} - {"rebates_lost"}))
def test_a_card_takes_any_of_them_by_its_name_alone(stem: str, tmp_path: Path) -> None:
    """Fails when an item has no curve of its own, or the store's figure would be looked for on a person.

    Rebates taken off have no target that all could share; who wants them says a curve.
    """
    path = tmp_path / "ours.yaml"
    item = f"{{metric: {stem}, category: objective, weight: 100}}"
    path.write_text(
        f"base: dealership\nscheme: ours\nscorecards:\n  service_director: {{items: [{item}]}}\n", encoding="utf-8"
    )
    (item,) = load_scheme(path).scorecards["service_director"].items
    assert item.curve is not None
    assert item.curve.highest() == 130
    assert item.of == ("store" if METRICS[stem].numerator.credit is None else "person")
    assert item.default == "house"
