"""An app declares what it brings, and nothing else has to know of it; one that may be is switched off whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from django.urls import clear_url_caches, reverse

from fairwrench.web.access.log.access_log import logged_pages
from fairwrench.web.access.models import User, Viewed
from fairwrench.web.access.policy import permissions
from fairwrench.web.ui import declarations
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.navigation import Place
from fairwrench.web.work.inbox.todos import todos_of
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.chores import Chore
from fairwrench.web.work.queue.kinds import kinds_of_work
from fairwrench.web.work.queue.services import job_run, job_start
from tests.web.small_office import member, office, roster, signed_in

__all__ = ["member", "office", "roster", "signed_in"]
pytestmark = pytest.mark.django_db
TYRES = "tests.web.project.tyres"


def _forget() -> None:
    """What was collected before, and the addresses made of it."""
    declarations._parts.cache_clear()
    permissions.cache_clear()
    for name in ("fairwrench.web.project.urls", f"{TYRES}.urls", f"{TYRES}.views"):
        sys.modules.pop(name, None)
    clear_url_caches()


@contextmanager
def installed(off: frozenset[str] = frozenset()) -> Iterator[None]:
    """The application with the app of tyres, or with it switched off."""
    with override_settings(INSTALLED_APPS=[*django_settings.INSTALLED_APPS, TYRES], APPS_OFF=off):
        _forget()
        yield
    _forget()


def test_an_app_brings_page_navigation_permission_log_work_and_to_dos_by_its_declaration_alone(
    member: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    """Fails when a new page needs a line in the policy, the navigation, the log, the queue or the addresses."""
    with installed():
        hr, stranger = signed_in("E104", ("hr", "东店")), signed_in("E202")
        assert hr.get("/tyres/").text == "轮胎 "
        assert stranger.get("/tyres/").status_code == 403
        page = hr.get("/inbox/").text
        assert '/tyres/"' in page
        assert "清点轮胎" in page
        assert page.index("考核") < page.index("轮胎") < page.index("数据"), "its place is from 60 to 70"
        assert hr.get("/tyres/E102/").status_code == 200
        assert (Viewed.objects.get().page, logged_pages()["tyres"].words) == ("tyres", ("轮胎", "Tyres"))
        job = job_start(kind="tyres_count", key="tyres", by=None)
        job_run(job_id=job.pk)
        assert Job.objects.get().result == {"tyres": 4}
        assert "0 3 * * *" in {chore.cron for chore in declared(Chore)}


def test_an_app_that_is_switched_off_is_not_there_at_all(
    member: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    """Fails when what an installation does without is still found by its address, in menus, or does work."""
    with installed(off=frozenset({"tyres"})):
        hr = signed_in("E104", ("hr", "东店"))
        assert hr.get("/tyres/").status_code == 404
        assert "轮胎" not in hr.get("/inbox/").text
        assert "tyres.view" not in permissions()
        assert "tyres_count" not in kinds_of_work()
        assert "tyres:list" not in {place.name for place in declared(Place)}
        assert "/tyres/" not in {todo.url for todo in todos_of(user=User.objects.get(username="e104"))}
    assert reverse("inbox:list") == "/inbox/"


def test_what_others_stand_on_cannot_be_switched_off() -> None:
    """Fails when a slip in the environment takes evidence or accounts away."""
    with installed(off=frozenset({"evidence"})), pytest.raises(ImproperlyConfigured, match="evidence"):
        declared(Place)
