"""Each planted thing is in the files, where the truth says, and intake makes of it what the truth says."""

from __future__ import annotations

import csv

import polars as pl
import pytest

from fairwrench.samples.exports import Place
from fairwrench.samples.sample import UNTIL
from fairwrench.samples.truth import Truth
from fairwrench.settlement.calendar.deadlines import Month
from tests.ledger.handed import every_problem
from tests.samples.taken import MONTHS, Made, cells_of

#: whatever does not fit is left out; these fit into the months and stores of the sample used here
PLANTED = {
    "award_run", "e_run", "short_e_run", "new_d_run", "moved_store", "moved_department", "left", "probation",
    "thin_surveys", "namesakes", "unknown_wage", "conflict_of_interest", "lenient_rater", "harsh_rater",
    "missing_evidence", "wrong_total", "late_correction", "appeal", "bad_vin", "negative_money", "future_date",
    "contradiction", "stranger", "two_names", "sent_again", "doubled_file", "two_stores_in_one_file", "unrated",
    "without_example", "exempted", "on_leave",
}  # fmt: skip
REASONS = {
    "contradiction": "contradiction", "namesakes": "namesakes", "negative_money": "too_small", "future_date": "future",
}  # fmt: skip


def cells(made: Made, place: Place) -> list[str]:
    """The cells of a row as they stand in the file."""
    path = made.folder / place.file
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text("gb18030").splitlines()))[place.row - 1]
    return [str(cell) for cell in cells_of(path, place.sheet)[place.row - 1]]


def test_everything_is_planted(made: Made):
    assert {finding.kind for finding in made.truth.findings} >= PLANTED


def test_the_truth_on_disk_names_every_finding(made: Made):
    text = (made.folder / "truth.yaml").read_text("utf-8")
    assert text.count("- kind: ") == len(made.truth.findings)


@pytest.mark.parametrize("kind", sorted(REASONS))
def test_bad_rows_are_rejected_for_the_planted_reason(made: Made, kind):
    places = made.truth.one(kind).places
    assert places
    for place in places:
        parts = [part for part in made.files[place.file].sheets if part.sheet == place.sheet]
        codes = parts[0].rejected.filter(pl.col("row") == place.row)["code"].to_list()
        assert codes == [REASONS[kind]]


def test_planted_cells_stand_where_the_truth_says(made: Made):
    expected = {
        "negative_money": "-520.00",
        "stranger": "赵外聘",
        "namesakes": made.truth.one("namesakes").expect["name"],
    }
    for kind, text in expected.items():
        assert all(text in cells(made, place) for place in made.truth.one(kind).places)


def test_a_wrong_check_digit_is_taken_over_with_a_warning(made: Made):
    (place,) = made.truth.one("bad_vin").places
    part = next(part for part in made.files[place.file].sheets if part.source == "repair_orders")
    assert place.row in part.accepted["_row"].to_list()
    assert [p.details["count"] for p in part.problems if p.code == "vin_check"] == ["1"]
    warned = [p for f in made.files.values() for p in every_problem(f) if p.code == "vin_check"]
    assert len(warned) == 1


def test_a_cell_with_two_names_becomes_two_shares(made: Made):
    finding = made.truth.one("two_names")
    (place,) = finding.places
    part = next(part for part in made.files[place.file].sheets if part.source == "job_lines")
    rows = part.accepted.filter(pl.col("_row") == place.row)
    assert sorted(rows["technician"]) == sorted(finding.people)
    assert [str(share) for share in rows["share"]] == ["0.500", "0.500"]


def test_the_file_sent_again_differs_in_three_rows(made: Made):
    finding = made.truth.one("sent_again")
    first, again = (made.files[file].sheets[0].accepted.drop("_row") for file in finding.files)
    changed = again.join(first, on=again.columns, how="anti", nulls_equal=True)
    assert sorted("|".join(key) for key in changed.select("store", "ro_no").rows()) == sorted(finding.keys)
    assert first.height == again.height


def test_the_doubled_file_is_the_same_to_the_byte(made: Made):
    first, again = (made.folder / file for file in made.truth.one("doubled_file").files)
    assert first.read_bytes() == again.read_bytes()


def test_the_wrong_total_is_off_by_a_thousand_yuan(made: Made):
    (file,) = made.truth.one("wrong_total").files
    part = made.files[file].sheets[0]
    rows = cells_of(made.folder / file, part.sheet)
    column = rows[2].index("工时费")
    assert rows[-1][0] == "合计"
    assert rows[-1][column] - float(part.accepted["labour_amount"].sum()) == pytest.approx(1_000)


def test_one_store_handed_in_no_surveys_in_one_month(made: Made):
    finding = made.truth.one("missing_evidence")
    months = {store: set() for store in made.truth.stores}
    for path, file in made.files.items():
        for part in file.sheets:
            if part.source == "surveys":
                months[part.stores[0]].add(path[:7])
    every = {str(month) for month in Month.range(UNTIL.plus(1 - MONTHS), UNTIL)}
    assert months.pop(finding.store) == every - {finding.month}
    assert all(found == every for found in months.values())


def test_two_stores_share_one_file(made: Made):
    finding = made.truth.one("two_stores_in_one_file")
    assert sorted(made.files[finding.files[0]].sheets[0].stores) == sorted(finding.expect["stores"])
    alone = [p.stores for p in made.parts("accessories", UNTIL) if len(p.stores) == 1]
    assert not {store for stores in alone for store in stores} & set(finding.expect["stores"])


def test_a_late_file_corrects_an_order_of_two_months_before(made: Made):
    finding = made.truth.one("late_correction")
    rows = made.files[finding.files[0]].sheets[0].accepted
    was = made.rows("repair_orders", Month.parse(finding.expect["corrects"])).filter(
        (pl.col("store") == finding.store) & (pl.col("ro_no") == rows["ro_no"][0])
    )
    assert Month.parse(finding.month) == Month.parse(finding.expect["corrects"]).plus(2)
    assert rows["parts_amount"][0] - was["parts_amount"][0] == 18_000
    assert rows.drop("parts_amount", "_row").equals(was.drop("parts_amount", "_row"))


def test_decisions_and_exemptions_say_what_the_truth_says(made: Made):
    decided = made.rows("decisions")
    appeal = made.truth.one("appeal")
    row = decided.filter(pl.col("decision_no") == appeal.keys[0]).select("employee_id", "month", "kind").row(0)
    assert row == (appeal.people[0], appeal.expect["corrects"], "appeal_points")
    leave = made.truth.one("on_leave")
    assert decided.filter(pl.col("decision_no") == leave.keys[0])["kind"].to_list() == ["exclude"]
    exempted = made.rows("exemptions").row(0, named=True)
    assert (exempted["key"], exempted["metric"]) == (made.truth.one("exempted").keys[0], "on_time_delivery")
    store, number = exempted["key"].split("|")
    order = made.rows("repair_orders").filter((pl.col("store") == store) & (pl.col("ro_no") == number)).tail(1)
    assert order["waiting_parts_seconds"][0] > 0
    assert order["finished_at"][0] > order["first_promised_at"][0]


def test_ratings_lack_what_was_forgotten(made: Made):
    rated = made.rows("ratings", UNTIL)
    gone, bare = made.truth.one("unrated"), made.truth.one("without_example")
    assert rated.filter((pl.col("employee_id") == gone.people[0]) & (pl.col("item") == gone.expect["item"])).is_empty()
    row = rated.filter((pl.col("employee_id") == bare.people[0]) & (pl.col("item") == bare.expect["item"]))
    assert row.select("level", "evidence").rows() == [("优秀", None)]


def test_raters_have_their_habits(made: Made):
    """The lenient rater's levels lie above everybody else's mean, the harsh one's below."""
    worth = {"优秀": 130, "良好": 105, "合格": 90, "不合格": 60}
    given = made.rows("ratings").filter(pl.col("level").is_not_null())
    scored = given.with_columns(points=pl.col("level").replace_strict(worth, return_dtype=pl.Int64))
    mean = scored["points"].mean()
    lenient, harsh = (made.truth.one(kind).people[0] for kind in ("lenient_rater", "harsh_rater"))
    assert scored.filter(pl.col("rater") == lenient)["points"].mean() > mean + 5
    assert scored.filter(pl.col("rater") == harsh)["points"].mean() < mean - 5


def test_the_partial_judge_calls_few_comebacks_rework(made: Made):
    """Judged by the one who is assessed by it; the other stores' managers call most of them rework."""
    finding = made.truth.one("conflict_of_interest")
    rows = made.rows("repair_orders").filter(pl.col("judged_by").is_not_null()).unique(["store", "ro_no"])
    own, others = rows.filter(pl.col("store") == finding.store), rows.filter(pl.col("store") != finding.store)
    assert set(own["judged_by"]) == set(finding.people)
    assert own["rework"].sum() / own.height < 0.5 < others["rework"].sum() / others.height


def test_four_customers_of_one_advisor_were_called(made: Made):
    finding = made.truth.one("thin_surveys")
    called = made.rows("surveys", UNTIL).filter(pl.col("advisor") == finding.people[0])
    due = called.filter(pl.col("due_on").is_between(UNTIL.first, UNTIL.last)).unique("survey_no")
    assert due.height == finding.expect["calls"] == 4


def test_the_roster_carries_moves_leaves_and_probation(made: Made):
    def rows(kind: str) -> list[dict[str, object]]:
        person = made.truth.one(kind).people[0]
        return made.roster.filter(pl.col("employee_id") == person).sort("from").to_dicts()

    before, after = rows("moved_store")
    assert (before["store"], before["to"], after["store"], after["from"]) == (
        made.truth.stores[0], UNTIL.first.replace(day=10), made.truth.stores[2], UNTIL.first.replace(day=11),
    )  # fmt: skip
    before, after = rows("moved_department")
    assert (before["position"], after["position"]) == ("customer_service_clerk", "service_advisor")
    assert rows("left")[0]["left_on"] == UNTIL.first.replace(day=9)
    assert rows("left")[0]["status"] == "left"
    assert [row["status"] for row in rows("probation")] == ["probation", "regular"]
    assert rows("unknown_wage")[0]["full_salary"] is None
    one, other = made.truth.one("namesakes").people
    names = made.roster.filter(pl.col("employee_id").is_in([one, other]))["name"].unique()
    assert names.to_list() == [made.truth.one("namesakes").expect["name"]]


def test_a_kind_planted_twice_is_no_one_thing():
    truth = Truth(7, [], [])
    with pytest.raises(ValueError):
        truth.one("bad_vin")
