"""All rows of the tests' database put by in a folder, and brought back: what was built once stands again at once."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

#: the database of an installation on SQLite; and the folder of PostgreSQL's rows, a file for each table
DATABASE, ROWS = "fairwrench.sqlite3", "rows"


def copied(built: Path, to: Path) -> Path:
    """A copy of the folder of a built installation, without what SQLite keeps beside a database while somebody reads
    it: another process may do so in the same moment, and take these files away again."""
    return Path(shutil.copytree(built, to, ignore=shutil.ignore_patterns("*-shm", "*-wal")))


def rows_put_by(folder: Path) -> None:
    """Write down the rows, and leave the database empty."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM INTO %s", [str(folder / DATABASE)])
        else:
            (folder / ROWS).mkdir()
            for table in _tables():
                with cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as rows:
                    (folder / ROWS / table).write_bytes(b"".join(rows))
    rows_clear()


def rows_bring(folder: Path) -> None:
    """The rows that were put by, in the place of all others."""
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    if connection.vendor == "sqlite":
        _from_database(folder / DATABASE)
    else:
        _from_files(folder / ROWS)
    ContentType.objects.clear_cache()


def rows_clear() -> None:
    """An empty database, as the tests begin with."""
    call_command("flush", interactive=False, verbosity=0)
    ContentType.objects.clear_cache()


def _from_database(path: Path) -> None:
    """Take in the rows of a database of SQLite that has the same tables."""
    with connection.cursor() as cursor:
        cursor.execute("ATTACH %s AS built", [str(path)])
        # tables come in the order of their names, so a row may be there before what it points to
        with connection.constraint_checks_disabled(), transaction.atomic():
            for table in _tables():
                cursor.execute(f'INSERT INTO main."{table}" SELECT * FROM built."{table}"')
        cursor.execute("DETACH built")
    connection.check_constraints()


def _from_files(folder: Path) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _tables():
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as rows:
                rows.write((folder / table).read_bytes())
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)


def _tables() -> list[str]:
    """Each table of the application."""
    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))
