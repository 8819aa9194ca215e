"""Kinds of file declared by people: checked as shipped ones are, used at once, and never changed under landed rows."""

from __future__ import annotations

import pytest
from django.urls import reverse

from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import SourceDefinition, Upload
from fairwrench.web.evidence.sources.definitions import source_retire, source_save
from fairwrench.web.evidence.uploads.services import upload_land

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


ORDER = {"lookup": "repair_orders", "take": "vin"}
BY_HALF_A_KEY = {"vin": {**ORDER, "by": {"wash_no": "ro_no"}}}
UNLIKE = {"vin": {**ORDER, "by": {"store": "store", "amount": "ro_no"}}}
NO_DATE = {
    "again": {
        **{"recurrence": ["washer"], "visit": ["wash_no"], "order": ["wash_no"], "flag": "later"},
        **{"opened": "wash_no", "closed": "washed_on", "days": 30},
    }
}


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
        source_retire(name="washes", by=hr)
    assert save(hr, 1, columns={**DOCUMENT["columns"], "bay": {"aliases": ["工位"]}}).version == 2


@pytest.mark.parametrize(
    ("name", "changed", "code"),
    [
        ("Washes!", {}, "bad_name"),
        ("uploads", {}, "bad_name"),
        ("washes", {"filed_by": "washer"}, "filed_by"),
        ("washes", {"derived": BY_HALF_A_KEY, "derived_types": {"vin": "text"}}, "lookup_doubles"),
        ("washes", {"derived": UNLIKE, "derived_types": {"vin": "text"}}, "unlike"),
        ("washes", {"derived": NO_DATE, "derived_types": {"again": "bool"}}, "no_date"),
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


def test_what_others_take_over_cannot_go(hr):
    """Fails when a change would stop another kind of file at its next seal, where nobody expects it."""
    before = selectors.sources()["sales_orders"].model_dump(mode="json", exclude_unset=True)
    columns = {name: each for name, each in before["columns"].items() if name != "amount"}
    # what it bounds would be a fault of this kind of file itself
    columns = {name: {word: told for word, told in each.items() if word != "at_most"} for name, each in columns.items()}
    with pytest.raises(Refused) as refused:
        source_save(name="sales_orders", document={**before, "columns": columns, "reversible": []}, by=hr, version=0)
    (problem,) = refused.value.problems
    assert problem.code == "needed_elsewhere" and "客户拜访" in problem.zh


def test_a_document_comes_back_in_the_order_it_was_written(hr):
    """Fails on a database that sorts keys: a template would shuffle its columns, a derived one stand before its own."""
    late = {"next": {"shift": "washed_on", "days": 7}, "a": {"shift": "next", "days": 1}}
    save(hr, derived=late, derived_types={"next": "date", "a": "date"})
    kept = SourceDefinition.objects.get().document
    assert [*kept["columns"]] == [*DOCUMENT["columns"]] and [*kept["derived"]] == ["next", "a"]


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
