"""The desk's pages: what they show to whom, in both languages, and what a form does."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fairwrench.web.evidence.models import Landing, Upload
from fairwrench.web.evidence.uploads.services import upload_land
from tests.web.evidence.conftest import ROWS, orders

State = Upload.State


def drop(client, *files, month="2026-10"):
    return client.post(
        reverse("evidence:drop"),
        {"month": month, "files": [SimpleUploadedFile(name, content) for name, content in files]},
        follow=True,
    )


def land(upload, by):
    upload_land(upload=upload, by=by, version=upload.version)
    return Upload.objects.get(pk=upload.pk)


def test_many_files_are_dropped_and_landed_by_clicking(signed_in, hr):
    """Fails when handing in would need anything but the pages."""
    client = signed_in(hr)
    page = drop(client, ("东店_维修工单.csv", orders()), ("西店_维修工单.csv", orders(*ROWS, "A3,,,,,,,x")))
    assert "收到 2 个文件" in page.content.decode()
    assert page.redirect_chain[-1][0] == reverse("evidence:desk")
    upload = Upload.objects.get(store="西店")
    shown = client.get(reverse("evidence:upload", args=[upload.pk])).content.decode()
    for words in ("维修工单", "退回的行", "收下的前几行", "李二 E2", "列的对应", "导入"):
        assert words in shown, words
    client.post(reverse("evidence:land", args=[upload.pk]), {"version": upload.version})
    landing = Landing.objects.get()
    batch = client.get(reverse("evidence:batch", args=[landing.source, landing.number])).content.decode()
    assert "西店_维修工单.csv" in batch
    assert "没有取代别的上传记录" in batch
    assert "西店_维修工单.csv" in client.get(reverse("evidence:batches")).content.decode()
    desk = client.get(reverse("evidence:desk"), {"month": "2026-10"}).content.decode()
    assert "heat-partial" in desk


def test_a_file_dropped_twice_says_where_it_landed(signed_in, hr, hand_in):
    """Fails when somebody would not be told that the file is there already."""
    land(hand_in(), hr)
    page = drop(signed_in(hr), ("东店_维修工单.csv", orders())).content.decode()
    assert "不会重复计入" in page
    assert reverse("evidence:batch", args=["repair_orders", 1]) in page


def test_what_a_batch_changed_is_shown_cell_by_cell(signed_in, hr, hand_in):
    """Fails when a correction could not be told from what it corrects."""
    land(hand_in(), hr)
    land(hand_in(orders(ROWS[0].replace("100.00", "120.00"), ROWS[1])), hr)
    client = signed_in(hr)
    later = client.get(reverse("evidence:batch", args=["repair_orders", 2])).content.decode()
    assert "取代了上传记录 1 的 1 行" in later
    assert "100.00" in later and "120.00" in later
    assert (
        "有 1 行被上传记录 2 取代" in client.get(reverse("evidence:batch", args=["repair_orders", 1])).content.decode()
    )


def test_rejected_rows_go_out_and_mended_ones_come_back_in(signed_in, hr, hand_in):
    """Fails when what was rejected could not be mended where it is and handed in by the same way."""
    upload = hand_in(orders(*ROWS, "A3,2026-10-13 08:00,2026-10-13 12:00,2026-10-13 11:00,E2,E4,维修,x"))
    client = signed_in(hr)
    answer = client.get(reverse("evidence:rejected", args=[upload.pk]))
    book = openpyxl.load_workbook(BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert sheet["A1"].value == "退回原因"
    assert sheet.max_row == 2
    sheet.cell(2, sheet.max_column).value = "30.00"
    mended = BytesIO()
    book.save(mended)
    drop(client, ("东店_维修工单_退回.xlsx", mended.getvalue()))
    found = Upload.objects.order_by("id").last()
    (part,) = found.sheets.all()
    assert (part.source, part.accepted, part.rejected, found.store) == ("repair_orders", 1, 0, "东店")


def test_the_file_comes_back_as_it_was_handed_in(signed_in, hr, hand_in):
    """Fails when the original could not be had any more, or would be opened by the browser."""
    answer = signed_in(hr).get(reverse("evidence:file", args=[hand_in().pk]))
    assert b"".join(answer.streaming_content) == orders()
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_template_is_taken_back_as_the_source_it_is_for(signed_in, hr, hand_in):
    """Fails when a template would not be recognised, or its notes be taken for evidence."""
    answer = signed_in(hr).get(reverse("evidence:blank", args=["complaints"]))
    upload = hand_in(answer.content, "东店_投诉.xlsx")
    (sheet,) = upload.sheets.all()
    assert (sheet.source, sheet.accepted, sheet.rejected, sheet.speaks_for) == ("complaints", 0, 0, ["东店"])
    assert upload.problems == []
    assert not [p for other in upload.others for p in other["problems"] if p["severity"] == "error"]


PAGES = ("desk", "uploads", "batches", "blanks", "waiting")


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_who_may_and_for_nobody_else(signed_in, user, name):
    """Fails when somebody without a role for evidence would see it, or a role that needs it would not."""
    for role in ("hr", "data_provider", "auditor", "general_manager", "administrator", "workshop_supervisor"):
        assert signed_in(user("E1", role)).get(reverse(f"evidence:{name}")).status_code == 200
    assert signed_in(user("E4")).get(reverse(f"evidence:{name}")).status_code == 403


def test_who_may_only_look_cannot_land(signed_in, user, hand_in):
    """Fails when an auditor, or a provider of something else, could hand in evidence."""
    upload = hand_in()
    auditor, stranger = signed_in(user("E1", "auditor")), signed_in(user("W1", "data_provider"))
    assert auditor.get(reverse("evidence:upload", args=[upload.pk])).status_code == 200
    assert auditor.post(reverse("evidence:land", args=[upload.pk]), {"version": upload.version}).status_code == 403
    assert drop(auditor, ("a.csv", orders())).status_code == 403
    for name in ("upload", "file", "rejected"):
        assert stranger.get(reverse(f"evidence:{name}", args=[upload.pk])).status_code == 403
    for name in ("land", "place", "set_aside"):
        assert stranger.post(reverse(f"evidence:{name}", args=[upload.pk])).status_code == 403


def test_pages_are_english_for_who_reads_english(signed_in, user, hand_in):
    """Fails when a page would be half translated."""
    reader = user("E1", "hr", language="en")
    client = signed_in(reader)
    upload = hand_in(orders(*ROWS, "A3,,,,E2,外人,维修,x", "合计,,,,,,,9"))
    for page in (reverse("evidence:desk"), reverse("evidence:upload", args=[upload.pk]), reverse("evidence:blanks")):
        text = client.get(page).content.decode()
        assert "Evidence" in text
        for words in ("待处理的文件", "收下的前几行", "空白模板", "退回的行", "必填"):
            assert words not in text, words


def test_files_without_problems_land_at_one_press_and_others_stay(signed_in, hr, hand_in):
    """Fails when thirty right files would need thirty presses, or a wrong one would go along unseen."""
    hand_in()
    hand_in(orders(*ROWS, "A3,,,,,,,x"), "西店_维修工单.csv")
    client = signed_in(hr)
    desk = client.get(reverse("evidence:desk"))
    (ready,) = desk.context["ready"]
    assert ready.store == "东店"
    client.post(reverse("evidence:land_ready"), {"ready": [f"{ready.pk}:{ready.version}"]})
    assert sorted(Upload.objects.values_list("store", "state")) == [("东店", "landed"), ("西店", "read")]


def test_a_total_that_rejected_rows_explain_is_said_to_be_explained(hand_in):
    """Fails when a file would look wrong whose total is that of all its rows, rejected ones included."""
    twice = "A3,2026-10-13 08:00,2026-10-13 12:00,2026-10-13 11:00,E2,E4,维修,10.00"
    upload = hand_in(orders(*ROWS, twice, twice.replace("10.00", "20.00"), "合计,,,,,,,225.50"))
    (total,) = upload.sheets.get().totals
    assert (total["accepted"], total["rejected"], total["told"]) == ("195.50", "30.00", "225.50")
    assert (total["equal"], total["explained"]) == (False, True)
