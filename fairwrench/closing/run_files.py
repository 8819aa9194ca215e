"""A settled month on disk: the contract's csv files, the seal, and the recorded steps that explanations read.

OUT/totals.csv, items.csv, pay.csv, standing.csv, rejected.csv, and where there is something to tell periods.csv and
standing_changes.csv; OUT/seal.json (what the month stands on, with digests of
what went in and came out); OUT/records/ (the settlement's frames in full precision); OUT/ledger/.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.closing.csv_export import KEYS, write_if_any, write_tables
from fairwrench.closing.month import STANDING_CHANGES, Closed
from fairwrench.ledger.folder import sha256_of
from fairwrench.ledger.seal.seal import Seal, read_seal, seal_json, sealed_sources
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import CORRECTIONS, HISTORY
from fairwrench.settlement.inputs.roster import ROSTER
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement
from fairwrench.settlement.source.source import Source

FRAMES = ("totals", "lines", "pay", "steps", "standing", "shares", "periods")
#: what the month stood on beside its seal, and what it changed in earlier ones
INPUTS: dict[str, dict[str, Any]] = {
    "history": HISTORY,
    "corrections": CORRECTIONS,
    "standing_changes": STANDING_CHANGES,
}
LEDGER, SEAL, RECORDS, ABOUT = "ledger", "seal.json", "records", "about.json"
#: the files of records/ that a whole settlement has
RECORDED = (*(f"{name}.csv" for name in INPUTS), *(f"{name}.parquet" for name in FRAMES))


@dataclass(frozen=True)
class Kept:
    """A settled month read back: its seal, its settlement as recorded, and what it stood on beside the evidence."""

    seal: Seal
    settlement: Settlement
    history: pl.DataFrame
    corrections: pl.DataFrame
    about: dict[str, Any]
    standing_changes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=STANDING_CHANGES))
    #: the sources as the month was sealed with them, by which it is explained; read back they are all there
    sources: Mapping[str, Source] = field(default_factory=dict)


def write_closed(done: Closed, out: Path, lang: str) -> None:
    """Write everything but the workbook and the report; `about.json` comes last and makes it whole."""
    records = out / RECORDS
    records.mkdir(parents=True, exist_ok=True)
    # Gone first, back last: a run killed in between leaves a folder that says of itself that it is not whole.
    (records / ABOUT).unlink(missing_ok=True)
    write_tables(done.settlement, out, lang)
    write_if_any(done.standing_changes, out / "standing_changes.csv")
    for name in FRAMES:
        getattr(done.settlement, name).write_parquet(records / f"{name}.parquet")
    inputs = {"history": done.case.history, "corrections": done.case.corrections}
    for name, frame in {**inputs, "standing_changes": done.standing_changes}.items():
        # By every column: corrections of one person and month would lie in another order each time.
        frame.sort(*dict.fromkeys(("month", "employee_id", *frame.columns))).write_csv(records / f"{name}.csv")
    (out / SEAL).write_bytes(seal_json(done.seal))
    problems = [asdict(problem) for problem in done.settlement.problems]
    (records / "problems.json").write_text(json.dumps(problems, ensure_ascii=False, indent=1), encoding="utf-8")
    about = {
        "month": str(done.settlement.month),
        "lang": lang,
        # The seal lies beside it, where somebody could put another; so its digest stands here too (decision 14).
        "seal": done.seal.digest,
        "records": {name: sha256_of((records / name).read_bytes()) for name in RECORDED},
        "outputs": {name: sha256_of((out / name).read_bytes()) for name in KEYS},
    }
    (records / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")


def read_kept(out: Path, ledger: Path | None = None) -> Kept:
    """What `write_closed` wrote; Refused when `out` holds no whole settlement. `ledger` is OUT/ledger unless given."""
    seal, records = whole_seal(out), out / RECORDS
    about = _about(out)
    # An older program recorded fewer frames; that is no damage, and the way out is another one.
    if lacking := sorted({*RECORDED} - about["records"].keys()):
        raise Refused([_of_another_version(out, lacking)])
    place = ledger or out / LEDGER
    scheme, sources = sealed_scheme(seal, place), sealed_sources(seal, place)
    frames: dict[str, Any] = {name: pl.read_parquet(records / f"{name}.parquet") for name in FRAMES}
    settlement = Settlement(Month.parse(about["month"]), scheme, **frames, problems=recorded_problems(out))
    inputs = {name: pl.read_csv(records / f"{name}.csv", schema=shape) for name, shape in INPUTS.items()}
    return Kept(seal, settlement, inputs["history"], inputs["corrections"], about, inputs["standing_changes"], sources)


def recorded_problems(out: Path) -> tuple[Problem, ...]:
    """What settling the month in `out` had to tell."""
    told = json.loads((out / RECORDS / "problems.json").read_text(encoding="utf-8"))
    return tuple(Problem(**{**each, "path": tuple(each["path"])}) for each in told)


def whole_seal(out: Path) -> Seal:
    """The seal of the month in `out`; Refused when `out` holds no whole settlement."""
    _about(out)
    try:
        return read_seal(out / SEAL)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Refused([_unreadable(out, SEAL)]) from None


def written(out: Path) -> dict[str, str]:
    """The files of `records/` with the SHA-256 that they were written with."""
    return dict(_about(out)["records"])


def handed_on(out: Path) -> dict[str, str]:
    """The csv files handed on with the SHA-256 that they were written with."""
    return dict(_about(out)["outputs"])


def settled_from(out: Path) -> str:
    """The digest of the seal that the month in `out` was settled from."""
    return str(_about(out)["seal"])


def _about(out: Path) -> dict[str, Any]:
    path = out / RECORDS / ABOUT
    if not path.exists():
        raise Refused([_nothing_settled(out)])
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError:
        raise Refused([_unreadable(out, f"{RECORDS}/{ABOUT}")]) from None


def sealed_scheme(seal: Seal, ledger: Path) -> Scheme:
    """The scheme that a month was sealed with."""
    return Scheme.model_validate(json.loads((ledger / seal.documents["scheme"].path).read_text(encoding="utf-8")))


def sealed_roster(seal: Seal, ledger: Path) -> pl.DataFrame:
    """The roster that a month was sealed with (columns ROSTER; `_row` counts its canonical rows)."""
    shape = {name: kind for name, kind in ROSTER.items() if name != "_row"}
    frame = pl.read_csv(ledger / seal.documents["roster"].path, schema_overrides=shape)
    # The sealed roster is sorted: rows of the file as uploaded are not known any more.
    return frame.with_columns(_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)).select(list(ROSTER))


def _nothing_settled(out: Path) -> Problem:
    zh = f"{out.name} 里没有完整的核算结果；请先运行 fairwrench settle"
    en = f"{out.name} holds no whole settlement; run fairwrench settle first"
    return Problem("nothing_settled", zh, en, file=str(out))


def _unreadable(out: Path, name: str) -> Problem:
    zh, en = f"{name} 无法读取，可能被改动过", f"{name} cannot be read; somebody may have changed it"
    return Problem("unreadable", zh, en, file=str(out / name))


def _of_another_version(out: Path, lacking: list[str]) -> Problem:
    zh = f"{out.name} 由另一个版本的程序写成（缺少 {'、'.join(lacking)}）；请用同一份数据重新运行 fairwrench settle"
    en = f"{out.name} was written by another version (no {', '.join(lacking)}); run fairwrench settle on the data again"
    return Problem("another_version", zh, en, file=str(out))
