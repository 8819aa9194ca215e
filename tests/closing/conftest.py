"""The small group with its evidence landed, and with October closed; made once, copied for every test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.run_files import LEDGER, write_closed
from tests.closing.small import MONTHS, Group, scheme


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with August to October landed."""
    group = Group(tmp_path_factory.mktemp("landed") / "ledger")
    for month in MONTHS:
        group.land_month(month)
    return group.folder


@pytest.fixture(scope="session")
def closed(landed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An OUT with August to October closed in order; October is written."""
    out = tmp_path_factory.mktemp("closed") / "out"
    shutil.copytree(landed, out / LEDGER)
    book = Book(Group(out / LEDGER).office, scheme())
    for month in MONTHS:
        done = book.close(month)
    write_closed(done, out, "zh")
    return out


@pytest.fixture
def group(landed: Path, tmp_path: Path) -> Group:
    """The landed group, to be written into by a test."""
    return Group(Path(shutil.copytree(landed, tmp_path / "ledger")))


@pytest.fixture
def out(closed: Path, tmp_path: Path) -> Path:
    """The closed October, to be meddled with by a test."""
    return Path(shutil.copytree(closed, tmp_path / "out"))
