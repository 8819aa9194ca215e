"""A drill: everything that an installation keeps is written to one archive, and comes back, or is refused whole."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from fairwrench.cli.main import main
from fairwrench.settlement.problem import Refused
from fairwrench.web.project.backup import databases
from fairwrench.web.project.backup.archive import MANIFEST
from fairwrench.web.project.backup.backup import backup, restore
from fairwrench.web.project.environment import Environment
from tests.closing.small import OCTOBER, SOURCES, Group
from tests.web import postgres


def installation(folder: Path, **variables: str) -> Environment:
    return Environment({"FAIRWRENCH_HOME": str(folder / "home"), **variables})


@pytest.fixture
def standing(tmp_path: Path) -> Environment:
    """A home with a database, an uploaded file, a ledger with a month in it, and what is on its way."""
    environment = installation(tmp_path)
    home = environment.home
    for folder in ("uploads/files", "scratch", "static", "settlements/2026-10"):
        (home / folder).mkdir(parents=True)
    (home / "secret-key").write_text("0123")
    (home / "uploads/files/a.csv").write_text("工号\n")
    (home / "settlements/2026-10/items.csv").write_text("item\n")
    (home / "scratch/half.part").write_text("half")
    (home / "static/app.css").write_text("body{}")
    with closing(sqlite3.connect(home / "fairwrench.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE person (name text)")
        database.execute("INSERT INTO person VALUES ('张一')")
        database.commit()
    Group(environment.ledger).land_month(OCTOBER)
    return environment


def files_of(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but the database, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".sqlite3" not in path.name and path.suffix != ".lock"
    }


def refused(action: Callable[[], object]) -> str:
    """The code of the one problem that a refusal names."""
    with pytest.raises(Refused) as caught:
        action()
    (problem,) = caught.value.problems
    return problem.code


def test_everything_comes_back(standing: Environment, tmp_path: Path) -> None:
    """Fails when a restored home lacks a file, a row, or a batch that the one before had."""
    made = backup(standing, tmp_path / "backup.tar")
    assert made.batches["repair_orders"] == 1 and made.database == "sqlite"
    assert (tmp_path / "backup.tar").stat().st_mode & 0o077 == 0
    other = installation(tmp_path / "other")
    restore(other, tmp_path / "backup.tar")
    before = {path: content for path, content in files_of(standing.home).items() if not path.startswith(("s", "l"))}
    assert {path: files_of(other.home).get(path) for path in before} == before
    assert {"scratch/half.part", "static/app.css"}.isdisjoint(files_of(other.home))
    assert files_of(other.ledger) == files_of(standing.ledger)
    with closing(sqlite3.connect(other.home / "fairwrench.sqlite3")) as database:
        assert database.execute("SELECT name FROM person").fetchall() == [("张一",)]
    ledger = Group(other.ledger).ledger
    assert ledger.current("repair_orders", SOURCES["repair_orders"], [OCTOBER]).height == 73
    assert not list((tmp_path / "other").glob(".restoring-*"))


def test_a_ledger_and_a_database_elsewhere_come_back_there(standing: Environment, tmp_path: Path) -> None:
    """Fails when a restore puts into HOME what the environment keeps outside of it."""
    shutil.move(standing.ledger, tmp_path / "evidence")
    apart = installation(tmp_path, FAIRWRENCH_LEDGER=str(tmp_path / "evidence"))
    backup(apart, tmp_path / "backup.tar")
    where = {
        "FAIRWRENCH_LEDGER": str(tmp_path / "other/evidence"),
        "FAIRWRENCH_DATABASE_URL": f"sqlite:///{tmp_path / 'other/data.sqlite3'}",
    }
    other = installation(tmp_path / "other", **where)
    restore(other, tmp_path / "backup.tar")
    assert files_of(tmp_path / "other/evidence") == files_of(tmp_path / "evidence")
    assert (tmp_path / "other/data.sqlite3").exists() and not (other.home / "ledger").exists()


def test_what_holds_something_is_not_written_over(standing: Environment, tmp_path: Path) -> None:
    """Fails when a restore mixes with a home, or a backup writes over the one before."""
    backup(standing, tmp_path / "backup.tar")
    assert refused(lambda: restore(standing, tmp_path / "backup.tar")) == "home_not_empty"
    assert refused(lambda: backup(standing, tmp_path / "backup.tar")) == "backup_there"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_archive_is_refused_and_leaves_nothing(standing: Environment, tmp_path: Path, kept: float) -> None:
    """Fails when half an archive makes half an installation."""
    backup(standing, tmp_path / "backup.tar")
    whole = (tmp_path / "backup.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[: int(len(whole) * kept)])
    other = installation(tmp_path / "other")
    assert refused(lambda: restore(other, tmp_path / "cut.tar")) == "backup_cut"
    assert not other.home.exists() and list((tmp_path / "other").iterdir()) == []


def rewritten(archive: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The archive with files changed, renamed or left out."""
    target = archive.with_name("changed.tar")
    with tarfile.open(archive) as source, tarfile.open(target, "w") as copy:
        for member in source:
            stream = source.extractfile(member)
            assert stream is not None
            if changed := change(member.name, stream.read()):
                entry = tarfile.TarInfo(changed[0])
                entry.size = len(changed[1])
                copy.addfile(entry, io.BytesIO(changed[1]))
    return target


def _newer(name: str, content: bytes) -> tuple[str, bytes]:
    if name != MANIFEST:
        return name, content
    return name, json.dumps({**json.loads(content), "program": "99.0.0"}).encode()


def _of_0_1(name: str, content: bytes) -> tuple[str, bytes]:
    if name != MANIFEST:
        return name, content
    return name, json.dumps({**json.loads(content), "program": "0.1.0"}).encode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda name, content: (name, content + b" " if name.endswith("a.csv") else content), "backup_altered"),
        (lambda name, content: None if name.endswith("a.csv") else (name, content), "backup_altered"),
        (lambda name, content: None if name == MANIFEST else (name, content), "backup_cut"),
        (lambda name, content: ("../a.csv" if name.endswith("a.csv") else name, content), "backup_strange"),
        (lambda name, content: ("/tmp/a.csv" if name.endswith("a.csv") else name, content), "backup_strange"),
        (lambda name, content: (name, b'{"format": 9}' if name == MANIFEST else content), "backup_format"),
        (_newer, "backup_newer"),
        (_of_0_1, "backup_older"),
    ],
)
def test_what_is_not_the_backup_is_refused(
    standing: Environment, tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], code: str
) -> None:
    """Fails when somebody's archive writes outside the home, or an altered file comes back as if it were ours."""
    backup(standing, tmp_path / "backup.tar")
    other = installation(tmp_path / "other")
    assert refused(lambda: restore(other, rewritten(tmp_path / "backup.tar", change))) == code
    assert not other.home.exists()


def test_a_damaged_database_is_refused(standing: Environment, tmp_path: Path) -> None:
    """Fails when a copy of the database that cannot be read becomes the database."""
    (tmp_path / "broken.sqlite3").write_bytes(b"SQLite format 3\x00" + b"\x00" * 4000)
    with pytest.raises((Refused, sqlite3.DatabaseError)):
        databases.require_sound(tmp_path / "broken.sqlite3")


def test_the_commands_say_what_they_did(standing: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when backup and restore are no commands, or refuse without exit code 2."""
    monkeypatch.setenv("FAIRWRENCH_HOME", str(standing.home))
    monkeypatch.delenv("FAIRWRENCH_DATABASE_URL", raising=False)  # the suite may run on PostgreSQL; this drill does not
    archive, other = str(tmp_path / "backup.tar"), str(tmp_path / "other/home")
    done = CliRunner().invoke(main, ["backup", archive, "--lang", "zh"])
    assert done.exit_code == 0 and "已核对" in done.output, done.output
    assert CliRunner().invoke(main, ["restore", archive]).exit_code == 2
    back = CliRunner().invoke(main, ["restore", archive, "--home", other, "--lang", "en"])
    assert back.exit_code == 0 and "restored the backup of" in back.output


def test_postgresql_comes_back(standing: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a dump is not taken, or comes back into a database that holds something."""
    with postgres.started() as url:
        monkeypatch.setenv("PATH", str(postgres.installed_programs()), prepend=":")
        base, _, _name = url.rpartition("/")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE drill")
            connection.execute("CREATE TABLE person (name text)")
            connection.execute("INSERT INTO person VALUES ('张一')")
        there = installation(tmp_path, FAIRWRENCH_DATABASE_URL=url)
        backup(there, tmp_path / "backup.tar")
        other = installation(tmp_path / "other", FAIRWRENCH_DATABASE_URL=f"{base}/drill")
        restore(other, tmp_path / "backup.tar")
        with psycopg.connect(f"{base}/drill") as connection:
            assert connection.execute("SELECT name FROM person").fetchall() == [("张一",)]
        full = installation(tmp_path / "third", FAIRWRENCH_DATABASE_URL=f"{base}/drill")
        assert refused(lambda: restore(full, tmp_path / "backup.tar")) == "database_not_empty"
