"""The order of files that contradict each other: slips in it are told with their line, and what comes of the last file.

What breaks here: HR looks for a file that nobody has, because the message does not say which line asked for it, or
believes that the corrected file counts while the older one does.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from tests.closing.quiet import Quiet

CASE = Path(__file__).parents[1] / "cases" / "files" / "newer-copy-loses" / "data"
OCTOBER = Month(2026, 10)
#: the commission of T003 is 1996.80 in the first and 2996.80 in the second
OLD, NEW = "南城店_薪资数据.xlsx", "南城店_薪资数据 (1).xlsx"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder in which two files contradict each other."""
    return Path(shutil.copytree(CASE, tmp_path / "data"))


def settled(data: Path, *last: str) -> Run:
    return settle_folder(SettleOptions(OCTOBER, data, data.parent / "out", lang="en", last=last), DuckDB(), Quiet())


def refused(data: Path, *last: str) -> list[Problem]:
    with pytest.raises(Refused) as why:
        settled(data, *last)
    assert {problem.code for problem in why.value.problems} == {"which_file"}
    return list(why.value.problems)


SLIPS: dict[str, tuple[str, str, str]] = {
    "a name that there is not": (
        "薪资数据(1).xlsx",
        "文件夹里没有“薪资数据(1).xlsx”（{zh}）；是否为“",
        "the folder has no file 薪资数据(1).xlsx, {en}; did you mean ",
    ),
    "a whole path": (
        "D:\\绩效\\2026-10\\薪资.xlsx",
        "{zh}“D:/绩效/2026-10/薪资.xlsx”是完整路径，请只写文件名，或它在数据文件夹里的路径",
        "D:/绩效/2026-10/薪资.xlsx, {en}, is an absolute path; write the file's name, or its path in the data folder",
    ),
    "a path from the root": (
        "/srv/薪资.xlsx",
        "{zh}“/srv/薪资.xlsx”是完整路径，",
        "/srv/薪资.xlsx, {en}, is an absolute path; ",
    ),
    "a folder": (
        "2026-10/",
        "{zh}“2026-10”是文件夹，请写明其中的哪一份文件",
        "2026-10, {en}, is a folder; name the file in it that is meant",
    ),
    "the roster": (
        "花名册.csv",
        "{zh}“花名册.csv”不是要读取的数据文件",
        "花名册.csv, {en}, is no file of evidence",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("name", ["order.txt", "顺序.txt"])
def test_a_slip_in_the_order_is_told_with_its_line(data: Path, slip: str, name: str) -> None:
    """Fails when nobody can tell that the name stands in the order of files, or in which line."""
    written, zh, en = SLIPS[slip]
    (data / name).write_text(f"# 先后\n{OLD}\n{written}\n", encoding="utf-8")
    (problem,) = refused(data)
    assert problem.zh.startswith(zh.format(zh=f"{name} 第 3 行写的"))
    assert problem.en.startswith(en.format(en=f"named in line 3 of {name}"))


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_on_the_command_line_is_told_as_one(data: Path, slip: str) -> None:
    """Fails when a name given by --last is looked for in a file."""
    written, zh, en = SLIPS[slip]
    (problem,) = refused(data, written)
    assert problem.zh.startswith(zh.format(zh="--last 写的"))
    assert problem.en.startswith(en.format(en="named by --last"))


def test_every_slip_is_told_at_once(data: Path) -> None:
    """Fails when a list is mended name by name, a run each."""
    (data / "2026-10" / "旧").mkdir()
    shutil.copyfile(data / "2026-10" / OLD, data / "2026-10" / "旧" / OLD)
    (data / "order.txt").write_text(f"甲.xlsx\n{OLD}\n2026-09\n", encoding="utf-8")
    said = [problem.en for problem in refused(data)]
    assert said == [
        "the folder has no file 甲.xlsx, named in line 1 of order.txt",
        f"2 files are called {OLD}, named in line 2 of order.txt; give its folder, too",
        "the folder has no file 2026-09, named in line 3 of order.txt",
    ]


def test_paths_are_found_as_people_write_them(data: Path) -> None:
    """Fails when a path with a dot before it, or with the other slashes, is no file of the folder."""
    run = settled(data, ".\\2026-10\\" + NEW)
    assert commission(run) == "2996.80"


def commission(run: Run) -> str:
    """The commission of T003 that counts."""
    rows = run.workspace.ledger.current("payroll", run.workspace.sources["payroll"])
    return str(rows.filter(employee_id="T003")["commission"].item())


def test_a_folder_called_like_the_order_is_told(data: Path) -> None:
    """Fails when a folder in place of the list is passed over, and the order believed to hold."""
    (data / "order.txt").mkdir()
    (data / "2026-10" / OLD).unlink()
    (problem,) = [each for each in settled(data).problems if each.code == "order_is_folder"]
    assert (problem.severity, problem.file) == ("warning", "order.txt")
    assert problem.en.startswith("order.txt is a folder and says no order of files")


def spoilt(rows: Callable[[int], bool]) -> Callable[[Path], None]:
    """Spoils the month of some rows, as counted below the header."""

    def spoil(path: Path) -> None:
        book = openpyxl.load_workbook(path)
        heads = [cell.value for cell in book.active[1]]
        for number in range(2, book.active.max_row + 1):
            if rows(number):
                book.active.cell(number, heads.index("月份") + 1).value = "何时"
        book.save(path)

    return spoil


def test_a_last_file_of_which_all_was_rejected_leaves_the_word_to_the_older(data: Path) -> None:
    """Fails when the older export is paid and the order of files says that the corrected one is."""
    spoilt(lambda _: True)(data / "2026-10" / NEW)
    run = settled(data, OLD, NEW)
    assert commission(run) == "1996.80"
    (problem,) = [each for each in run.problems if each.code == "last_word_rejected"]
    assert (problem.severity, problem.file) == ("warning", f"2026-10/{NEW}")
    assert "全部被退回，先前的文件（2026-10/南城店_薪资数据.xlsx）仍然计入" in problem.zh
    assert "rejected, so what came before it (2026-10/南城店_薪资数据.xlsx) counts" in problem.en


def test_rejected_rows_of_the_last_file_are_those_of_the_older(data: Path) -> None:
    """Fails when one row of a correction is rejected and nobody is told that the row before it is paid."""
    spoilt(lambda number: number == 2)(data / "2026-10" / NEW)
    run = settled(data, OLD, NEW)
    assert "last_word_rejected" not in {each.code for each in run.problems}
    (problem,) = [each for each in run.problems if each.code == "rows_rejected"]
    assert "；先前的文件（2026-10/南城店_薪资数据.xlsx）里有这些行的，仍按那里计入；请更正后再交" in problem.zh
    assert "; where a file before it (2026-10/南城店_薪资数据.xlsx) has such a row, that one counts" in problem.en


def test_an_order_whose_files_are_sound_says_nothing_of_it(data: Path) -> None:
    """Fails when every use of the order warns."""
    run = settled(data, OLD, NEW)
    assert "last_word_rejected" not in {each.code for each in run.problems}
    assert commission(run) == "2996.80"
