"""Ratings that are taken back count no more, and tell by whom; a page left open does not undo what was said since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.events.events import decided_here
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.feeds import decided_land, rating_tell
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.ratings.rating import Place, places

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW = str(CURRENT)


def place_of(username: str) -> Place:
    """The first cell with levels of somebody who rates, as it is now."""
    user = User.objects.select_related("employee").get(username=username)
    found = places(cycle=Cycle.objects.get(month=NOW), user=user)
    return next(place for place in found if place.levels and not place.filed)


def plain(place: Place) -> list[str]:
    """The levels that need no example."""
    return [level.word for level in place.levels if not level.example]


def landed(place: Place) -> list[str]:
    """The levels that evidence holds for a cell."""
    rows = ledger().current("ratings", sources()["ratings"])
    keys = {"employee_id": place.result.employee_id, "item": place.item.key, "rater": place.rater.employee_id}
    return rows.filter(month=NOW, **keys)["level"].to_list()


def test_a_rating_taken_back_is_evidence_no_more(signed_in: Any, group: Path) -> None:
    """Fails when a rating that was taken back still counts in the month so far, or in the one that is sealed."""
    manager, place = signed_in("manager"), place_of("manager")
    page, level = f"/months/{NOW}/ratings/", plain(place)[0]
    manager.post(page, {f"{place.name_of_field}.level": level, f"{place.name_of_field}.seen": place.seen})
    decided_land(month=NOW)
    assert landed(place) == [level]
    stands = place_of("manager")
    manager.post(page, {f"{place.name_of_field}.level": "", f"{place.name_of_field}.seen": stands.seen})
    decided_land(month=NOW)
    assert landed(place) == []
    assert (
        decided_here(ledger().batches("ratings"))[-2:] == [batch.number for batch in ledger().batches("ratings")][-2:]
    )
    (taken,) = Rating.objects.all()
    assert taken.withdrawn_at and taken.by == User.objects.get(username="manager")
    assert "已撤回" in manager.get(page).text
    decided_land(month=NOW)
    assert landed(place) == []
    manager.post(page, {f"{place.name_of_field}.level": level, f"{place.name_of_field}.seen": ""})
    decided_land(month=NOW)
    assert landed(place) == [level], "given again, it counts again"


def test_what_came_by_file_is_not_taken_back_by_the_page(group: Path, db: None) -> None:
    """Fails when landing what was decided on the pages ends ratings that HR handed in as a file."""
    kind, month = sources()["ratings"], str(CURRENT.plus(-1))
    by_file = ledger().current("ratings", kind).filter(month=month).sort("_id")
    assert by_file.height
    rater, person = (Employee.objects.get(employee_id=by_file[column][0]) for column in ("rater", "employee_id"))
    given = Rating.objects.create(month=month, employee=person, rater=rater, item="diligence", role="other", level="A")
    rating_tell(rating=given, by=None)
    decided_land(month=month)
    assert ledger().current("ratings", kind).filter(month=month).height == by_file.height + 1
    given.withdrawn_at = timezone.now()
    given.save(update_fields=["withdrawn_at"])
    rating_tell(rating=given, by=None)
    decided_land(month=month)
    left = ledger().current("ratings", kind).filter(month=month).sort("_id")
    assert left["_id"].to_list() == by_file["_id"].to_list()


def test_a_page_left_open_does_not_erase_what_another_tab_saved(signed_in: Any) -> None:
    """Fails when a grid that showed an empty cell blanks, or replaces, what was given there since."""
    manager, place = signed_in("manager"), place_of("manager")
    page, (one, other) = f"/months/{NOW}/ratings/", plain(place)[:2]
    cell, seen = f"{place.name_of_field}.level", f"{place.name_of_field}.seen"
    manager.post(page, {cell: one, seen: ""})
    manager.post(page, {cell: "", seen: ""})
    assert place_of("manager").chosen == one, "an old page that changed nothing there"
    answer = manager.post(page, {cell: other, seen: ""}, follow=True)
    assert place_of("manager").chosen == one, "an old page that says something else"
    assert "打开页面之后已被改为" in answer.text
    manager.post(page, {cell: one, seen: ""})
    assert Rating.objects.count() == 1
    manager.post(page, {cell: other, seen: place_of("manager").seen})
    assert place_of("manager").chosen == other


def test_a_refused_form_is_answered_with_another_page(signed_in: Any) -> None:
    """Fails when loading the answer anew would send the form again, or when what was typed is lost."""
    manager, place = signed_in("manager"), place_of("manager")
    page = f"/months/{NOW}/ratings/"
    needs = next(level.word for level in place.levels if level.example)
    answer = manager.post(page, {f"{place.name_of_field}.level": needs, f"{place.name_of_field}.seen": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    shown = manager.get(page)
    assert "须写具体事例" in shown.text
    again = next(
        each
        for each in (p for person in shown.context["people"] for p in person["places"])
        if each.name_of_field == place.name_of_field
    )
    assert again.chosen == needs
    assert "须写具体事例" not in manager.get(page).text, "told once"
