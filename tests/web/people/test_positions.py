"""Positions are those of the schemes in force or proposed, whatever scheme the installation's setting names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Position, Scheme
from fairwrench.settlement.source.source import Text
from fairwrench.web.org.models import Assignment
from fairwrench.web.org.organisation import positions_ensure
from fairwrench.web.org.schemes_in_use import KnownPositions, SchemePeriod, SchemePeriods, asks_oneself, scheme_of_files
from tests.web.declaring import redeclare

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
HEAD = "工号,姓名,门店,岗位,直接上级,状态,生效日期"
#: a position that the shipped scheme does not have
VALET = Position(name=Text(zh="代驾专员", en="Valet driver"), department="service", side="function")


def scheme(*, without: str = "", **more: Position) -> Scheme:
    """The shipped scheme without a position, with others."""
    shipped = load_scheme("dealership")
    positions = {code: position for code, position in shipped.positions.items() if code != without}
    return shipped.model_copy(update={"positions": positions | more})


def period(document: Scheme, first: Month | None, last: Month | None, *, proposed: bool = False) -> SchemePeriod:
    return SchemePeriod(lambda: document, first, last, proposed)


@pytest.fixture
def schemes(monkeypatch: pytest.MonkeyPatch, on_day: Callable[[date], None]) -> Callable[..., None]:
    """Says which schemes there are, on the 15th of November 2026; no month is published."""
    on_day(date(2026, 11, 15))
    return lambda *periods: redeclare(monkeypatch, SchemePeriods, SchemePeriods(lambda: list(periods)))


@pytest.fixture
def hr(signed_in: Callable[..., Client]) -> Client:
    """HR of everything."""
    return signed_in("E104", ("hr", None))


def preview(client: Client, *lines: str) -> Any:
    """The preview of a roster file; it is forgotten with the test's own storage."""
    content = "\n".join((HEAD, *lines)).encode()
    return client.post(reverse("people:roster"), {"roster": SimpleUploadedFile("x.csv", content)}, follow=True)


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test go with it."""
    stores = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}}
    settings.STORAGES = stores


@pytest.mark.parametrize(
    ("periods", "severity"),
    [
        ([(None, OCTOBER, {}), (NOVEMBER, None, {"valet": VALET})], None),
        ([(None, None, {"valet": VALET})], None),
        ([(None, OCTOBER, {"valet": VALET}), (NOVEMBER, None, {})], "error"),
    ],
)
def test_a_roster_is_read_by_the_scheme_of_its_months(
    hr: Client, schemes: Callable[..., None], periods: list[Any], severity: str | None
) -> None:
    """Fails when a position of the scheme in force is refused, or one that went with a former scheme is taken."""
    schemes(*(period(scheme(**more), first, last) for first, last, more in periods))
    found = preview(hr, "E105,秦某,东店,代驾专员,E101,在职,2026-11-16").context["preview"]
    assert [problem.severity for problem in found.problems] == ([severity] if severity else [])


def test_a_position_that_is_only_proposed_is_taken_and_said(hr: Client, schemes: Callable[..., None]) -> None:
    """Fails when people cannot be placed before a scheme is approved, or nobody says that they are not assessed yet."""
    schemes(period(scheme(), None, None), period(scheme(valet=VALET), Month(2027, 1), None, proposed=True))
    page = preview(hr, "E105,秦某,东店,代驾专员,E101,在职,2026-11-16")
    assert [problem.code for problem in page.context["preview"].problems] == ["proposed_position"]
    assert "批准之前不参加考核" in page.text


def test_history_keeps_positions_of_former_schemes(hr: Client, schemes: Callable[..., None]) -> None:
    """Fails when the roster of today cannot be handed in again once a scheme drops a position."""
    before, now = period(scheme(), None, OCTOBER), period(scheme(without="technician"), NOVEMBER, None)
    schemes(before, now)
    exported = hr.get(reverse("people:roster_export")).content
    upload = SimpleUploadedFile("roster.xlsx", exported)
    found = hr.post(reverse("people:roster"), {"roster": upload}, follow=True).context["preview"]
    assert (found.problems, found.changes) == ([], [])


def test_nobody_comes_to_hold_a_position_that_no_scheme_has_then(hr: Client, schemes: Callable[..., None]) -> None:
    """Fails when somebody is moved to where they are not assessed; who holds it already may be paid more."""
    held = Assignment.objects.get(employee__employee_id="E102")
    schemes(period(scheme(), None, OCTOBER), period(scheme(without="technician"), NOVEMBER, None))
    move = {"begin": "2026-11-16", "store": held.store_id, "position": held.position_id, "status": "regular"}
    assert hr.post(reverse("people:move", args=["E101"]), move).status_code == 200
    assert Assignment.objects.filter(employee__employee_id="E101").count() == 1
    hired = move | {"employee_id": "E105", "name": "秦某", "manager": "E101"}
    assert hr.post(reverse("people:hire"), hired).status_code == 200
    assert hr.post(reverse("people:move", args=["E102"]), move | {"full_salary": "7000"}).status_code == 302


def test_the_form_offers_what_is_proposed(hr: Client, schemes: Callable[..., None]) -> None:
    """Fails when a new position can be given only by a file."""
    schemes(period(scheme(), None, None), period(scheme(valet=VALET), Month(2027, 1), None, proposed=True))
    positions_ensure(codes=["valet"])
    assert "代驾专员" in hr.get(reverse("people:hire")).text
    schemes(period(scheme(), None, None))
    assert "代驾专员" not in hr.get(reverse("people:hire")).text


def test_a_position_is_named_by_the_scheme_that_brings_it(schemes: Callable[..., None]) -> None:
    """Fails when a position that only a draft has would be listed by its code, on no side, before it is proposed."""
    schemes(period(scheme(), None, None))
    made = positions_ensure(codes=["valet"], named={"valet": VALET})["valet"]
    assert (made.name_zh, made.side, made.manager) == ("代驾专员", VALET.side, False)


def test_words_of_two_schemes_mean_one_position(schemes: Callable[..., None]) -> None:
    """Fails when a position renamed by a proposal can no longer be written as it is called now, or as it will be."""
    shipped = load_scheme("dealership").positions["technician"]
    renamed = shipped.model_copy(update={"name": Text(zh="机电技师", en="Mechatronic"), "aliases": ()})
    other = VALET.model_copy(update={"name": shipped.name})
    schemes(
        period(scheme(), None, None),
        period(scheme(technician=renamed, valet=other), Month(2027, 1), None, proposed=True),
    )
    positions = scheme_of_files().positions
    assert positions["technician"].name == shipped.name
    assert "机电技师" in positions["technician"].aliases
    assert positions["valet"].name.zh == "valet", "its name means another position now"


def test_a_scheme_that_cannot_be_read_is_left_out(schemes: Callable[..., None]) -> None:
    """Fails when a lost document of a proposal stops every roster."""
    lost = SchemePeriod(lambda: load_scheme("/nowhere/lost.yaml"), Month(2027, 1), None, proposed=True)
    schemes(period(scheme(), None, None), lost)
    assert "technician" in scheme_of_files().positions
    assert "technician" in KnownPositions.now().offered(day=date(2026, 11, 15))


def test_whether_one_rates_oneself_is_the_scheme_in_force_to_say(schemes: Callable[..., None]) -> None:
    """Fails when the setting decides, a proposal does already, or last month's ratings end with the month."""
    asking = scheme().model_copy(update={"scorecards": _asking(scheme())})
    schemes(period(scheme(), None, None), period(asking, NOVEMBER, None, proposed=True))
    assert not asks_oneself()
    for first, last in ((NOVEMBER, None), (None, OCTOBER)):
        rest = (None, OCTOBER) if first else (NOVEMBER, None)
        schemes(period(scheme(), *rest), period(asking, first, last))
        assert asks_oneself()
    schemes(period(asking, None, Month(2026, 9)), period(scheme(), OCTOBER, None))
    assert not asks_oneself()


def _asking(document: Scheme) -> dict[str, Any]:
    """The scorecards with an item that people rate themselves on."""
    name, card = next(iter(document.scorecards.items()))
    item = card.items[0].model_copy(update={"raters": ("self",)})
    return {**document.scorecards, name: card.model_copy(update={"items": (item, *card.items[1:])})}
