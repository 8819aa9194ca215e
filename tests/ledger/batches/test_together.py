"""Landings that are committed together: what they cost the disk, who sees them meanwhile, what a failure leaves."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread
from time import time

import pytest
from deltalake import DeltaTable

from fairwrench.ledger import folder as places
from fairwrench.ledger.batches import lots
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.compaction import fold
from fairwrench.settlement.problem import Refused
from tests.ledger.landing import ATTENDANCE, ORDERS, land, order, source, table, values


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def day(number: int, amount: str = "1.00") -> tuple[object, ...]:
    return order(f"R{number}", f"2026-10-{number:02d}T01:00", amount)


def hours(ledger: Ledger, file: str, number: int = 8) -> None:
    land(ledger, table(ATTENDANCE, ("E1", "2026-10", number, "S1")), "attendance", ATTENDANCE, file=file)


def leftovers(ledger: Ledger) -> list[str]:
    known = {path for name in ledger.sources() for path in ledger.data_files(name)}
    data = [path.relative_to(ledger.folder).as_posix() for path in ledger.folder.glob("*/_month=*/*")]
    passing = [*ledger.folder.rglob(".unfinished-*"), *ledger.folder.glob("batches/*/pending/*")]
    return [path for path in data if path not in known] + [path.name for path in passing]


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often a file, and how often a whole file system, was brought onto the disk."""
    done = {"file": 0, "whole": 0}
    one, whole = os.fsync, places._whole_to_disk

    def fsync(descriptor: int) -> None:
        done["file"] += 1
        one(descriptor)

    def whole_to_disk(folder: Path) -> bool:
        done["whole"] += 1
        return whole(folder)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(places, "_whole_to_disk", whole_to_disk)
    return done


def test_twenty_files_cost_one_commit_and_two_syncs(ledger: Ledger, syncs: dict[str, int]) -> None:
    """Fails when every file of a folder is committed, or waited for on the disk, by itself."""
    with ledger.together():
        for number in range(1, 21):
            land(ledger, table(ORDERS, day(number)), file=f"file {number}")
    assert [batch.number for batch in ledger.batches()] == [*range(1, 21)]
    assert DeltaTable(str(ledger.folder / "orders")).version() == 1
    assert syncs["whole"] == 2 and syncs["file"] in (0, 60 + 1 + 40 + 1)  # the latter where there is no such call
    assert Ledger(ledger.folder).batches() == ledger.batches() and len(values(ledger)) == 20
    assert leftovers(ledger) == []


def test_a_file_by_itself_is_on_the_disk_when_it_has_landed(ledger: Ledger, syncs: dict[str, int]) -> None:
    """Fails when a landing answers before upload, rows, record and commit are where no power failure reaches them."""
    land(ledger, table(ORDERS, day(1)))
    syncs["file"] = 0
    land(ledger, table(ORDERS, day(2)))
    assert syncs == {"file": 5, "whole": 0}  # upload, rows, pending record; log, note


def test_only_whoever_lands_sees_what_waits(ledger: Ledger) -> None:
    """Fails when a page shows rows that may yet be taken back, or when a file is compared with the ledger of before."""
    land(ledger, table(ORDERS, day(1)), file="first")
    with ledger.together():
        changed = land(ledger, table(ORDERS, day(1, "2.00"), day(2)), file="second")
        again = land(ledger, table(ORDERS, day(1, "2.00"), day(2)), file="second")
        third = land(ledger, table(ORDERS, day(2, "3.00")), file="third")
        assert again.again and again.number == 2
        assert [batch.number for batch in ledger.batches()] == [1, 2, 3]
        assert ledger.data_file("orders", third.files[0].path.removeprefix("orders/")) == third.files[0]
        mine, theirs = values(ledger), values(Ledger(ledger.folder))
        assert [batch.file for batch in Ledger(ledger.folder).batches()] == ["first"]
    assert (changed.counts["changed"], third.counts["changed"]) == (1, 1)
    assert [str(row[3]) for row in mine] == ["2.00", "3.00"] and [str(row[3]) for row in theirs] == ["1.00"]
    assert values(Ledger(ledger.folder)) == mine


def test_what_fails_takes_back_all_that_was_not_committed(ledger: Ledger) -> None:
    """Fails when half of a folder lands, or leaves files behind that nobody knows."""
    land(ledger, table(ORDERS, day(1)), file="first")
    before = sorted(ledger.folder.rglob("*"))
    with pytest.raises(ZeroDivisionError), ledger.together():
        land(ledger, table(ORDERS, day(2)), file="second")
        land(ledger, table(ORDERS, day(3)), file="third")
        raise ZeroDivisionError
    assert leftovers(ledger) == []
    assert [batch.file for batch in ledger.batches()] == ["first"] and len(values(ledger)) == 1
    assert [path for path in sorted(ledger.folder.rglob("*")) if path.is_file() and path not in before] == []
    assert land(ledger, table(ORDERS, day(3)), file="third").number == 2


def test_a_refused_file_leaves_the_others_of_its_landing(ledger: Ledger) -> None:
    """Fails when one file with a key twice keeps the files beside it out."""
    with ledger.together():
        land(ledger, table(ORDERS, day(1)), file="first")
        with pytest.raises(Refused):
            land(ledger, table(ORDERS, day(2), day(2)), file="second")
        land(ledger, table(ORDERS, day(3)), file="third")
    assert [(batch.number, batch.file) for batch in Ledger(ledger.folder).batches()] == [(1, "first"), (2, "third")]
    assert leftovers(ledger) == []


def test_a_file_that_cannot_be_written_leaves_the_others(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when rows of a file whose upload could not be kept are committed with those of the next one."""
    keep, full = places.Arriving.keep, OSError(28, "no space left")

    def keep_but_one(self: places.Arriving, shelf: Path, content: Path | bytes, digest: str) -> None:
        if content == b"second":
            raise full
        keep(self, shelf, content, digest)

    monkeypatch.setattr(places.Arriving, "keep", keep_but_one)
    with ledger.together():
        with pytest.raises(OSError, match="no space"):
            land(ledger, table(ORDERS, day(1)), file="second")
        land(ledger, table(ORDERS, day(2)), file="third")
        with pytest.raises(OSError, match="no space"):
            land(ledger, table(ORDERS, day(3)), file="second")
    assert [(batch.number, batch.file) for batch in Ledger(ledger.folder).batches()] == [(1, "third")]
    assert len(values(ledger)) == 1 and leftovers(ledger) == []


def test_whoever_folds_meanwhile_has_it_committed_first(ledger: Ledger) -> None:
    """Fails when a landing waits for the lane that it holds itself."""
    with ledger.together():
        for number in range(1, 4):
            land(ledger, table(ORDERS, day(number)))
        assert fold(ledger, "orders", ORDERS, many=2) is not None
        land(ledger, table(ORDERS, day(4)))
    assert len(ledger.batches()) == 4 and len(values(Ledger(ledger.folder))) == 4


def test_very_many_files_are_committed_in_several_goes(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when whoever lands a group's year keeps everybody else waiting to its end."""
    monkeypatch.setattr(lots, "MANY_BATCHES", 2)
    with ledger.together():
        for number in range(1, 6):
            land(ledger, table(ORDERS, day(number)))
        assert len(Ledger(ledger.folder).batches()) == 4
    assert DeltaTable(str(ledger.folder / "orders")).version() == 3 and len(values(ledger)) == 5


def test_two_who_land_two_sources_in_either_order_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Fails when two landings, each holding a lane that the other needs, wait for ever."""
    Ledger(tmp_path / "ledger")
    barrier = Barrier(2, timeout=30)

    def one(name: str, orders_first: bool) -> None:
        ledger = Ledger(tmp_path / "ledger")
        number = 1 if orders_first else 2
        with ledger.together():
            for place in (0, 1):
                if (place == 0) == orders_first:
                    land(ledger, table(ORDERS, day(number)), file=f"{name} orders")
                else:
                    hours(ledger, f"{name} hours", number)
                if place == 0:
                    barrier.wait()

    both = [Thread(target=one, args=(name, first), daemon=True) for name, first in (("a", True), ("b", False))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    assert not any(thread.is_alive() for thread in both)
    found = Ledger(tmp_path / "ledger")
    assert sorted(batch.file for batch in found.batches()) == ["a hours", "a orders", "b hours", "b orders"]
    assert leftovers(found) == []


def test_a_source_that_is_refused_once_lands_as_it_was_before(ledger: Ledger) -> None:
    """Fails when a lane that a refused file took is waited for by the next one, or later batches are not seen."""
    of_other_type = source(
        ("store", "ro_no"),
        "opened_at",
        store="store",
        ro_no="text",
        opened_at="timestamp",
        amount="text",
        advisor="person",
    )
    rows = table(of_other_type, ("S1", "R9", datetime(2026, 10, 1, tzinfo=UTC), "much", "E1"))
    land(ledger, table(ORDERS, day(1)), file="first")
    with ledger.together():
        with pytest.raises(Refused):
            land(ledger, rows, "orders", of_other_type, file="refused")
        land(ledger, table(ORDERS, day(2)), file="second")
        with pytest.raises(Refused):
            land(ledger, rows, "orders", of_other_type, file="refused")
    land(Ledger(ledger.folder), table(ORDERS, day(3)), file="third")
    assert [batch.file for batch in ledger.batches()] == ["first", "second", "third"]
    assert leftovers(ledger) == []


def test_copies_of_a_killed_landing_do_not_stay(ledger: Ledger) -> None:
    """Fails when every kill leaves whole copies of what was handed in, payroll included; a living one keeps its own."""
    land(ledger, table(ORDERS, day(1)))
    arriving = ledger.folder / "uploads" / places.ARRIVING
    arriving.mkdir(exist_ok=True)
    for name, age in (("old", 2 * 3600), ("young", 60)):
        (arriving / f".unfinished-{name}").write_bytes(b"payroll")
        os.utime(arriving / f".unfinished-{name}", (time() - age,) * 2)
    assert Ledger(ledger.folder, recover=False).folder and len(leftovers(ledger)) == 2
    Ledger(ledger.folder)
    assert leftovers(ledger) == [".unfinished-young"]
