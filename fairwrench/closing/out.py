"""A settled month on disk: the contract's csv files, the seal, and the recorded steps that explanations read.

OUT/totals.csv, items.csv, pay.csv, standing.csv, rejected.csv; OUT/seal.json (what the month stands on, with digests of
what went in and came out); OUT/records/ (the settlement's frames in full precision); OUT/ledger/.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.closing.contract import KEYS, write_tables
from fairwrench.closing.month import Closed
from fairwrench.ledger.folder import sha256_of
from fairwrench.ledger.seal import Seal, read_seal, seal_json
from fairwrench.settlement.case import CORRECTIONS, HISTORY
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.roster import ROSTER
from fairwrench.settlement.scheme import Scheme
from fairwrench.settlement.settle import Settlement

FRAMES = ("totals", "lines", "pay", "steps", "standing", "shares", "periods")
INPUTS: dict[str, dict[str, Any]] = {"history": HISTORY, "corrections": CORRECTIONS}
LEDGER, SEAL, RECORDS, ABOUT = "ledger", "seal.json", "records", "about.json"


@dataclass(frozen=True)
class Kept:
    """A settled month read back: its seal, its settlement as recorded, and what it stood on beside the evidence."""

    seal: Seal
    settlement: Settlement
    history: pl.DataFrame
    corrections: pl.DataFrame
    about: dict[str, Any]


def write_closed(done: Closed, out: Path, lang: str) -> None:
    """Write everything but the workbook and the report; `about.json` comes last and makes it whole."""
    records = out / RECORDS
    records.mkdir(parents=True, exist_ok=True)
    (records / ABOUT).unlink(missing_ok=True)
    write_tables(done.settlement, out, lang)
    for name in FRAMES:
        getattr(done.settlement, name).write_parquet(records / f"{name}.parquet")
    done.case.history.sort("month", "employee_id").write_csv(records / "history.csv")
    done.case.corrections.sort("month", "employee_id").write_csv(records / "corrections.csv")
    (out / SEAL).write_bytes(seal_json(done.seal))
    problems = [asdict(problem) for problem in done.settlement.problems]
    (records / "problems.json").write_text(json.dumps(problems, ensure_ascii=False, indent=1), encoding="utf-8")
    about = {
        "month": str(done.settlement.month),
        "lang": lang,
        "seal": done.seal.digest,
        "inputs": {name: sha256_of((records / f"{name}.csv").read_bytes()) for name in INPUTS},
        "outputs": {name: sha256_of((out / name).read_bytes()) for name in KEYS},
    }
    (records / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")


def read_kept(out: Path) -> Kept:
    """What `write_closed` wrote; Refused when `out` holds no whole settlement."""
    records = out / RECORDS
    if not (records / ABOUT).exists():
        raise Refused([_nothing_settled(out)])
    about = json.loads((records / ABOUT).read_text(encoding="utf-8"))
    seal = read_seal(out / SEAL)
    scheme = sealed_scheme(seal, out / LEDGER)
    frames = {name: pl.read_parquet(records / f"{name}.parquet") for name in FRAMES}
    told = json.loads((records / "problems.json").read_text(encoding="utf-8"))
    problems = tuple(Problem(**{**each, "path": tuple(each["path"])}) for each in told)
    month = Month.parse(about["month"])
    settlement = Settlement(
        month=month,
        scheme=scheme,
        totals=frames["totals"],
        lines=frames["lines"],
        pay=frames["pay"],
        steps=frames["steps"],
        standing=frames["standing"],
        shares=frames["shares"],
        periods=frames["periods"],
        problems=problems,
    )
    inputs = {name: pl.read_csv(records / f"{name}.csv", schema=shape) for name, shape in INPUTS.items()}
    return Kept(seal, settlement, inputs["history"], inputs["corrections"], about)


def sealed_scheme(seal: Seal, ledger: Path) -> Scheme:
    """The scheme that a month was sealed with."""
    return Scheme.model_validate(json.loads((ledger / seal.documents["scheme"].path).read_text(encoding="utf-8")))


def sealed_roster(seal: Seal, ledger: Path) -> pl.DataFrame:
    """The roster that a month was sealed with (columns ROSTER; `_row` counts its canonical rows)."""
    shape = {name: kind for name, kind in ROSTER.items() if name != "_row"}
    frame = pl.read_csv(ledger / seal.documents["roster"].path, schema_overrides=shape)
    return frame.with_columns(_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)).select(list(ROSTER))


def history_from(path: Path) -> pl.DataFrame:
    """Earlier months from a totals.csv (`--history`), as columns HISTORY."""
    frame = pl.read_csv(path, infer_schema=False)
    missing = [name for name in ("month", "employee_id", "state", "score", "grade") if name not in frame.columns]
    if missing:
        raise Refused([_not_a_history(path, missing)])
    score = pl.col("score").str.to_decimal(scale=2).to_physical().cast(pl.Int64)
    return frame.select("month", "employee_id", "state", score=score, grade=pl.col("grade").replace("", None))


def _nothing_settled(out: Path) -> Problem:
    zh = f"{out.name} 里没有完整的结算结果；请先运行 fairwrench settle"
    en = f"{out.name} holds no whole settlement; run fairwrench settle first"
    return Problem("nothing_settled", zh, en, file=str(out))


def _not_a_history(path: Path, missing: list[str]) -> Problem:
    zh, en = f"历史文件缺少列：{'、'.join(missing)}", f"the history lacks the columns {', '.join(missing)}"
    return Problem("not_a_history", zh, en, file=str(path))
