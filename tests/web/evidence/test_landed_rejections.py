"""Rejected rows of what has landed, and the places behind the counts of the map."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from tests.web.evidence.conftest import OCTOBER, ROWS, orders
from tests.web.evidence.test_pages import land

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WRONG = "A3,2026-10-13 08:00,2026-10-13 12:00,2026-10-13 11:00,E2,E4,维修,很多"
BATCH = ("repair_orders", 1)


def test_rejected_rows_of_a_batch_are_shown_with_reason_and_go_out(signed_in, hr, hand_in):
    """Fails when nobody can tell any more, once a file has landed, which of its rows were rejected and why."""
    land(hand_in(orders(*ROWS, WRONG)), hr)
    client = signed_in(hr)
    page = client.get(reverse("evidence:batch", args=BATCH))
    (cell,) = [row.record for row in page.context["table"].rows]
    assert (cell["row"], cell["column"], cell["value"]) == (4, "工时费", "很多")
    assert "数字" in cell["why"] and cell["why"] in page.text
    book = openpyxl.load_workbook(BytesIO(client.get(f"{page.request['PATH_INFO']}?export=xlsx").content))
    assert [value.value for value in book.worksheets[0][2]] == [4, "工时费", "很多", cell["why"]]


def test_the_count_of_a_batch_leads_to_its_rejected_rows(signed_in, hr, hand_in):
    """Fails when the list of batches counts rejected rows that one cannot get to."""
    land(hand_in(orders(*ROWS, WRONG)), hr)
    page = signed_in(hr).get(reverse("evidence:batches")).text
    assert f'<a href="{reverse("evidence:batch", args=BATCH)}#rejected">1</a>' in page


def test_counts_of_the_map_open_their_places(signed_in, hr, hand_in):
    """Fails when the map counts more, or other, places than its list names."""
    land(hand_in(orders(*ROWS, WRONG)), hr)
    client = signed_in(hr)
    page = client.get(f"/evidence/?month={OCTOBER}")
    for state, words in page.context["found"].counts:
        count = int(re.sub(r"\D", "", words))
        listed = client.get(f"/evidence/places/?month={OCTOBER}&state={state}")
        assert listed.context["table"].paginator.count == count, state
        assert f"/evidence/places/?month={OCTOBER}&amp;state={state}" in page.text
    (partial,) = [
        row.record for row in client.get(f"/evidence/places/?month={OCTOBER}&state=partial").context["table"].rows
    ]
    assert (partial.store, partial.source, partial.since) == ("东店", "维修工单", "退回 1")


def test_of_another_store_no_place_is_listed(signed_in, user, hand_in, hr):
    """Fails when HR of the west is told what the east has handed in, or lacks."""
    land(hand_in(), hr)
    west = user("H2", ("hr", "西店"))
    stores = {row.record.store for row in signed_in(west).get("/evidence/places/").context["table"].rows}
    assert stores == {"西店"}
