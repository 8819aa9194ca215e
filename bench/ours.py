"""The program itself at work: sealing, settling, tracing, replaying the made-up ledger."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import polars as pl

from bench.making import roster
from bench.measuring import clocked
from bench.sizes import MONTH, SIZES, TINY, ZONE, Size
from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.cli.engine import engine_named
from fairwrench.closing.csv_export import write_tables
from fairwrench.closing.kept.kept_cells import CELLS
from fairwrench.closing.month import Closed, Workspace, seal_month, settle_sealed
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.seal.seal import Seal, read_seal, seal_json
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import CORRECTIONS, HISTORY
from fairwrench.settlement.scheme.scheme import Scheme

HERE = Path(__file__).parent
NO_HISTORY, NO_CORRECTIONS = pl.DataFrame(schema=HISTORY), pl.DataFrame(schema=CORRECTIONS)


def scheme(name: str = "scheme") -> Scheme:
    """The scheme that is measured, or the one it is replayed against."""
    return load_scheme(HERE / f"{name}.yaml")


def size_of(name: str) -> Size:
    """A size by its name."""
    return {**SIZES, TINY.name: TINY}[name]


def office(folder: Path, size: Size, engine: str = "duckdb") -> Workspace:
    """The office that closes the months of a ledger; an engine's own start is over by then."""
    return Workspace(Ledger(folder, time_zone=ZONE), engine_named(engine), load_sources(), roster(size))


def seal_path(folder: Path, month: Month = MONTH) -> Path:
    """Where the bench keeps the seal of a month."""
    return folder / f"seal-{month}.json"


def sealed(folder: str, name: str) -> dict[str, Any]:
    """Seal the month, its derived columns included; those of an earlier run are worked out anew."""
    place = Path(folder)
    for old in place.glob(f"seals/{MONTH}-*/*.parquet"):
        old.unlink()
    here = office(place, size_of(name))
    took, seal = clocked(lambda: seal_month(here, (scheme(),), MONTH))
    seal_path(place).write_bytes(seal_json(seal))
    return took


def settled(folder: str, name: str, out: str, engine: str = "duckdb") -> dict[str, Any]:
    """Settle the sealed month and write its csv files; the digest of these comes with it."""
    place, target = Path(folder), Path(out)
    here, seal, rules = office(place, size_of(name), engine), read_seal(seal_path(place)), scheme()
    forget(place, seal)
    took, done = clocked(lambda: _settle(here, rules, seal, target))
    rows = {name: sum(file.rows for file in source.files) for name, source in seal.sources.items()}
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(target.glob("*.csv")))).hexdigest()
    people = done.settlement.totals.height
    scored = int(done.settlement.totals["score"].is_not_null().sum())
    return {**took, "rows": rows, "digest": digest, "people": people, "scored": scored}


def forget(folder: Path, seal: Seal) -> None:
    """Remove the cells kept of an earlier settlement, so that the next one measures anew."""
    shutil.rmtree(folder / seal.folder / CELLS, ignore_errors=True)


def _settle(here: Workspace, rules: Scheme, seal: Seal, out: Path) -> Closed:
    done = settle_sealed(here, rules, seal, NO_HISTORY, NO_CORRECTIONS)
    write_tables(done.settlement, out)
    return done


def figures(out: Path) -> pl.DataFrame:
    """The settled items as integers: employee_id, item, numerator, denominator, points (all in their last decimal)."""
    frame = pl.read_csv(out / "items.csv", infer_schema=False)
    whole = [_last_decimals(name) for name in ("numerator", "denominator", "points")]
    return frame.select("employee_id", "item", *whole).sort("employee_id", "item")


def scores(out: Path) -> dict[str, int]:
    """employee_id → score in hundredths, of everybody who has one."""
    frame = pl.read_csv(out / "totals.csv", infer_schema=False).drop_nulls("score")
    return dict(frame.select("employee_id", _last_decimals("score")).iter_rows())


def _last_decimals(name: str) -> pl.Expr:
    """A decimal written out, as an integer of its last decimal."""
    return pl.col(name).str.replace(".", "", literal=True).cast(pl.Int64)
