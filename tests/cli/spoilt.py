"""Two small stores whose files are spoilt, and what the command answers and writes."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from fairwrench.cli.main import main
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from tests.report.small_group import HISTORY, SCHEME, write_data

MONTH = "2026-10"


@dataclass(frozen=True)
class Settled:
    """What the command answered and wrote."""

    code: int
    said: dict[str, Any]
    told: str
    out: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.out / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def of(self, person: str, name: str = "totals.csv") -> dict[str, str]:
        """The one row of a person."""
        (row,) = [row for row in self.rows(name) if row["employee_id"] == person]
        return row

    def item(self, person: str, item: str) -> dict[str, str]:
        """The one line of an item of a person."""
        (row,) = [row for row in self.rows("items.csv") if (row["employee_id"], row["item"]) == (person, item)]
        return row

    def problems(self, word: str = "") -> list[str]:
        """What is told about a file, or about anything."""
        return [problem["text"] for problem in self.said["problems"] if word in problem["text"]]

    def codes(self, word: str) -> list[str]:
        return [problem["code"] for problem in self.said["problems"] if word in problem["text"]]

    def rejected(self, file: str) -> list[dict[str, str]]:
        return [row for row in self.rows("rejected.csv") if row["file"] == file]


@dataclass(frozen=True)
class Shop:
    """The two small stores in a folder, to be spoilt and settled."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def text(self, name: str) -> str:
        return (self.data / name).read_text("utf-8")

    def write(self, name: str, content: str | bytes) -> None:
        path = self.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))

    def settle(self, *more: str, scheme: str = str(SCHEME), month: str = MONTH) -> Settled:
        """October, in English, as JSON."""
        history, out = self.folder / "history.csv", self.folder / "out"
        if not history.exists():
            history.write_text(HISTORY, encoding="utf-8")
        told = ["settle", month, "--data", str(self.data), "--out", str(out), "--scheme", scheme]
        told += ["--history", str(history), "--no-reports", "--json", "--lang", "en", *more]
        answer = CliRunner().invoke(main, told)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exc_info
        said = json.loads(answer.stdout) if answer.exit_code < 2 else {}
        return Settled(answer.exit_code, said, answer.stderr, out)


def two_stores(folder: Path) -> Shop:
    """The files of both stores, with nothing spoilt yet."""
    write_data(folder / "data")
    return Shop(folder)


def unharmed(settled: Settled, clean: Settled) -> bool:
    """Every figure of everybody is what it is without the spoilt file."""
    names = ("totals.csv", "items.csv", "pay.csv", "standing.csv")
    return all((settled.out / name).read_bytes() == (clean.out / name).read_bytes() for name in names)


def batches(settled: Settled) -> list[Batch]:
    """What has landed."""
    return list(Ledger(settled.out / "ledger").batches())
