"""A ledger filled for benches: a large group's two months, made by the million and landed store by store.

Three positions (technician, service advisor, workshop manager) with everything that their scorecards
of a scheme read, so that a settlement of the second month leaves nobody incomplete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.columns import row_types
from fairwrench.samples.bulk import bulk_rows as made
from fairwrench.samples.bulk.bulk_people import PEOPLE_SOURCES, bulk_roster, people_rows
from fairwrench.samples.bulk.bulk_rows import Crowd
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source


@dataclass(frozen=True, slots=True)
class Size:
    """How large: stores, people of a store, orders of a store in a month."""

    stores: int
    people: int
    orders: int


#: S one store, M a hundred, L a thousand and twenty million orders a month
SIZES: Mapping[str, Size] = {"S": Size(1, 60, 2_000), "M": Size(100, 60, 2_000), "L": Size(1_000, 60, 20_000)}
#: the settled month, unless another is asked for
LAST = Month(2026, 10)
#: orders in memory at once
AT_ONCE = 400_000
#: one order in so many is told anew
SUPERSEDED = 100
#: told what was landed: source, month, stores done, stores
Progress = Callable[[str, Month, int, int], None]

_FRAMES = {
    "repair_orders": made.orders,
    "job_lines": made.jobs,
    "surveys": made.surveys,
    "complaints": made.complaints,
}


def _silent(_source: str, _month: Month, _done: int, _all: int) -> None:
    return None


def fill_ledger(
    ledger: Ledger,
    size: Size,
    *,
    month: Month = LAST,
    seed: int = 7,
    scheme: Scheme | None = None,
    progress: Progress = _silent,
) -> pl.DataFrame:
    """Land `month` and the month before it; returns the roster (columns ROSTER).

    `scheme` (the dealership's unless given) says which ratings and targets are needed. Three orders in a hundred are
    comebacks, one in a hundred is superseded by a later batch. The ledger must be new; its time zone is UTC+8.
    """
    scheme = scheme or load_scheme("dealership")
    sources = load_sources()
    crowd = _crowd(size, month, seed)
    for at in crowd.months:
        for name in _FRAMES:
            parts = _parts(crowd, at, name, sources[name], progress)
            # In bulk, as no row is told twice; the generator is read part by part and never lies in memory as a whole.
            ledger.land_bulk(name, sources[name], parts, period=at, file=f"{name}-{at}")
        for name in PEOPLE_SOURCES:
            rows = people_rows(name, crowd, at, scheme)
            complete = made.complete(sources[name], rows, row_types(sources[name]))
            ledger.land_bulk(name, sources[name], [complete], period=at, file=f"{name}-{at}")
    _supersede(ledger, crowd, sources["repair_orders"], progress)
    return bulk_roster(crowd, date(2020, 1, 1))


def _crowd(size: Size, month: Month, seed: int) -> Crowd:
    """One in six is an advisor, one a workshop manager, the others technicians."""
    # Whatever is left after the advisors and the manager mends cars.
    advisors = max(1, size.people // 6)
    return Crowd(size.stores, size.people - 1 - advisors, advisors, size.orders, (month.plus(-1), month), seed)


def _chunks(crowd: Crowd) -> Iterator[range]:
    """Stores in parts whose orders fit into memory."""
    step = max(1, AT_ONCE // crowd.orders)
    for start in range(0, crowd.stores, step):
        yield range(start + 1, min(start + step, crowd.stores) + 1)


def _parts(crowd: Crowd, month: Month, name: str, source: Source, progress: Progress) -> Iterator[pl.DataFrame]:
    """A month's rows of a source, some stores at a time.

    A row belongs to the month by which it is filed: a survey of the last days falls due in the month after.
    """
    types = row_types(source)
    for stores in _chunks(crowd):
        frame = made.base(crowd, stores, month)
        rows = _FRAMES[name](crowd, frame)
        yield made.complete(source, rows, types)
        progress(name, month, stores.stop - 1, crowd.stores)


def _supersede(ledger: Ledger, crowd: Crowd, source: Source, progress: Progress) -> None:
    """Tell one order in a hundred of the last month anew, some stores a batch."""
    month, types = crowd.months[-1], row_types(source)
    for stores in _chunks(crowd):
        rows = made.complete(source, made.mended(crowd, made.base(crowd, stores, month), SUPERSEDED), types)
        # A content of its own for each batch: equal uploads would be one landing.
        upload = Upload(f"repair_orders-{month}-again-{stores.start}", f"{crowd.seed}/{stores.start}".encode())
        names = rows.get_column("store").unique().sort().to_list()
        # The usual way, so that benches also read files in which rows were replaced.
        ledger.land("repair_orders", source, rows, upload, period=month, stores=names)
        progress("superseded", month, stores.stop - 1, crowd.stores)
