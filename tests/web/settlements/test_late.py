"""Evidence that comes after its month was published: that month stays, a later one pays the difference."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.folder.folder import gather
from fairwrench.closing.run import SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.evidence.uploads.landings import landings_record
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.services import month_settle
from fairwrench.web.settlements.workspace import folder_of
from fairwrench.web.work.models import Job
from tests.web.settlements.conftest import Quiet

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def kept(run: Run) -> dict[str, bytes]:
    """The records of a run that are tables."""
    return {path.name: path.read_bytes() for path in folder_of(run=run).glob("*.csv")}


def test_late_evidence_is_paid_in_a_later_month_as_on_the_command_line(
    group: Path, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when late evidence is lost, changes a published month, or is paid otherwise than by `fairwrench settle`."""
    hr = User.objects.get(username="hr")
    # the command line settles every month by one scheme
    SchemeVersion.objects.filter(state=SchemeVersion.State.ADOPTED).delete()
    published = {cycle.month: kept(cycle.run) for cycle in Cycle.objects.filter(state="published") if cycle.run}
    assert len(published) == 2
    # the sample's open month holds orders of an earlier month that were corrected after it was published
    gather(group / "data", scheme_at(month=CURRENT), sources(), CURRENT).land(ledger(), sources(), Quiet())
    landings_record(ledger=ledger())
    cycle = Cycle.objects.get(month=str(CURRENT))
    with django_capture_on_commit_callbacks(execute=True):
        month_settle(cycle=cycle, by=hr, note="试算")
    assert Job.objects.get(key=f"settle:{CURRENT}").problems == []
    cycle.refresh_from_db()
    assert cycle.run is not None

    settle_folder(SettleOptions(CURRENT, group / "data", tmp_path / "out"), DuckDB(), Quiet())
    mine = kept(cycle.run)
    assert {"totals.csv", "items.csv", "pay.csv", "standing.csv"} <= set(mine)
    for name, content in mine.items():
        assert content == (tmp_path / "out" / name).read_bytes(), name

    with (folder_of(run=cycle.run) / "pay.csv").open(encoding="utf-8", newline="") as file:
        corrected = {row["employee_id"] for row in csv.DictReader(file) if float(row["corrections"] or 0)}
    assert corrected, "the sample holds late evidence that changes somebody's pay"
    assert corrected == set(
        Result.objects.filter(run=cycle.run)
        .exclude(corrections__in=[0])
        .exclude(corrections=None)
        .values_list("employee_id", flat=True)
    )
    assert {cycle.month: kept(cycle.run) for cycle in Cycle.objects.filter(state="published") if cycle.run} == published
    assert Run.objects.filter(kind=Run.Kind.RESTATED, known_at=str(CURRENT), whole=True).exists()


def test_a_published_month_is_not_settled_again(group: Path) -> None:
    """Fails when somebody could change figures that everybody has seen."""
    for cycle in Cycle.objects.filter(state="published"):
        with pytest.raises(Refused, match="is not settled again"):
            month_settle(cycle=cycle, by=User.objects.get(username="hr"))
    assert not Job.objects.filter(kind="settle_month").exclude(key__startswith="demo:").exists()
