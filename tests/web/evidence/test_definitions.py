"""Kinds of file declared by people: checked as shipped ones are, used at once, and never changed under landed rows."""

from __future__ import annotations

import pytest
from django.urls import reverse

from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.definitions import source_retire, source_save
from fairwrench.web.evidence.models import SourceDefinition, Upload
from fairwrench.web.evidence.services import upload_land

DOCUMENT = {
    "name": {"zh": "洗车记录", "en": "Washes"},
    "row": {"zh": "一次洗车", "en": "one wash"},
    "key": ["store", "wash_no"],
    "filed_by": "washed_on",
    "aliases": ["洗车"],
    "columns": {
        "wash_no": {"required": True, "aliases": ["洗车编号"]},
        "store": {"type": "store", "aliases": ["门店"]},
        "washed_on": {"type": "date", "required": True, "aliases": ["洗车日期"]},
        "washer": {"type": "person", "aliases": ["洗车工"]},
        "amount": {"type": "decimal", "aliases": ["金额"], "min": 0},
    },
}
WASHES = "洗车编号,洗车日期,洗车工,金额\nX1,2026-10-03,E4,35.00\n".encode()


def save(by, version=0, name="washes", **changed):
    return source_save(name=name, document={**DOCUMENT, **changed}, by=by, version=version)


def test_a_kind_declared_here_is_recognised_and_landed(hr, hand_in):
    """Fails when evidence of one's own would need a programmer."""
    save(hr)
    upload = hand_in(WASHES, "东店_洗车.csv")
    assert [(sheet.source, sheet.accepted) for sheet in upload.sheets.all()] == [("washes", 1)]
    upload_land(upload=upload, by=hr, version=upload.version)
    assert Upload.objects.get(pk=upload.pk).state == Upload.State.LANDED
    assert selectors.ledger().current("washes", selectors.sources()["washes"])["washer"].to_list() == ["E4"]
    with pytest.raises(Refused):
        save(hr, 1, columns={**DOCUMENT["columns"], "amount": {"type": "int"}})
    with pytest.raises(Refused):
        source_retire(name="washes")
    assert save(hr, 1, columns={**DOCUMENT["columns"], "bay": {"aliases": ["工位"]}}).version == 2


@pytest.mark.parametrize(
    ("name", "changed", "code"),
    [
        ("Washes!", {}, "bad_name"),
        ("uploads", {}, "bad_name"),
        ("washes", {"filed_by": "washer"}, "filed_by"),
        ("washes", {"key": ["nothing"]}, "value_error"),
        ("washes", {"columns": {**DOCUMENT["columns"], "again": {"aliases": ["金额"]}}}, "ambiguous_label"),
        ("washes", {"columns": {"x": {"type": "number"}}}, "unknown_word"),
        (
            "washes",
            {
                "derived": {"vin": {"lookup": "nowhere", "by": {"store": "store"}, "take": "vin"}},
                "derived_types": {"vin": "text"},
            },
            "unknown_source",
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_kept(hr, name, changed, code):
    """Fails when a kind of file that cannot work would be kept and spoil every reading."""
    with pytest.raises(Refused) as refused:
        save(hr, name=name, **changed)
    assert code in {problem.code for problem in refused.value.problems}
    assert SourceDefinition.objects.count() == 0


def test_a_change_meanwhile_is_not_overwritten(hr):
    """Fails when the last to press would win without knowing."""
    save(hr)
    save(hr, 1)
    with pytest.raises(Refused):
        save(hr, 1)


def form(**changed):
    told = {
        **{"name": "washes", "zh": "洗车记录", "en": "Washes", "row_zh": "一次洗车", "row_en": "one wash"},
        **{"filed_by": "washed_on", "aliases": "洗车", "version": "0", "look_back": "0"},
    }
    lines = [
        ("wash_no", "text", "1", "1"),
        ("store", "store", "", "1"),
        ("washed_on", "date", "1", ""),
        ("", "text", "", ""),
    ]
    for at, (name, kind, required, key) in enumerate(lines):
        told |= {f"c-{at}-id": name, f"c-{at}-type": kind, f"c-{at}-required": required, f"c-{at}-key": key}
    return {**told, "c-0-aliases": "洗车编号、单号", "c-2-zh": "洗车日期", **changed}


def test_the_form_declares_changes_and_retires(hr, signed_in):
    """Fails when a kind of file could not be made by filling a form, or the form would lose what it shows."""
    client, new = signed_in(hr), reverse("evidence:source_new")
    assert client.get(new).status_code == 200
    lookup = {
        "l-0-name": "vin",
        "l-0-type": "text",
        "l-0-source": "repair_orders",
        "l-0-by": "store=store,wash_no=ro_no",
    }
    assert (
        client.post(
            new, form(**lookup, **{"l-0-take": "vin", "others": "next: {shift: washed_on, days: 30, type: date}"})
        ).status_code
        == 302
    )
    source = selectors.sources()["washes"]
    assert source.key == ("wash_no", "store")
    assert source.columns["wash_no"].aliases == ("洗车编号", "单号")
    assert (set(source.derived), source.derived_types["next"]) == ({"vin", "next"}, "date")
    page = client.get(reverse("evidence:source", args=["washes"])).content.decode()
    assert "洗车编号、单号" in page and "store=store、wash_no=ro_no" in page and "shift" in page
    client.post(reverse("evidence:source_retire", args=["washes"]))
    assert "washes" not in selectors.sources()


def test_a_wrong_form_keeps_what_was_typed_and_says_everything(hr, signed_in):
    """Fails when one mistake would cost a whole form, or mistakes be told one at a time."""
    answer = signed_in(hr).post(reverse("evidence:source_new"), form(filed_by="no_such", others="a: [1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "洗车编号、单号" in page


def test_shipped_kinds_are_shown_and_may_be_replaced(hr, signed_in):
    """Fails when a store's own words for a shipped kind could not be added without code."""
    client = signed_in(hr)
    for name in ("repair_orders", "job_lines", "targets"):
        assert client.get(reverse("evidence:source", args=[name])).status_code == 200
    assert client.get(reverse("evidence:sources")).status_code == 200


def test_others_may_not_declare(user, signed_in):
    """Fails when a provider could change what everybody's files mean."""
    client = signed_in(user("E2", "data_provider", duties=[("repair_orders", "东店")]))
    for address in (
        reverse("evidence:sources"),
        reverse("evidence:source_new"),
        reverse("evidence:source", args=["surveys"]),
    ):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code in (403, 405)
