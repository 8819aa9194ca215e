"""Grades by score, quotas, ties, merged pools and the comparison with the expected shares."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.settlement.check.check_cards import reach
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.grade.grade import force, grade_expr, pools, quotas, shares
from fairwrench.settlement.scheme.scheme import Bands, Distribution, Scorecard
from tests.settlement.casebook import cases, hundredths
from tests.settlement.conftest import BANDS
from tests.settlement.month_fixtures import scheme

ORDER = Distribution().remainder_order
FORCED = Distribution(mode="forced", pool="department")
ALL_BANDS = Bands.model_validate(BANDS)
PLACES = {"employee_id": pl.String, "store": pl.String, "department": pl.String}

PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["S1", "S2", "S3", None]),
        st.sampled_from(["workshop", "desk"]),
        st.one_of(st.none(), st.integers(60, 75).map(lambda points: points * 100)),
    ),
    max_size=120,
)


def staff(rows: list[tuple[Any, ...]], **last: Any) -> pl.DataFrame:
    """People numbered in order, each (store, department, value) of the column named last."""
    ((name, kind),) = last.items()
    numbered = [(f"E{number:03}", *row) for number, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema={**PLACES, name: kind}, orient="row")


def graded(scores: list[int | None], bands: Bands) -> list[str | None]:
    """Each score's own grade."""
    frame = pl.DataFrame({"score": scores}, schema={"score": pl.Int64})
    return frame.select(grade_expr(pl.col("score"), bands)).to_series().to_list()


@cases("grades", "grades")
def test_grades_as_worked_out_by_hand(case: dict[str, Any], bands: Bands) -> None:
    """Fails when somebody on a bound would be graded on the wrong side of it."""
    assert graded([hundredths(case["given"])], bands) == [case["expected"]]


def test_the_order_of_the_document_does_not_matter(bands: Bands) -> None:
    """Fails when a store that keeps keys in another order would grade otherwise."""
    turned = Bands(maximum=bands.maximum, grades=dict(reversed(bands.grades.items())))
    scores: list[int | None] = [13000, 12000, 10500, 9000, 7001, 7000]
    assert graded(scores, turned) == graded(scores, bands) == ["A", "A", "B", "C", "D", "E"]


def test_a_middle_grade_without_bound_is_refused(bands: Bands) -> None:
    """Fails when a scheme that leaves a bound out would silently give that grade to everybody below."""
    broken = bands.grades["C"].model_copy(update={"from_": None})
    with pytest.raises(ValueError, match="grade C needs a lower bound"):
        graded([9000], Bands(maximum=bands.maximum, grades={**bands.grades, "C": broken}))


@given(st.lists(st.integers(-1000, 13000), min_size=2))
def test_a_higher_score_is_never_a_worse_grade(scores: list[int]) -> None:
    """Fails when more points could cost a grade."""
    found = graded(sorted(scores, reverse=True), ALL_BANDS)
    assert found == sorted(found)


@cases("grades", "reachable")
def test_the_highest_score_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when the scheme's page would promise an A that a card cannot bring, or hide one that it can."""
    items = [_item(number, words) for number, words in enumerate(case["given"]["items"])]
    card = Scorecard.model_validate({"items": items})
    assert reach(card, scheme())[1] == case["expected"]


def _item(number: int, words: dict[str, Any]) -> dict[str, Any]:
    if "bonus" in words:
        return {"bonus": f"item{number}", "up_to": words["bonus"]}
    kind = {"category": "key", "weight": words["weight"]}
    if "levels" in words:
        return {**kind, "rating": f"item{number}", "levels": words["levels"]}
    return {**kind, "metric": f"item{number}", "curve": {name: words[name] for name in words if name != "weight"}}


def test_a_bonus_on_top_of_a_full_card_is_cut() -> None:
    """Fails when a page would promise 135 points where 130 are the most there are."""
    items = [_item(0, {"weight": 100, "gate": {"met": 130, "missed": 0}}), _item(1, {"bonus": 5})]
    assert reach(Scorecard.model_validate({"items": items}), scheme()) == (0, 130)


@cases("distribution", "quotas")
def test_quotas_as_worked_out_by_hand(case: dict[str, Any], bands: Bands) -> None:
    """Fails when the odd seat would go to the wrong grade."""
    assert quotas(case["given"], bands, ORDER) == case["expected"]


@pytest.mark.parametrize(("people", "seated"), [(1, "C"), (2, "BC"), (3, "BCD"), (4, "ABCD"), (5, "ABCDE")])
def test_equal_remainders_go_round_in_the_schemes_order(people: int, seated: str, bands: Bands) -> None:
    """Fails when odd seats would go from the top down, not to C, B, D, A, E; with equal shares all tie."""
    alike = {grade: band.model_copy(update={"share": Decimal(20)}) for grade, band in bands.grades.items()}
    seats = quotas(people, Bands(maximum=bands.maximum, grades=alike), ORDER)
    assert "".join(grade for grade, seat in seats.items() if seat) == seated


@given(st.integers(0, 5000))
def test_quotas_sum_and_stay_near_their_share(people: int) -> None:
    """Fails when a forced round would need more or fewer people than there are."""
    seats = quotas(people, ALL_BANDS, ORDER)
    assert sum(seats.values()) == people
    for grade, seat in seats.items():
        assert abs(seat * 100 - people * ALL_BANDS.grades[grade].share) < 100


@cases("distribution", "ties")
def test_ties_as_worked_out_by_hand(case: dict[str, Any], bands: Bands) -> None:
    """Fails when equal scores would get unequal grades, or a group the wrong one."""
    rows = [("S1", "workshop", score * 100) for score, people in case["given"].items() for _ in range(people)]
    found = force(staff(rows, score=pl.Int64), bands, FORCED)
    assert dict(found.select(pl.col("score") // 100, "forced_grade").unique().iter_rows()) == case["expected"]


@cases("distribution", "pools")
def test_pools_as_worked_out_by_hand(case: dict[str, Any], bands: Bands) -> None:
    """Fails when somebody would be ranked among too few, or away from their own without need."""
    asked = case["given"]
    rows = [
        (store, department, 10000)
        for store, departments in asked["stores"].items()
        for department, people in departments.items()
        for _ in range(people)
    ]
    distribution = Distribution(mode="forced", pool=asked["pool"], min_pool=20)
    found: dict[str, dict[str, list[Any]]] = {}
    for row in force(staff(rows, score=pl.Int64), bands, distribution).iter_rows(named=True):
        found.setdefault(row["store"], {})[row["department"]] = [row["level"], row["people"]]
    assert found == case["expected"]


@cases("distribution", "shares")
def test_shares_as_worked_out_by_hand(case: dict[str, Any], bands: Bands, advisory: Distribution) -> None:
    """Fails when a store would owe a reason that it does not, or not owe one that it does."""
    rows = [("S1", "workshop", grade) for grade, people in case["given"].items() for _ in range(people)]
    found = shares(staff(rows, grade=pl.String), bands, advisory)
    assert found["people"].unique().to_list() == [len(rows)]
    assert {
        row["grade"]: [as_decimal(row["expected"], 2), as_decimal(row["off"], 2), row["needs_reason"]]
        for row in found.iter_rows(named=True)
    } == case["expected"]
    assert {row["grade"]: row["actual"] for row in found.iter_rows(named=True) if row["actual"]} == {
        grade: people for grade, people in case["given"].items() if people
    }


def test_shares_are_counted_over_the_assessed_of_each_store(bands: Bands, advisory: Distribution) -> None:
    """Fails when people without a grade, or of another store, would swell the pool (被评估总人数)."""
    rows = [("S1", "desk", "C")] * 3 + [("S2", "desk", "B")] * 2 + [("S1", "desk", None)] * 40
    found = shares(staff(rows, grade=pl.String), bands, advisory)
    assert found.select("store", "people").unique().sort("store").rows() == [("S1", 3), ("S2", 2)]
    assert found.filter(pl.col("actual") > 0).select("store", "grade", "actual").rows() == [
        ("S1", "C", 3),
        ("S2", "B", 2),
    ]


def test_forced_shares_are_compared_by_the_pools_that_ranked(bands: Bands) -> None:
    """Fails when a merged round would be held against pools that never ranked."""
    rows = [("S1", "desk", "C")] * 25 + [("S2", "desk", "C")] * 12 + [("S3", "desk", "C")] * 9
    found = shares(staff(rows, grade=pl.String), bands, Distribution(mode="forced", pool="store"))
    assert found.select("level", "store", "people").unique().sort("level").rows() == [
        ("group", None, 21),
        ("store", "S1", 25),
    ]


def test_nobody_assessed(bands: Bands, forced: Distribution, advisory: Distribution) -> None:
    """Fails when a month in which nobody could be assessed would break the round."""
    nobody = staff([("S1", "desk", None)], score=pl.Int64)
    assert force(nobody, bands, forced)["forced_grade"].to_list() == [None]
    assert shares(staff([("S1", "desk", None)], grade=pl.String), bands, advisory).is_empty()
    assert force(nobody.clear(), bands, forced).is_empty()


@given(PEOPLE, st.sampled_from(["department", "store", "group"]), st.integers(0, 25))
def test_pools_are_large_enough(people: list[tuple[Any, ...]], pool: Any, least: int) -> None:
    """Fails when somebody would be ranked among fewer than the least number though others are there to rank with."""
    assessed = staff([row for row in people if row[2] is not None], score=pl.Int64)
    placed = pools(assessed, Distribution(pool=pool), least)
    assert placed.height == assessed.height
    sizes = placed.group_by("level", "pool_store", "pool_department").agg(pl.len(), pl.col("people").first())
    assert sizes["len"].to_list() == sizes["people"].to_list()
    assert all(size >= min(least, placed.height) for size in sizes["len"])


@given(PEOPLE, st.integers(0, 25), st.randoms(use_true_random=False))
def test_forced_ranks_are_fair(people: list[tuple[Any, ...]], least: int, chance: Any) -> None:
    """Fails when a better score would rank worse, equal scores differ, or the order of rows decide."""
    frame = staff(people, score=pl.Int64)
    distribution = Distribution(mode="forced", pool="department", min_pool=least)
    found = force(frame, ALL_BANDS, distribution)
    assert found.select(frame.columns).equals(frame)
    assert found["forced_grade"].is_null().equals(frame["score"].is_null())
    for _, pool in found.drop_nulls("score").group_by("level", "pool_store", "pool_department"):
        by_score = pool.sort("score", descending=True)
        assert by_score["forced_grade"].to_list() == sorted(by_score["forced_grade"])
        assert pool.group_by("score").agg(pl.col("forced_grade").n_unique())["forced_grade"].to_list() == [1] * (
            pool["score"].n_unique()
        )
    shuffled = force(frame.sample(fraction=1, shuffle=True, seed=chance.randrange(1000)), ALL_BANDS, distribution)
    assert shuffled.sort("employee_id").equals(found)


@given(st.integers(1, 300), st.randoms(use_true_random=False))
def test_without_ties_every_quota_is_filled(people: int, chance: Any) -> None:
    """Fails when a pool of different scores would not be split by its quotas."""
    scores = chance.sample(range(13001), people)
    found = force(staff([("S1", "desk", score) for score in scores], score=pl.Int64), ALL_BANDS, FORCED)
    counted = dict(found["forced_grade"].value_counts().iter_rows())
    assert {grade: counted.get(grade, 0) for grade in ALL_BANDS.grades} == quotas(people, ALL_BANDS, ORDER)


def test_a_group_of_sixty_thousand_is_ranked_by_store(bands: Bands, forced: Distribution) -> None:
    """Fails when a large group would be ranked across stores: each of 1 000 stores of 60 has its own three A."""
    rows = [(f"S{number % 1000:04}", "desk", number // 1000 * 100) for number in range(60_000)]
    found = force(staff(rows, score=pl.Int64), bands, forced)
    counts = found.group_by("store").agg((pl.col("forced_grade") == "A").sum().alias("a"))
    assert counts["a"].unique().to_list() == [3]
    assert found.filter(pl.col("forced_grade") == "A")["score"].min() == 5700
