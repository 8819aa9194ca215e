"""The seal: equal evidence gives equal bytes, later evidence stays out, and what is sealed is not written again."""

import json
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.compaction import fold
from fairwrench.ledger.batches.lookup import current_rows
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.folder import canonical_json
from fairwrench.ledger.seal.seal import Seal, add_derived, read_seal, roster_csv, seal, seal_json, sealed_sources
from fairwrench.settlement.rules import RULES
from tests.ledger.landing import NOVEMBER, OCTOBER, ORDERS, SEPTEMBER, land, order, table, values

ROSTER = pl.DataFrame(
    {"employee_id": ["E2", "E1"], "name": ["李四", "张三"], "from": [date(2026, 1, 1), None], "_row": [2, 3]}
)
CALENDAR = pl.DataFrame({"day": [date(2026, 10, 1), date(2026, 10, 2)], "working": [False, True]})


def evidence(folder: Path, at: int = 1) -> Ledger:
    """Three periods: history, October, and November, which corrects October."""
    ledger = Ledger(folder, clock=lambda: datetime(2026, 11, at, tzinfo=UTC))
    land(ledger, table(ORDERS, order("R0", "2026-08-05T01:00"), order("R1", "2026-09-05T01:00")), period=None)
    land(ledger, table(ORDERS, order("R2", "2026-10-05T01:00"), order("R3", "2026-10-05T01:00", store="S2")))
    land(
        ledger, table(ORDERS, order("R2", "2026-10-05T01:00", "9.00"), order("R4", "2026-11-01T01:00")), period=NOVEMBER
    )
    return ledger


def sealed(ledger: Ledger, look_back: int = 1, **other: object) -> Seal:
    given = {"roster": ROSTER, "scheme": '{"scheme":"dealership"}', "calendar": CALENDAR, "program": "0.1.0", **other}
    needs = {"orders": (ORDERS, look_back), "surveys": (ORDERS, 0)}
    return seal(ledger, OCTOBER, needs, **given)  # type: ignore[arg-type]


def rows_of(made: Seal, ledger: Ledger) -> list[tuple[str, str]]:
    """Current rows as an engine sees them: the sealed files and nothing else."""
    rows = pl.concat([pl.read_parquet(path) for path in made.sources["orders"].paths(ledger.folder)])
    return sorted((ro_no, str(amount)) for ro_no, amount in current_rows(rows).select("ro_no", "amount").iter_rows())


def test_later_evidence_is_left_out(tmp_path: Path) -> None:
    """Fails when a correction of November changes October after it was settled."""
    ledger = evidence(tmp_path / "ledger")
    made = sealed(ledger)
    assert rows_of(made, ledger) == [("R1", "1.00"), ("R2", "1.00"), ("R3", "1.00")]
    orders = made.sources["orders"]
    assert (orders.batches, orders.upto_batch, orders.months) == ((1, 2), 2, ("2026-09", "2026-10"))
    later = sealed(ledger, period_limit=NOVEMBER)
    assert ("R2", "9.00") in rows_of(later, ledger)


def test_look_back_takes_earlier_months_in(tmp_path: Path) -> None:
    """Fails when a comeback cannot be found because the earlier visit is not sealed."""
    ledger = evidence(tmp_path / "ledger")
    assert [ro for ro, _ in rows_of(sealed(ledger, look_back=2), ledger)] == ["R0", "R1", "R2", "R3"]
    assert [ro for ro, _ in rows_of(sealed(ledger, look_back=0), ledger)] == ["R2", "R3"]


def test_an_earlier_period_that_landed_last_is_sealed(tmp_path: Path) -> None:
    """Fails when a store that hands October in after another began November is left out of October."""
    ledger = evidence(tmp_path / "ledger")
    land(
        ledger, table(ORDERS, order("R4", "2026-10-09T01:00"), order("R2", "2026-10-05T01:00", "5.00")), period=OCTOBER
    )
    made = sealed(ledger)
    assert made.sources["orders"].batches == (1, 2, 4)
    assert rows_of(made, ledger) == [("R1", "1.00"), ("R2", "5.00"), ("R3", "1.00"), ("R4", "1.00")]
    november = {row[1]: str(row[3]) for row in values(ledger, upto=NOVEMBER)}
    assert november == {"R0": "1.00", "R1": "1.00", "R2": "9.00", "R3": "1.00", "R4": "1.00"}


def test_coverage_is_sealed(tmp_path: Path) -> None:
    """Fails when a month is settled as if a store that handed nothing in had done nothing."""
    ledger = evidence(tmp_path / "ledger")
    ledger.land("orders", ORDERS, table(ORDERS), Upload("empty.csv", b""), period=OCTOBER, stores=["S9"])
    made = sealed(ledger)
    assert made.sources["orders"].coverage == {"2026-09": ("S1",), "2026-10": ("S1", "S2", "S9")}
    surveys = made.sources["surveys"]
    assert (surveys.version, surveys.files, surveys.coverage) == (-1, (), {"2026-10": ()})
    assert not ledger.has("surveys")


def test_the_same_evidence_gives_the_same_bytes(tmp_path: Path) -> None:
    """Fails when a clock, a path or an order of rows gets into the seal."""
    one, other = (evidence(tmp_path / name, at) for name, at in (("one", 1), ("other", 30)))
    assert seal_json(sealed(one)) == seal_json(sealed(other, roster=ROSTER.reverse().with_columns(_row=pl.lit(9))))
    assert str(tmp_path) not in seal_json(sealed(one)).decode()


@pytest.mark.parametrize(
    "change",
    [
        {"roster": ROSTER.with_columns(name=pl.lit("王五"))},
        {"scheme": "{}"},
        {"calendar": CALENDAR.with_columns(working=pl.lit(True))},
        {"program": "0.2.0"},
        {"period_limit": SEPTEMBER},
        {"look_back": 0},
    ],
)
def test_anything_else_gives_another_seal(tmp_path: Path, change: dict[str, object]) -> None:
    """Fails when two settlements that may differ carry the same digest."""
    ledger = evidence(tmp_path / "ledger")
    assert sealed(ledger, **change).digest != sealed(ledger).digest  # type: ignore[arg-type]


def test_a_seal_is_read_back(tmp_path: Path) -> None:
    """Fails when what a month was settled from cannot be read again."""
    ledger = evidence(tmp_path / "ledger")
    made = sealed(ledger)
    place = tmp_path / "seal.json"
    place.write_bytes(seal_json(made))
    assert read_seal(place) == made
    assert read_seal(place).digest == made.digest
    assert (ledger.folder / made.documents["roster"].path).read_bytes() == roster_csv(ROSTER)


def test_what_is_sealed_is_read_only(tmp_path: Path) -> None:
    """Fails when a slip of an editor changes what somebody was paid by."""
    ledger = evidence(tmp_path / "ledger")
    made = sealed(ledger)
    paths = [*made.sources["orders"].files, *made.documents.values()]
    modes = [(ledger.folder / each.path).stat().st_mode for each in paths]
    assert not any(mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) for mode in modes)
    land(ledger, table(ORDERS, order("R2", "2026-10-05T01:00", "7.00")), period=NOVEMBER)
    assert rows_of(made, ledger) == [("R1", "1.00"), ("R2", "1.00"), ("R3", "1.00")]


def test_a_seal_outlives_folding(tmp_path: Path) -> None:
    """Fails when folding takes away files that an earlier seal names, or a folded month seals other rows."""
    ledger = evidence(tmp_path / "ledger")
    before = sealed(ledger)
    fold(ledger, "orders", ORDERS, many=1)
    after = sealed(ledger)
    assert rows_of(before, ledger) == rows_of(after, ledger)
    assert {file.path for file in before.sources["orders"].files}.isdisjoint(
        f.path for f in after.sources["orders"].files
    )
    assert before.sources["orders"].coverage == after.sources["orders"].coverage


def test_derived_columns_are_listed(tmp_path: Path) -> None:
    """Fails when derived columns can be changed unseen; the digest of the evidence does not depend on them."""
    ledger = evidence(tmp_path / "ledger")
    made = sealed(ledger)
    path = ledger.folder / made.folder / "derived" / "orders.parquet"
    path.parent.mkdir(parents=True)
    pl.DataFrame({"_id": [1, 2], "repeat": [True, False]}).write_parquet(path)
    more = add_derived(ledger, made, "orders", path)
    assert (more.derived["orders"].rows, more.digest, more.folder) == (2, made.digest, made.folder)
    assert more.derived["orders"].path == f"{made.folder}/derived/orders.parquet"
    with pytest.raises(ValueError, match="is not in the subpath"):
        add_derived(ledger, made, "orders", tmp_path / "elsewhere.parquet")


def test_a_later_programs_fields_are_part_of_the_digest(tmp_path: Path) -> None:
    """Fails when a seal's digest is told from the fields that this program knows instead of those that were written.

    A later program reads seals that lack what it added; the digest they were written with has to come out all the same.
    """
    ledger = evidence(tmp_path / "ledger")
    made = sealed(ledger)
    written = json.loads(seal_json(made))
    place = tmp_path / "seal.json"
    for source in written["sources"].values():
        del source["reversals"]
    place.write_bytes(canonical_json(written))
    older = read_seal(place)
    assert older.sources == made.sources
    assert older.digest != made.digest
    assert seal_json(older) == canonical_json(written)


def test_the_definitions_of_the_sources_are_sealed(tmp_path: Path) -> None:
    """Fails when another key, column or look-back of a source gives the same seal."""
    ledger = evidence(tmp_path / "ledger")
    made = sealed(ledger)
    other = ORDERS.model_copy(update={"look_back": 3})
    given = {"roster": ROSTER, "scheme": '{"scheme":"dealership"}', "calendar": CALENDAR, "program": "0.1.0"}
    changed = seal(ledger, OCTOBER, {"orders": (other, 1), "surveys": (ORDERS, 0)}, **given)  # type: ignore[arg-type]  the texts of `given` fit
    assert made.digest != changed.digest
    assert sealed_sources(made, ledger.folder) == {"orders": ORDERS, "surveys": ORDERS}
    assert sealed_sources(changed, ledger.folder) == {"orders": other, "surveys": ORDERS}


def test_a_change_of_the_rules_is_another_seal(tmp_path: Path) -> None:
    """Fails when nobody can tell from a seal by which rules of the program its month was settled."""
    ledger = evidence(tmp_path / "ledger")
    assert sealed(ledger).digest != sealed(ledger, rules=RULES + 1).digest
