"""The group as it is built for settlements, with the forms of its last published month as the demo leaves them."""

from __future__ import annotations

from datetime import date

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.appraisals import services
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.selectors import forms
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from tests.web.settlements.conftest import built, group, known, signed_in

__all__ = ["built", "group", "known", "signed_in"]
TODAY = date(2026, 12, 1)
LAST = str(CURRENT.plus(-1))


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interviews are noted on the first of December."""
    monkeypatch.setattr(services, "today", lambda: TODAY)


def user(name: str) -> User:
    """A login of the demo."""
    return User.objects.select_related("employee").get(username=name)


@pytest.fixture
def cycle(group: object, db: None) -> Cycle:
    """The last published month."""
    return Cycle.objects.select_related("run").get(month=LAST)


@pytest.fixture
def form(cycle: Cycle) -> Appraisal:
    """The technician's form, interviewed by the workshop manager."""
    return forms().get(cycle=cycle, employee=user("technician").employee)
