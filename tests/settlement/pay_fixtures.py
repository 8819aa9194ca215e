"""A small scheme with the pay rules of S1 ❺ 3, 5.6 and 5.9, and frames from rows that people can read.

Amounts are written in yuan and scores in points; the frames hold fen and hundredths.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.inputs.roster import ROSTER
from fairwrench.settlement.pay.pay import AMOUNT, CARD, COMMISSION, PayResult, pay
from fairwrench.settlement.scheme.scheme import Scheme
from tests.settlement.conftest import BANDS, CYCLE, STANDING, both

OCTOBER = Month(2026, 10)


def position(side: str, **more: Any) -> dict[str, Any]:
    """A position with a scorecard of its own side, unless told otherwise."""
    return {"name": both("position"), "department": "service", "side": side, "scorecard": "card", **more}


#: S1 ❺ 3 and 5.6: two sides, managers, one manager whose own 30 % comes first, one position without a scorecard.
POSITIONS = {
    "technician": position("profit"),
    "service_advisor": position("profit"),
    "hr_specialist": position("function"),
    "receptionist": position("function"),
    "sales_manager": position("function", manager=True),
    "hr_manager": position("function", manager=True, pay_base={"kind": "salary", "share": "0.30"}),
    "apprentice": position("function", pay_base={"kind": "none"}),
    "general_manager": position("function", manager=True, scorecard=None),
}
PAY = {
    "bases": {
        "profit": {"kind": "commission", "reference": "S1 ❺ 5.6(1)"},
        "function": {"kind": "salary", "share": "0.30", "reference": "S1 ❺ 5.6(2)"},
        "manager": {"kind": "salary", "share": "0.50", "reference": "S1 ❺ 5.6(3)"},
    },
    "deductions": {"warn_share": "0.20", "minimum_wage": {"S1": "2590.00"}},
}


def scheme(pay: Mapping[str, Any] | None = None, pools: Mapping[str, Any] | None = None) -> Scheme:
    """The small scheme; `pay` overrides parts of its pay rules, `pools` are its bonus pools."""
    return Scheme.model_validate(
        {
            "scheme": "small",
            "version": "1",
            "name": both("small"),
            "positions": POSITIONS,
            "metrics": {},
            "scorecards": {"card": {"items": [{"bonus": "help", "up_to": "5"}]}},
            "cycle": CYCLE,
            "eligibility": {"probation_excludes": True, "wage_below": "800", "min_days_in_service": 15},
            "bands": BANDS,
            "pay": {**PAY, **(pay or {})},
            "pools": pools or {},
            "standing": STANDING,
        }
    )


def fen(yuan: Decimal | int | None) -> int | None:
    """An amount as people write it, in fen; three decimals would be a slip in the case."""
    if yuan is None:
        return None
    amount = Decimal(yuan) * 100
    assert amount == int(amount), f"{yuan} has more than two decimals"
    return int(amount)


def frame(schema: Schema, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a frame; what a row leaves out is null."""
    filled = [tuple(row.get(name) for name in schema) for row in rows]
    return pl.DataFrame(filled, schema=dict(schema), orient="row")


def roster(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Assignments; unless told otherwise of E1, a regular technician of store S1 with 5,000 yuan, since 2020."""
    usual = {
        "employee_id": "E1",
        "name": "张三",
        "store": "S1",
        "department": "service",
        "position": "technician",
        "status": "regular",
        "hired_on": date(2020, 1, 1),
        "salary": 5000,
    }
    told = [{**usual, "_row": number, **row} for number, row in enumerate(rows, start=2)]
    return frame(ROSTER, [{**row, "full_salary": fen(row["salary"])} for row in told])


def cards(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Appraisals; unless told otherwise settled, of store S1."""
    told = [{"employee_id": "E1", "store": "S1", "state": "settled", **row} for row in rows]
    return frame(CARD, [{**row, "score": fen(row.get("score"))} for row in told])


def amounts(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Pool pay, deductions or corrections, of E1 unless told otherwise."""
    told = [{"employee_id": "E1", "reason": "", **row} for row in rows]
    return frame(AMOUNT, [{**row, "amount": fen(row["amount"])} for row in told])


def earned(amount_of: Mapping[str, Decimal | int | None]) -> pl.DataFrame:
    """Commission by person."""
    return frame(COMMISSION, [{"employee_id": person, "amount": fen(yuan)} for person, yuan in amount_of.items()])


def paid(
    appraised: pl.DataFrame,
    slices: pl.DataFrame,
    *,
    rules: Scheme | None = None,
    month: Month = OCTOBER,
    commission: pl.DataFrame | None = None,
    **due: pl.DataFrame,
) -> PayResult:
    """Pay with nothing due beyond what is given."""
    return pay(
        appraised,
        rules or scheme(),
        month,
        slices=slices,
        commission=earned({}) if commission is None else commission,
        **{name: due.get(name, amounts([])) for name in ("deductions", "corrections", "pool_pay")},
    )
