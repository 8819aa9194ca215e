"""Rated items: levels, roles, shares, examples, and bonuses."""

from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pydantic import ValidationError

from fairwrench.settlement.scheme.scheme import Bands, Item, Scorecard
from fairwrench.settlement.score.rating import RatingRules, rated, rating_rules, with_roles
from tests.settlement.casebook import cases, hundredths
from tests.settlement.test_exact import nearest

TEAMWORK: dict[str, Any] = {
    "rating": "teamwork",
    "category": "attitude",
    "weight": 10,
    "levels": {"优秀": 130, "良好": 105, "合格": 90, "不合格": 60},
    "evidence": ["优秀", "不合格"],
}
SHAPE = {
    "employee_id": pl.String,
    "item": pl.String,
    "role": pl.String,
    "level": pl.String,
    "points": pl.Int64,
    "evidence": pl.String,
}


def item_of(changes: dict[str, Any]) -> Item:
    """Teamwork with changes, or a bonus."""
    return Item.model_validate(changes if "bonus" in changes else TEAMWORK | changes)


def ratings_of(item: Item, given: list[dict[str, Any]], person: str = "E1") -> pl.DataFrame:
    """Ratings of one person as a frame."""
    rows = [
        {"employee_id": person, "item": item.key} | row | {"points": hundredths(row.get("points"))} for row in given
    ]
    return pl.DataFrame(rows, schema=SHAPE)


def rules_of(item: Item, bands: Bands) -> RatingRules:
    """The rules of a card with one item."""
    return rating_rules({"card": Scorecard(items=(item,))}, bands)


def lines_of(item: Item, people: list[str]) -> pl.DataFrame:
    """The item's line of each person."""
    line = {"scorecard": "card", "place": 0, "item": item.key, "kind": item.kind}
    return pl.DataFrame([{"employee_id": person, **line} for person in people])


def outcome(item: Item, ratings: pl.DataFrame, bands: Bands, person: str = "E1") -> dict[str, Any]:
    """Points, state and cause of one person's item."""
    frame = rated(lines_of(item, [person]), rules_of(item, bands), ratings)
    return frame.select("points", "state", "cause").row(0, named=True)


@cases("ratings", "ratings")
def test_ratings_by_hand(case: dict[str, Any], bands: Bands) -> None:
    """Fails when a rating would count otherwise than the regulation says."""
    item = item_of(case.get("item", {}))
    expected = {"cause": None} | case["expected"]
    expected["points"] = hundredths(expected["points"])
    assert outcome(item, ratings_of(item, case["given"]), bands) == expected


ROLES = ("self", "line_manager", "next_level", "other")
pieces = st.tuples(st.sampled_from(ROLES), st.integers(6001, 12999))


def fraction_of(given: list[tuple[str, int]], shares: dict[str, int]) -> Fraction | None:
    """The same in fractions: the mean of each role, by shares, where all but the self have rated."""
    by_role = {role: [points for other, points in given if other == role] for role in shares}
    if any(not found for role, found in by_role.items() if role != "self"):
        return None
    there = {role: Fraction(sum(found), len(found)) for role, found in by_role.items() if found}
    weight = sum(shares[role] for role in there)
    return sum((mean * shares[role] for role, mean in there.items()), Fraction(0)) / weight if weight else None


@settings(max_examples=60)
@given(
    given=st.lists(pieces, max_size=12),
    shares=st.dictionaries(st.sampled_from(ROLES), st.integers(1, 100), min_size=1),
)
def test_shares_and_means_agree_with_fractions(given: list[tuple[str, int]], shares: dict[str, int]) -> None:
    """Fails when means of roles would be rounded before they are combined, or weighed wrongly."""
    item, bands = item_of({"raters": shares}), Bands.model_validate({"maximum": 130, "grades": {}})
    rows = [{"employee_id": "E1", "item": "teamwork", "role": role, "points": points} for role, points in given]
    exact = fraction_of(given, shares)
    found = outcome(item, pl.DataFrame(rows, schema=SHAPE), bands)
    assert found["points"] == (None if exact is None else nearest(exact))


def test_a_share_of_nothing_is_read_beside_and_decides_nothing(bands: Bands) -> None:
    """Fails when a self-rating for reference would count, or hold the item by its lack or its bare level."""
    item = item_of({"raters": {"self": 0, "line_manager": 100}})
    manager = {"role": "line_manager", "level": "良好"}
    for own in ([], [{"role": "self", "level": "不合格"}], [{"role": "self", "level": "没有的等级"}]):
        found = outcome(item, ratings_of(item, [manager, *own]), bands)
        assert (found["points"], found["state"]) == (10500, "counted")
    alone = outcome(item, ratings_of(item, [{"role": "self", "level": "良好"}]), bands)
    assert (alone["points"], alone["state"], alone["cause"]) == (None, "held", "unrated")


def test_only_ratings_of_this_item_and_person_count(bands: Bands) -> None:
    """Fails when a colleague's level, or that of another item, would reach this person's form."""
    item = item_of({})
    strange = ratings_of(item, [{"role": "line_manager", "level": "不合格", "evidence": "事例"}], "E2")
    other = ratings_of(item, [{"role": "line_manager", "level": "合格"}]).with_columns(item=pl.lit("obedience"))
    mine = ratings_of(item, [{"role": "line_manager", "level": "良好"}])
    assert outcome(item, pl.concat([strange, other, mine]), bands)["points"] == 10500


def test_everybody_is_kept_in_their_order(bands: Bands) -> None:
    """Fails when somebody without a rating would fall out of the month, or people would change places."""
    item = item_of({})
    people = lines_of(item, ["E3", "E1", "E2"])
    ratings = ratings_of(item, [{"role": "line_manager", "level": "良好"}])
    found = rated(people, rules_of(item, bands), ratings)
    assert found["employee_id"].to_list() == ["E3", "E1", "E2"]
    assert found["points"].to_list() == [None, 10500, None]
    assert found.schema["points"] == pl.Int64


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_the_order_of_ratings_does_not_matter(chance: Any) -> None:
    """Fails when the reason shown, or the points, would hang on which upload came first."""
    item, bands = item_of({}), Bands.model_validate({"maximum": 130, "grades": {}})
    given = [
        {"role": "line_manager", "level": "优秀"},
        {"role": "line_manager", "level": "优良"},
        {"role": "other", "level": "良好"},
    ]
    chance.shuffle(given)
    assert outcome(item, ratings_of(item, given), bands)["cause"] == "needs_example"


PEOPLE = pl.DataFrame(
    {
        "employee_id": ["E1", "E2", "M1", "G1"],
        "manager_id": ["M1", "M1", "G1", None],
        "next_level_id": ["G1", "G1", None, None],
    }
)


@pytest.mark.parametrize(
    ("rated_person", "rater", "role"),
    [
        ("E1", "E1", "self"),
        ("E1", "M1", "line_manager"),
        ("E1", "G1", "next_level"),
        ("E1", "E2", "other"),
        ("M1", "G1", "line_manager"),
        ("G1", "M1", "other"),
        ("G1", "G1", "self"),
        ("X9", "M1", "other"),
    ],
)
def test_roles_come_from_the_roster(rated_person: str, rater: str, role: str) -> None:
    """Fails when somebody could call themselves another's manager and have their rating count as one."""
    ratings = pl.DataFrame({"employee_id": [rated_person], "rater": [rater]})
    assert with_roles(ratings, PEOPLE)["role"].to_list() == [role]


def test_what_the_file_says_of_the_role_counts_for_nothing() -> None:
    """Fails when a word in an uploaded sheet would make a colleague a manager."""
    ratings = pl.DataFrame({"employee_id": ["E1"], "rater": ["E2"], "role": ["line_manager"]})
    assert with_roles(ratings, PEOPLE)["role"].to_list() == ["other"]


def test_a_person_twice_in_the_roster_is_told() -> None:
    """Fails when a rating would be counted twice because the rated person stands in two rows."""
    ratings = pl.DataFrame({"employee_id": ["E1"], "rater": ["M1"]})
    with pytest.raises(pl.exceptions.ComputeError, match="m:1"):
        with_roles(ratings, pl.concat([PEOPLE, PEOPLE]))


def test_ratings_keep_their_order() -> None:
    """Fails when joining the roster would shuffle the ratings."""
    ratings = pl.DataFrame({"employee_id": ["E2", "E1", "E2"], "rater": ["M1", "E1", "E1"]})
    assert_frame_equal(with_roles(ratings, PEOPLE).select("employee_id", "rater"), ratings)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"evidence": ["极好"]}, "levels that are none: 极好"),
        ({"raters": {"self": -1, "line_manager": 101}}, "greater than or equal to 0"),
        ({"levels": {"优秀": "130.001"}, "evidence": []}, "more than 2 decimals"),
        ({"weight": "12.345"}, "more than 2 decimals"),
    ],
)
def test_a_rating_item_that_makes_no_sense_is_refused(changes: dict[str, Any], says: str) -> None:
    """Fails when a misspelt level would need no example, or a share of nothing would hold everybody."""
    with pytest.raises(ValidationError, match=says):
        item_of(changes)
