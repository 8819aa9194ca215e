"""Another header inside a sheet: below it, cells stand for other columns or units than the first header says.

Exports that were put one below the other bring their headers along. The same header printed again is passed over (see
`lines`); one with other labels, another order or other units ends what can be read, and nobody guesses on.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from fairwrench.ledger.body.sheet_rows import Rows
from fairwrench.ledger.cells.labels import label_key, without_unit
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.header.header import Header, index_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source

#: a row with so many different labels is a header; with one less where these are half of what it says
_LABELS = 3
_DRESS = r"[\s\u200b-\u200f\u2060\ufeff*:：_-]+|[(（\[【〔/].*$"


def second_header(
    body: pl.DataFrame, head: pl.DataFrame, header: Header, source: Source, suspect: pl.Series
) -> int | None:
    """The position in `body` of the first row that is a header and not the sheet's own; None where there is none.

    `head` are the rows above and of the header. Only rows marked in `suspect` are looked at, and of these only those
    that hold labels.
    """
    known = _known_labels(header, source)
    own = [_key(row, header, known) for row in (header.labels, *head.slice(header.first).rows())]
    at = suspect.arg_true()
    # A header fills no needed column with a value, so a sound row of a large file is never looked at.
    doubtful = body[at] if len(at) < body.height else body
    bare = [pl.col(cell).str.replace_all(_DRESS, "").str.to_lowercase() for cell in body.columns]
    labels = doubtful.select(pl.sum_horizontal(cell.is_in(known).fill_null(False) for cell in bare)).to_series()
    for place in (labels >= _LABELS - 1).arg_true().to_list():
        cells = doubtful.row(place)
        if _is_header(cells, known) and _key(cells, header, known) not in own:
            return int(at[place])
    return None


def reject_below(rows: Rows, header: Header, rest: pl.DataFrame, number: int) -> None:
    """Reject every row of `rest`, the grid from the second header on, which stands in row `number`; blank ones are
    passed over."""
    cells = [(pl.col(cell).str.strip_chars() != "").fill_null(False) for cell in rest.columns]
    filled = rest.select(pl.any_horizontal(cells).alias("_")).to_series()
    numbers = (pl.int_range(number, number + rest.height, eager=True)).filter(filled)
    # Blank rows are counted as everywhere, or the counts would not add up to the rows of the sheet.
    rows.ignored["ignored_blank"] += rest.height - len(numbers)
    first = len(rows.numbers)
    at = pl.int_range(first, first + len(numbers), dtype=pl.UInt32, eager=True)
    rows.numbers = rows.numbers.append(numbers)
    values = rest.select(pl.coalesce(rest.columns)).to_series().filter(filled)
    leftmost = min(header.bindings, key=lambda binding: binding.at)
    reason = _another(number)
    rows.failures.add(leftmost.column, at, values, reason)
    # Whose rows they are nobody read: they may be any store's, and so no store's file counts as whole.
    rows.unplaced += len(numbers)
    count = str(len(numbers))
    rows.told.append(Problem(reason.code, reason.zh, reason.en, "warning", details={"rows": count}))


def _known_labels(header: Header, source: Source) -> list[str]:
    """Every name of every column of the source, and the header's own labels, as compared."""
    own = (without_unit(label)[0] for label in header.labels if label)
    return sorted({*index_of({header.source: source}), *own})


def _is_header(cells: Sequence[str | None], known: Sequence[str]) -> bool:
    """Whether a row says nothing but labels, or so many different ones that it cannot be anything else."""
    said = [cell for cell in cells if cell and cell.strip()]
    labels = {base for cell in said for base in (label_key(cell), without_unit(cell)[0]) if base in known}
    return len(labels) >= _LABELS or (len(labels) == _LABELS - 1 and 2 * len(labels) >= len(said))


def _key(labels: Sequence[str | None], header: Header, known: Sequence[str]) -> list[str]:
    """Labels as compared, with their units, by place; a page number in a column without a name counts for nothing."""
    named = zip(labels, (*header.labels, *[""] * (len(labels) - len(header.labels))), strict=True)
    return [label_key(cell or "") if label or without_unit(cell or "")[0] in known else "" for cell, label in named]


def _another(number: int) -> Reason:
    return Reason(
        "another_header",
        f"第 {number} 行是另一个表头，列、顺序或单位与本表的表头不同；请把从这一行起的内容另存为一份文件再交",
        f"another header begins in row {number} and means other columns, another order or other units; hand in that "
        "part as a file of its own",
    )
