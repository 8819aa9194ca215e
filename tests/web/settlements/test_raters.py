"""Whose rating counts: by the line as the month has it, in the place of somebody away, by duty, of oneself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import Item
from fairwrench.web.access.models import Delegation, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org import schemes_in_use
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Duty, Employee, Unit
from fairwrench.web.org.schemes_in_use import SchemePeriod, SchemePeriods
from fairwrench.web.settlements.models import Rating, Result
from fairwrench.web.settlements.ratings import rating
from fairwrench.web.settlements.ratings.own_ratings import own_in_place
from fairwrench.web.settlements.ratings.raters import Charge, Raters, lines_of
from fairwrench.web.settlements.ratings.rating import places, waiting_raters
from fairwrench.web.settlements.ratings.self_ratings import SelfRating
from fairwrench.web.settlements.ratings.services import ratings_save
from fairwrench.web.settlements.runs.person import card_lines
from fairwrench.web.work.models import Notice
from tests.web.declaring import redeclare
from tests.web.settlements.test_pages import own

NOW = str(CURRENT)
#: C leads B, B leads A; the manager of D is not in service
LINE = {"A": "B", "B": "C", "C": "", "D": "Z"}
Kind = Unit.Kind


def item() -> Item:
    return Item.model_validate({"rating": "conduct", "category": "attitude", "weight": 10, "levels": {"合格": 80}})


def result(who: str, store: str = "东店", department: str = "service") -> Result:
    return Result(employee_id=who, manager_id=LINE[who], store=store, department=department)


def user(name: str) -> User:
    return User.objects.select_related("employee").get(username=name)


def month() -> Cycle:
    return Cycle.objects.get(month=NOW)


@pytest.mark.parametrize(
    ("role", "who", "raters"),
    [
        ("self", "A", ["A"]),
        ("line_manager", "A", ["B"]),
        ("next_level", "A", ["C"]),
        ("line_manager", "C", []),
        ("next_level", "B", []),
        ("line_manager", "D", []),
    ],
)
def test_the_line_is_that_of_the_run(role: str, who: str, raters: list[str]) -> None:
    """Fails when somebody outside the line is asked, whose rating settling would not count."""
    assert Raters(lines_of(LINE.items()), ()).named(result(who), item(), role) == raters


@pytest.mark.parametrize(
    ("charge", "raters"),
    [
        (Charge("D", "conduct", None, ""), ["D"]),
        (Charge("D", "conduct", frozenset({"东店"}), ""), ["D"]),
        (Charge("D", "conduct", frozenset({"西店"}), ""), []),
        (Charge("D", "conduct", frozenset({"东店"}), "service"), ["D"]),
        (Charge("D", "conduct", frozenset({"东店"}), "hr"), []),
        (Charge("D", "tidiness", None, ""), []),
        (Charge("B", "conduct", None, ""), []),
    ],
    ids=["group", "store", "another store", "department", "another department", "another item", "the line manager"],
)
def test_a_duty_reaches_the_people_of_its_unit(charge: Charge, raters: list[str]) -> None:
    """Fails when a duty asks for people elsewhere, or counts a manager twice: settling takes those for the line."""
    assert Raters(lines_of(LINE.items()), [charge]).named(result("A"), item(), "other") == raters


@pytest.mark.slow
@pytest.mark.django_db
def test_a_stand_in_rates_in_the_place_of_who_is_away(signed_in: Any, django_capture_on_commit_callbacks: Any) -> None:
    """Fails when what a stand-in rates does not count, as a rating by somebody outside the line does not."""
    manager, stand_in = user("manager"), user("hr")
    assert manager.employee and stand_in.employee
    days = {"begin": today(), "end": today(), "state": "approved"}
    Delegation.objects.create(away=manager.employee, stand_in=stand_in.employee, **days)
    asked = [place for place in places(cycle=month(), user=stand_in) if place.rater == manager.employee]
    place = next(place for place in asked if place.levels and place.role == "line_manager")
    assert place.instead == manager.employee.name
    level = next(level.word for level in place.levels if not level.example)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in("hr").post(f"/months/{NOW}/ratings/", {f"{place.name_of_field}.level": level})
    given = Rating.objects.get()
    assert (given.rater, given.by) == (manager.employee, stand_in)
    live = month().runs.filter(kind="live", whole=True).order_by("-id")[0]
    lines = card_lines(result=live.results.get(employee_id=place.result.employee_id))
    (line,) = [line for line in lines if line["item"] == place.item.key]
    assert place.item.levels is not None
    assert (line["state"], line["points"]) == ("counted", place.item.levels[level] * 100)
    Delegation.objects.update(begin=today() - timedelta(days=2), end=today() - timedelta(days=1))
    assert not [each for each in places(cycle=month(), user=user("hr")) if each.rater == manager.employee]


@pytest.mark.slow
@pytest.mark.django_db
def test_who_leads_now_does_not_rate_the_month_before(group: Any) -> None:
    """Fails when a manager who came later is asked for a month that is settled under the one before."""
    manager = user("manager")
    before = {place.result.employee_id for place in places(cycle=month(), user=manager)} - {own("manager")}
    Assignment.objects.filter(manager=manager.employee).update(manager=None)
    assert before == {place.result.employee_id for place in places(cycle=month(), user=user("manager"))}


def conduct_rated_by(raters: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> Item:
    """The month's scheme as if conduct were rated by these."""
    names = rating.names_of(run=month().runs.filter(whole=True).order_by("-id")[0])
    changed = {}
    for key, card in names.scheme.scorecards.items():
        items = [each.model_copy(update={"raters": raters}) if each.key == "conduct" else each for each in card.items]
        changed[key] = card.model_copy(update={"items": items})
    told = replace(names, scheme=names.scheme.model_copy(update={"scorecards": changed}))
    monkeypatch.setattr(rating, "names_of", lambda **_: told)
    return next(each for card in changed.values() for each in card.items if each.key == "conduct")


@pytest.fixture
def by_duty(group: Any, monkeypatch: pytest.MonkeyPatch) -> Item:
    """The month's scheme as if conduct were rated by others with the duty to, and by oneself."""
    return conduct_rated_by({"other": 50, "self": 50}, monkeypatch)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_duty_opens_the_grid_for_who_leads_nobody(by_duty: Item, signed_in: Any) -> None:
    """Fails when HR gives the duty to rate and the rater never finds anything to rate."""
    assert signed_in("technician").get("/ratings/").status_code == 403
    technician = user("technician")
    assert technician.employee
    store = Unit.objects.get(kind=Kind.STORE)
    Duty.objects.create(kind=Duty.Kind.RATE, subject="conduct", unit=store, employee=technician.employee)
    page = signed_in("technician").get("/ratings/", follow=True)
    assert page.redirect_chain == [(f"/months/{NOW}/ratings/", 302)]
    asked = {place.result.employee_id for person in page.context["people"] for place in person["places"]}
    rated = Result.objects.filter(run=rating.run_to_rate(month=NOW)).exclude(state="excluded")
    expected = {
        each.employee_id for each in rated if any(line["item"] == "conduct" for line in card_lines(result=each))
    }
    assert asked == expected - {each.employee_id for each in rated if each.manager_id == own("technician")}
    assert 'href="/ratings/"' in signed_in("technician").get("/mine/").content.decode()
    waiting = {each.rater: each for each in waiting_raters(cycle=month(), user=user("hr"))}
    assert own("technician") in waiting
    # HR reminds those by name who have an account
    offer = waiting[own("technician")].offer
    assert offer is not None
    signed_in("hr").post("/settings/notices/urge/", {"offer": offer.token, "next": "/"})
    told = Notice.objects.get(to=technician, kind=Notice.Kind.URGED)
    assert (told.zh, told.url) == (f"催办：{NOW} 还有评分待您完成", f"/months/{NOW}/ratings/")
    assert "已催办</span>" in signed_in("hr").get(f"/months/{NOW}/ratings/").text


@pytest.mark.slow
@pytest.mark.django_db
def test_who_rates_oneself_finds_the_grid(
    by_duty: Item, signed_in: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when a scheme asks people to rate themselves and somebody who leads nobody has no way to it."""
    scheme = rating.names_of().scheme
    assert not schemes_in_use.asks_oneself(), "the shipped scheme does not"
    redeclare(monkeypatch, SchemePeriods, SchemePeriods(lambda: [SchemePeriod(lambda: scheme)]))
    page = signed_in("technician").get("/ratings/", follow=True)
    (person,) = page.context["people"]
    (place,) = person["places"]
    assert (place.role, place.result.employee_id, place.instead) == ("self", own("technician"), "")
    level = next(level.word for level in place.levels if not level.example)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in("technician").post(f"/months/{NOW}/ratings/", {f"{place.name_of_field}.level": level})
    given = Rating.objects.get()
    assert (given.role, given.rater.employee_id, given.employee_id) == ("self", own("technician"), given.rater_id)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_manager_reads_what_somebody_said_of_themselves(
    group: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a self-rating that is asked for reference is not beside the manager's cell, or stands in it."""
    conduct_rated_by({"self": 0, "line_manager": 100}, monkeypatch)
    technician = user("technician").employee
    assert technician
    said = {"role": "self", "level": "合格", "example": "三次\n被催"}
    Rating.objects.create(month=NOW, employee=technician, item="conduct", rater=technician, **said)
    run = rating.run_to_rate(month=NOW)
    assert run is not None
    line = Raters.of(run).lines[technician.employee_id]
    manager = User.objects.get(employee__employee_id=line[0])
    cells = {(place.result.employee_id, place.item.key): place for place in places(cycle=month(), user=manager)}
    cell = cells.pop((technician.employee_id, "conduct"))
    assert cell.own == SelfRating("合格", "三次\n被催")
    assert not cell.rated and cell.storied and not cell.sourced
    assert not any(other.own for other in cells.values())
    page = signed_in(manager.username).get(f"/months/{NOW}/ratings/").text
    assert page.count("本人自评：合格") == 1
    own = [place for place in places(cycle=month(), user=user("technician")) if place.role == "self"]
    assert [(place.own, place.given.level if place.given else "") for place in own] == [(None, "合格")]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("username", ["technician", "advisor"])
def test_nobody_rates_themselves_in_the_place_of_their_manager(username: str, signed_in: Any, group: Any) -> None:
    """Fails when whoever stands in for the manager who leads them finds themselves in the grid, or an own form sent
    gives them the best level in the manager's name."""
    me = user(username)
    assert me.employee
    run = rating.run_to_rate(month=NOW)
    assert run is not None
    for above in filter(None, Raters.of(run).lines[own(username)]):
        away = Employee.objects.get(employee_id=above)
        days = {"begin": today(), "end": today(), "state": "approved", "leads": True}
        Delegation.objects.get_or_create(away=away, stand_in=me.employee, defaults=days)
    me = user(username)
    offered = places(cycle=month(), user=me)
    colleagues = {place.result.employee_id for place in offered if place.instead}
    assert colleagues and own(username) not in colleagues, "the others of the team are to be rated"
    of_team = next(place for place in offered if place.instead and place.levels)
    item, away_id = of_team.item.key, of_team.rater.employee_id
    best = next(level.word for level in of_team.levels)
    cell = f"{own(username)}|{item}|{away_id}"
    told = {f"{cell}.level": best, f"{cell}.example": "加班", f"{cell}.seen": ""}
    with pytest.raises(Refused) as refused:
        ratings_save(cycle=month(), told=told, by=user(username))
    assert [problem.code for problem in refused.value.problems] == ["own_rating"]
    page = signed_in(username).post(f"/months/{NOW}/ratings/", told, follow=True)
    assert "不能以代理人身份给自己评分" in page.content.decode()
    assert not Rating.objects.exists()


@pytest.mark.django_db
def test_no_file_rates_who_stands_in_for_the_rater(group: Any) -> None:
    """Fails when a stand-in who hands ratings in, or gives HR the file, rates themselves in the manager's name."""
    away, me = user("manager").employee, user("hr").employee
    assert away and me
    rows = pl.DataFrame(
        {
            "employee_id": [me.employee_id, me.employee_id, "E00000", me.employee_id],
            "rater": [away.employee_id, "E00000", away.employee_id, away.employee_id],
            "level": ["优秀", "优秀", "优秀", None],
            "points": pl.Series([None] * 4, dtype=pl.Decimal(18, 2)),
            "_row": [2, 3, 4, 5],
        }
    )
    assert own_in_place(rows) == []
    made = Delegation.objects.create(away=away, stand_in=me, begin=today(), end=today(), state="waiting")
    assert own_in_place(rows) == [], "who is not approved stands in for nobody"
    Delegation.objects.filter(pk=made.pk).update(state="approved")
    (wrong,) = own_in_place(rows)
    assert wrong.code == "own_rating" and "第 2 行" in wrong.zh and "1 row " in wrong.en
    Delegation.objects.filter(pk=made.pk).update(begin=today() - timedelta(2), end=today() - timedelta(1))
    assert own_in_place(rows) == []
