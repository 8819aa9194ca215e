"""A store has the people asked for, and everybody has a leader who is there."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from fairwrench.catalog.loader import load_scheme
from fairwrench.samples.causes.causes import Season, Traits, usual_traits
from fairwrench.samples.causes.people import POSTS, Assignment, Person, make_group
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused

OCTOBER = Month(2026, 10)


def group(stores: int = 2, people: int = 60, orders: int = 650):
    return make_group(Random("t"), stores=stores, people=people, orders=orders, first=OCTOBER)


@given(st.integers(20, 160), st.integers(1, 3_000))
def test_a_store_has_as_many_people_as_asked_for_or_is_refused(people, orders):
    try:
        made = group(1, people, orders)
    except Refused:
        assert people < 60 + orders / 30
        return
    assert len(made.people) == people + 1


def test_everybody_but_the_head_is_led_by_somebody_of_the_leading_post():
    made = group()
    leader = {post.position: post.leader for post in POSTS}
    for person in made.people[1:]:
        post = person.assignments[0]
        above = made.person(post.manager_id).assignments[0]
        assert above.position == leader[post.position]
        assert above.store == post.store or above.position == "general_manager"
    assert made.people[0].assignments[0].manager_id is None


def test_every_position_of_the_sample_is_in_the_scheme():
    """Else somebody would be left out of every month as of an unknown position."""
    scheme = load_scheme("dealership")
    for post in POSTS:
        assert scheme.positions[post.position].department == post.department


def test_names_and_ids_are_nobody_elses():
    made = group(3)
    assert len({person.name for person in made.people}) == len({person.employee_id for person in made.people}) == 181


def person(*assignments: Assignment, hired: date = date(2020, 1, 1), left: date | None = None) -> Person:
    return Person("E1", "甲", hired, usual_traits(Random(1)), list(assignments), left)


def held(store: str, begin: date, end: date | None = None) -> Assignment:
    return Assignment(store, "service", "technician", None, begin, end)


def test_the_longest_assignment_of_a_month_counts_the_later_on_a_tie():
    one = person(held("A", date(2020, 1, 1), date(2026, 10, 10)), held("B", date(2026, 10, 11)))
    assert one.longest(OCTOBER).store == "B"
    assert one.longest(Month(2026, 9)).store == "A"
    tie = person(held("A", date(2020, 1, 1), date(2026, 9, 15)), held("B", date(2026, 9, 16)))
    assert tie.longest(Month(2026, 9)).store == "B"


def test_nobody_is_there_before_joining_or_after_leaving():
    one = person(held("A", date(2026, 10, 5)), hired=date(2026, 10, 5), left=date(2026, 10, 9))
    assert [one.at(date(2026, 10, day)) is not None for day in (4, 5, 9, 10)] == [False, True, True, False]
    assert one.longest(Month(2026, 11)) is None


def test_a_season_sets_traits_for_its_months_only():
    low = Traits(0, 0, 0, 0, 0, 0, 0)
    one = person(held("A", date(2020, 1, 1)))
    one.seasons = (Season(Month(2026, 9), OCTOBER, low),)
    assert [one.traits(OCTOBER.plus(step)) == low for step in (-2, -1, 0, 1)] == [False, True, True, False]
