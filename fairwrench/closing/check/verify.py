"""`verify`: recompute a settled month from its seal and name whatever differs."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from fairwrench.closing.check.verification import Verification, rules_newer, rules_unknown
from fairwrench.closing.csv_export import KEYS, SOMETIMES, write_if_any, write_tables
from fairwrench.closing.lookback import used_derived
from fairwrench.closing.month import Workspace, evidence_of
from fairwrench.closing.run_files import (
    FRAMES,
    LEDGER,
    RECORDS,
    SEAL,
    Kept,
    handed_on,
    read_kept,
    sealed_roster,
    settled_from,
    whole_seal,
    written,
)
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.damage import seal_changed
from fairwrench.ledger.folder import sha256_of
from fairwrench.ledger.seal.differences import compare_csv, file_missing
from fairwrench.ledger.seal.seal import Seal
from fairwrench.ledger.seal.verify import verify_evidence
from fairwrench.settlement.case import Case
from fairwrench.settlement.measure.measure import Engine, Evidence
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.rules import RULES
from fairwrench.settlement.settle import Settlement, settle


def verify(out: Path, engine: Engine, ledger_folder: Path | None = None, *, seal_digest: str = "") -> Verification:
    """Check a settled month: what is sealed, what is on disk, and what comes out when it is settled again.

    It is settled from the seal alone: scheme, roster, calendar and definitions of sources are those of then. The ledger
    lies in OUT unless told otherwise. `seal_digest` is the seal that somebody else knows the month by, if any. Refused
    when `out` holds no whole settlement.
    """
    seal, ledger = whole_seal(out), ledger_folder or out / LEDGER
    # nothing can be worked out again from what is not as sealed, and roster and scheme may not even be readable
    if problems := [*_other_seal(seal, out, seal_digest), *verify_evidence(seal, ledger)]:
        return Verification(seal.month, "evidence", tuple(problems))
    # Records are inputs of what follows (history, corrections), so they are looked at before anything is worked out.
    if problems := _changed_since(out):
        return Verification(seal.month, "output", tuple(problems))
    if seal.rules > RULES:
        return Verification(seal.month, "rules", (rules_unknown(seal.rules),))
    try:
        problems = _differences(read_kept(out, ledger), out, ledger, engine)
    except Refused as refused:
        return Verification(seal.month, "evidence", refused.problems)
    # By newer rules other figures come out though nobody touched a file; the digests of then tell the two apart.
    if problems and seal.rules < RULES and not (altered := _altered_since(out)):
        return Verification(seal.month, "rules", (rules_newer(seal.rules), *problems))
    if problems and seal.rules < RULES:
        problems = altered
    return Verification(seal.month, "output", tuple(problems)) if problems else Verification(seal.month)


def _differences(kept: Kept, out: Path, ledger: Path, engine: Engine) -> list[Problem]:
    """How the files handed on and the recorded steps differ from what comes out when the month is settled again."""
    with tempfile.TemporaryDirectory(prefix="fairwrench-verify-") as scratch:
        again = Path(scratch)
        settled = _settled_again(kept, ledger, engine, again)
        write_tables(settled, again, kept.about["lang"])
        write_if_any(kept.standing_changes, again / "standing_changes.csv")
        # Files that are there only sometimes are compared where either side has one.
        names = KEYS | {
            name: keys for name, keys in SOMETIMES.items() if any((p / name).exists() for p in (again, out))
        }
        differences = [compare_csv(again / name, out / name, keys) for name, keys in names.items()]
        return [*(problem for problems in differences for problem in problems), *_records(settled, kept)]


def _other_seal(seal: Seal, out: Path, digest: str) -> list[Problem]:
    """The seal where it is not the one that the month was settled from, as its record or somebody else knows it."""
    known = {settled_from(out), *([digest] if digest else [])}
    return [] if known == {seal.digest} else [seal_changed(seal.month, SEAL)]


def _settled_again(kept: Kept, ledger: Path, engine: Engine, scratch: Path) -> Settlement:
    workspace = Workspace(Ledger(ledger, recover=False), engine, kept.sources, sealed_roster(kept.seal, ledger))
    evidence = _derived_again(kept, workspace, scratch)
    case = Case(kept.settlement.scheme, kept.sources, workspace.roster, evidence, kept.history, kept.corrections)
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
            zh, en = f"{name} 在核算后被改动", f"{name} was changed after the settlement"
            found.append(Problem("input_changed", zh, en, file=f"{RECORDS}/{name}"))
    return found


def _altered_since(out: Path) -> list[Problem]:
    """The files handed on that are no longer as they were written."""
    changed = []
    for name, digest in handed_on(out).items():
        if not (out / name).exists():
            changed.append(file_missing(name))
        elif sha256_of(out / name) != digest:
            zh, en = f"{name} 在核算后被改动", f"{name} was changed after the settlement"
            changed.append(Problem("output_changed", zh, en, file=name))
    return changed


def _derived_again(kept: Kept, workspace: Workspace, scratch: Path) -> Evidence:
    """The sealed evidence with its derived columns worked out afresh."""
    scheme = kept.settlement.scheme
    evidence = evidence_of(kept.seal, workspace, (scheme,))
    bare = evidence_of(kept.seal, workspace, ())
    sources = dict(evidence.sources)
    for name, columns in used_derived((scheme,), workspace.sources, workspace.engine.dialect).items():
        if sources[name].files:
            target = scratch / f"{name}.parquet"
            workspace.engine.derive(name, columns, bare, str(target))
            # The side file of the seal is a cache: it is made anew, so a change in it cannot hide (design, sealing).
            sources[name] = replace(sources[name], derived=(str(target),))
    return replace(evidence, sources=sources)
