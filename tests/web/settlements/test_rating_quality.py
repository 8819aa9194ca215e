"""How ratings were given: signs worked out by hand, seen by who reviews, returned with a reason until given anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.rating_quality.judged import JUDGED, moment
from fairwrench.web.settlements.rating_quality.returning import Returned, ratings_return
from fairwrench.web.settlements.rating_quality.signs import RaterSeen, raters_seen
from fairwrench.web.settlements.ratings.rating import places, ratings_left, run_to_rate
from fairwrench.web.settlements.ratings.services import ratings_save
from fairwrench.web.work.models import Notice

NOW = str(CURRENT)
#: a moment that no rating is later than
LATER = 2**62
PAGE = f"/months/{NOW}/ratings/quality/"


def given(rater: str, who: str, points: int, **about: Any) -> dict[str, Any]:
    row = dict.fromkeys(JUDGED)
    row |= {"rater": rater, "employee_id": who, "name": f"n{who}", "store": "S", "item": "attitude", "example": ""}
    row |= {"role": "line_manager", "points": points, "top": False, "bottom": False, "returned": False}
    return row | about


def seen(*rows: dict[str, Any], of: str = "A") -> RaterSeen:
    frame = pl.DataFrame(list(rows), schema=JUDGED)
    (found,) = raters_seen(ratings=frame.filter(pl.col("rater") == of), beside=frame)
    return found


def codes(found: RaterSeen) -> list[str]:
    return [sign.code for sign in found.signs]


OTHERS = [given("B", f"b{n}", points) for n, points in enumerate((9000, 9500, 10_000))]


def test_a_mean_is_set_beside_that_of_others_on_the_same_items() -> None:
    """Fails when mildness is missed or severity taken for it: A gives 106.25 on average, others 95.00 on that item."""
    mine = [given("A", f"a{n}", points) for n, points in enumerate((10_000, 10_500, 11_000, 11_000))]
    found = seen(*mine, *OTHERS)
    assert (found.mean, found.others, found.apart) == (10_625, 9_500, 1_125)
    assert codes(found) == ["lenient"]
    low = [given("A", f"a{n}", points) for n, points in enumerate((8_000, 8_500, 9_000, 8_000))]
    assert codes(seen(*low, *OTHERS)) == ["severe"]
    # three people are no pattern, and an item that nobody else rates compares with nothing
    assert codes(seen(*mine[:3], *OTHERS)) == []
    assert seen(*(row | {"item": "skill"} for row in mine), *OTHERS).others is None


def test_everybody_alike_is_told() -> None:
    """Fails when one and the same mark for a whole team passes unseen; three people may be alike by chance."""
    alike = [given("A", f"a{n}", 9_500) for n in range(4)]
    assert codes(seen(*alike, *OTHERS)) == ["all_alike"]
    assert codes(seen(*alike[:3], *OTHERS)) == []


def test_ratings_against_data_are_told() -> None:
    """Fails when who does best by data is rated worst unseen: of six pairs, all run the other way."""
    against = [given("A", f"a{n}", 9_500 - 100 * n, data=9_000 + 100 * n) for n in range(4)]
    (sign,) = seen(*against, *OTHERS).signs
    assert (sign.code, "6/6" in sign.words[0]) == ("against_data", True)
    along = [given("A", f"a{n}", 9_500 + 100 * n, data=9_000 + 100 * n) for n in range(4)]
    assert codes(seen(*along, *OTHERS)) == []


def test_ends_without_example_and_copied_examples_name_the_people() -> None:
    """Fails when a best level stands without a word of why, or one text serves for several people."""
    bare = seen(given("A", "a1", 13_000, top=True), given("A", "a2", 9_500))
    assert [(sign.code, sign.people) for sign in bare.signs] == [("no_example", ("na1",))]
    said = "主动加班 三次，客户表扬"
    copied = seen(given("A", "a1", 9_500, example=said), given("A", "a2", 9_600, example=said.replace(" ", "")))
    assert [(sign.code, sign.people) for sign in copied.signs] == [("copied", ("na1", "na2"))]
    # one person praised twice in the same words copies nothing from anybody
    assert codes(seen(*(given("A", "a1", 9_500, example=said, item=item) for item in ("attitude", "skill")))) == []


def test_two_who_rate_each_other_are_told() -> None:
    """Fails when somebody rates whom they are rated by and nobody is told."""
    both = seen(given("A", "B", 9_500), given("B", "A", 9_500))
    assert [(sign.code, sign.people) for sign in both.signs] == [("rates_back", ("nB",))]


def user(name: str) -> User:
    return User.objects.select_related("employee").get(username=name)


@pytest.fixture
def rated(group: Path, db: None) -> Rating:
    """One rating that the workshop manager has given this month."""
    cycle, manager = Cycle.objects.get(month=NOW), user("manager")
    place = next(each for each in places(cycle=cycle, user=manager) if each.levels and each.role == "line_manager")
    level = next(each.word for each in place.levels if not each.example)
    ratings_save(cycle=cycle, told={f"{place.name_of_field}.level": level}, by=manager)
    return Rating.objects.get()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_returned_rating_waits_for_its_rater_until_given_anew(rated: Rating, signed_in: Any) -> None:
    """Fails when a rating is returned without a word, its rater is not told, or a change leaves it returned."""
    cycle, manager = Cycle.objects.get(month=NOW), user("manager")
    run = run_to_rate(month=NOW)
    assert run is not None
    assert manager.employee is not None
    back = {
        "cycle": cycle,
        "run": run,
        "rater": manager.employee.employee_id,
        "by": user("hr"),
        "seen": moment(rated.rated_at),
    }
    with pytest.raises(Refused):
        ratings_return(**back, reason=" \u200b")
    assert ratings_return(**back, reason="请写明事例") == Returned(1, 0)
    assert Notice.objects.filter(to=manager, zh__contains="请写明事例").exists()
    waits = [each for each in ratings_left(cycle=cycle, user=manager) if each.returned]
    assert [each.returned for each in waits] == ["请写明事例"]
    assert "请写明事例" in signed_in("manager").get(f"/months/{NOW}/ratings/").text
    # it counts meanwhile, and is not returned twice
    assert Rating.standing.count() == 1
    with pytest.raises(Refused):
        ratings_return(**back, reason="再退一次")
    (place,) = waits
    told = {f"{place.name_of_field}.level": rated.level, f"{place.name_of_field}.example": "每天带教一小时"}
    ratings_save(cycle=cycle, told=told, by=manager)
    rated.refresh_from_db()
    assert (rated.returned_at, rated.returned_why, rated.example) == (None, "", "每天带教一小时")


@pytest.mark.slow
@pytest.mark.django_db
def test_only_who_reviews_sees_and_returns(rated: Rating, signed_in: Any) -> None:
    """Fails when a technician reads the page, HR of another store returns, or somebody returns their own."""
    for name in ("technician", "advisor", "finance"):
        assert signed_in(name).get(PAGE).status_code in (302, 403)
    shown = signed_in("hr").get(PAGE)
    assert shown.status_code == 200
    manager = user("manager").employee
    assert manager is not None
    assert manager.employee_id in {line.seen.rater for line in shown.context["lines"]}
    run = run_to_rate(month=NOW)
    assert run is not None
    cycle = Cycle.objects.get(month=NOW)
    own = user("hr")
    own.employee = Employee.objects.get(pk=manager.pk)
    with pytest.raises(PermissionDenied):
        ratings_return(cycle=cycle, run=run, rater=manager.employee_id, by=own, reason="自己", seen=LATER)
    other = Unit.objects.create(kind=Unit.Kind.STORE, name="城南店", parent=Unit.objects.filter(parent=None).first())
    Grant.objects.filter(user__username="hr").update(unit=other)
    assert signed_in("hr").get(PAGE).context["lines"] == []
    with pytest.raises(Refused):
        ratings_return(cycle=cycle, run=run, rater=manager.employee_id, by=user("hr"), reason="越权", seen=LATER)
    rated.refresh_from_db()
    assert rated.returned_at is None


@pytest.mark.slow
@pytest.mark.django_db
def test_a_returned_rating_is_stood_by_with_its_own_button_alone(rated: Rating, signed_in: Any) -> None:
    """Fails when a rater who means what they said cannot say so, when saving the grid says it for them, when a stale
    page does, or when who returned it hears nothing."""
    cycle, manager = Cycle.objects.get(month=NOW), user("manager")
    run, rater = run_to_rate(month=NOW), manager.employee
    assert run is not None and rater is not None
    seen = moment(rated.rated_at)
    ratings_return(cycle=cycle, run=run, rater=rater.employee_id, by=user("hr"), reason="请核对", seen=seen)
    (place,) = (each for each in ratings_left(cycle=cycle, user=manager) if each.returned)
    name = place.name_of_field
    # the grid sends what it was shown, and nothing is confirmed by it
    same = {f"{name}.level": rated.level, f"{name}.points": "", f"{name}.example": "", f"{name}.seen": place.seen}
    client, page = signed_in("manager"), f"/months/{NOW}/ratings/"
    client.post(page, same)
    client.post(page, {f"{name}.stands": "另一个"})
    rated.refresh_from_db()
    assert rated.returned_at is not None
    assert f'name="{name}.stands"' in client.get(page).text
    client.post(page, {f"{name}.stands": place.seen})
    given = (rated.level, rated.points, rated.example)
    rated.refresh_from_db()
    assert (rated.returned_at, rated.returned_why) == (None, "")
    assert (rated.level, rated.points, rated.example) == given
    assert Notice.objects.filter(to=user("hr"), zh__contains="维持不变").count() == 1
    assert not [each for each in ratings_left(cycle=cycle, user=manager) if each.returned]
    # it is no longer returned, so there is nothing to stand by
    (again,) = ratings_save(cycle=cycle, told={f"{name}.stands": place.seen}, by=manager)
    assert not again.kept and again.wrong


@pytest.mark.slow
@pytest.mark.django_db
def test_what_was_given_after_the_page_was_read_is_not_returned(rated: Rating, signed_in: Any) -> None:
    """Fails when HR returns a rating that its page did not show, or it is left out without a word."""
    cycle, manager, client = Cycle.objects.get(month=NOW), user("manager"), signed_in("hr")
    assert manager.employee is not None
    me = manager.employee.employee_id
    (line,) = (each for each in client.get(PAGE).context["lines"] if each.seen.rater == me)
    form = {"rater": me, "note": "请核对", "seen": str(line.at)}
    places_left = [each for each in places(cycle=cycle, user=manager) if each.levels and each.role == "line_manager"]
    other = next(each for each in places_left if not each.given)
    word = next(each.word for each in other.levels if not each.example)
    ratings_save(cycle=cycle, told={f"{other.name_of_field}.level": word}, by=manager)
    shown = client.post(f"{PAGE}return/", form, follow=True).text
    assert "已退回 1 项评分" in shown and "1 项打开页面之后有改动" in shown
    assert [each.pk for each in Rating.objects.exclude(returned_at=None)] == [rated.pk]
    # without what was seen nothing was
    del form["seen"]
    assert "打开页面之后 1 项评分有改动" in client.post(f"{PAGE}return/", form, follow=True).text
    assert Rating.objects.exclude(returned_at=None).count() == 1


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("state", ["approved_hr", "approved", "published"])
def test_nothing_is_returned_once_nobody_is_asked_to_rate(rated: Rating, signed_in: Any, state: str) -> None:
    """Fails when a rating is returned in a state in which its rater has no to-do for it."""
    Cycle.objects.filter(month=NOW).update(state=state)
    cycle, run, rater = Cycle.objects.get(month=NOW), run_to_rate(month=NOW), user("manager").employee
    assert run is not None and rater is not None
    with pytest.raises(Refused) as refused:
        ratings_return(cycle=cycle, run=run, rater=rater.employee_id, by=user("hr"), reason="核对", seen=LATER)
    assert [each.code for each in refused.value.problems] == ["ratings_closed"]
    page = signed_in("hr").get(PAGE)
    assert "评分不再退回" in page.text and not any(each.returnable for each in page.context["lines"])
