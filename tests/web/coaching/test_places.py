"""Figures, forms and months of a store as places of comments and origins of tasks: for who may look there alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.places import form_commented
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.declared.places import FROM_FIGURES, figure_ref, figure_seen, store_ref, store_seen
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.work.models import Comment, Notice
from tests.web.coaching.conftest import browser, person


@pytest.fixture
def september(office: object) -> Run:
    """September published, with a result of the technician."""
    cycle = Cycle.objects.create(month="2026-09", state=Cycle.State.PUBLISHED)
    cycle.run = Run.objects.create(cycle=cycle, kind=Run.Kind.FINAL, known_at="2026-09", whole=True)
    cycle.save(update_fields=["run"])
    Result.objects.create(run=cycle.run, employee_id="E102", name="吕技师", store="东店", department="service")
    return cycle.run


FIGURE = figure_ref(month="2026-09", employee_id="E102")


def test_a_figure_is_commented_on_by_who_may_open_it(
    september: Run, chief: User, technician: User, colleague: User, member: Callable[..., User]
) -> None:
    """Breaks if a figure's comments are read, or tasks of it opened, by whoever knows its address."""
    hr = member("E104", ("hr", "东店"))
    strangers = [colleague, member("E202"), member("E201", ("hr", "西店"))]
    assert [figure_seen(user, FIGURE) is not None for user in (chief, technician, hr)] == [True] * 3
    assert [figure_seen(user, FIGURE) for user in strangers] == [None] * 3
    assert [bool(FROM_FIGURES.of(user, [FIGURE])) for user in (chief, colleague)] == [True, False]
    for made_up in ("", "~", "2026-09", "2026-13~E102", "2026-08~E102", "2026-09~E999", f"{FIGURE}~~"):
        seen = figure_seen(hr, made_up)
        assert seen is None or made_up.startswith(FIGURE), made_up
    address = f"/comments/figure/{FIGURE}/"
    answer = browser(technician).post(address, {"words": "这项不对 @何主管"})
    assert answer["Location"] == "/why/2026-09/E102/#comments"
    refused = browser(technician).post(address, {"words": "@金技师 看看"}, follow=False)
    assert refused.status_code == 302 and Comment.objects.count() == 1
    assert [notice.to for notice in Notice.objects.all()] == [chief]
    assert browser(colleague).post(address, {"words": "x"}).status_code == 404


def test_a_month_of_a_store_is_commented_on_by_who_oversees_it(
    september: Run, hr: User, chief: User, member: Callable[..., User]
) -> None:
    """Breaks if HR of another store reads or writes on a store's month."""
    east = store_ref(month="2026-09", store="东店")
    other = member("E201", ("hr", "西店"))
    assert store_seen(hr, east) and not store_seen(chief, east) and not store_seen(other, east)
    assert not store_seen(hr, store_ref(month="2026-07", store="东店"))
    assert browser(other).post(f"/comments/store/{east}/", {"words": "x"}).status_code == 404
    assert browser(hr).post(f"/comments/store/{east}/", {"words": "对账 @孙人事"}).status_code == 302


def test_a_form_is_commented_on_by_who_may_open_it(
    september: Run, technician: User, chief: User, colleague: User, hr: User
) -> None:
    """Breaks if a form that the person may not see yet is opened by its comments."""
    form = Appraisal.objects.create(
        cycle=september.cycle,
        run=september,
        employee=person("E102"),
        store="东店",
        line_manager=person("E101"),
        next_level=person("E001"),
    )
    ref = str(form.pk)
    # before the interview the person does not see the form, nor anything said about it
    assert [form_commented(user, ref) is not None for user in (technician, chief, hr, colleague)] == [
        *(False, True, True, False)
    ]
    Appraisal.objects.filter(pk=form.pk).update(state=Appraisal.State.EMPLOYEE)
    assert form_commented(technician, ref) is not None
    assert form_commented(technician, "x") is None and form_commented(technician, "0") is None
