"""A database of version 0.1 is told, before anything is written to it: nothing of it would be read any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

#: a table that only 0.1 made
OF_0_1 = "people_unit"


def older_tables(*, databases: Sequence[str] | None = None, **_asked: Any) -> list[CheckMessage]:
    """An error for each database that holds tables of 0.1; asked by `migrate`, and so by `fairwrench serve`."""
    return [_older(name) for name in databases or () if OF_0_1 in connections[name].introspection.table_names()]


def _older(name: str) -> CheckMessage:
    zh = "数据库由 0.1 版程序建立，本程序不再读取；请用新的 FAIRWRENCH_HOME 或空数据库，把同样的文件重新提交并核算"
    en = "the database was made by version 0.1 and is not read any more; "
    hint = "take a new FAIRWRENCH_HOME or an empty database, hand the same files in again and settle them"
    return Error(f"{zh}\n{en}{hint}", obj=name, id="fairwrench.E001")
