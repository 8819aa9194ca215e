"""The file's own total row beside the sum of what was read, so that a row left out is noticed before it lands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from fairwrench.ledger.body.lines import ignored_rows
from fairwrench.ledger.body.sheet_rows import Handed
from fairwrench.ledger.cells.numbers import Reading
from fairwrench.ledger.cells.parsing import Field, fast_way, slow_way
from fairwrench.ledger.cells.reasons import Failures
from fairwrench.ledger.header.header import Binding, Header, best_matches, index_of
from fairwrench.ledger.header.scaling import number_readings
from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.source.source import Source

NUMBERS = ("int", "decimal")


@dataclass(frozen=True, slots=True)
class Total:
    """One column: the sum of accepted rows, of rejected rows as far as they can be read, and what the file says.

    Exact decimals as texts. `equal`: the file's total is that of the accepted rows. `explained`: it is not, and the
    rejected rows are what is between them.
    """

    column: str
    label: str
    accepted: str
    rejected: str
    told: str
    equal: bool
    explained: bool


def totals(grid: pl.DataFrame, part: Intake, source: Source, handed: Handed) -> list[dict[str, Any]]:
    """A total for each number column that a total row of the sheet fills; none where there is no such row."""
    # the header is sought again, as what was read keeps no places of cells
    matches = best_matches(grid, {part.source: source}, index_of({part.source: source}), ())
    if not part.counts.get("ignored_total") or not matches:
        return []
    header = matches[0].header
    # rows of the file count from 1, as spreadsheets show them
    body = grid.slice(header.last + 1).with_columns(_row=pl.int_range(header.last + 2, grid.height + 1))
    told = _total_rows(grid, body, header, part)
    wrong = body.filter(pl.col("_row").is_in(part.rejected["row"].implode()))
    read_as, _ = number_readings(header, grid.head(header.last + 1), source)
    fields = ((binding, _field(binding, source, handed, read_as[binding.at])) for binding in _numbers(header, source))
    found = (_total(part, field, (_read(told, at, field), _read(wrong, at, field)), at.label) for at, field in fields)
    return [asdict(total) for total in found if total]


def _numbers(header: Header, source: Source) -> list[Binding]:
    # shares of one amount among several people: no total row adds them up
    shares = {column.split_into for column in source.columns.values()}
    names = [name for name, facts in source.columns.items() if facts.type in NUMBERS and name not in shares]
    return [header.of(name)[0] for name in names if header.of(name)]


def _total_rows(grid: pl.DataFrame, body: pl.DataFrame, header: Header, part: Intake) -> pl.DataFrame:
    """The rows of the body that intake passed over as totals."""
    read = pl.concat([part.accepted["_row"], part.rejected["row"]]).unique()
    other = ~body["_row"].is_in(read.implode())
    cells = body.drop("_row")
    passed = ignored_rows(cells, grid.head(header.last + 1), [], other, other)
    return body[passed.filter(pl.col("kind") == "total")["_at"].to_list()]


def _field(binding: Binding, source: Source, handed: Handed, numbers: Reading) -> Field:
    return Field(binding.column, source.columns[binding.column], numbers, handed.time_zone)


def _total(part: Intake, field: Field, values: tuple[pl.Series, pl.Series], label: str) -> Total | None:
    """`values` are those of the total rows and of the rejected rows."""
    # a sheet may have sub-totals and a total: one that agrees is enough
    said = values[0].drop_nulls()
    if not len(said):
        return None
    # a row split among several people stands in several rows of the same line: its amount counts once
    own, left = _sum(part.accepted.unique("_row")[field.name]), _sum(values[1])
    equal, explained = bool((said == own).any()), bool((said == own + left).any())
    shown = own if equal else own + left if explained else said[-1]
    return Total(field.name, label, str(own), str(left), str(shown), equal, explained and not equal)


def _sum(figures: pl.Series) -> int | Decimal:
    """The sum of whole numbers or decimals; TypeError for floats, whose sum would not be exact."""
    found = figures.sum()
    if isinstance(found, float):
        raise TypeError(figures.name)
    return found


def _read(rows: pl.DataFrame, binding: Binding, field: Field) -> pl.Series:
    text = rows[f"c{binding.at}"]
    fast = rows.select(fast_way(field, pl.col(f"c{binding.at}"))).to_series()
    # as the rows were read themselves, units and all; what cannot be read is no total
    return slow_way(field, text, fast, Failures())[0]
