"""Any sequence of landings, folds and reopenings against a plain dictionary that does what the ledger promises."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.compaction import fold
from fairwrench.settlement.calendar.deadlines import Month
from tests.ledger.landing import OCTOBER, ORDERS, land, table, values

PERIODS = [None, OCTOBER, OCTOBER.plus(1), OCTOBER.plus(2)]
Row = tuple[object, ...]


class Model:
    """Statements by key in order of landing; the last one of the latest period up to a month holds."""

    def __init__(self) -> None:
        self.said: dict[tuple[object, object], list[tuple[int, int, Row]]] = {}

    def land(self, rows: list[Row], period: int) -> tuple[int, int]:
        """New or changed rows, and repeated ones."""
        before = {row[:2]: self.holds(row[:2], period) for row in rows}
        told = [row for row in rows if before[row[:2]] != row]
        for row in told:
            history = self.said.setdefault(row[:2], [])
            history.append((period, len(history), row))
        return len(told), len(rows) - len(told)

    def holds(self, key: tuple[object, ...], upto: int) -> Row | None:
        return max((s for s in self.said.get(key, ()) if s[0] <= upto), default=(0, 0, None))[2]  # type: ignore[arg-type]

    def current(self, upto: int) -> list[Row]:
        return sorted((row for key in self.said if (row := self.holds(key, upto))), key=str)


def _row(store: str, number: int, month: int, amount: int) -> Row:
    return store, f"R{number}", datetime(2026, month, 9, tzinfo=UTC), amount, None


one_row = st.builds(_row, st.sampled_from(["S1", "S2"]), st.integers(1, 3), st.integers(8, 10), st.integers(1, 2))
one_file = st.lists(one_row, max_size=5, unique_by=lambda row: row[:2])
steps = st.lists(
    st.one_of(st.tuples(st.just("land"), one_file, st.integers(0, 3)), st.just(("fold",)), st.just(("reopen",))),
    max_size=7,
)


def _views(ledger: Ledger) -> Iterator[tuple[int, list[Row]]]:
    for place, period in enumerate(PERIODS[1:], 1):
        rows = values(ledger, upto=period)
        yield place, [(s, r, at, int(amount), who) for s, r, at, amount, who in rows]  # type: ignore[call-overload]


@given(steps)
@settings(max_examples=40)
def test_the_ledger_is_a_dictionary_with_periods(sequence: list[tuple[object, ...]]) -> None:
    """Fails when any order of files, corrections, moves, folds and reopenings loses, doubles or misdates a row."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, model = Ledger(Path(folder)), Model()
        for number, step in enumerate(sequence):
            if step[0] == "land":
                _, rows, period = step
                batch = land(ledger, table(ORDERS, *rows), period=PERIODS[period], file=f"{number}")  # type: ignore[misc, call-overload]
                told, repeated = model.land(rows, period)  # type: ignore[arg-type]
                assert (batch.counts["new"] + batch.counts["changed"], batch.counts["repeated"]) == (told, repeated)
            elif step[0] == "fold":
                fold(ledger, "orders", ORDERS, many=2, rows_per_file=3)
            else:
                ledger = Ledger(Path(folder))
        for place, rows in _views(ledger):
            assert rows == model.current(place)
        for month in (8, 9, 10):
            alone = ledger.current("orders", ORDERS, [Month(2026, month)])
            assert set(alone.get_column("_month")) <= {f"2026-{month:02d}"}
            everything = model.current(3)
            assert alone.height == sum(row[2].month == month for row in everything)  # type: ignore[attr-defined]


@given(st.lists(one_row, min_size=1, max_size=6, unique_by=lambda row: row[:2]), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_order_of_rows_and_of_cutting_into_files_never_matters(rows: list[Row], chance: object) -> None:
    """Fails when the same evidence in other files, or in another order, gives another ledger."""
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    cut = len(rows) // 2
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        whole, pieces = Ledger(Path(one)), Ledger(Path(other))
        land(whole, table(ORDERS, *rows))
        for number, part in enumerate((shuffled[:cut], shuffled[cut:], rows)):
            land(pieces, table(ORDERS, *part), file=f"{number}")
        assert values(whole) == values(pieces)
