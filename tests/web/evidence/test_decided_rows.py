"""Rows that the application decided are not replaced by a file: whatever kind of decision it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.evidence.events.events import event_append
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads.decided_rows import decided_in_app
from fairwrench.web.evidence.uploads.services import upload_land

HandIn = Callable[..., Upload]
Kind = tuple[str, tuple[str, ...], dict[str, str], str, str]
TICKET = {
    "ticket_no": "T000001",
    "store": "东店",
    "employee_id": "E1",
    "issued_on": "2026-10-10",
    "kind": "reward",
    "article": "客户表扬",
    "points": "1.00",
}
DECISION = {
    "decision_no": "W000001",
    "employee_id": "E1",
    "month": "2026-10",
    "kind": "reward",
    "value": "120.50",
    "reason": "奖惩单 T000001",
    "decided_by": "H1",
    "decided_on": "2026-10-31",
}
EXEMPTION = {"source": "repair_orders", "key": "东店|A1", "metric": "on_time", "month": "2026-10", "reason": "天灾"}
TICKETS = "单号,门店,工号,奖惩日期,奖惩类别,奖惩条款,奖惩分值\n{},东店,E1,2026-10-10,{},客户表扬,{}\n"
DECISIONS = "决定编号,工号,考核月份,决定类型,数值,理由,决定人,决定日期\n{},E1,2026-10,奖励,{},改,H1,2026-10-31\n"
EXEMPTIONS = "数据报表,数据主键,指标,考核月份,原因,批准人\nrepair_orders,东店|A1,on_time,2026-10,{},H1\n"
KINDS: list[Kind] = [
    ("tickets", ("东店", "T000001"), TICKET, "奖惩单.csv", TICKETS.format("T000001", "处罚", "100")),
    ("decisions", ("W000001",), DECISION, "处理决定.csv", DECISIONS.format("W000001", "9999")),
    ("exemptions", ("repair_orders", "东店|A1", "on_time"), EXEMPTION, "剔除申请.csv", EXEMPTIONS.format("另一理由")),
]


@pytest.mark.parametrize("kind", KINDS, ids=[kind[0] for kind in KINDS])
@pytest.mark.parametrize("stands", [True, False])
def test_a_file_does_not_replace_what_was_decided_here(hand_in: HandIn, hr: User, kind: Kind, stands: bool) -> None:
    """Breaks if a file of the same key lands over a decision of the application, or brings one back that is gone."""
    source, key, row, name, content = kind
    event_append(source=source, period="2026-10", key=key, row=row, by=hr)
    if not stands:
        event_append(source=source, period="2026-10", key=key, row=None, by=hr)
    upload = hand_in(content.encode(), name)
    assert [sheet.source for sheet in upload.sheets.all()] == [source], upload.problems
    with pytest.raises(Refused) as refused:
        upload_land(upload=upload, by=hr, version=upload.version)
    (problem,) = refused.value.problems
    assert problem.code == "decided_in_app" and " · ".join(key) in problem.zh


def test_a_row_that_says_the_same_lands(hand_in: HandIn, hr: User) -> None:
    """Breaks if a file written from what stands here could not be handed in again, or another number is held up."""
    event_append(source="tickets", period="2026-10", key=("东店", "T000001"), row=TICKET, by=hr)
    assert decided_in_app(upload=hand_in(TICKETS.format("T000001", "奖励", "1.00").encode(), "奖惩单.csv")) == []
    assert decided_in_app(upload=hand_in(TICKETS.format("T-7", "处罚", "9").encode(), "奖惩单2.csv")) == []
