"""Headers mapped by hand: applied, remembered for the store, and never a unit lost or two columns mixed up."""

from __future__ import annotations

import pytest

from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import ColumnMapping, Upload
from fairwrench.web.evidence.reading.mapping import Mapped, adapted, chosen, header_digest
from fairwrench.web.evidence.reading.reading import frame_of
from fairwrench.web.evidence.uploads.mapping_services import mapping_forget, mapping_save
from tests.web.evidence.conftest import ROWS

#: the same orders as a system exports them that calls everything otherwise
ODD = "流水,进,出,修好,接待,大工,类别,钱(万元)"


def odd(*rows):
    return "\n".join([ODD, *rows]).encode()


LABELS = {
    "流水": "ro_no",
    "进": "opened_at",
    "出": "delivered_at",
    "修好": "finished_at",
    "接待": "advisor",
    "大工": "technician",
    "类别": "kind",
    "钱(万元)": "labour_amount",
}


def save(upload, digest, by, labels=None, **told):
    mapping_save(
        **{"upload": upload, "digest": digest, "source": "repair_orders", "labels": labels or LABELS},
        **{"everywhere": False, "by": by, **told},
    )
    return Upload.objects.get(pk=upload.pk)


@pytest.fixture
def labels():
    """The labels above with the columns that the source really has."""
    known = selectors.sources()["repair_orders"].columns
    return {label: column for label, column in LABELS.items() if column in known}


def test_a_file_nobody_knows_is_read_once_somebody_said_what_it_is(hand_in, hr, labels):
    """Fails when a system with odd headers could not be used at all, or money would lose its unit."""
    upload = hand_in(odd("A1,2026-10-11 08:00,2026-10-11 12:00,2026-10-11 11:00,E2,E4,维修,0.01"), "东店_导出.csv")
    assert (upload.state, upload.sheets.count()) == (Upload.State.UNREADABLE, 0)
    (other,) = upload.others
    assert other["labels"][:2] == ["流水", "进"]
    now = save(upload, other["digest"], hr, labels)
    (sheet,) = now.sheets.all()
    assert (now.state, sheet.source, sheet.mapped, sheet.accepted, now.others) == (
        Upload.State.READ,
        "repair_orders",
        True,
        1,
        [],
    )
    assert str(frame_of(now.read_into, 0, "accepted").collect()["labour_amount"][0]) == "100.00"


def test_it_is_remembered_for_the_store_and_for_no_other(hand_in, hr, labels):
    """Fails when the same work would be done every month, or one store's habits be forced on another."""
    row = "A2,2026-10-12 08:00,2026-10-12 12:00,2026-10-12 11:00,E2,E4,维修,0.02"
    first = hand_in(odd(row), "东店_导出.csv")
    save(first, first.others[0]["digest"], hr, labels)
    again = hand_in(odd(row, row.replace("A2", "A3")), "东店_导出2.csv")
    assert [sheet.accepted for sheet in again.sheets.all()] == [2]
    assert hand_in(odd(row), "西店_导出.csv").sheets.count() == 0
    save(first, header_digest(ODD.split(",")), hr, labels, everywhere=True)
    assert hand_in(odd(row, row.replace("A2", "A4")), "西店_导出.csv").sheets.count() == 1


def test_a_column_can_be_passed_over_and_taken_back(hand_in, hr):
    """Fails when a wrong column could not be kept out, even one called by the source's own word."""
    upload = hand_in()
    (sheet,) = upload.sheets.all()
    now = save(upload, sheet.digest, hr, {"工时费": ""})
    (sheet,) = now.sheets.all()
    assert "工时费" not in sheet.columns
    frame = frame_of(now.read_into, 0, "accepted").collect()
    assert frame["labour_amount"].null_count() == frame.height == len(ROWS)
    assert not [name for name in frame.columns if name.startswith("_ignored")]
    back = mapping_forget(upload=now, digest=sheet.digest, by=hr)
    assert "工时费" in Upload.objects.get(pk=back.pk).sheets.get().columns
    assert ColumnMapping.objects.count() == 0


def test_what_cannot_be_is_refused_and_nothing_remembered(hand_in, hr):
    """Fails when a mapping that mixes two columns would be kept."""
    upload = hand_in()
    digest = upload.sheets.get().digest
    for labels in ({"工时费": "no_such_column"}, {"钱(元)": "labour_amount", "钱(万元)": "parts_amount"}):
        with pytest.raises(Refused):
            save(upload, digest, hr, labels)
    assert ColumnMapping.objects.count() == 0


def test_the_store_s_own_mapping_comes_first():
    """Fails when what holds for all would overrule what a store said of its own files."""
    everywhere, here = Mapped("d", "", "surveys", {}), Mapped("d", "东店", "claims", {})
    assert chosen([everywhere, here], "d", ["东店"]) is here
    assert chosen([everywhere, here], "d", ["西店"]) is everywhere
    assert chosen([here], "d", ["西店"]) is None


def test_an_alias_moves_from_one_column_to_another(db):
    """Fails when a label would still mean what it meant before somebody said otherwise."""
    source = selectors.sources()["repair_orders"]
    changed = adapted(source, {"工时费": "parts_amount"})
    assert "工时费" in changed.columns["parts_amount"].aliases
    assert "工时费" not in changed.columns["labour_amount"].aliases
    assert changed.columns["labour_amount"].name is None
