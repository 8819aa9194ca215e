"""A worker killed in the middle of a landing: nothing half-done is seen, and begun again it has one effect."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.work.installation import Installation

ROOT = Path(__file__).parents[3]
#: a site with a file handed in
SITE = """
import django; django.setup()
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.evidence.uploads.services import upload_add
from fairwrench.web.access.models import Grant, User
from tests.web.evidence.conftest import orders, roster
from fairwrench.web.people.roster_services import roster_apply

roster_apply(roster=roster(), by=None)
user = User.objects.create_user("hr", password=None)
Grant.objects.create(user=user, role="hr")
taken = upload_add(content=orders(), name="东店_维修工单.csv", month=Month(2026, 10), by=user)
assert taken.upload
"""
#: lands the file; the environment says where the process dies
BEGIN = """
import django; django.setup()
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads.services import upload_land
from fairwrench.web.access.models import User

upload = Upload.objects.get()
upload_land(upload=upload, by=User.objects.get(), version=upload.version)
"""
#: what a worker does when it starts, and what is then there
AGAIN = """
import django; django.setup()
import json
from django.conf import settings
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.web.evidence.models import Covered, Landing, Upload
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.services import jobs_recover

before = Upload.objects.get().state
recovered = jobs_recover(everything=True)
batches = [[batch.number, batch.counts["accepted"]] for batch in Ledger(settings.LEDGER).batches()]
print(json.dumps({
    "before": before, "recovered": recovered, "batches": batches, "after": Upload.objects.get().state,
    "landings": Landing.objects.count(), "covered": Covered.objects.count(),
    "jobs": sorted(Job.objects.filter(kind__startswith="evidence").values_list("kind", "state")),
}))
"""


def run(code: str, home: Path, moment: str = "") -> subprocess.CompletedProcess[str]:
    """A process of the site in a folder of its own."""
    told = {"DJANGO_SETTINGS_MODULE": "tests.web.settings", "FAIRWRENCH_HOME": str(home), "FAIRWRENCH_KILL_AT": moment}
    names = {name: value for name, value in os.environ.items() if not name.startswith("FAIRWRENCH_")}
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, cwd=ROOT, env={**names, **told}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a site, to be copied."""
    home = Path(shutil.copytree(migrated.home, tmp_path_factory.mktemp("site") / "home"))
    made = run(SITE, home)
    assert made.returncode == 0, made.stderr
    return home


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("ledger:prepared", marks=pytest.mark.slow),
        "ledger:committed",
        pytest.param("land:recorded", marks=pytest.mark.slow),
    ],
)
def test_a_landing_that_died_is_taken_up_again_and_counts_once(site: Path, tmp_path: Path, moment: str) -> None:
    """Fails when a killed worker would lose a file, land half of it, or land it twice."""
    home = tmp_path / "home"
    shutil.copytree(site, home)
    died = run(BEGIN, home, moment)
    assert died.returncode == 9, died.stderr
    again = run(AGAIN, home)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == {
        "before": "landing",
        "recovered": 1,
        "batches": [[1, 2]],
        "after": "landed",
        "landings": 1,
        "covered": 1,
        "jobs": [["evidence_land", "done"], ["evidence_read", "done"]],
    }
