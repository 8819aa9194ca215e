"""`verify`: recompute a settled month from its seal and name whatever differs."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fairwrench.closing.contract import KEYS, write_tables
from fairwrench.closing.month import Office, evidence_of
from fairwrench.closing.out import INPUTS, LEDGER, RECORDS, Kept, read_kept, sealed_roster
from fairwrench.closing.reach import used_derived
from fairwrench.ledger.batches import Ledger
from fairwrench.ledger.differences import compare_csv
from fairwrench.ledger.folder import sha256_of
from fairwrench.ledger.verify import verify_evidence
from fairwrench.settlement.case import Case
from fairwrench.settlement.measure import Engine, Evidence
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.settle import settle
from fairwrench.settlement.source import Source


def verify(out: Path, engine: Engine, sources: Mapping[str, Source]) -> list[Problem]:
    """Every difference between what is sealed, what is on disk, and what comes out when settled again; [] is equal."""
    kept = read_kept(out)
    ledger = out / LEDGER
    problems = [*verify_evidence(kept.seal, ledger), *_inputs(kept, out)]
    if any(problem.severity == "error" for problem in problems):
        return problems
    with tempfile.TemporaryDirectory(prefix="fairwrench-verify-") as scratch:
        again = Path(scratch)
        office = Office(Ledger(ledger), engine, sources, sealed_roster(kept.seal, ledger))
        scheme = kept.settlement.scheme
        evidence = _derived_again(kept, office, again)
        case = Case(scheme, sources, office.roster, evidence, kept.history, kept.corrections)
        write_tables(settle(case, engine), again, kept.about["lang"])
        for name, keys in KEYS.items():
            problems += compare_csv(again / name, out / name, keys)
    return problems


def _inputs(kept: Kept, out: Path) -> list[Problem]:
    found = []
    for name in INPUTS:
        path = out / RECORDS / f"{name}.csv"
        if sha256_of(path.read_bytes()) != kept.about["inputs"][name]:
            zh, en = f"{path.name} 在结算后被改动", f"{path.name} was changed after the settlement"
            found.append(Problem("input_changed", zh, en, file=f"{RECORDS}/{path.name}"))
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
