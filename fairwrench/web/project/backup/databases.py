"""The database of an installation as one file, and back: SQLite by its own online copy, PostgreSQL by its own tools.

Works from the database's URL alone, as a restore runs before there is an application.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess  # the database's own tools
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg

from fairwrench.settlement.problem import Problem, Refused

SQLITE, POSTGRESQL = "sqlite", "postgresql"
#: the file of the database in an archive
FILE_NAMES = {SQLITE: "fairwrench.sqlite3", POSTGRESQL: "fairwrench.dump"}


def kind_of(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return SQLITE if "sqlite" in _parsed(url)["ENGINE"] else POSTGRESQL


def sqlite_path(url: str) -> Path:
    """The file of an SQLite database."""
    return Path(_parsed(url)["NAME"]).resolve()


def copy_out(url: str, target: Path) -> None:
    """Write the database as it stands at one moment to a file; whoever writes meanwhile is not held up."""
    if kind_of(url) == POSTGRESQL:
        _run("pg_dump", url, "--format=custom", f"--file={target}")
        return
    path = sqlite_path(url)
    if not path.exists():
        raise Refused([_nothing(path)])
    # SQLite's own online copy: a copy of the file alone would lack what lies in the WAL
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        # one file in the archive, without a WAL beside it
        copy.execute("PRAGMA journal_mode=DELETE")


def require_sound(source: Path) -> None:
    """Refused when a copy of an SQLite database is damaged."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
        sound = [row[0] for row in copy.execute("PRAGMA integrity_check")]
    if sound != ["ok"]:
        raise Refused([_unsound(sound[0])])


def copy_in(url: str, source: Path) -> None:
    """Make a file written by `copy_out` the PostgreSQL database, which has to be empty; all of it or nothing."""
    _run("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(source))


def is_empty(url: str) -> bool:
    """Whether there is no table in it."""
    if kind_of(url) == SQLITE:
        return not sqlite_path(url).exists()
    facts = _parsed(url)
    with psycopg.connect(**_connection(facts)) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
    return found is not None and found[0] == 0


def _parsed(url: str) -> dict[str, Any]:
    return dict(dj_database_url.parse(url))


def _connection(facts: Mapping[str, Any]) -> dict[str, Any]:
    words = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return {name: facts[word] for name, word in words.items() if facts.get(word)}


def _run(tool: str, url: str, *arguments: str) -> None:
    """One of PostgreSQL's tools; the password goes by the environment, which no list of processes shows."""
    program = shutil.which(tool)
    if program is None:
        raise Refused([_no_tool(tool)])
    facts = _connection(_parsed(url))
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    known = {names[name]: str(value) for name, value in facts.items()}
    chosen = [f"--dbname={facts['dbname']}"] if tool == "pg_restore" else []
    done = subprocess.run(
        [program, *chosen, *arguments], env={**os.environ, **known}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused([_failed(tool, done.stderr.strip().splitlines()[-1:] or ["?"])])


def _nothing(path: Path) -> Problem:
    zh, en = f"{path.name} 不存在：这里没有可备份的应用", f"there is no {path.name}: no application to back up here"
    return Problem("no_installation", zh, en)


def _unsound(why: str) -> Problem:
    return Problem("database_damaged", f"备份中的数据库已损坏：{why}", f"the database in the backup is damaged: {why}")


def _no_tool(tool: str) -> Problem:
    zh = f"找不到 {tool}；请在本机安装与服务器同版本的 PostgreSQL 客户端"
    en = f"{tool} is not on this machine; install the PostgreSQL client of the server's version"
    return Problem("no_database_tool", zh, en)


def _failed(tool: str, last: list[str]) -> Problem:
    return Problem("database_tool_failed", f"{tool} 没有成功：{last[0]}", f"{tool} failed: {last[0]}")
