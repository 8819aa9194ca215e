"""What the application keeps is checked by the same evaluation on its pages and from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from fairwrench.closing.check.verification import Verification
from fairwrench.closing.run_store import FIGURES, INDICATORS, MANIFEST
from fairwrench.settlement.source.source import Recurrence
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.models import SourceDefinition
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.runs.verification import run_verified, runs_verified
from fairwrench.web.settlements.services import run_verify
from fairwrench.web.settlements.workspace import STORES, folder_of, store_of_run
from fairwrench.web.work.models import Job
from tests.web.settlements.changed_runs import parts_of_run, rewrite
from tests.web.settlements.test_pages import LAST
from tests.web.work.installation import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PUBLISHED = [str(CURRENT.plus(-2)), str(CURRENT.plus(-1))]


@pytest.fixture(scope="module")
def database(group: Path, django_db_blocker: Any) -> str:
    """The group's database as a process of its own reaches it."""
    names = connection.settings_dict
    if connection.vendor == "sqlite":
        path = group / "fairwrench.sqlite3"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        return f"sqlite:///{path}"
    return f"postgres://{names['USER']}@/{names['NAME']}?host={names['HOST']}&port={names['PORT']}"


def command(group: Path, database: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`fairwrench verify` in a process of its own, where the group's home is."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("FAIRWRENCH_", "DJANGO_"))}
    told |= {"FAIRWRENCH_DATABASE_URL": database, "FAIRWRENCH_SECRET_KEY": "of this test alone", **variables}
    words = ("-c", "from fairwrench.cli.main import main; main()", "verify", "--lang", "en", *words)
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=told, capture_output=True, text=True, check=False)


def last() -> Verification:
    """The last published month checked."""
    run = Cycle.objects.get(month=LAST).run
    assert run is not None
    return run_verified(run=run)


@pytest.mark.usefixtures("group")
def test_every_published_month_is_equal() -> None:
    """Fails when a month that the application published is not what comes out of what it keeps."""
    assert [(checked.month, checked.cause) for checked in runs_verified()] == [(month, None) for month in PUBLISHED]


def test_the_command_finds_what_the_application_keeps(group: Path, database: str) -> None:
    """Fails when only a folder of files can be verified, and not what is served."""
    told = command(group, database, FAIRWRENCH_HOME=str(group))
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [
        f"{month} equal: settled again from the seal, byte for byte." for month in PUBLISHED
    ]


def test_the_ledger_leads_to_its_home(group: Path, database: str) -> None:
    """Fails when an administrator who names the ledger is told to look elsewhere."""
    told = command(group, database, "--ledger", str(group / "ledger"), "--month", LAST)
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [f"{LAST} equal: settled again from the seal, byte for byte."]
    open_month = command(group, database, "--ledger", str(group / "ledger"), "--month", str(CURRENT))
    assert open_month.returncode == 2
    assert "not settled" in open_month.stderr


@pytest.mark.usefixtures("group")
def test_a_definition_changed_on_the_web_changes_no_sealed_month() -> None:
    """Fails when a derived column that is defined anew today makes the months before it different."""
    source = sources()["job_lines"]
    derived = {
        name: column.model_copy(update={"days": 3}) if isinstance(column, Recurrence) else column
        for name, column in source.derived.items()
    }
    document = source.model_copy(update={"derived": derived}).model_dump(mode="json")
    SourceDefinition.objects.create(name="job_lines", document=document, version=1)
    assert sources()["job_lines"] != source
    assert last() == Verification(LAST)


@pytest.mark.usefixtures("group")
def test_a_figure_changed_in_the_database_is_named() -> None:
    """Fails when pages show another figure than was settled, and the check says equal."""
    result = Result.objects.filter(run=Cycle.objects.get(month=LAST).run, state="settled")[0]
    assert result.total_pay is not None
    Result.objects.filter(pk=result.pk).update(total_pay=result.total_pay + 1)
    checked = last()
    assert checked.cause == "output"
    assert [(problem.code, problem.subject) for problem in checked.problems] == [
        ("shown_otherwise", result.employee_id)
    ]
    assert str(result.total_pay) in checked.problems[0].zh and "恢复" in checked.problems[0].zh
    Result.objects.filter(pk=result.pk).delete()
    assert [(problem.code, problem.subject) for problem in last().problems] == [("shown_otherwise", result.employee_id)]


@pytest.mark.usefixtures("group")
def test_a_figure_changed_in_the_files_of_pages_is_named() -> None:
    """Fails when pages read other points than were settled, whether or not the list of files was mended to fit."""
    run = Cycle.objects.get(month=LAST).run
    assert run is not None
    lines = parts_of_run(run)["lines"]
    rewrite(run, parts={"lines": lines.with_columns(pl.col("points") + 1)})
    assert [(problem.code, problem.file) for problem in last().problems] == [("shown_otherwise", "lines")]
    rewrite(run, parts={"lines": lines})
    assert last() == Verification(LAST)
    path = store_of_run(run=run).folder / INDICATORS
    path.chmod(0o600)
    path.write_bytes(b"")
    assert [(problem.code, problem.file) for problem in last().problems] == [("shown_otherwise", INDICATORS)]
    rewrite(run, parts={"lines": lines}, figures=pl.DataFrame(schema=dict(FIGURES)))
    (folder_of(run=run) / STORES / MANIFEST).unlink()
    assert [problem.code for problem in last().problems] == ["no_run_store"]


@pytest.mark.usefixtures("group")
def test_a_run_that_stands_on_another_seal_is_named() -> None:
    """Fails when the records of a month can be put in the place of another settlement of it."""
    run = Cycle.objects.get(month=LAST).run
    assert run is not None
    run.seal = "0" * 64
    checked = run_verified(run=run)
    assert (checked.cause, [problem.code for problem in checked.problems]) == ("evidence", ["seal_changed"])


def test_the_page_says_what_kind_of_difference_there_is(
    signed_in: Any, group: Path, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when a damaged record ends in a failed job, or the page does not say that evidence was altered."""
    run, hr = Cycle.objects.get(month=LAST).run, User.objects.get(username="hr")
    assert run is not None
    used = group / "ledger" / "batches" / "repair_orders" / f"{1:09d}.json"
    content = used.read_bytes()
    try:
        used.write_bytes(content[:40])
        with django_capture_on_commit_callbacks(execute=True):
            run_verify(run=run, by=hr)
    finally:
        used.write_bytes(content)
    job = Job.objects.get(key=f"verify:{run.pk}")
    assert (job.state, job.result["cause"]) == ("done", "evidence"), job.problems
    page = signed_in("hr").get(f"/months/{LAST}/").text
    assert "数据被改动" in page and "batches/repair_orders/000000001.json" in page
