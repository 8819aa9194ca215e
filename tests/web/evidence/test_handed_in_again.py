"""The same content handed in again after another file: the last word counts, also when it equals an earlier one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fairwrench.web.evidence.models import Landing, Upload
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.evidence.tasks import land_upload
from fairwrench.web.evidence.uploads.services import upload_add, upload_land, upload_read_again
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import Progress
from tests.web.evidence.conftest import OCTOBER, ROWS, orders

State = Upload.State
ONE = orders()
OTHER = orders(*(row.replace("100.00", "900.00") for row in ROWS))
NAME = "东店_维修工单.csv"


def amounts() -> list[Decimal]:
    """What counts of the two orders."""
    return ledger().current("repair_orders", sources()["repair_orders"]).sort("ro_no")["labour_amount"].to_list()


def landed(upload: Upload, by: Any) -> Upload:
    upload_land(upload=upload, by=by, version=upload.version)
    return Upload.objects.get(pk=upload.pk)


def test_the_first_file_again_after_another_counts_again(hand_in: Any, hr: Any) -> None:
    """Fails when the desk takes the same content for a month once only, so that nobody can go back to it."""
    first, second = landed(hand_in(ONE, NAME), hr), landed(hand_in(OTHER, NAME), hr)
    assert amounts() == [Decimal("900.00"), Decimal("95.50")]
    again = hand_in(ONE, NAME)
    assert again.pk not in (first.pk, second.pk)
    assert again.state == State.READ
    assert landed(again, hr).state == State.LANDED
    assert amounts() == [Decimal("100.00"), Decimal("95.50")]
    assert Landing.objects.order_by("number").values_list("number", "counts__changed")[::1] == [(1, 0), (2, 1), (3, 1)]


def test_the_preview_says_whose_words_it_takes_back(hand_in: Any, hr: Any, signed_in: Any) -> None:
    """Fails when somebody lands an old file without being told what that undoes."""
    landed(hand_in(ONE, NAME), hr)
    landed(hand_in(OTHER, NAME), hr)
    again = hand_in(ONE, NAME)
    page = signed_in(hr).get(f"/evidence/uploads/{again.pk}/").text
    assert "新增 0 行，改动 1 行，相同 1 行" in page
    assert f"收回上传记录 2（{NAME}）改动的 1 行" in page
    assert "曾作为上传记录 1 导入" in page


def test_what_counts_already_is_no_new_word(hand_in: Any, hr: Any, signed_in: Any) -> None:
    """Fails when a repetition becomes a batch, or is taken without a word that nothing changes."""
    first = landed(hand_in(ONE, NAME), hr)
    assert upload_add(content=ONE, name=NAME, month=OCTOBER, by=hr).had, "nothing has come in since"
    landed(hand_in(orders("A9,2026-10-12 08:00,2026-10-12 12:00,2026-10-12 11:00,E2,E4,维修,1.00"), NAME), hr)
    again = hand_in(ONE, NAME)
    assert "导入后没有变化" in signed_in(hr).get(f"/evidence/uploads/{again.pk}/").text
    assert landed(again, hr).state == State.LANDED
    assert [batch.number for batch in ledger().batches("repair_orders")] == [1, 2]
    assert again.sheets.get().landing == first.sheets.get().landing


def test_a_landing_that_was_killed_overrules_nothing_said_since(hand_in: Any, hr: Any) -> None:
    """Fails when work that is taken up again repeats an old word over a newer one."""
    first = landed(hand_in(ONE, NAME), hr)
    job = Job.objects.get(pk=first.job_id)
    landed(hand_in(OTHER, NAME), hr)
    Upload.objects.filter(pk=first.pk).update(state=State.LANDING, version=first.version - 1)
    land_upload(Progress(job), upload_id=first.pk, by_name="x")
    assert amounts()[0] == Decimal("900.00")


def test_a_landed_file_read_anew_and_landed_is_said_anew(hand_in: Any, hr: Any) -> None:
    """Fails when somebody reads a landed file anew, lands it, and another goes on counting."""
    first = landed(hand_in(ONE, NAME), hr)
    landed(hand_in(OTHER, NAME), hr)
    upload_read_again(upload=first, by=hr)
    assert landed(Upload.objects.get(pk=first.pk), hr).state == State.LANDED
    assert amounts()[0] == Decimal("100.00")
