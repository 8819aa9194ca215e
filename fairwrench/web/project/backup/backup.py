"""Backup and restore of an installation: database, then what lies in HOME, then the ledger, in one archive.

The database comes first: what it knows of is then in the files that are copied after it. Of the ledger the seals come
before the evidence, and the evidence of each source while nobody lands in it; it only ever grows, so that every seal
finds its rows.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.batches.table import committed
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.project.backup import databases
from fairwrench.web.project.backup.archive import (
    DATABASE,
    HOME,
    LEDGER,
    Manifest,
    Writer,
    finish,
    unpacked,
    written,
)
from fairwrench.web.project.environment import Environment
from fairwrench.web.work.home.last_backup import LAST_BACKUP, backup_note

#: the oldest version whose database is read: 0.1 had no installations
OLDEST = (0, 2)
#: what lies in HOME and is made anew, is on its way, or is of this installation alone
_PASSING = ("scratch", "static", LAST_BACKUP)
_SEALS, _BATCHES, _LANES = "seals", "batches", "lanes"


def backup(environment: Environment, target: Path) -> Manifest:
    """Write an archive of everything that the installation keeps, and read it back; Refused where one stands."""
    if target.exists():
        raise Refused([_there(target)])
    if not environment.home.is_dir():
        raise Refused([_no_home(environment.home)])
    url = environment.database_url
    with written(target) as writer, tempfile.TemporaryDirectory(prefix="fairwrench-backup-") as folder:
        name = databases.FILE_NAMES[databases.kind_of(url)]
        # 1. the database; what it knows of lies in the files that are copied after it
        databases.copy_out(url, Path(folder, name))
        writer.add(Path(folder, name), f"{DATABASE}/{name}")
        # 2. HOME
        writer.add_folder(environment.home, HOME, _left_out(environment))
        # 3. the ledger
        batches = _add_ledger(writer, environment.ledger)
        manifest = Manifest(
            version("fairwrench"),
            datetime.now(UTC).isoformat(timespec="seconds"),
            databases.kind_of(url),
            batches,
            tuple(writer.files),
        )
        finish(writer, manifest)
    # a backup that was never read back is none
    read = unpacked(target, None)
    backup_note(home=environment.home, made_at=manifest.made_at)
    return read


def restore(environment: Environment, archive: Path) -> Manifest:
    """Bring an archive into an empty home; nothing is left behind when it is refused.

    Refused: home, ledger or database hold something; the archive is cut off or altered; it is of another kind of
    database, or of a newer version of the program.
    """
    _require_empty(environment)
    environment.home.parent.mkdir(parents=True, exist_ok=True)
    # beside HOME, on the same disk, so that the last step is a rename
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=environment.home.parent) as folder:
        staged = Path(folder)
        # everything is read and compared before the first thing is put in its place
        manifest = unpacked(archive, staged)
        _require_fit(manifest, environment, archive)
        database = staged / DATABASE / databases.FILE_NAMES[manifest.database]
        (staged / HOME).mkdir(exist_ok=True, mode=0o700)
        if manifest.database == databases.POSTGRESQL:
            # in one transaction of its own, and first: if it fails, no file has moved
            databases.copy_in(environment.database_url, database)
        else:
            databases.require_sound(database)
            _move(database, databases.sqlite_path(environment.database_url), staged / HOME, environment.home)
        _move(staged / LEDGER, environment.ledger, staged / HOME, environment.home)
        if environment.home.is_dir():
            # an empty folder that somebody made for it
            environment.home.rmdir()
        # last: HOME is there whole or not at all
        (staged / HOME).rename(environment.home)
    return manifest


def _left_out(environment: Environment) -> frozenset[Path]:
    home = environment.home
    passing = {home / name for name in _PASSING} | {environment.ledger}
    if databases.kind_of(environment.database_url) == databases.SQLITE:
        path = databases.sqlite_path(environment.database_url)
        # it was copied by its own means; the file as it lies is of no one moment
        passing |= {path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", "-journal"))}
    return frozenset(passing)


def _add_ledger(writer: Writer, folder: Path) -> dict[str, int]:
    """The ledger, and the last batch of each source in it."""
    if not (folder / "ledger.json").exists():
        return {}
    ledger = Ledger(folder)
    writer.add_folder(folder / _SEALS, f"{LEDGER}/{_SEALS}")
    known = sorted(path.name for path in (folder / _BATCHES).iterdir()) if (folder / _BATCHES).is_dir() else []
    last = {}
    for name in known:
        # nobody lands in this source meanwhile, so its table and the records of its batches fit
        with ledger.writing(name):
            last[name] = committed(f"{folder}/{name}", Batch.kind)
            writer.add_folder(folder / name, f"{LEDGER}/{name}")
            writer.add_folder(folder / _BATCHES / name, f"{LEDGER}/{_BATCHES}/{name}")
    # what else lies there, such as uploads: copied after the batches that name it
    done = frozenset({folder / name for name in (*known, _SEALS, _BATCHES, _LANES)})
    writer.add_folder(folder, LEDGER, done)
    return last


def _require_empty(environment: Environment) -> None:
    for folder in (environment.home, environment.ledger):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Refused([_not_empty(folder)])
    if not databases.is_empty(environment.database_url):
        raise Refused([_database_not_empty()])


def _require_fit(manifest: Manifest, environment: Environment, archive: Path) -> None:
    if manifest.database != databases.kind_of(environment.database_url):
        raise Refused([_other_database(archive, manifest.database)])
    # a newer program may keep what this one does not know
    if _numbers(manifest.program) > _numbers(version("fairwrench")):
        raise Refused([_newer(archive, manifest.program)])
    if _numbers(manifest.program) < OLDEST:
        raise Refused([_of_0_1(archive)])


def _numbers(program: str) -> tuple[int, ...]:
    return tuple(int(part) for part in program.split(".") if part.isdigit())


def _move(staged: Path, place: Path, home_staged: Path, home: Path) -> None:
    """A part to where it belongs, which may lie inside the home that is still on its way."""
    if not staged.exists():
        return
    target = home_staged / place.relative_to(home) if place.is_relative_to(home) else place
    if target.is_dir():
        target.rmdir()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.move(staged, target)


def _there(target: Path) -> Problem:
    zh, en = (
        f"{target.name} 已存在，不会覆盖；请另取文件名",
        f"{target.name} is there and is not written over; name another",
    )
    return Problem("backup_there", zh, en, file=target.name)


def _no_home(home: Path) -> Problem:
    zh = f"{home.name} 不存在：这里没有可备份的应用；请用 --home 或 FAIRWRENCH_HOME 指明"
    en = f"there is no {home.name}: no application to back up here; say where by --home or FAIRWRENCH_HOME"
    return Problem("no_installation", zh, en)


def _not_empty(folder: Path) -> Problem:
    zh = f"{folder.name} 不是空的，恢复只写入空文件夹；请先移走其中的内容，或用 --home 指定别处"
    en = (
        f"{folder.name} is not empty, and a backup is restored into an empty folder alone; move away what is in it, or "
    )
    return Problem("home_not_empty", zh, f"{en}name another by --home")


def _database_not_empty() -> Problem:
    zh = "数据库里已有数据，恢复只写入空的数据库；请另建一个空库"
    en = "the database holds something, and a backup is restored into an empty one alone; make an empty one"
    return Problem("database_not_empty", zh, en)


def _other_database(archive: Path, kind: str) -> Problem:
    zh = f"{archive.name} 是 {kind} 数据库的备份，与 FAIRWRENCH_DATABASE_URL 不符"
    en = f"{archive.name} is of a database of {kind}, which FAIRWRENCH_DATABASE_URL does not name"
    return Problem("backup_database", zh, en, file=archive.name)


def _of_0_1(archive: Path) -> Problem:
    zh = f"{archive.name} 由 0.1 版程序做成，本程序不再读取；请在新的文件夹里把同样的文件重新提交并核算"
    en = f"{archive.name} was made by version 0.1 and is not read any more; "
    en += "hand the same files in again and settle them in a new folder"
    return Problem("backup_older", zh, en, file=archive.name)


def _newer(archive: Path, program: str) -> Problem:
    zh = f"{archive.name} 由更新的版本（{program}）做成；请先升级程序再恢复"
    en = f"{archive.name} was made by a newer version ({program}); upgrade the program first"
    return Problem("backup_newer", zh, en, file=archive.name)
