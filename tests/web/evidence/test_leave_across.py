"""An attendance sheet with columns of leave on the desk: what the preview says, what lands, what comes back."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads.services import upload_land

HEAD = "工号,月份,应出勤工时,实际出勤工时,年假(天),病假(小时),备注"
GOOD = ("E2,2026-10,168,152,2,0,", "E4,2026-10,168,164,0,4,")


def sheet_of(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode() + b"\n"


def leave(settings):
    current = Ledger(settings.LEDGER, time_zone="Asia/Shanghai").current("leave", selectors.sources()["leave"])
    return current.sort("employee_id").select("employee_id", "kind", "hours", "_row").rows()


def landed(upload, by):
    upload_land(upload=upload, by=by, version=upload.version)
    return Upload.objects.get(pk=upload.pk)


def test_the_preview_says_what_was_read_as_what(hand_in, signed_in, hr):
    """Fails when leave lands that nobody saw, or a column that was read stands among those of no use."""
    upload = hand_in(sheet_of(*GOOD), "东店_考勤.csv")
    attendance, leave = upload.sheets.all()
    assert [(each.source, each.accepted, each.speaks_for) for each in (attendance, leave)] == [
        ("attendance", 2, ["东店"]),
        ("leave", 2, ["东店"]),
    ]
    page = signed_in(hr).get(f"/evidence/uploads/{upload.pk}/").text
    assert "请假 2 条（2 人），来自“年假(天)”“病假(小时)” 2 列，1 天按 8 小时" in page
    assert '<span>年假(天)</span><span class="text-secondary">→</span><span>请假</span>' in page
    assert '<span>年假(天)</span><span class="text-secondary">→</span><span>假别</span>' in page
    assert "以下列没有用到：备注" in page


def test_both_kinds_land_and_a_correction_takes_leave_back(hand_in, hr, settings):
    """Fails when leave of the sheet is not in the ledger, or stays after the sheet was corrected to none."""
    assert landed(hand_in(sheet_of(*GOOD), "东店_考勤.csv"), hr).state == Upload.State.LANDED
    assert leave(settings) == [("E2", "annual", Decimal("16.00"), 2), ("E4", "sick", Decimal("4.00"), 3)]
    landed(hand_in(sheet_of("E2,2026-10,168,168,0,0,", GOOD[1]), "东店_考勤更正.csv"), hr)
    assert leave(settings) == [("E4", "sick", Decimal("4.00"), 3)]


def test_rejected_leave_is_offered_with_its_attendance(hand_in, signed_in, hr):
    """Fails when 40 days of leave cannot be mended and handed in again from the workbook of rejected rows."""
    upload = hand_in(sheet_of("E2,2026-10,168,152,40,0,", GOOD[1]), "东店_考勤.csv")
    assert [(each.source, each.accepted, each.rejected) for each in upload.sheets.all()] == [
        ("attendance", 2, 0),
        ("leave", 1, 1),
    ]
    answer = signed_in(hr).get(f"/evidence/uploads/{upload.pk}/rejected/")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert rows[1][:4] == ("年假(天)：超过了这个月的 31 天", "2", "E2", "2026-10")
