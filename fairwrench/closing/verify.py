"""`verify`: recompute a settled month from its seal and name whatever differs."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fairwrench.closing.contract import KEYS, SOMETIMES, write_if_any, write_tables
from fairwrench.closing.month import Office, evidence_of
from fairwrench.closing.out import FRAMES, LEDGER, RECORDS, Kept, read_kept, sealed_roster, whole_seal, written
from fairwrench.closing.reach import used_derived
from fairwrench.ledger.batches import Ledger
from fairwrench.ledger.differences import compare_csv, file_missing
from fairwrench.ledger.folder import sha256_of
from fairwrench.ledger.verify import verify_evidence
from fairwrench.settlement.case import Case
from fairwrench.settlement.measure import Engine, Evidence
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.settle import Settlement, settle
from fairwrench.settlement.source import Source


def verify(
    out: Path, engine: Engine, sources: Mapping[str, Source], ledger_folder: Path | None = None
) -> list[Problem]:
    """Every difference between what is sealed, what is on disk, and what comes out when settled again; [] is equal.

    The ledger lies in OUT unless told otherwise. Refused when `out` holds no whole settlement.
    """
    ledger = ledger_folder or out / LEDGER
    problems = verify_evidence(whole_seal(out), ledger)
    if problems:
        # nothing can be worked out again from what is not as sealed, and roster and scheme may not even be readable
        return problems
    problems = _changed_since(out)
    if problems:
        return problems
    kept = read_kept(out, ledger)
    with tempfile.TemporaryDirectory(prefix="fairwrench-verify-") as scratch:
        again = Path(scratch)
        settled = _settled_again(kept, ledger, engine, sources, again)
        write_tables(settled, again, kept.about["lang"])
        write_if_any(kept.standing_changes, again / "standing_changes.csv")
        names = KEYS | {
            name: keys for name, keys in SOMETIMES.items() if any((p / name).exists() for p in (again, out))
        }
        differences = [compare_csv(again / name, out / name, keys) for name, keys in names.items()]
        return [*(problem for found in differences for problem in found), *_records(settled, kept)]


def _settled_again(
    kept: Kept, ledger: Path, engine: Engine, sources: Mapping[str, Source], scratch: Path
) -> Settlement:
    office = Office(Ledger(ledger), engine, sources, sealed_roster(kept.seal, ledger))
    evidence = _derived_again(kept, office, scratch)
    case = Case(kept.settlement.scheme, sources, office.roster, evidence, kept.history, kept.corrections)
    return settle(case, engine)


def _records(settled: Settlement, kept: Kept) -> list[Problem]:
    """The recorded steps that explanations read, where they are no longer what comes out."""
    found = []
    for name in FRAMES:
        if not getattr(settled, name).equals(getattr(kept.settlement, name)):
            zh, en = f"{name} 的记录与重新计算的结果不同", f"the record of {name} is not what comes out"
            found.append(Problem("record_differs", zh, en, file=f"{RECORDS}/{name}.parquet"))
    return found


def _changed_since(out: Path) -> list[Problem]:
    """The files of `records/` that are no longer as they were written."""
    found = []
    for name, digest in written(out).items():
        path = out / RECORDS / name
        if not path.exists():
            found.append(file_missing(f"{RECORDS}/{name}"))
        elif sha256_of(path.read_bytes()) != digest:
            zh, en = f"{name} 在结算后被改动", f"{name} was changed after the settlement"
            found.append(Problem("input_changed", zh, en, file=f"{RECORDS}/{name}"))
    return found


def _derived_again(kept: Kept, office: Office, scratch: Path) -> Evidence:
    """The sealed evidence with its derived columns worked out afresh."""
    scheme = kept.settlement.scheme
    evidence = evidence_of(kept.seal, office, (scheme,))
    bare = evidence_of(kept.seal, office, ())
    sources = dict(evidence.sources)
    for name, columns in used_derived((scheme,), office.sources, office.engine.dialect).items():
        if sources[name].files:
            target = scratch / f"{name}.parquet"
            office.engine.derive(name, columns, bare, str(target))
            sources[name] = replace(sources[name], derived=(str(target),))
    return replace(evidence, sources=sources)
