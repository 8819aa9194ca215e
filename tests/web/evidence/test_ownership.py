"""Whose a file is: how it is read, where it is put, what it replaces, and whose names its preview tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import ColumnMapping, Upload
from fairwrench.web.evidence.reading.mapping import Mapped, chosen
from fairwrench.web.evidence.uploads.mapping_services import mapping_forget, mapping_save, store_of
from fairwrench.web.evidence.uploads.services import upload_land, upload_place, upload_read_again, upload_set_aside
from tests.web.evidence.conftest import OCTOBER, ROWS, Hand, orders

People = Callable[..., User]
#: the labels of an order's file that somebody says something of
FEES = {"工时费": "labour_amount"}
DUE = "车架号,到期月份,门店"


@pytest.fixture
def provider(user: People) -> User:
    """Who hands in the orders of the eastern store."""
    return user("E2", "data_provider", duties=[("repair_orders", "东店")])


def save(upload: Upload, by: User, source: str = "repair_orders", *, everywhere: bool = False) -> Upload:
    digest = upload.sheets.get().digest
    labels = FEES if source == "repair_orders" else {}
    mapping_save(upload=upload, digest=digest, source=source, labels=labels, everywhere=everywhere, by=by)
    return Upload.objects.get(pk=upload.pk)


def remembered() -> list[tuple[str, str]]:
    return list(ColumnMapping.objects.values_list("store", "source"))


def test_a_provider_says_how_their_own_files_are_read(hand_in: Hand, provider: User) -> None:
    """Fails when whoever hands a file in could not say what its columns are, or said it for more than their store."""
    save(hand_in(by=provider), provider)
    assert remembered() == [("东店", "repair_orders")]


def test_for_all_stores_hr_of_the_group_says_it(hand_in: Hand, provider: User, user: People, hr: User) -> None:
    """Fails when one store, its provider or its HR, decides how the files of every store are read."""
    upload = hand_in(by=provider)
    for by in (provider, user("H2", ("hr", "东店"))):
        with pytest.raises(PermissionDenied):
            save(upload, by, everywhere=True)
        assert remembered() == []
    save(upload, hr, everywhere=True)
    assert remembered() == [("", "repair_orders")]


def test_nobody_says_it_of_files_that_others_hand_in(hand_in: Hand, provider: User, user: People) -> None:
    """Fails when somebody has a colleague's files read as something else: another source, or another store's."""
    theirs = hand_in(by=provider)
    with pytest.raises(PermissionDenied):
        save(theirs, provider, "surveys")
    of_surveys = user("E4", "data_provider", duties=[("surveys", "东店")])
    with pytest.raises(PermissionDenied):  # the header is known as that of orders, which are not theirs
        save(hand_in(orders(ROWS[1]), by=of_surveys), of_surveys, "surveys")
    west = hand_in(orders(ROWS[0].replace("A1", "W1")), "西店_维修工单.csv", by=provider)
    for by in (provider, user("H2", ("hr", "东店"))):
        with pytest.raises(PermissionDenied):
            save(west, by)
    assert remembered() == []


def test_where_no_store_is_told_it_is_for_no_store(hand_in: Hand, provider: User, hr: User) -> None:
    """Fails when what was said of a file of no store held for the files of all of them."""
    strange = hand_in("甲,乙\n1,2\n".encode(), "导出.csv", by=provider)
    digest = strange.others[0]["digest"]
    for by in (provider, hr):
        with pytest.raises(Refused) as refused:
            mapping_save(upload=strange, digest=digest, source="repair_orders", labels={}, everywhere=False, by=by)
        assert [problem.code for problem in refused.value.problems] == ["no_store"]
    assert remembered() == []
    head, rows = orders().decode().splitlines()[0], "\n".join(f"东店,{row}" for row in ROWS)
    told = hand_in(f"门店,{head}\n{rows}\n".encode(), "全部.csv", by=provider)
    assert (told.store, store_of(told, told.sheets.get().digest)) == ("", "东店")


def test_what_holds_for_all_is_taken_back_by_hr_of_the_group(hand_in: Hand, provider: User, hr: User) -> None:
    """Fails when one store takes back how the files of every store are read."""
    upload = save(hand_in(by=provider), hr, everywhere=True)
    digest = upload.sheets.get().digest
    with pytest.raises(Refused) as refused:
        mapping_forget(upload=upload, digest=digest, by=provider)
    assert [problem.code for problem in refused.value.problems] == ["holds_everywhere"]
    save(upload, provider)
    mapping_forget(upload=Upload.objects.get(pk=upload.pk), digest=digest, by=provider)
    assert remembered() == [("", "repair_orders")]
    mapping_forget(upload=Upload.objects.get(pk=upload.pk), digest=digest, by=hr)
    assert remembered() == []


def test_one_store_does_not_decide_how_a_file_of_several_is_read() -> None:
    """Fails when what a store said of its own files changes how the group's are read."""
    east = Mapped("d", "东店", "claims", {})
    assert chosen([east], "d", ["东店", "西店"]) is None
    assert chosen([east], "d", ["东店"]) is east


def test_the_page_of_a_header_offers_what_is_theirs(
    hand_in: Hand, provider: User, signed_in: Callable[[User], Client]
) -> None:
    """Fails when a provider is offered what would be refused: other sources, or all stores."""
    upload = hand_in(by=provider)
    page = signed_in(provider).get(f"/evidence/uploads/{upload.pk}/header/{upload.sheets.get().digest}/")
    assert [name for name, _ in page.context["kinds"]] == ["repair_orders"]
    assert 'name="everywhere"' not in page.text and "只对东店的文件生效" in page.text


def test_a_file_is_put_into_one_s_own_stores(hand_in: Hand, provider: User, signed_in: Any) -> None:
    """Fails when a file can be handed in for a store that is not one's own."""
    upload = hand_in(by=provider)
    with pytest.raises(Refused) as refused:
        upload_place(upload=upload, month=OCTOBER, store="西店", by=provider)
    assert [problem.code for problem in refused.value.problems] == ["strange_store"]
    assert Upload.objects.get(pk=upload.pk).store == "东店"
    assert signed_in(provider).get(f"/evidence/uploads/{upload.pk}/").context["stores"] == ["东店"]


def test_who_only_sees_a_file_changes_nothing_about_it(hand_in: Hand, user: People) -> None:
    """Fails when somebody who may see a store's files, and hands in other ones, could take them off the desk."""
    upload = hand_in()
    auditor = user("E2", "auditor", "data_provider", duties=[("surveys", "东店")])
    for do in (
        lambda: upload_set_aside(upload=upload, by=auditor),
        lambda: upload_read_again(upload=upload, by=auditor),
        lambda: upload_place(upload=upload, month=OCTOBER, store="", by=auditor),
    ):
        with pytest.raises(PermissionDenied):
            do()
    assert Upload.objects.get(pk=upload.pk).state == Upload.State.READ


def test_rows_of_another_store_are_not_taken_from_it(hand_in: Hand, hr: User, user: People) -> None:
    """Fails when a provider's file replaces rows that stand in another store, where a key does not name the store."""
    provider = user("E2", "data_provider", duties=[("maintenance_due", "东店")])
    vin = "LSVAA4182E2184847"
    west = hand_in(f"{DUE}\n{vin},2026-10,西店\n".encode(), "西店_到期保养.csv")
    assert west.sheets.get().source == "maintenance_due"
    upload_land(upload=west, by=hr, version=west.version)
    east = hand_in(f"{DUE}\n{vin},2026-10,东店\n".encode(), "东店_到期保养.csv", by=provider)
    with pytest.raises(Refused):  # its work is done at once here, and leaves the file on the desk
        upload_land(upload=east, by=provider, version=east.version)
    east.refresh_from_db()
    assert (east.state, [problem["code"] for problem in east.problems]) == (Upload.State.READ, ["rows_of_others"])
    rows = selectors.ledger().current("maintenance_due", selectors.sources()["maintenance_due"])
    assert rows["store"].to_list() == ["西店"]
    upload_land(upload=east, by=hr, version=east.version)
    rows = selectors.ledger().current("maintenance_due", selectors.sources()["maintenance_due"])
    assert rows["store"].to_list() == ["东店"], "HR of the group moves them"


def test_what_landed_elsewhere_is_not_told(hand_in: Hand, hr: User, provider: User, signed_in: Any) -> None:
    """Fails when the same content, such as a blank template, tells of another store's file and batch."""
    west = hand_in(name="西店_维修工单.csv")
    upload_land(upload=west, by=hr, version=west.version)
    client = signed_in(provider)
    sent = {"files": SimpleUploadedFile("东店_维修工单.csv", orders()), "month": str(OCTOBER)}
    page = client.post("/evidence/drop/", sent, follow=True)
    assert "西店" not in page.text and page.status_code == 200


def test_a_preview_names_the_people_of_one_s_own_stores(
    hand_in: Hand, provider: User, hr: User, signed_in: Any
) -> None:
    """Fails when a row with somebody's id, typed into a file of one's own, is answered with their name."""
    upload = hand_in(orders(ROWS[0].replace("E4", "W2")), by=provider)
    page = signed_in(provider).get(f"/evidence/uploads/{upload.pk}/")
    assert "李二" in page.text and "W2" in page.text and "冯八" not in page.text
    assert "冯八" in signed_in(hr).get(f"/evidence/uploads/{upload.pk}/").text
