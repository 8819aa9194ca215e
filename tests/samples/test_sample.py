"""A sample is whole, readable and plausible: what breaks here would make every demo and bench lie."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from fairwrench.catalog.loader import load_scheme
from fairwrench.samples.sample import UNTIL, make_sample
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import measures_of
from fairwrench.settlement.problem import Refused
from tests.ledger.handed import every_problem
from tests.samples.taken import MONTHS, ORDERS, Made, latest, on_roster

FIELD_SERVICE = {"service_requests", "contract_visits"}
REJECTED = {"contradiction", "namesakes", "negative_money", "future_date"}


def digests(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        make_sample(tmp_path / name, stores=1, months=1, orders=40, seed=seed)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")


def test_every_sheet_is_recognised(made: Made):
    wrong = [(path, p.code) for path, f in made.files.items() for p in every_problem(f) if p.severity == "error"]
    assert wrong == []
    assert all(file.sheets for file in made.files.values())


def test_every_source_the_scheme_reads_is_handed_in_for_the_latest_month(made: Made):
    measured = {measure.source for _, _, measure in measures_of(load_scheme("dealership"))}
    read = {*measured, "targets", "ratings", "payroll", "decisions", "exemptions"}
    there = {part.source for source in read for part in made.parts(source, UNTIL)}
    assert there == read - FIELD_SERVICE


def test_only_what_is_planted_is_rejected(made: Made):
    """A rejected row that nobody planted would be a fault of the sample, or of intake."""
    planted = {(p.file, p.sheet, p.row) for f in made.truth.findings if f.kind in REJECTED for p in f.places}
    rejected = {
        (path, part.sheet, row)
        for path, file in made.files.items()
        for part in file.sheets
        for row in part.rejected["row"].to_list()
    }
    assert rejected == planted
    assert len(planted) == 6


def test_nobody_is_uncredited_but_the_planted_stranger(made: Made):
    cells = {
        (path, row)
        for path, file in made.files.items()
        for part in file.sheets
        for row in part.uncredited.filter(pl.col("left_on").is_null(), pl.col("begins_on").is_null())["row"].to_list()
    }
    assert cells == {(place.file, place.row) for place in made.truth.one("stranger").places}


def test_every_row_is_accounted_for(made: Made):
    for file in made.files.values():
        for part in file.sheets:
            assert part.counts["rows"] == sum(n for name, n in part.counts.items() if name != "rows")


def test_three_kinds_of_systems_write(made: Made):
    """Titles and totals in the first store, GB18030 text in the second, one workbook of sheets in the third."""
    first, second, third = made.truth.stores
    names = [path.split("/")[1] for path in made.files if path.startswith(str(UNTIL))]
    assert all(part.counts["ignored_total"] == 1 for part in made.parts("repair_orders") if first in part.file)
    text = (made.folder / str(UNTIL) / next(n for n in names if n.startswith(f"{second}-维修工单"))).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        text.decode("utf-8")
    assert "接车员" in text.decode("gb18030")
    sheets = {path: len(file.sheets) for path, file in made.files.items() if third in path}
    assert len(sheets) == MONTHS
    assert min(sheets.values()) >= 9


def test_orders_come_in_the_number_asked_for(made: Made):
    for month in Month.range(UNTIL.plus(1 - MONTHS), UNTIL):
        for store in made.truth.stores:
            rows = made.rows("repair_orders").filter(pl.col("store") == store)
            local = pl.col("opened_at").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m")
            opened = rows.filter(local == str(month)).unique("ro_no").height
            assert 0.6 * ORDERS <= opened <= 1.4 * ORDERS


def test_times_of_an_order_follow_each_other(made: Made):
    rows = made.rows("repair_orders").filter(pl.col("settled_at").is_not_null())
    steps = ["opened_at", "dispatched_at", "finished_at", "delivered_at", "settled_at"]
    for earlier, later in pairwise(steps):
        assert rows.filter(pl.col(earlier) > pl.col(later)).is_empty()
    assert rows.filter(pl.col("promised_at") < pl.col("first_promised_at")).is_empty()


def test_repairs_hold_and_come_back_as_often_as_in_a_good_workshop(made: Made):
    """Comebacks 1 to 4 in a hundred jobs, so 96 to 99 hold: the bounds that the rulebook gives are in reach."""
    orders = latest(made.rows("repair_orders"), "store", "ro_no")
    jobs = latest(made.rows("job_lines"), "store", "ro_no", "line", "technician")
    visits = jobs.join(orders.select("store", "ro_no", "vin", "delivered_at"), on=["store", "ro_no"])
    visits = visits.filter(pl.col("fault_system").is_not_null()).unique(["store", "ro_no", "fault_system"])
    pairs = visits.join(visits, on=["vin", "fault_system"], suffix="_again")
    gap = pl.col("opened_at_again") - pl.col("delivered_at")
    back = pairs.filter((gap > pl.duration()) & (gap <= pl.duration(days=30)))
    assert 0.01 <= back.unique(["store_again", "ro_no_again"]).height / visits.height <= 0.04


FINISHED = pl.col("finished_at").is_not_null()


@pytest.mark.parametrize(
    ("source", "part", "whole", "bounds"),
    [
        ("repair_orders", pl.col("finished_at") <= pl.col("first_promised_at"), FINISHED, (0.9, 0.99)),
        ("repair_orders", pl.col("waiting_parts_seconds") > 0, FINISHED, (0.02, 0.08)),
        ("surveys", pl.col("satisfied"), pl.col("reached"), (0.88, 0.98)),
        ("maintenance_due", pl.col("done_ro_no") != "", pl.col("reminded_by").is_not_null(), (0.45, 0.8)),
        ("claims", pl.col("accepted"), pl.lit(True), (0.9, 0.995)),
        ("training", pl.col("passed"), pl.col("attended"), (0.75, 0.97)),
        ("internal_feedback", pl.col("satisfied"), pl.lit(True), (0.8, 0.95)),
        ("sales_leads", pl.col("registered"), pl.lit(True), (0.6, 0.9)),
    ],
)
def test_rates_are_plausible(made: Made, source, part, whole, bounds):
    rows = made.rows(source).filter(whole)
    assert bounds[0] <= rows.filter(part).height / rows.height <= bounds[1]


def test_the_manufacturer_scores_and_pays_every_store_every_month(made: Made):
    """Five scores and four rebates each; what is confirmed and what is taken off make up what is due."""
    months = [str(month) for month in Month.range(UNTIL.plus(1 - MONTHS), UNTIL)]
    scores, rebates = made.rows("factory_scores"), made.rows("rebates")
    assert scores.height == 5 * len(months) * len(made.truth.stores)
    assert scores.filter(~(pl.col("score") / pl.col("full_score")).is_between(0.6, 1)).is_empty()
    above = scores.filter(pl.col("score") >= pl.col("regional_average")).height
    assert 0.2 <= above / scores.height <= 0.8
    assert rebates.height == 4 * len(months) * len(made.truth.stores)
    confirmed = rebates.filter(pl.col("amount_confirmed").is_not_null())
    assert confirmed.filter(pl.col("amount_confirmed") + pl.col("amount_deducted") != pl.col("amount_due")).is_empty()
    assert 0 < confirmed.filter(pl.col("amount_deducted") > 0).height < confirmed.height


def test_deals_and_referrals_go_between_workshop_and_showroom(made: Made):
    """Every kind but insurance, which is in the renewals; who refers is of the other department."""
    deals, sent = made.rows("side_business"), made.rows("referrals")
    assert set(deals["kind"]) == {"finance", "used_car", "extended_warranty", "membership"}
    department = {person: position for person, _, position in on_roster(made, UNTIL)}
    pairs = [
        *deals.filter(pl.col("referred_by").is_not_null()).select("referred_by", "seller").rows(),
        *sent.select("referred_by", "received_by").rows(),
    ]
    known = [(department[a], department[b]) for a, b in pairs if a in department and b in department]
    assert known
    assert all((a == "service_advisor") != (b == "service_advisor") for a, b in known)
    assert 0.2 <= sent.filter(pl.col("won_on").is_not_null()).height / sent.height <= 0.8


def test_everybody_has_a_target_and_a_rating_where_the_scorecard_asks(made: Made):
    """Else the latest month could not be settled; the planted gap is the only one."""
    scheme = load_scheme("dealership")
    month = str(UNTIL)
    aims = set(made.rows("targets", UNTIL).filter(pl.col("month") == month).select("subject", "metric").iter_rows())
    rated = set(made.rows("ratings", UNTIL).filter(pl.col("month") == month).select("employee_id", "item").iter_rows())
    missing = set()
    for person, store, position in on_roster(made, UNTIL):
        card = scheme.positions[position].scorecard
        for item in scheme.scorecards[card].items if card else ():
            if item.kind == "rating" and (person, item.key) not in rated:
                missing.add((person, item.key))
            if item.metric and item.curve.needs_target and item.target is None:
                assert (person if item.of == "person" else store, item.metric) in aims
    gap = made.truth.one("unrated")
    assert missing == {(gap.people[0], gap.expect["item"])}


def test_too_few_people_for_the_orders_are_refused(tmp_path):
    with pytest.raises(Refused, match="needs at least"):
        make_sample(tmp_path, people=20, orders=4_000)


@pytest.mark.parametrize(
    "size",
    [
        {"stores": 1, "months": 1, "people": 25, "orders": 1},
        {"stores": 4, "months": 5, "people": 33, "orders": 30},
        {"stores": 1, "months": 2, "people": 90, "orders": 700, "seed": 11},
    ],
)
def test_a_sample_of_any_size_is_whole(tmp_path, size):
    """What does not fit is not planted; what is planted and marked stands in the files."""
    truth = make_sample(tmp_path, **size)
    assert len({path.parent for path in tmp_path.glob("*/*")}) == size["months"]
    assert all((tmp_path / place.file).exists() for finding in truth.findings for place in finding.places)
