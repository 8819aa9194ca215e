"""The first days of a month: what comes in of it first takes nobody's month away, and each day is found in its own."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT, _progress
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.closing import month_close
from tests.web.settlements.test_pages import own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NEXT = CURRENT.plus(1)


def said(page: Any) -> str:
    return " ".join(page.text.split())


@pytest.fixture
def begun(group: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The first of the next month, which was worked out though nothing of it is measured yet."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: NEXT.first)
    cycle = Cycle.objects.get_or_create(month=str(NEXT))[0]
    month_close(cycle=cycle, kind=Run.Kind.LIVE, by=None, progress=_progress(NEXT))
    run = cycle.runs.get()
    assert not run.results.filter(measured_weight__gt=0).exists()
    return run


def test_a_month_without_figures_hides_none(begun: Run, signed_in: Any) -> None:
    """Fails when a ticket of the 1st takes the month that is worked on off everybody's pages."""
    for username, paths in {
        "technician": ("/mine/",),
        "manager": ("/mine/", "/team/", "/today/"),
        "hr": ("/mine/", "/team/", "/stores/"),
    }.items():
        client = signed_in(username)
        for path in paths:
            assert client.get(path).context["cycle"].month == str(CURRENT), (username, path)
    # the month that has begun can be turned to all the same
    assert f'href="/mine/{NEXT}/"' in signed_in("technician").get("/mine/").text
    assert signed_in("manager").get("/team/", {"month": str(NEXT)}).context["cycle"].month == str(NEXT)
    assert signed_in("manager").get("/today/", {"month": str(NEXT)}).context["cycle"].month == str(NEXT)

    # once something of one's own is measured it stands first, for that person and whoever leads them
    begun.results.filter(employee_id=own("technician")).update(measured_weight=2_000)
    assert signed_in("technician").get("/mine/").context["cycle"].month == str(NEXT)
    assert signed_in("manager").get("/team/").context["cycle"].month == str(NEXT)
    assert signed_in("manager").get("/mine/").context["cycle"].month == str(CURRENT)
    assert f'href="/mine/{CURRENT}/"' in signed_in("technician").get("/mine/").text


def test_each_day_is_found_in_its_own_month(begun: Run, signed_in: Any) -> None:
    """Fails when the page says of a day that nothing was done because another month stands open."""
    me = signed_in("technician")
    (*_, last) = me.get("/mine/today/").context["evening"].days
    assert CURRENT.first <= last <= CURRENT.last
    page = me.get("/mine/today/", {"day": f"{last:%Y-%m-%d}"})
    assert page.context["run"].cycle.month == str(CURRENT) and page.context["evening"].shown.day == last
    before = CURRENT.plus(-1)
    told = me.get("/mine/today/", {"day": f"{before.last:%Y-%m-%d}"}).context
    assert told["run"].cycle.month == str(before)
    assert told["after"] == CURRENT.first or told["after"] > before.last

    long_ago = said(me.get("/mine/today/", {"day": "2020-01-01"}))
    assert f"这一天不在 {CURRENT}" in long_ago and "没有您完工" not in long_ago
    first = me.get("/mine/today/", {"day": f"{NEXT.first:%Y-%m-%d}"})
    assert f"这一天不在 {CURRENT}" in said(first) and f'href="/mine/{NEXT}/"' in first.text
    assert "这一天还没到" in said(me.get("/mine/today/", {"day": f"{NEXT.first + timedelta(3):%Y-%m-%d}"}))


@pytest.mark.parametrize(("day", "asked"), [(CURRENT.last - timedelta(5), False), (CURRENT.last, True)])
def test_ratings_fall_due_towards_the_end_of_the_month(
    begun: Run, signed_in: Any, monkeypatch: pytest.MonkeyPatch, day: date, asked: bool
) -> None:
    """Fails when a month that has begun asks for its ratings, or one that ends does not."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: day)
    told = said(signed_in("manager").get("/inbox/"))
    months = re.findall(r"(\d{4}-\d{2}) 还有 \d+ 项评分", told)
    # the list and the bell
    assert set(months) == ({str(CURRENT)} if asked else set())


def test_nothing_measured_is_no_measured_weight(begun: Run) -> None:
    """Fails when items of which nothing was handed in count as measured."""
    lines = {result.employee_id: result for result in begun.results.exclude(state="excluded")}
    assert {(each.measured_weight, each.heads_score) for each in lines.values()} == {(0, None)}
    assert all(each.whole_weight > 0 for each in lines.values())
