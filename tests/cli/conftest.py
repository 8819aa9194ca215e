"""The small group of `tests/closing` as a folder of files, and its October settled by the command; made once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from fairwrench.cli.main import main
from tests.closing.small import write_folder, write_scheme


@dataclass(frozen=True)
class Told:
    """What a command answered: exit code, standard output, error output."""

    code: int
    out: str
    err: str


def run(*words: object) -> Told:
    """Run the command; an error that is no refusal fails the test."""
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    return Told(result.exit_code, result.stdout, result.stderr)


@dataclass(frozen=True)
class Shop:
    """Where the files, the scheme and the settled month of the group lie."""

    data: Path
    scheme: Path
    out: Path


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """October settled by the command, with everything the folder holds."""
    folder = tmp_path_factory.mktemp("shop")
    shop = Shop(write_folder(folder / "data"), write_scheme(folder / "scheme.yaml"), folder / "out")
    words = ("--data", shop.data, "--out", shop.out, "--scheme", shop.scheme, "--no-reports", "--lang", "en")
    told = run("settle", "2026-10", *words)
    assert told.code == 0, told
    return shop


@pytest.fixture
def shop(settled: Shop, tmp_path: Path) -> Shop:
    """A copy to be meddled with; nothing is settled in its `new`."""
    shutil.copytree(settled.data, tmp_path / "data")
    shutil.copytree(settled.out, tmp_path / "out")
    return Shop(tmp_path / "data", settled.scheme, tmp_path / "out")
