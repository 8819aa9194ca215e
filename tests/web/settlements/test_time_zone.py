"""One time zone an installation: at the month's boundary the pages settle as the command line does, or not at all."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.folder.folder import gather
from fairwrench.closing.run import SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.roster.roster import read_roster
from fairwrench.settlement.problem import Refused
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.people.roster_services import roster_apply
from fairwrench.web.project.environment import Environment
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.closing import Kind, month_close
from fairwrench.web.settlements.workspace import folder_of
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import Progress
from tests.closing.quiet import Quiet
from tests.closing.small import CHAOYANG, OCTOBER, document, evidence, write_file, write_folder, write_scheme

pytestmark = pytest.mark.django_db
#: thirteen hours behind Shanghai: 23:30 on 31 October there is the 1 November here
ZONE = "America/New_York"


def late_order(number: str, local: str) -> dict[str, Any]:
    """An order of T1 of one local minute; `write_file` adds the eight hours of Shanghai that are taken off here."""
    like = next(row for row in evidence(OCTOBER)["repair_orders"] if row["technician"] == "T1")
    at = datetime.fromisoformat(local).replace(tzinfo=UTC) - timedelta(hours=8)
    times = dict.fromkeys(("opened_at", "first_promised_at", "finished_at", "delivered_at"), at)
    return {**like, **times, "ro_no": number, "vin": number, "store": CHAOYANG}


@pytest.fixture
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in New York with the small group's files, two orders of which are about the month's end."""
    data = write_folder(tmp_path / "data", months=[OCTOBER])
    border = [late_order("LAST", "2026-10-31 23:30"), late_order("FIRST", "2026-11-01 00:30")]
    write_file(data / str(OCTOBER) / "month's end.csv", "repair_orders", border)
    cycle = {**document()["cycle"], "time_zone": ZONE}
    settings.SCHEME = str(write_scheme(tmp_path / "scheme.yaml", cycle=cycle))
    settings.HOME, settings.LEDGER, settings.SETTLEMENTS = tmp_path, tmp_path / "ledger", tmp_path / "settlements"
    settings.TIME_ZONE = ZONE
    roster, _ = read_roster(data / "roster.csv", scheme_at(month=OCTOBER))
    roster_apply(roster=roster, by=None)
    return tmp_path


def settled(home: Path) -> Run:
    """October settled as the pages settle it, from the files of the folder."""
    gather(home / "data", scheme_at(month=OCTOBER), sources(), OCTOBER).land(ledger(), sources(), Quiet())
    cycle = Cycle.objects.create(month=str(OCTOBER))
    job = Job.objects.create(kind="settle_month", key="settle", arguments={"month": str(OCTOBER)})
    return month_close(cycle=cycle, kind=Kind.FINAL, by=None, progress=Progress(job))


def test_the_months_boundary_is_the_same_on_the_pages_and_on_the_command_line(home: Path) -> None:
    """Fails when 23:30 on the last day belongs to one month on the pages and to another on the command line."""
    pages = folder_of(run=settled(home))
    settle_folder(
        SettleOptions(OCTOBER, home / "data", home / "out", scheme=str(home / "scheme.yaml")), DuckDB(), Quiet()
    )
    for name in ("totals.csv", "items.csv", "pay.csv", "standing.csv"):
        assert (pages / name).read_bytes() == (home / "out" / name).read_bytes(), name
    with (pages / "items.csv").open(encoding="utf-8", newline="") as file:
        on_time = {row["employee_id"]: row for row in csv.DictReader(file) if row["item"] == "on_time"}
    # fourteen orders of October and the one that was finished half an hour before its end
    assert int(on_time["T1"]["denominator"]) == 15


def test_a_scheme_of_another_zone_is_not_settled_by(home: Path, settings: Any) -> None:
    """Fails when months are cut by the server's zone while the scheme names another: people were paid otherwise."""
    settings.TIME_ZONE = "Asia/Shanghai"
    with pytest.raises(Refused) as refused:
        settled(home)
    assert [problem.code for problem in refused.value.problems] == ["other_time_zone"]
    (problem,) = refused.value.problems
    assert all(zone in text for zone in (ZONE, "Asia/Shanghai") for text in (problem.zh, problem.en))
    assert not Run.objects.exists()


def test_the_installations_zone_is_that_of_its_ledger(tmp_path: Path) -> None:
    """Fails when pages show days of another zone than the ledger files months by."""

    def zone(**variables: str) -> str:
        return Environment({"FAIRWRENCH_HOME": str(tmp_path), **variables}).time_zone

    assert zone() == "Asia/Shanghai"
    assert zone(FAIRWRENCH_TIME_ZONE=ZONE) == ZONE
    Ledger(tmp_path / "ledger", time_zone=ZONE)
    assert zone() == ZONE
    with pytest.raises(ValueError, match=ZONE):
        zone(FAIRWRENCH_TIME_ZONE="Asia/Shanghai")
