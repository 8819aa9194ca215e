"""Who on the machine may read what an installation keeps: its owner alone, and of the ledger a group that is named."""

from __future__ import annotations

import grp
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from fairwrench.ledger.folder import keep, write_whole
from fairwrench.web.ui.files.folders import folders_tighten
from tests.web.work.installation import Installation

#: a site in use: its database made, a file handed in and landed, as whoever started it with the umask of any login
USED = """
import os
assert os.umask(0o077) == 0o077
from django.core.management import call_command
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads.services import upload_add, upload_land
from fairwrench.web.access.models import Grant, User
from fairwrench.web.people.roster_services import roster_apply
from tests.web.evidence.conftest import orders, roster
call_command("migrate", verbosity=0)
call_command("prepare_office")
roster_apply(roster=roster(), by=None)
user = User.objects.create_user("hr", password=None)
Grant.objects.create(user=user, role="hr")
upload = upload_add(content=orders(), name="东店_维修工单.csv", month=Month(2026, 10), by=user).upload
upload = Upload.objects.get(pk=upload.pk)
upload_land(upload=upload, by=user, version=upload.version)
assert Upload.objects.get().state == "landed"
"""


def modes(folder: Path) -> dict[str, str]:
    """Each file and folder, by its path below another, with its mode."""
    return {
        path.relative_to(folder).as_posix(): f"{stat.S_IMODE(path.stat().st_mode):04o}"
        for path in (folder, *folder.rglob("*"))
    }


def own_group() -> str:
    return grp.getgrgid(os.getgid()).gr_name


@pytest.fixture
def loose() -> Any:
    """As most logins have it: what is made may be read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.slow
@pytest.mark.parametrize("group", ["", "own"])
def test_what_a_site_makes_is_its_owners_alone(loose: None, tmp_path: Path, group: str) -> None:
    """Fails when the database, an upload, a preview or the evidence may be read by another user of the machine, or the
    ledger not by the group that is to compute on it."""
    at = Installation.at(tmp_path / "home")
    told = {"FAIRWRENCH_LEDGER_GROUP": own_group() if group else "", "DJANGO_SETTINGS_MODULE": "tests.web.settings"}
    done = at.run(USED, **told)
    assert done.returncode == 0, done.stderr
    made = modes(at.home)
    inward = re.compile("ledger/(lanes|ledger.json|seals/[^/]+/cells/)")  # what only the program itself looks into
    ledger = {name: mode for name, mode in made.items() if name.startswith("ledger/") and not inward.match(name)}
    others = {name: mode for name, mode in made.items() if not name.startswith("ledger")}
    assert len([name for name in ledger if name.endswith(".parquet")]) >= 1
    assert {mode for name, mode in others.items() if name != "."} <= {"0600", "0700", "0400"}
    if group:
        assert set(ledger.values()) <= {"0640", "0440", "2750"}
        assert made["ledger"] == "2750"
        assert made["."] == "0710"
    else:
        assert set(ledger.values()) <= {"0600", "0400", "0700"}
        assert made["."] == "0700"


@pytest.fixture
def home(settings: Any, tmp_path: Path, loose: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What an earlier edition, or a copy of a backup, left open to everybody."""
    home = tmp_path / "home"
    settings.HOME, settings.LEDGER, settings.LEDGER_GROUP = home, home / "ledger", ""
    settings.UPLOADS, settings.SETTLEMENTS = home / "uploads", home / "settlements"
    database = [home / "fairwrench.sqlite3", home / "fairwrench.sqlite3-wal"]
    monkeypatch.setattr("fairwrench.web.ui.files.folders._databases", lambda: database)
    for name in (*database, "ledger/jobs/a.parquet", "uploads/files/ab/cd", "mine"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(b"x")
    (home / "ledger" / "jobs" / "a.parquet").chmod(0o444)
    (home / "uploads" / "link").symlink_to(home / "mine")
    return home


def test_what_was_open_is_tightened_and_counted(home: Path) -> None:
    """Fails when an installation of an earlier edition stays open, or what is not ours is changed."""
    assert folders_tighten() == 10
    assert modes(home) == {
        ".": "0700",
        "fairwrench.sqlite3": "0600",
        "fairwrench.sqlite3-wal": "0600",
        "ledger": "0700",
        "ledger/jobs": "0700",
        "ledger/jobs/a.parquet": "0400",
        "mine": "0644",
        "uploads": "0700",
        "uploads/files": "0700",
        "uploads/files/ab": "0700",
        "uploads/files/ab/cd": "0600",
        "uploads/link": "0644",
    }
    assert folders_tighten() == 0


def test_the_ledger_is_opened_to_the_group_named_and_closed_again(home: Path, settings: Any) -> None:
    """Fails when Spark, as another user, cannot read the evidence, or still can once that is not wanted any more."""
    settings.LEDGER_GROUP = own_group()
    assert folders_tighten() == 10
    assert folders_tighten() == 0
    found = modes(home)
    assert [found[name] for name in (".", "ledger", "ledger/jobs", "ledger/jobs/a.parquet", "uploads")] == [
        "0710",
        "2750",
        "2750",
        "0440",
        "0700",
    ]
    settings.LEDGER_GROUP = ""
    assert folders_tighten() == 4
    assert modes(home)["ledger"] == "0700"


def test_a_group_that_the_machine_does_not_know_is_told_at_the_start(home: Path, settings: Any) -> None:
    """Fails when a slip in a setting leaves the ledger closed, or open, without a word."""
    settings.LEDGER_GROUP = "no-such-group"
    with pytest.raises(ImproperlyConfigured, match="no-such-group"):
        folders_tighten()


@pytest.mark.parametrize(("umask", "mode"), [(0o077, "0600"), (0o027, "0640"), (0o022, "0644")])
def test_files_of_the_ledger_are_made_as_the_process_makes_files(tmp_path: Path, umask: int, mode: str) -> None:
    """Fails when a file of the evidence is open to everybody although who settles says otherwise by their umask."""
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "a.json", b"{}")
        keep(tmp_path / "shelf", b"x")
    finally:
        os.umask(before)
    found = modes(tmp_path)
    assert found["a.json"] == mode
    (kept,) = (found[name] for name in found if name.count("/") == 2)
    assert kept == mode.replace("6", "4")
