"""Who saw what: looking at others' pay and results leaves a record, looking at one's own does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.models import User, Viewed
from fairwrench.web.access.roles import pages
from fairwrench.web.ui.declarations import declared

pytestmark = pytest.mark.django_db
#: pages about a person or a month that show nothing of pay, results or evidence, or refuse to be read at all
HARMLESS = {
    "people:name",
    "people:leave",
    "people:stay",
    "people:take_back",
    "people:delegate",
    "coaching:answer",
    "settlements:check",
    "settlements:fine_withdraw",
    "schemes:on_paper",
    "goals:start",
    "schemes:paper_undo",
}


def test_every_page_about_a_person_is_watched() -> None:
    """Breaks if a new page shows somebody's results or pay and nobody can say afterwards who read it."""
    watched = {address for page in declared(LoggedPage) for address in page.addresses}
    about = {page.name for page in pages() if "employee_id" in page.address}
    assert about - HARMLESS == watched & about
    known = {page.name for page in pages()}
    assert watched <= known
    # SQLite keeps any length; PostgreSQL refuses the note, and with it the page
    longest = Viewed._meta.get_field("page").max_length
    assert longest is not None and all(len(page.key) <= longest for page in declared(LoggedPage))


def test_a_salary_seen_is_noted_once_an_hour(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    """Breaks if HR reads a salary without a trace, or a page reloaded fills the log."""
    hr = signed_in("E104", ("hr", "东店"))
    for _ in range(3):
        hr.get(reverse("people:person", args=["E102"]))
    noted = Viewed.objects.get()
    assert (noted.by.username, noted.page, noted.about, noted.taken) == ("e104", "person", "E102", False)
    Viewed.objects.update(hour=timezone.now() - timedelta(hours=2))
    hr.get(reverse("people:person", args=["E102"]))
    assert Viewed.objects.count() == 2


@pytest.mark.parametrize(
    ("who", "grants", "about"),
    [("E102", [], "E102"), ("E101", [], "E102"), ("E104", [("administrator", None)], "E102"), ("E102", [], "E103")],
)
def test_nothing_confidential_seen_is_not_noted(
    signed_in: Callable[..., Client], who: str, grants: list[Any], about: str
) -> None:
    """Breaks if one's own page, a page without salary, or a refusal is noted, so that the log drowns."""
    signed_in(who, *grants).get(reverse("people:person", args=[about]))
    assert not Viewed.objects.exists()


def test_a_file_taken_away_is_noted_by_its_name(signed_in: Callable[..., Client]) -> None:
    """Breaks if somebody carries all salaries away and nobody learns of it."""
    hr = signed_in("E104", ("hr", "东店"))
    hr.get(reverse("people:roster_export"))
    noted = Viewed.objects.get()
    assert (noted.page, noted.what, noted.taken) == ("roster", "花名册.xlsx", True)


def test_who_looks_as_somebody_is_noted_as_themselves(
    signed_in: Callable[..., Client], member: Callable[..., User]
) -> None:
    """Breaks if support hides behind the person they look as."""
    admin, viewed = signed_in("E001", ("administrator", None)), member("E104", ("hr", "东店"))
    admin.post(reverse("settings:view_as", args=[viewed.pk]), {"reason": "x"})
    admin.get(reverse("people:person", args=["E102"]))
    assert Viewed.objects.get().by.username == "e001"


def test_the_records_are_shown_filtered_and_closed_to_others(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    """Breaks if an auditor cannot ask who read whose pay, or everybody can."""
    hr, auditor = signed_in("E104", ("hr", "东店")), signed_in("E201", ("auditor", None))
    hr.get(reverse("people:person", args=["E102"]))
    hr.get(reverse("people:roster_export"))
    address = reverse("settings:seen")
    auditor.get(address)
    with django_assert_max_num_queries(10):
        page = auditor.get(address).text
    assert "吕技师 E102" in page
    assert "人员与工资" in page
    assert "孙人事" in page
    assert "花名册.xlsx" in page
    assert "E102" not in auditor.get(address, {"kind": "roster"}).text
    assert "吕技师 E102" in auditor.get(address, {"q": "吕"}).text
    assert "没有符合条件" in auditor.get(address, {"since": "2999-01-01"}).text
    assert hr.get(address).status_code == 403
