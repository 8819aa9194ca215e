"""A file read whole and in blocks: what tests of intake take in goes both ways, and must come out the same."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from fairwrench.ledger.blocks.text import Plan
from fairwrench.ledger.intake.intake import FileIntake, Intake, intake

#: so small that a file of a few rows has several blocks
SMALL = 150


def beside(content: Path | bytes, block_bytes: int = SMALL, **told: Any) -> bool:
    """Read a file both ways and compare; whether it was read in blocks at all."""
    with TemporaryDirectory() as place:
        path = content if isinstance(content, Path) else Path(place, "content.csv")
        if isinstance(content, bytes):
            path.write_bytes(content)
        whole = intake(path, **told)
        plan = Plan(Path(place), from_bytes=0, block_bytes=block_bytes)
        blocks = intake(path, plan=plan, **told)
        if not blocks.sheets or blocks.sheets[0].spilled is None:
            assert [path.name for path in Path(place).iterdir() if path.is_dir()] == [], "left behind"
            return False
        _same(whole, blocks, told["sources"])
        return True


def _same(whole: FileIntake, blocks: FileIntake, sources: object) -> None:
    assert isinstance(sources, dict)
    (one,), (other,) = whole.sheets, blocks.sheets
    assert whole.problems == blocks.problems == ()
    assert other.spilled is not None
    source = sources[one.source]
    columns = [*source.columns, "_row"]
    nothing = pl.DataFrame(schema=one.accepted.schema)
    rows = pl.concat([nothing, *(frame.select(columns) for frame in other.spilled.frames(source))])
    read = replace(other, accepted=rows, spilled=None)
    for part in fields(Intake):
        _equal(part.name, getattr(one, part.name), getattr(read, part.name))


def _equal(name: str, one: object, other: object) -> None:
    if isinstance(one, pl.DataFrame) and isinstance(other, pl.DataFrame):
        assert one.schema == other.schema, (name, one.schema, other.schema)
        assert one.equals(other), f"{name}\n{one}\n{other}"
    else:
        assert one == other, f"{name}\n{one}\n{other}"
