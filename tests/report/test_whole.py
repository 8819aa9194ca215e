"""Reports are there wholly or not at all, and what several of them tell is worked out once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.engines.duckdb import DuckDB
from fairwrench.report.page import page
from fairwrench.report.page.page import render, write_page
from fairwrench.report.report_context import ReportContext
from fairwrench.report.whole import whole
from fairwrench.report.workbook import coverage, workbook
from fairwrench.report.workbook.workbook import write_workbooks
from fairwrench.settlement.measure.values import missing_in
from tests.report.small_group import Silent


class Killed(Exception):
    """The end of a process in the middle of its work."""


def test_a_report_takes_its_place_when_it_is_done(tmp_path: Path) -> None:
    """Fails when a file is seen half-written, or what was left of another run comes back."""
    path = tmp_path / "within" / "report.html"
    with whole(path) as beside:
        beside.write_text("half", encoding="utf-8")
        assert not path.exists()
    assert (path.read_text(encoding="utf-8"), [each.name for each in path.parent.iterdir()]) == ("half", [path.name])


@pytest.mark.parametrize("name", ["report.html", "settlement.xlsx"])
def test_what_breaks_off_leaves_the_report_before(
    into: Callable[..., ReportContext], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Fails when a run that ends in the middle takes away, or cuts short, what an earlier one wrote."""
    material = into()
    (material.out / name).write_bytes(b"before")

    def pieces(_: ReportContext) -> Iterator[str]:
        yield "<!doctype html>"
        raise Killed

    def sheet(_: ReportContext) -> Any:
        raise Killed

    monkeypatch.setattr(page, "_pieces", pieces)
    monkeypatch.setattr(workbook, "COMMON", (sheet,))
    with pytest.raises(Killed):
        write_page(material) if name == "report.html" else write_workbooks(material, Silent(), many=5000)
    assert {path.name: path.read_bytes() for path in material.out.iterdir()} == {name: b"before"}


def test_the_page_is_written_as_it_is_rendered(into: Callable[..., ReportContext]) -> None:
    """Fails when what is written piece by piece differs from the page."""
    material = into()
    assert write_page(material).read_bytes() == render(material).encode()


def test_page_and_workbook_ask_each_source_once(
    into: Callable[..., ReportContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when every figure, or every sheet, asks for the same evidence anew."""
    asked: list[str] = []
    frame = DuckDB._frame

    def counted(self: DuckDB, sql: str, files: dict[str, tuple[str, ...]], evidence: Any) -> pl.DataFrame:
        asked.extend(files)
        return frame(self, sql, files, evidence)

    def told(*args: Any) -> list[tuple[str, str, str]]:
        asked.append("missing")
        return missing_in(*args)

    monkeypatch.setattr(DuckDB, "_frame", counted)
    monkeypatch.setattr(coverage, "missing_in", told)
    material = into()
    write_workbooks(material, Silent(), many=5000)
    write_page(material)
    sources = [name for name in asked if name != "missing"]
    assert sorted(sources) == sorted(set(sources))
    measured = {(item.key, item.metric, item.of) for item in material.names.items() if item.metric}
    assert asked.count("missing") == len(measured)
