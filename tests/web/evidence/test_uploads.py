"""Files handed in, read, landed: what the desk keeps, refuses, and does once however often it is asked."""

from __future__ import annotations

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.kept_on_pages import AfterLanding
from fairwrench.web.evidence.models import Covered, Landing, Superseding, Upload
from fairwrench.web.evidence.reading.reading import frame_of
from fairwrench.web.evidence.uploads.services import (
    upload_add,
    upload_land,
    upload_place,
    upload_read_again,
    upload_set_aside,
)
from tests.web.declaring import months_published, redeclare
from tests.web.evidence.conftest import OCTOBER, ROWS, orders

State = Upload.State


def landed(upload, by):
    upload_land(upload=upload, by=by, version=upload.version)
    return Upload.objects.get(pk=upload.pk)


def test_a_file_is_read_and_every_row_accounted_for(hand_in):
    """Fails when what a person sees before landing is not what the file holds."""
    upload = hand_in(
        orders(*ROWS, "A3,前天,,,E2,E4,维修,5", "A3b,2026-10-13 08:00,,,E2,外人,维修,5", "合计,,,,,,,295.50")
    )
    (sheet,) = upload.sheets.all()
    assert (upload.state, upload.store, sheet.source) == (State.READ, "东店", "repair_orders")
    assert sheet.counts["rows"] == 6 == sheet.accepted + sheet.rejected + sheet.ignored
    assert (sheet.accepted, sheet.rejected, sheet.speaks_for) == (3, 1, ["东店"])
    assert [(s["value"], s["rows"]) for s in sheet.uncredited] == [("外人", 1)]
    (total,) = sheet.totals
    assert (total["accepted"], total["rejected"], total["told"], total["equal"]) == ("200.50", "5.00", "295.50", False)
    rejected = frame_of(upload.read_into, 0, "rejected").collect()
    assert rejected["row"].to_list() == [4]
    assert rejected["reason_en"][0] == "this is no date that can be read; write it as 2026-10-03 or 2026-10-03 09:05"


def test_the_preview_tells_once_which_rows_the_store_will_lack(hand_in, hr):
    """Fails when a store's lacking rows are a count alone, or are told again when the file lands."""
    upload = hand_in(orders(*ROWS, "A3,前天,,,E2,E4,维修,5"))
    (told,) = [problem for problem in upload.sheets.get().problems if problem["code"] == "rows_rejected"]
    assert told["severity"] == "warning"
    assert told["en"].startswith("1 row was rejected, and the figures lack it: 1 of the 3 of 东店; row 4, '接车时间'")
    assert "rows_rejected" not in [problem["code"] for problem in landed(upload, hr).problems]


def test_the_preview_asks_for_columns_that_the_scheme_reads(hand_in, signed_in, hr):
    """Fails when attendance without any hours looks accepted, or a rejected stranger is promised to count as well."""
    content = "工号,月份,应出勤,实出勤小时\nE2,2026-10,168,160\nE99,2026-10,168,160\n".encode()
    upload = hand_in(content, "东店_考勤.csv")
    sheet = upload.sheets.get()
    (told,) = [problem for problem in sheet.problems if problem["code"] == "column_wanted"]
    assert told["severity"] == "warning" and "“实出勤小时”是“实际出勤工时”吗？" in told["zh"]
    assert (sheet.accepted, sheet.rejected, sheet.uncredited) == (1, 1, [])
    page = signed_in(hr).get(f"/evidence/uploads/{upload.pk}/").text
    assert "“应出勤”是“应出勤工时”吗？" in page and "这些行照样收下" not in page


def test_a_total_row_that_agrees_is_said_to_agree(hand_in):
    """Fails when a right file would look wrong beside its own total row."""
    (sheet,) = hand_in(orders(*ROWS, "合计,,,,,,,195.50")).sheets.all()
    assert [(t["told"], t["equal"]) for t in sheet.totals] == [("195.50", True)]


def test_landing_is_pressed_twice_and_happens_once(hand_in, hr, settings):
    """Fails when two people at the button would pay twice."""
    upload = hand_in()
    assert landed(upload, hr).state == State.LANDED
    assert upload_land(upload=upload, by=hr, version=upload.version).state == State.LANDED
    (batch,) = Ledger(settings.LEDGER).batches()
    (landing,) = Landing.objects.all()
    assert (batch.by, batch.period, landing.upload_id, landing.accepted) == ("孙人事 H1", "2026-10", upload.pk, 2)
    assert list(Covered.objects.values_list("source", "store", "month")) == [("repair_orders", "东店", "2026-10")]


def test_the_same_file_again_says_where_it_landed(hand_in, hr):
    """Fails when somebody would wonder whether a file handed in twice counts twice."""
    upload = landed(hand_in(), hr)
    again = upload_add(content=orders(), name="东店_维修工单 (1).csv", month=OCTOBER, by=hr)
    assert (again.had, again.upload, again.landing) == (True, upload, Landing.objects.get())


def test_an_equal_empty_file_of_another_store_is_its_own(hand_in):
    """Fails when a second store could not say that it had no complaint because the first said so with equal bytes."""
    empty = "投诉编号,投诉时间\n".encode()
    east, west = hand_in(empty, "东店_客户投诉.csv"), hand_in(empty, "西店_客户投诉.csv")
    assert east.pk != west.pk
    assert [sheet.speaks_for for sheet in (east.sheets.get(), west.sheets.get())] == [["东店"], ["西店"]]


def test_a_corrected_file_replaces_rows_and_says_whose(hand_in, hr):
    """Fails when nobody could tell which batch changed which."""
    landed(hand_in(), hr)
    landed(hand_in(orders(ROWS[0].replace("100.00", "120.00"), ROWS[1])), hr)
    assert list(Superseding.objects.values_list("landing__number", "number", "rows")) == [(2, 1, 1)]
    rows = selectors.ledger().current("repair_orders", selectors.sources()["repair_orders"])
    assert sorted(rows["labour_amount"].to_list()) == [pl.Series(["95.50"]).str.to_decimal(scale=2)[0], 120]


def test_what_looks_otherwise_by_now_is_not_landed(hand_in, hr):
    """Fails when a button drawn for one reading would land another."""
    upload = hand_in()
    upload_read_again(upload=upload, by=hr)
    with pytest.raises(Refused) as refused:
        upload_land(upload=upload, by=hr, version=upload.version)
    assert refused.value.problems[0].code == "upload_changed"
    assert Landing.objects.count() == 0


def test_another_month_or_store_is_read_for_anew(hand_in, hr):
    """Fails when a file chosen for the wrong month would have to be handed in again."""
    upload = hand_in(name="维修工单.csv")
    assert upload.sheets.get().accepted == 0
    upload_place(upload=upload, month=OCTOBER.plus(1), store="西店", by=hr)
    now = Upload.objects.get(pk=upload.pk)
    assert (now.month, now.store, now.sheets.get().speaks_for) == ("2026-11", "西店", ["西店"])


def test_a_published_month_takes_no_more(hand_in, hr):
    """Fails when evidence would slip behind figures that are paid."""
    months_published(OCTOBER)
    upload = hand_in()
    with pytest.raises(Refused) as refused:
        upload_land(upload=upload, by=hr, version=upload.version)
    assert refused.value.problems[0].code == "month_closed"


def test_whoever_asked_hears_of_the_month(hand_in, hr, monkeypatch):
    """Fails when the month so far would not be reckoned anew after evidence came."""
    heard = []
    redeclare(monkeypatch, AfterLanding, AfterLanding(heard.append))
    landed(hand_in(), hr)
    assert heard == [OCTOBER]


def test_a_provider_lands_only_sources_and_stores_of_their_duties(hand_in, user):
    """Fails when somebody could hand in, or see, what is another's."""
    mine = user("W1", "data_provider", duties=[("repair_orders", "西店")])
    own, other = hand_in(name="西店_维修工单.csv", by=mine), hand_in(by=mine)
    assert landed(own, mine).state == State.LANDED
    with pytest.raises(PermissionDenied):
        upload_land(upload=other, by=mine, version=other.version)
    elsewhere = user("E2", "data_provider", duties=[("surveys", "西店")])
    with pytest.raises(PermissionDenied):
        selectors.upload_seen(user=elsewhere, upload_id=own.pk)
    assert list(selectors.uploads_seen(user=elsewhere)) == []
    assert list(selectors.landings_seen(user=elsewhere)) == []
    assert {upload.pk for upload in selectors.uploads_seen(user=mine)} == {own.pk, other.pk}


def test_hr_of_one_store_reaches_that_store_alone(hand_in, hr, user):
    """Fails when HR of one store would read another's files."""
    east, west = hand_in(), hand_in(name="西店_维修工单.csv")
    landed(east, hr), landed(west, hr)
    of_west = user("H2", ("hr", "西店"))
    assert [upload.pk for upload in selectors.uploads_seen(user=of_west)] == [west.pk]
    assert [landing.upload_id for landing in selectors.landings_seen(user=of_west)] == [west.pk]
    with pytest.raises(PermissionDenied):
        selectors.landing_seen(user=of_west, source="repair_orders", number=1)


def test_what_is_set_aside_may_come_again(hand_in, hr):
    """Fails when a file thrown off the desk by mistake could never be handed in again."""
    upload = hand_in()
    upload_set_aside(upload=upload, by=hr)
    assert hand_in().pk != upload.pk
    with pytest.raises(Refused):
        upload_land(upload=upload, by=hr, version=upload.version)
