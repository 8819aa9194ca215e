"""Landing: what is new, changed, moved or repeated; one effect however often and in whatever order files come."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from fairwrench.ledger.batches import records
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.lookup import files_to_read
from fairwrench.ledger.batches.records import Upload
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from tests.ledger.landing import (
    ATTENDANCE,
    LINES,
    NOVEMBER,
    OCTOBER,
    ORDERS,
    SEPTEMBER,
    land,
    order,
    source,
    table,
    values,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger", clock=lambda: datetime(2026, 11, 2, 9, 30, tzinfo=UTC))


def counts(batch: object) -> tuple[int, ...]:
    return tuple(batch.counts[name] for name in ("new", "changed", "moved", "repeated"))  # type: ignore[attr-defined]


def test_a_row_is_filed_under_the_local_month(ledger: Ledger) -> None:
    """Fails when the last eight hours of a month in China are counted in the month before."""
    land(ledger, table(ORDERS, order("R1", "2026-09-30T15:59"), order("R2", "2026-09-30T16:00")))
    months = ledger.current("orders", ORDERS).select("ro_no", "_month").rows()
    assert months == [("R1", "2026-09"), ("R2", "2026-10")]


def test_rows_carry_batch_ordinal_and_sheet_row(ledger: Ledger) -> None:
    """Fails when a figure can no longer be followed to its cell."""
    land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00")))
    land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00"), order("R2", "2026-10-01T01:00"), first_row=5))
    found = ledger.current("orders", ORDERS).select("ro_no", "_id", "_batch", "_row").rows()
    assert found == [("R1", 2**32 + 1, 1, 2), ("R2", 2 * 2**32 + 2, 2, 6)]


def test_only_what_changed_is_written(ledger: Ledger) -> None:
    """Fails when an upload of the same month twice counts an order twice, or a correction is lost."""
    land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00"), order("R2", "2026-10-02T01:00", advisor=None)))
    second = land(
        ledger,
        table(
            ORDERS,
            order("R1", "2026-10-01T01:00", "9.99"),
            order("R2", "2026-10-02T01:00", advisor=None),
            order("R3", "2026-10-03T01:00"),
        ),
    )
    assert counts(second) == (1, 1, 0, 1)
    assert [file.rows for file in second.files] == [2]
    assert [(row[1], str(row[3])) for row in values(ledger)] == [("R1", "9.99"), ("R2", "1.00"), ("R3", "1.00")]


def test_a_row_that_moves_to_another_month_leaves_the_old_one(ledger: Ledger) -> None:
    """Fails when a corrected date leaves the order in both months; each month alone must tell its current rows."""
    land(ledger, table(ORDERS, order("R1", "2026-08-05T01:00")), period=Month(2026, 8))
    moved = land(ledger, table(ORDERS, order("R1", "2026-10-05T01:00")))
    assert counts(moved) == (0, 1, 1, 0)
    assert ledger.current("orders", ORDERS, [Month(2026, 8)]).is_empty()
    assert ledger.current("orders", ORDERS, [OCTOBER]).height == 1
    land(ledger, table(ORDERS, order("R1", "2026-08-05T01:00")), file="back again")
    assert ledger.current("orders", ORDERS, [Month(2026, 8)]).height == 1
    assert ledger.current("orders", ORDERS, [OCTOBER]).is_empty()


def test_a_row_that_moves_to_another_store_leaves_the_old_one(ledger: Ledger) -> None:
    """Fails when somebody placed in another store afterwards has two attendances in a month."""
    land(ledger, table(ATTENDANCE, ("E1", "2026-10", 160, "S1")), "attendance", ATTENDANCE)
    moved = land(ledger, table(ATTENDANCE, ("E1", "2026-10", 160, "S2")), "attendance", ATTENDANCE)
    assert counts(moved) == (0, 1, 1, 0)
    current = ledger.current("attendance", ATTENDANCE)
    assert current.select("employee_id", "store").rows() == [("E1", "S2")]
    files = ledger.table("attendance", ATTENDANCE)
    old_store = files.scan(files.files.filter(pl.col("min.store") == "S1")).collect()
    assert sorted(old_store.get_column("_void")) == [False, True]


def test_keys_with_an_empty_part_may_occur_several_times(ledger: Ledger) -> None:
    """Fails when two technicians who are not on the roster become one, or a second upload doubles them."""
    rows = table(
        LINES,
        ("S1", "R1", None, date(2026, 10, 1), 2),
        ("S1", "R1", None, date(2026, 10, 1), 3),
        ("S1", "R1", "E1", date(2026, 10, 1), 4),
    )
    land(ledger, rows, "lines", LINES)
    assert counts(land(ledger, rows.reverse(), "lines", LINES)) == (0, 0, 0, 3)
    changed = rows.with_columns(hours=pl.when(pl.col("hours") == 2).then(9).otherwise("hours"))
    land(ledger, changed, "lines", LINES, file="changed")
    assert sorted(row[-1] for row in values(ledger, "lines", LINES)) == [3, 4, 9]
    assert counts(land(ledger, changed, "lines", LINES, file="once more")) == (0, 0, 0, 3)


def test_the_same_upload_has_one_effect_and_says_when_it_landed(ledger: Ledger) -> None:
    """Fails when pressing the button twice lands twice."""
    rows = table(ORDERS, order("R1", "2026-10-01T01:00"))
    first = land(ledger, rows)
    again = land(ledger, rows)
    assert again.again and not first.again
    assert (again.number, again.landed_at, again.by) == (1, "2026-11-02T09:30:00+00:00", "ann")
    assert ledger.table("orders", ORDERS).version == 1
    assert len(ledger.batches()) == 1


def test_the_last_word_counts_also_when_it_was_said_before(ledger: Ledger) -> None:
    """Fails when an upload handed in again after another is taken for the landing of then, and the other stays."""
    files = [table(ORDERS, order("R1", "2026-10-01T01:00", amount)) for amount in ("1.00", "2.00")]
    for rows in (*files, files[0]):
        last = land(ledger, rows, anew=True)
    assert (last.again, last.number, last.counts["changed"]) == (False, 3, 1)
    assert [str(row[3]) for row in values(ledger)] == ["1.00"]
    again = land(ledger, files[0], anew=True)
    assert (again.again, again.number) == (True, 3)


def test_what_landed_before_is_no_new_word_unless_it_is_meant(ledger: Ledger) -> None:
    """Fails when settling a folder anew, of which one file is said to count, makes another ledger than once."""
    files = [table(ORDERS, order("R1", "2026-10-01T01:00", amount)) for amount in ("1.00", "2.00")]
    for rows in files:
        land(ledger, rows)
    last = land(ledger, files[0])
    assert (last.again, last.number) == (True, 1)
    assert [str(row[3]) for row in values(ledger)] == ["2.00"]


def test_an_upload_repeated_with_other_credits_lands(ledger: Ledger) -> None:
    """Fails when a file handed in again after the roster was mended keeps its rows without a person."""
    land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00", advisor=None)), file="same bytes")
    mended = land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00", advisor="E1")), file="same bytes")
    assert not mended.again
    assert counts(mended) == (0, 1, 0, 0)


def test_a_file_without_rows_covers_its_store(ledger: Ledger) -> None:
    """Fails when 'we had no complaints' counts as 'we did not say'. Two stores may hand in the same empty form."""
    nothing = table(ORDERS)
    for store in ("S1", "S2"):
        ledger.land("orders", ORDERS, nothing, Upload("form.csv", b"form"), period=OCTOBER, stores=[store])
    assert ledger.coverage().rows() == [("orders", "S1", "2026-10"), ("orders", "S2", "2026-10")]
    assert ledger.coverage(SEPTEMBER).is_empty()


def test_a_file_from_the_start_covers_the_months_of_its_rows(ledger: Ledger) -> None:
    """Fails when history without a month folder covers nothing, or months it says nothing of."""
    land(ledger, table(ORDERS, order("R1", "2026-08-05T01:00"), order("R2", "2026-10-05T01:00")), period=None)
    assert ledger.coverage(SEPTEMBER).get_column("month").to_list() == ["2026-08", "2026-10"]


def test_a_later_period_keeps_the_last_word_though_it_landed_first(ledger: Ledger) -> None:
    """Fails when October's file, handed in after November's, changes November, or October lacks its own rows."""
    land(ledger, table(ORDERS, order("R1", "2026-10-31T01:00", "2.00")), period=NOVEMBER)
    late = land(ledger, table(ORDERS, order("R1", "2026-10-31T01:00", "1.00")), period=OCTOBER)
    assert counts(late) == (1, 0, 0, 0)
    assert [str(row[3]) for row in values(ledger, upto=SEPTEMBER)] == []
    assert [str(row[3]) for row in values(ledger, upto=OCTOBER)] == ["1.00"]
    assert [str(row[3]) for row in values(ledger, upto=NOVEMBER)] == ["2.00"]
    assert [str(row[3]) for row in values(ledger)] == ["2.00"]
    land(ledger, table(ORDERS, order("R1", "2026-10-31T01:00", "3.00")), period=OCTOBER)
    assert [str(row[3]) for row in values(ledger, upto=OCTOBER)] == ["3.00"]
    assert [str(row[3]) for row in values(ledger)] == ["2.00"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([order("R1", "2026-10-01T01:00"), order("R1", "2026-10-02T01:00")], "key_twice"),
        ([order("R1", "2026-10-01T01:00", store=None)], "no_store"),  # type: ignore[arg-type]
        ([("S1", "R1", None, "1.00", "E1")], "no_month"),
    ],
)
def test_what_cannot_be_filed_is_refused_whole(ledger: Ledger, rows: list[tuple[object, ...]], code: str) -> None:
    """Fails when one of two rows with the same key wins by chance, or a row has no place and vanishes."""
    with pytest.raises(Refused) as refused:
        land(ledger, table(ORDERS, order("R0", "2026-10-01T01:00"), *rows))
    assert {problem.code for problem in refused.value.problems} == {code}
    assert ledger.batches() == [] and values(ledger) == []


def test_a_column_of_another_type_is_a_mistake_of_the_program(ledger: Ledger) -> None:
    """Fails when a float reaches the ledger."""
    rows = table(ORDERS, order("R1", "2026-10-01T01:00")).with_columns(amount=pl.lit(1.5))
    with pytest.raises(TypeError, match="amount"):
        land(ledger, rows)


def test_a_landing_reads_its_own_store_alone(ledger: Ledger) -> None:
    """Fails when an upload pays for the whole group: of 30 files only those that can hold its keys are opened."""
    for month in (8, 9, 10):
        rows = [order(f"R{month:02d}-{n}", f"2026-{month:02d}-05T01:00", store=f"S{n:02d}") for n in range(10)]
        land(ledger, table(ORDERS, *rows), period=Month(2026, month))
    files = ledger.table("orders", ORDERS).files
    wanted = table(ORDERS, order("R09-4", "2026-10-05T01:00", store="S04")).with_columns(_month=pl.lit("2026-10"))
    found = files_to_read(ORDERS, wanted, files)
    assert files.height == 30
    assert found.select("_month", "min.store").rows() == [("2026-09", "S04")]


def test_a_source_may_get_a_column(ledger: Ledger, tmp_path: Path) -> None:
    """Fails when a new version of the catalog cannot read or add to an older ledger."""
    land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00")))
    more = source(ORDERS.key, "opened_at", **{name: c.type for name, c in ORDERS.columns.items()}, bay="text")
    assert [row[-1] for row in values(ledger, of=more)] == [None]
    assert ledger.table("orders", ORDERS).version == 1, "reading writes nothing"
    rows = table(more, (*order("R1", "2026-10-01T01:00"), "B1"), (*order("R2", "2026-10-01T01:00"), None))
    assert counts(land(Ledger(ledger.folder), rows, of=more)) == (1, 1, 0, 0)
    assert [row[-1] for row in values(ledger, of=more)] == ["B1", None]


def test_a_column_keeps_its_type(ledger: Ledger) -> None:
    """Fails when yuan and hundredths of a yuan can come to stand in one column."""
    land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00")))
    other = source(ORDERS.key, "opened_at", store="store", ro_no="text", opened_at="timestamp", amount="int")
    with pytest.raises(Refused, match="amount"):
        land(ledger, table(other, ("S1", "R1", datetime(2026, 10, 1, tzinfo=UTC), 1)), of=other)


def test_upload_and_rejected_rows_are_kept(ledger: Ledger) -> None:
    """Fails when what somebody handed in cannot be shown to them again."""
    rejected = pl.DataFrame({"row": [7], "column": ["amount"], "value": ["abc"], "reason": ["no number"]})
    rows = table(ORDERS, order("R1", "2026-10-01T01:00"))
    upload = Upload("十月.csv", b"the bytes", sheet="Sheet1")
    kinds = {"ignored": 2}
    batch = ledger.land("orders", ORDERS, rows, upload, period=OCTOBER, stores=["S1"], counts=kinds, rejected=rejected)
    assert ledger.upload(batch.sha256).read_bytes() == b"the bytes"
    kept = Ledger(ledger.folder).rejected(batch)
    assert kept is not None and kept.equals(rejected)
    assert (batch.counts["accepted"], batch.counts["rejected"], batch.counts["ignored"]) == (1, 1, 2)
    assert Ledger(ledger.folder).batches("orders") == [batch]


def test_writers_of_one_source_take_turns(ledger: Ledger) -> None:
    """Fails when one of several uploads at the same moment is lost or lands twice."""
    files = [
        table(ORDERS, order(f"R{n}", "2026-10-01T01:00"), order("R", "2026-10-01T01:00", f"{n}.00")) for n in range(8)
    ]
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda rows: land(Ledger(ledger.folder), rows), files * 2))
    landed = {batch.number for batch in batches if not batch.again}
    assert landed == set(range(1, len(landed) + 1)) and len(landed) >= 8
    assert sorted({row[1] for row in values(ledger)}) == ["R", *(f"R{n}" for n in range(8))]
    assert len(values(ledger)) == 9


def test_the_table_forgets_nothing(ledger: Ledger) -> None:
    """Fails when Delta could drop rows or old versions: a seal names a version for ever."""
    land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00")))
    settings = DeltaTable(str(ledger.folder / "orders")).metadata().configuration
    assert settings["delta.appendOnly"] == "true"
    assert settings["delta.enableExpiredLogCleanup"] == "false"
    for _ in range(45):
        land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00", f"{len(ledger.batches()) + 2}.00")))
    log = ledger.folder / "orders" / "_delta_log"
    assert len(list(log.glob("*.json"))) == 47
    assert len(list(log.glob("*.checkpoint.parquet"))) == 2


def test_a_ledger_keeps_its_time_zone(ledger: Ledger) -> None:
    """Fails when the months of one ledger follow two clocks."""
    assert Ledger(ledger.folder).time_zone == "Asia/Shanghai"
    with pytest.raises(Refused, match="time zone"):
        Ledger(ledger.folder, time_zone="Europe/Berlin")


@pytest.mark.parametrize("name", ["uploads", "batches", "../x", "Orders", ""])
def test_a_source_is_not_named_like_a_room_of_the_ledger(ledger: Ledger, name: str) -> None:
    """Fails when a source could write over records or outside of the ledger."""
    with pytest.raises(ValueError, match="cannot name a source"):
        land(ledger, table(ORDERS), name)


def test_many_rows_at_once_are_as_if_landed(ledger: Ledger, tmp_path: Path) -> None:
    """Fails when the sample's short way in makes another ledger than uploads would."""
    parts = [
        table(
            ORDERS,
            *(
                order(f"R{n}", f"2026-{month}-05T01:00", store=s)
                for n in range(3)
                for month in ("09", "10")[n % 2 :][:1]
            ),
        )
        for s in ("S1", "S2")
    ]
    parts[1].write_parquet(tmp_path / "part.parquet")
    batch = ledger.land_bulk("orders", ORDERS, [parts[0], tmp_path / "part.parquet"], period=OCTOBER)
    other = Ledger(tmp_path / "other")
    land(other, pl.concat(parts))
    assert values(ledger) == values(other)
    assert (batch.stores, batch.months, batch.counts["new"]) == (("S1", "S2"), ("2026-10",), 6)
    assert ledger.current("orders", ORDERS).get_column("_id").to_list() == [2**32 + n for n in range(1, 7)]


def test_many_rows_at_once_must_be_new(ledger: Ledger) -> None:
    """Fails when the short way in, which compares nothing, doubles what is there."""
    ledger.land_bulk("orders", ORDERS, [table(ORDERS, order("R1", "2026-10-01T01:00"))], period=OCTOBER)
    fresh, there = (table(ORDERS, order(n, "2026-10-01T01:00", store=s)) for n, s in (("R9", "S2"), ("R1", "S1")))
    with pytest.raises(Refused, match="already holds store S1, ro_no R1"):
        ledger.land_bulk("orders", ORDERS, [fresh, there], period=OCTOBER)
    with pytest.raises(Refused, match="two parts"):
        ledger.land_bulk(
            "orders", ORDERS, [fresh, table(ORDERS, order("R8", "2026-10-01T01:00", store="S2"))], period=OCTOBER
        )
    assert len(ledger.batches()) == 1 and len(values(ledger)) == 1
    assert len(list(ledger.folder.glob("orders/_month=*/*"))) == 1


def test_records_are_read_once_a_process_and_anew_when_touched(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when every page reads the record of every batch, or shows what a record said before it was changed."""
    for day in range(1, 6):
        land(ledger, table(ORDERS, order(f"R{day}", f"2026-10-0{day}T01:00")))
    assert len(Ledger(ledger.folder).batches()) == 5
    read: list[Path] = []

    def document_in(path: Path, real: Callable[[Path], dict[str, Any]] = records._document_in) -> dict[str, Any]:
        read.append(path)
        return real(path)

    monkeypatch.setattr(records, "_document_in", document_in)
    assert [batch.number for batch in Ledger(ledger.folder).batches()] == [1, 2, 3, 4, 5]
    assert Ledger(ledger.folder).records("orders").last() == 5 and Ledger(ledger.folder).records("lines").last() == 0
    assert read == []
    path = ledger.folder / "batches/orders/000000003.json"
    path.write_bytes(path.read_bytes().replace(b'"by":"ann"', b'"by":"bob"'))
    assert [batch.by for batch in Ledger(ledger.folder).batches()] == ["ann", "ann", "bob", "ann", "ann"]
    assert read == [path]
