"""The rating grid cell by cell: what a script is answered, what a cell costs, what is counted, the facts beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.ratings.grid import matrices, shares
from fairwrench.web.settlements.ratings.rating import Place, places
from fairwrench.web.settlements.views.ratings import AFTER_SEALING
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.work.models import Job
from tests.web.settlements.test_pages import own
from tests.web.settlements.test_queries import more_people
from tests.web.settlements.test_taken_back import plain

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW = str(CURRENT)
PAGE = f"/months/{NOW}/ratings/"
#: a cell kept: session and user, whom one rates, the month held, the line, duties, what stands, the rating with its
#: entry in the log, the event for the evidence, and the one job; a third of them begin and end a transaction
MOST = 34


def cells(username: str = "manager") -> list[Place]:
    """The cells with levels of somebody who rates, as they are now."""
    user = User.objects.select_related("employee").get(username=username)
    found = places(cycle=Cycle.objects.get(month=NOW), user=user)
    return [place for place in found if place.levels and not place.filed]


def sent(place: Place, level: str, *, seen: str | None = None, example: str = "") -> dict[str, str]:
    """What a script sends of one cell."""
    name = place.name_of_field
    said = {"level": level, "example": example, "seen": place.seen if seen is None else seen}
    return {f"{name}.{part}": text for part, text in said.items()}


def answers(response: Any) -> dict[str, str]:
    """Cell → what became of it, of an answer to a script."""
    states = re.findall(r'id="state:([^"]+)"[^>]* data-answer="(\w+)"', response.text)
    assert "<html" not in response.text
    return dict(states)


def save(client: Any, form: dict[str, str]) -> Any:
    """Send cells as the page's script does."""
    response = client.post(PAGE, form, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response


def test_a_cell_is_kept_and_answered_alone(signed_in: Any) -> None:
    """Fails when a cell saved by itself touches others, or the script cannot tell that it stands."""
    manager, (one, other, *_) = signed_in("manager"), cells()
    level = plain(one)[0]
    answer = save(manager, sent(one, level))
    assert answers(answer) == {one.name_of_field: "kept"}
    assert "已保存 1 项" in answer.text
    (rating,) = Rating.objects.all()
    assert (rating.level, rating.item, rating.by) == (level, one.item.key, User.objects.get(username="manager"))
    stands = next(place for place in cells() if place.name_of_field == one.name_of_field)
    assert f'data-level="{level}" data-rated' in answer.text
    assert save(manager, sent(stands, "")).text.count("已撤回") > 0
    assert not Rating.standing.exists()
    assert answers(save(manager, sent(one, level) | sent(other, level))).keys() == {
        one.name_of_field,
        other.name_of_field,
    }


def test_what_cannot_be_kept_is_said_in_its_cell(signed_in: Any) -> None:
    """Fails when a wrong cell keeps others from being saved, or does not say what is wrong."""
    manager, (one, other, *_) = signed_in("manager"), cells()
    needs = next(level.word for level in one.levels if level.example)
    answer = save(manager, sent(one, needs) | sent(other, plain(other)[0]))
    assert answers(answer) == {one.name_of_field: "wrong", other.name_of_field: "kept"}
    assert "须写具体事例" in answer.text
    assert answers(save(manager, sent(one, needs, example="主动留下来"))) == {one.name_of_field: "kept"}
    assert Rating.standing.count() == 2


def test_the_later_tab_is_told_what_stands(signed_in: Any) -> None:
    """Fails when a cell of a page left open replaces what was said since, or its page cannot go on from it."""
    manager, (place, *_) = signed_in("manager"), cells()
    first, second = plain(place)[:2]
    save(manager, sent(place, first))
    answer = save(manager, sent(place, second))
    assert answers(answer) == {place.name_of_field: "overtaken"}
    assert f'data-level="{first}" data-points="" data-example=""' in answer.text
    stands = cells()[0]
    assert stands.level_given == first
    # the answer brought what stands there now, so that who insists is heard
    assert answers(save(manager, sent(stands, second))) == {place.name_of_field: "kept"}
    assert Rating.standing.get().level == second


def test_cells_of_others_are_not_kept_and_it_is_said(signed_in: Any) -> None:
    """Fails when a cell that is no longer one's own looks saved."""
    place = cells()[0]
    answer = save(signed_in("hr"), sent(place, plain(place)[0]))
    assert answers(answer) == {}
    assert "不再由您评分" in answer.text
    assert not Rating.objects.exists()


def test_a_published_or_sealed_month_is_said(signed_in: Any) -> None:
    """Fails when a script is told nothing of a month that takes no ratings any more, or takes them for later."""
    manager, place = signed_in("manager"), cells()[0]
    Cycle.objects.filter(month=NOW).update(state=Cycle.State.PUBLISHED)
    answer = save(manager, sent(place, plain(place)[0]))
    assert ("已发布，不能再评分" in answer.text, answers(answer)) == (True, {})
    assert not Rating.objects.exists()
    Cycle.objects.filter(month=NOW).update(state=Cycle.State.SETTLED)
    assert AFTER_SEALING[0] in save(manager, sent(place, plain(place)[0])).text


def test_a_cell_costs_the_same_in_a_large_team(signed_in: Any) -> None:
    """Fails when saving one cell works through every place of the rater."""
    manager, (one, other, third, *_) = signed_in("manager"), cells()
    before, _ = len(cells()), save(manager, sent(one, plain(one)[0]))
    with CaptureQueriesContext(connection) as small:
        save(manager, sent(other, plain(other)[0]))
    more_people()
    assert len(cells()) > before
    with CaptureQueriesContext(connection) as large:
        save(manager, sent(third, plain(third)[0]))
    assert len(large) == len(small) <= MOST


def test_the_month_is_worked_out_once_for_many_cells(signed_in: Any) -> None:
    """Fails when each cell that is saved begins an estimate of its own."""
    manager = signed_in("manager")
    for place in cells()[:4]:
        save(manager, sent(place, plain(place)[0]))
    assert Rating.objects.count() == 4
    assert Job.objects.filter(kind="estimate_month", arguments__month=NOW, state=Job.State.QUEUED).count() == 1


def test_what_is_given_and_what_is_missing_is_counted(signed_in: Any) -> None:
    """Fails when a bonus is waited for, or the distribution of levels counts what was taken back."""
    manager, user = signed_in("manager"), User.objects.select_related("employee").get(username="manager")
    (one, other, *_) = cells()
    save(manager, sent(one, plain(one)[0]) | sent(other, plain(other)[0]))
    page = manager.get(PAGE)
    found = places(cycle=Cycle.objects.get(month=NOW), user=user)
    ratings = [place for place in found if place.item.kind == "rating"]
    assert len(ratings) < len(found), "the demo has bonuses to give"
    assert page.context["missing"] == len([place for place in ratings if not place.rated])
    assert {share.word: share.count for share in page.context["levels"]}[plain(one)[0]] >= 2
    stands = next(place for place in cells() if place.name_of_field == one.name_of_field)
    before = {share.word: share.count for share in shares(matrices(found))}
    save(manager, sent(stands, ""))
    after = {share.word: share.count for share in manager.get(PAGE).context["levels"]}
    assert before[plain(one)[0]] - after[plain(one)[0]] == 1


def test_a_matrix_is_a_scorecard_and_each_person_stands_once(signed_in: Any) -> None:
    """Fails when people of different scorecards share columns that some of them have not, or a cell is on no matrix."""
    grid = signed_in("manager").get(PAGE).context["grid"]
    for matrix in grid:
        assert len({row.result.scorecard for row in matrix.rows}) == 1
        assert all(row.places for row in matrix.rows)
    people = [row.result.employee_id for matrix in grid for row in matrix.rows]
    assert len(people) == len(set(people))
    drawn = {place.name_of_field for matrix in grid for row in matrix.rows for place in row.places}
    assert {place.name_of_field for place in cells()} <= drawn


def test_the_facts_of_the_month_are_for_who_may_see_the_person(signed_in: Any) -> None:
    """Fails when a rater does not find what was measured and noted, or a colleague does."""
    who, manager = own("technician"), User.objects.get(username="manager")
    address = f"{PAGE}facts/{who}/"
    ticket = Ticket.objects.create(
        employee=Employee.objects.get(employee_id=who),
        store=Unit.objects.filter(kind=Unit.Kind.STORE)[0].name,
        day=CURRENT.first,
        kind="reward",
        article="x",
        article_zh="提合理化建议",
        article_en="A proposal",
        words="建议被采纳",
        by=manager,
    )
    page = signed_in("manager").get(address)
    assert page.status_code == 200
    noted = page.context["facts"].tickets
    assert ticket in noted and {each.employee_id for each in noted} == {ticket.employee_id}
    assert {line.kind for line in page.context["facts"].lines} == {"metric"}
    assert "提合理化建议" in page.text
    part = signed_in("manager").get(address, headers={"HX-Request": "true"}).text
    assert ("<html" in part, "建议被采纳" in part) == (False, True)
    assert signed_in("advisor").get(address).status_code == 403
    assert f'href="{address}"' in signed_in("manager").get(PAGE).text


def test_who_rates_by_duty_alone_is_not_led_to_facts(signed_in: Any) -> None:
    """Fails when the duty to rate one item opens somebody's whole month."""
    provider = User.objects.select_related("employee").get(username="technician")
    assert provider.employee is not None
    place = cells()[0]
    Duty.objects.create(
        kind=Duty.Kind.RATE,
        subject=place.item.key,
        unit=Unit.objects.get(kind=Unit.Kind.STORE),
        employee=provider.employee,
    )
    page = signed_in("technician").get(PAGE)
    assert page.status_code == 200
    assert page.context["facts"] <= {own("technician")}
