"""An installation of its own, in a folder with a database, that processes are started in and killed in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import dj_database_url
import psycopg

from fairwrench.web.work.queue.kinds import KILL_AT
from tests.web.postgres import EXPECTED

ROOT = Path(__file__).parents[3]
URL = "FAIRWRENCH_DATABASE_URL"
#: the exit code of a process that was killed where it was asked to be
KILLED = 9
START = "import django; django.setup()\n"
ON_POSTGRESQL = os.environ.get(EXPECTED) == "postgresql"


@dataclass(frozen=True)
class Installation:
    """`home` keeps everything; on PostgreSQL the rows lie in the database `name` of the tests' server."""

    home: Path
    name: str = ""

    @staticmethod
    def at(home: Path, like: Installation | None = None) -> Installation:
        """A fresh installation in a folder that is not there yet, or a copy of one that no process works in."""
        made = Installation(home, f"installation_{uuid4().hex}")
        if like is None:
            home.mkdir(parents=True)
        else:
            shutil.copytree(like.home, home)
        if ON_POSTGRESQL:
            made._database(f"TEMPLATE {like.name}" if like else "")
        return made

    def _database(self, how: str) -> None:
        told = dj_database_url.parse(os.environ[URL])
        names = {"host": told["HOST"], "user": told["USER"], "dbname": told["NAME"]}
        with psycopg.connect(**names, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {self.name} {how}")

    def run(self, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run code in a process of the installation."""
        told = {name: value for name, value in os.environ.items() if not name.startswith("FAIRWRENCH_")}
        told |= {"DJANGO_SETTINGS_MODULE": "tests.web.work.site", "FAIRWRENCH_HOME": str(self.home), **variables}
        if ON_POSTGRESQL:
            told[URL] = f"{os.environ[URL].rpartition('/')[0]}/{self.name}"
        return subprocess.run(
            [sys.executable, "-c", START + code], cwd=ROOT, env=told, capture_output=True, text=True, check=False
        )

    def told(self, code: str, **variables: str) -> list[dict[str, Any]]:
        """What code prints as JSON, line by line; the process has to end well."""
        done = self.run(code, **variables)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def killed(self, code: str, moment: str) -> None:
        """Run code in a process that ends, as if killed, at a named moment (`work.queue.kinds.passed`)."""
        done = self.run(code, **{KILL_AT: moment})
        assert done.returncode == KILLED, f"{moment} was not passed: {done.returncode}\n{done.stderr}"
