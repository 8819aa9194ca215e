"""Which month evidence is gathered for, when nobody says one."""

from __future__ import annotations

import pytest

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence import selectors

OCTOBER = Month(2026, 10)


@pytest.mark.django_db
def test_the_open_month_is_never_a_published_one() -> None:
    """Fails when evidence would be offered a published month, which takes none, because the next is not opened yet."""
    Cycle.objects.all().delete()
    Cycle.objects.create(month=str(OCTOBER.plus(-1)), state=Cycle.State.PUBLISHED)
    october = Cycle.objects.create(month=str(OCTOBER), state=Cycle.State.OPEN)
    assert selectors.open_month() == OCTOBER
    Cycle.objects.filter(pk=october.pk).update(state=Cycle.State.PUBLISHED)
    assert selectors.open_month() == OCTOBER.plus(1)
    Cycle.objects.create(month=str(OCTOBER.plus(2)), state=Cycle.State.OPEN)
    assert selectors.open_month() == OCTOBER.plus(2)
