"""A month on its way: rated, settled, approved by two, published, corrected afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.settlements.models import Correction, Rating, Result
from fairwrench.web.settlements.ratings.rating import places
from fairwrench.web.settlements.runs.person import card_lines
from fairwrench.web.settlements.services import cycle_act
from fairwrench.web.work.models import Job
from tests.web.settlements.test_pages import own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW, LAST = str(CURRENT), str(CURRENT.plus(-1))


def user(name: str) -> User:
    return User.objects.select_related("employee").get(username=name)


@pytest.fixture
def quickly(django_capture_on_commit_callbacks: Any) -> Any:
    """Background work done at once."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_rating_counts_in_the_month_so_far(signed_in: Any, quickly: Any) -> None:
    """Fails when what a manager rates in the grid does not reach the points of the person rated."""
    manager, cycle = user("manager"), Cycle.objects.get(month=NOW)
    place = next(place for place in places(cycle=cycle, user=manager) if place.levels and place.role == "line_manager")
    level = next(level.word for level in place.levels if not level.example)
    with quickly():
        answer = signed_in("manager").post(f"/months/{NOW}/ratings/", {f"{place.name_of_field}.level": level})
    assert answer.status_code == 302
    assert Rating.objects.get().level == level
    live = cycle.runs.filter(kind="live", whole=True).order_by("-id").first()
    assert live is not None
    lines = card_lines(result=live.results.get(employee_id=place.result.employee_id))
    (line,) = [line for line in lines if line["item"] == place.item.key]
    assert place.item.levels is not None
    assert (line["state"], line["points"]) == ("counted", place.item.levels[level] * 100)


def test_a_level_that_needs_an_example_waits_for_it(signed_in: Any) -> None:
    """Fails when the best level is kept without a word of why, or what was typed is lost."""
    cycle = Cycle.objects.get(month=NOW)
    place = next(place for place in places(cycle=cycle, user=user("manager")) if place.needs_example)
    level = next(level.word for level in place.levels if level.example)
    answer = signed_in("manager").post(f"/months/{NOW}/ratings/", {f"{place.name_of_field}.level": level}, follow=True)
    assert answer.status_code == 200
    assert not Rating.objects.exists()
    assert f'<option value="{level}" data-example selected>' in answer.text


def test_a_rating_can_be_taken_back(signed_in: Any) -> None:
    """Fails when a cell that was emptied keeps its rating, or one that was not in the form loses it."""
    cycle = Cycle.objects.get(month=NOW)
    first, second = [place for place in places(cycle=cycle, user=user("manager")) if place.levels][:2]
    level = next(level.word for level in first.levels if not level.example)
    form = {f"{place.name_of_field}.level": level for place in (first, second)}
    signed_in("manager").post(f"/months/{NOW}/ratings/", form)
    assert Rating.objects.count() == 2
    signed_in("manager").post(f"/months/{NOW}/ratings/", {f"{first.name_of_field}.level": ""})
    (left,) = Rating.standing.select_related("employee")
    assert (left.employee.employee_id, left.item) == (second.result.employee_id, second.item.key)


def test_hr_sees_who_has_not_rated(signed_in: Any) -> None:
    """Fails when HR cannot see whom to remind, or somebody who has rated everybody is still named."""
    cycle = Cycle.objects.get(month=NOW)
    asked = [place for place in places(cycle=cycle, user=user("manager")) if place.item.kind == "rating"]
    me = own("manager")
    before = {each.rater: each for each in signed_in("hr").get(f"/months/{NOW}/ratings/").context["waiting"]}
    by_file = [place for place in asked if place.rated]
    assert (before[me].missing, before[me].asked) == (len(asked) - len(by_file), len(asked))
    assert signed_in("manager").get(f"/months/{NOW}/ratings/").context["waiting"] == []
    form = {f"{place.name_of_field}.level": "合格" for place in asked}
    signed_in("manager").post(f"/months/{NOW}/ratings/", form)
    after = {each.rater for each in signed_in("hr").get(f"/months/{NOW}/ratings/").context["waiting"]}
    assert set(before) - after == {me}


def test_nobody_rates_who_is_not_theirs(signed_in: Any) -> None:
    """Fails when a forged field rates somebody whom the rater does not lead, in one's own name or the manager's."""
    cycle = Cycle.objects.get(month=NOW)
    place = next(place for place in places(cycle=cycle, user=user("hr")) if place.levels)
    mine = {each.result.employee_id for each in places(cycle=cycle, user=user("manager"))}
    assert place.result.employee_id not in mine
    level = next(level.word for level in place.levels if not level.example)
    about = f"{place.result.employee_id}|{place.item.key}"
    forged = {f"{about}|{rater}.level": level for rater in (own("manager"), place.rater.employee_id)}
    signed_in("manager").post(f"/months/{NOW}/ratings/", forged)
    assert not Rating.objects.exists()
    signed_in("hr").post(f"/months/{NOW}/ratings/", forged)
    assert Rating.objects.count() == 1, "the field is one that counts when the right person sends it"


def test_a_month_goes_from_settled_to_published_by_two_people(signed_in: Any, quickly: Any) -> None:
    """Fails when a step can be left out, one person approves twice, or employees see figures before publication."""
    hr, gm = signed_in("hr"), signed_in("gm")
    with quickly():
        hr.post(f"/months/{NOW}/settle/", {"note": "试算", "version": version()})
    cycle = Cycle.objects.get(month=NOW)
    assert cycle.state == "settled" and cycle.run is not None
    assert signed_in("technician").get("/mine/").context["live"]
    with pytest.raises(Refused, match="not possible now"):
        cycle_act(cycle=cycle, act="publish", seen=cycle.version, by=user("hr"))
    hr.post(f"/months/{NOW}/approve_hr/", {"version": cycle.version})
    cycle.refresh_from_db()
    assert cycle.state == "approved_hr"
    gm.post(f"/months/{NOW}/approve/", {"version": cycle.version - 1})
    cycle.refresh_from_db()
    assert cycle.state == "approved_hr", "the general manager looked at an older page"
    gm.post(f"/months/{NOW}/approve/", {"version": cycle.version})
    cycle.refresh_from_db()
    hr.post(f"/months/{NOW}/settle/", {"note": "试算", "version": cycle.version - 1})
    assert Cycle.objects.get(month=NOW).state == "approved", "settling from an older page would undo both approvals"
    hr.post(f"/months/{NOW}/publish/", {"version": cycle.version})
    cycle.refresh_from_db()
    assert cycle.state == "approved", "most people are incomplete, so it takes a reason"
    hr.post(f"/months/{NOW}/publish/", {"version": cycle.version, "note": "试运行"})
    cycle.refresh_from_db()
    assert cycle.state == "published"
    assert not signed_in("technician").get("/mine/").context["live"]
    with quickly():
        hr.post(f"/months/{NOW}/settle/", {"note": "试算", "version": version()})
    assert Job.objects.filter(key=f"settle:{NOW}").count() == 1, "a published month is not settled again"


def test_a_correction_changes_the_pay_of_the_open_month(signed_in: Any, quickly: Any) -> None:
    """Fails when a decided grade of a published month is lost, or changes that month itself."""
    before = Result.objects.get(
        run__cycle__month=LAST, run__kind="final", employee_id=user("technician").employee.employee_id
    )
    assert before.score is not None and before.base is not None
    with quickly():
        page = signed_in("hr").post(
            f"/months/{NOW}/corrections/new/",
            {"who": before.employee_id, "concerns": LAST, "kind": "appeal_score", "value": "130", "reason": "申诉成立"},
        )
        assert page.status_code == 302
        made = Correction.objects.get()
        signed_in("gm").post(f"/months/{NOW}/corrections/{made.pk}/decide/", {"decision": "approve"})
        signed_in("hr").post(f"/months/{NOW}/settle/", {"note": "试算", "version": version()})
    assert Job.objects.get(key=f"settle:{NOW}").state == "done"
    after = Result.objects.get(run=Cycle.objects.get(month=NOW).run, employee_id=before.employee_id)
    owed = (before.base * 130 + 50) // 100 - (before.performance_pay or 0)
    assert after.corrections == owed
    before.refresh_from_db()
    assert before.score != 13_000


def version() -> int:
    """The version of the open month that its page shows now."""
    return Cycle.objects.get(month=NOW).version
