"""Which files of a folder are evidence, for which month and store. What would break: a store's month goes missing."""

from pathlib import Path

import pytest

from fairwrench.ledger.intake.discovery import Found, find_files
from fairwrench.ledger.intake.order import order_said

STORES = ("一店", "第一店", "高新店", "North Shop")


def folder(top: Path, *names: str) -> Path:
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    return top


def told(found: Found, top: Path) -> dict[str, tuple[str, str | None]]:
    return {file.path.relative_to(top).as_posix(): (str(file.period or ""), file.placed_store) for file in found.files}


def test_months_and_stores_are_told_by_where_a_file_lies(tmp_path: Path) -> None:
    """The nearest folder counts, then the file's name, then a name inside it."""
    top = folder(
        tmp_path,
        "vehicles.csv",
        "2026-10/一店/工单.xlsx",
        "2026-10/高新店_工单_2026-10.csv",
        "2026-10/高新店工单.csv",
        "2026-10/第一店工单.csv",
        "2026-10/一店 高新店 精品.csv",
        "2026-10/group.csv",
        "2026年9月/north shop/a.parquet",
        "一店/2026-08/a.xls",
        "2026-13/a.csv",
    )
    assert told(find_files(top, stores=STORES), top) == {
        "2026-13/a.csv": ("", None),
        "vehicles.csv": ("", None),
        "一店/2026-08/a.xls": ("2026-08", "一店"),
        "2026年9月/north shop/a.parquet": ("2026-09", "North Shop"),
        "2026-10/group.csv": ("2026-10", None),
        "2026-10/一店 高新店 精品.csv": ("2026-10", None),
        "2026-10/一店/工单.xlsx": ("2026-10", "一店"),
        "2026-10/第一店工单.csv": ("2026-10", "第一店"),
        "2026-10/高新店_工单_2026-10.csv": ("2026-10", "高新店"),
        "2026-10/高新店工单.csv": ("2026-10", "高新店"),
    }


def test_files_land_in_the_order_of_their_months(tmp_path: Path) -> None:
    """A correction of October lands after September, whatever the system lists first."""
    top = folder(tmp_path, "2026-10/a.csv", "2026-09/b.csv", "2026-09/a.csv", "z.csv")
    assert list(told(find_files(top), top)) == ["z.csv", "2026-09/a.csv", "2026-09/b.csv", "2026-10/a.csv"]


def test_what_is_no_evidence_is_listed(tmp_path: Path) -> None:
    """Lock files of Excel, system files, what a run wrote itself. Other files are told, so that nobody waits."""
    top = folder(
        tmp_path,
        "2026-10/~$工单.xlsx",
        "2026-10/.DS_Store",
        "2026-10/Thumbs.db",
        "2026-10/说明.docx",
        ".git/a.csv",
        "__MACOSX/a.csv",
        "out/seal.json",
        "out/totals.csv",
        "out/deeper/a.csv",
        "2026-10/工单.CSV",
    )
    found = find_files(top)
    assert list(told(found, top)) == ["2026-10/工单.CSV"]
    reasons = {path.relative_to(top).as_posix(): reason for path, reason in found.ignored}
    assert reasons == {
        "2026-10/~$工单.xlsx": "temporary",
        "2026-10/.DS_Store": "temporary",
        "2026-10/Thumbs.db": "temporary",
        "2026-10/说明.docx": "no table",
        "out": "output",
    }
    assert [(problem.code, problem.severity) for problem in found.problems] == [("not_read", "note")]
    assert "说明.docx" in found.problems[0].zh


def test_the_roster_nearest_to_the_top_is_taken(tmp_path: Path) -> None:
    """Two rosters are two truths: one is taken, the other named."""
    top = folder(tmp_path, "2026-10/花名册.xlsx", "roster.csv", "roster.xlsx", "a.csv")
    found = find_files(top)
    assert found.roster == top / "roster.xlsx"
    assert [problem.code for problem in found.problems] == ["several_rosters"]
    assert list(told(found, top)) == ["a.csv"]
    assert find_files(folder(tmp_path / "b", "a.csv")).roster is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_order_of_files_is_read_as_people_write_it(tmp_path: Path, encoding: str) -> None:
    """Fails when a list written on Windows names no file, or a file listed twice comes before what stands between."""
    text = "# 先后\r\n2026-10\\新.csv\r\n旧.csv\r\n\r\n2026-10/新.csv\r\n"
    (tmp_path / "order.txt").write_bytes(text.encode(encoding))
    assert [each.name for each in order_said(tmp_path)] == ["旧.csv", "2026-10/新.csv"]
