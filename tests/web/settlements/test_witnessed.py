"""Results, reasons and pay of others that somebody reads or takes away are noted; one's own are not."""

from __future__ import annotations

from typing import Any

import pytest

from fairwrench.web.access.models import Viewed
from fairwrench.web.settlements.models import Result
from tests.web.settlements.test_pages import LAST, own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def noted() -> list[tuple[str, str, str, str, bool]]:
    """What was noted, in the order it happened: who, page, about, month, taken away."""
    rows = Viewed.objects.order_by("id").values_list("by__username", "page", "about", "month", "taken")
    return list(rows)


def test_who_reads_others_results_and_pay_is_noted_with_the_month(signed_in: Any) -> None:
    """Fails when HR reads somebody's month, its reasons or all pay, and no record says so."""
    me, hr = own("technician"), signed_in("hr")
    hr.get(f"/results/{me}/{LAST}/")
    hr.get(f"/why/{LAST}/{me}/")
    hr.get(f"/months/{LAST}/pay/")
    hr.get(f"/months/{LAST}/pay/", {"export": "xlsx"})
    assert noted() == [
        ("hr", "results", me, LAST, False),
        ("hr", "why", me, LAST, False),
        ("hr", "pay", "", LAST, False),
        ("hr", "pay", "", LAST, True),
    ]


def test_a_team_and_a_store_are_noted_with_the_month_they_show(signed_in: Any) -> None:
    """Fails when a page without a month in its address is noted as of none."""
    store = Result.objects.values_list("store", flat=True)[0]
    signed_in("manager").get("/team/")
    signed_in("gm").get(f"/stores/{store}/")
    found = list(Viewed.objects.order_by("id").values_list("page", "what"))
    assert found == [("team", ""), ("store", store)]
    assert all(len(month) == len(LAST) for _, _, _, month, _ in noted())


def test_one_s_own_month_is_nobody_s_business(signed_in: Any) -> None:
    """Fails when everybody's look at their own month fills the record."""
    me, technician = own("technician"), signed_in("technician")
    for path in ("/mine/", f"/mine/{LAST}/", f"/results/{me}/", f"/why/{LAST}/{me}/"):
        assert technician.get(path).status_code == 200
    assert noted() == []
