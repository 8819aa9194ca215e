"""From a row behind a figure to what was decided on the pages: who said it, when, and what was said before."""

from __future__ import annotations

from typing import Any

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.settlements.feeds import decided_land
from fairwrench.web.settlements.runs.closing import Kind, month_close
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import Progress
from tests.web.settlements.test_figure_rows import somebody
from tests.web.settlements.test_taken_back import place_of, plain

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW = str(CURRENT)


def rated(signed_in: Any) -> tuple[Any, str, str, list[str]]:
    """Somebody whom the manager rated twice in the month so far, which was worked out since: the manager's browser, the
    address of the rows behind the item, the address of what was decided, and both levels."""
    manager, place = signed_in("manager"), place_of("manager")
    page, (one, other) = f"/months/{NOW}/ratings/", plain(place)[:2]
    cell, seen = f"{place.name_of_field}.level", f"{place.name_of_field}.seen"
    manager.post(page, {cell: one, seen: ""})
    manager.post(page, {cell: other, seen: place_of("manager").seen})
    decided_land(month=NOW)
    job = Job.objects.create(kind="estimate_month", key="live", arguments={"month": NOW})
    month_close(cycle=Cycle.objects.get(month=NOW), kind=Kind.LIVE, by=None, progress=Progress(job))
    who, event = place.result.employee_id, EvidenceEvent.objects.get(revision=2)
    query = f"?step=item.{place.item.key}&place=0"
    names = {level.word: str(level.name) for level in place.levels}
    return (
        manager,
        f"/why/{NOW}/{who}/rows/{query}",
        f"/why/{NOW}/{who}/decided/{event.pk}/{query}",
        [names[one], names[other]],
    )


def test_a_row_leads_to_who_decided_it_and_what_was_said_before(signed_in: Any) -> None:
    """Fails when a rating behind a figure names its author and one cannot see when it was given, or that it changed."""
    manager, rows, decided, (one, other) = rated(signed_in)
    named = str(User.objects.get(username="manager").employee)
    shown = manager.get(rows)
    assert f'href="{decided.replace("&", "&amp;")}">{named}' in shown.text
    page = manager.get(decided).text
    assert f'href="/months/{NOW}/ratings/"' in page
    first, second = page.partition("<ol")[2].partition("</ol>")[0].split("改为")
    assert "填写" in first and one in first and "计入本行" not in first
    assert other in second and "计入本行" in second
    assert "line_manager" not in page and "直接上级" in first


def test_who_may_not_see_the_figure_does_not_see_what_was_decided(signed_in: Any) -> None:
    """Fails when the number of a decision is enough to read it: from another's month, another figure, a closed door."""
    manager, _, decided, _ = rated(signed_in)
    assert signed_in("technician").get(decided).status_code in (403, 404)
    assert manager.get(decided.replace("place=0", "place=9")).status_code == 404
    assert manager.get(decided.replace("/decided/", "/decided/9")).status_code == 404
    other, _, _ = somebody("on_time_delivery")
    number = EvidenceEvent.objects.get(revision=2).pk
    elsewhere = f"/why/{NOW}/{other.employee_id}/decided/{number}/?step=numerator.on_time_delivery&place=0"
    assert signed_in("hr").get(elsewhere).status_code == 404
