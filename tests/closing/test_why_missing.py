"""Why something is missing is told as it is, which kind a file was read as can be changed, and a month is covered by
the column that a metric dates its rows by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.folder.files_read import Kinds
from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure.lacking import as_text, from_text
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.words.wording import cause_text
from tests.closing.quiet import Quiet
from tests.closing.small import (
    CHAOYANG,
    OCTOBER,
    SEPTEMBER,
    SOURCES,
    STORES,
    Group,
    evidence,
    scheme,
    write_file,
    write_folder,
    write_scheme,
)
from tests.closing.test_coverage import line
from tests.engines.landed import at

Row = dict[str, Any]
ORDERS = evidence(OCTOBER)["repair_orders"]


@pytest.fixture
def group(tmp_path: Path) -> Group:
    """The group, nothing landed."""
    return Group(tmp_path / "ledger")


def settled(folder: Path, write: Callable[[Path], None], kinds: tuple[tuple[str, str], ...] = ()) -> Run:
    """October of a folder without complaints, in which `write` puts other files."""
    data = write_folder(folder / "data", [OCTOBER], without=["complaints"])
    write(data / "2026-10")
    under = write_scheme(folder / "scheme.yaml")
    asked = SettleOptions(OCTOBER, data, folder / "out", str(under), lang="en", kinds=Kinds(kinds))
    return settle_folder(asked, DuckDB(), Quiet())


def cause(run: Run) -> tuple[str, str]:
    """Why the group has no rate of complaints."""
    found = line(run.closed, "M1", "complaints")
    return found["cause"], found["lacks"]


def test_nothing_came(tmp_path: Path) -> None:
    """Fails when a file that nobody handed in is told as anything else."""
    assert cause(settled(tmp_path, lambda _: None)) == ("not_handed_in", "complaints")


def test_a_file_whose_rows_were_all_rejected(tmp_path: Path) -> None:
    """Fails when somebody who handed a file in is told that they did not, and does not look at the rejected rows."""
    rows = [{**row, "complaint_no": None} for row in evidence(OCTOBER)["complaints"]]
    run = settled(tmp_path, lambda month: write_file(month / "complaints.csv", "complaints", rows))
    assert cause(run) == ("all_rejected", "complaints")


def test_a_file_most_of_whose_rows_were_rejected(tmp_path: Path) -> None:
    """Fails when one complaint of the two stores is taken, three are rejected, and the month has one complaint."""
    rows = evidence(OCTOBER)["complaints"]
    one, spoilt = rows[0], [{**row, "complaint_no": None} for row in (rows[0], rows[1], rows[1])]
    run = settled(tmp_path, lambda month: write_file(month / "complaints.csv", "complaints", [one, *spoilt]))
    assert cause(run) == ("all_rejected", "complaints")


def test_a_file_with_rows_of_another_month_alone(tmp_path: Path) -> None:
    """Fails when September's file, handed in once more, is October without complaints, or "not handed in"."""
    rows = evidence(SEPTEMBER)["complaints"]
    run = settled(tmp_path, lambda month: write_file(month / "complaints.csv", "complaints", rows))
    assert cause(run) == ("other_month", "complaints")
    assert [problem.code for problem in run.problems if problem.code.startswith("other_month")] == ["other_month"]


def test_a_file_that_was_taken_for_another_kind_says_so_and_can_be_told(tmp_path: Path) -> None:
    """Fails when a file of complaints was read as something else, the month says "not handed in", and no list says as
    what it was read; and when somebody's word does not win over the header."""
    rows = evidence(OCTOBER)["complaints"]

    def write(month: Path) -> None:
        write_file(month / "客诉.csv", "complaints", rows)

    plain = settled(tmp_path / "plain", write)
    read = dict(plain.gathered.read.select("file", "source").iter_rows())
    assert read["2026-10/客诉.csv"] == "complaints"
    told = settled(tmp_path / "told", write, (("客诉*.csv", "incidents"),))
    assert "complaints" not in told.gathered.read["source"].to_list()
    assert any(problem.file == "2026-10/客诉.csv" for problem in told.problems)
    assert cause(told) == ("not_handed_in", "complaints")


def test_two_things_missing_for_two_reasons_are_told_each_with_its_own(tmp_path: Path) -> None:
    """Fails when orders that nobody handed in are said to be rejected, because the complaints were."""
    data = write_folder(tmp_path / "data", [OCTOBER], without=["complaints", "repair_orders"])
    rows = [{**row, "complaint_no": None} for row in evidence(OCTOBER)["complaints"]]
    write_file(data / "2026-10" / "complaints.csv", "complaints", rows)
    under = write_scheme(tmp_path / "scheme.yaml")
    run = settle_folder(SettleOptions(OCTOBER, data, tmp_path / "out", str(under), lang="en"), DuckDB(), Quiet())
    found = line(run.closed, "M1", "complaints")
    assert (found["cause"], found["lacks"]) == ("all_rejected", "complaints,repair_orders!not_handed_in")
    said = cause_text(found["cause"], found["lacks"], SOURCES)
    assert said.en == (
        "a file was handed in, but most or all of its rows were rejected: Complaints; the evidence was not handed in: "
        "Repair orders"
    )
    assert said.zh == "文件已交，但大部分或全部的行被退回：客户投诉；数据尚未提交：维修工单"


def test_what_is_lacking_is_kept_with_its_causes() -> None:
    """Fails when the text that is kept with a line loses which cause belongs to which file."""
    pairs = [("complaints", "all_rejected"), ("repair_orders.vin", "column_missing"), ("complaints", "all_rejected")]
    cause, lacks = as_text(pairs)
    assert (cause, lacks) == ("all_rejected", "complaints,repair_orders.vin!column_missing")
    assert from_text(cause, lacks) == pairs[:2]
    assert as_text([]) == ("", "") and from_text("", "") == []


def test_each_file_is_listed_with_its_kind_rows_and_columns(tmp_path: Path) -> None:
    """Fails when nobody can look up what a file was read as, how many of its rows count, and what it lacked."""
    run = settled(tmp_path, lambda month: write_file(month / "complaints.csv", "complaints", []))
    listed = {row["file"]: row for row in run.gathered.read.to_dicts()}
    orders = listed["2026-10/repair_orders.csv"]
    assert (orders["source"], orders["name"], orders["rows"]) == ("repair_orders", "Repair orders", len(ORDERS) + 1)
    assert (orders["accepted"], orders["rejected"], orders["ignored"]) == (len(ORDERS), 0, 1)
    assert (orders["stores"], orders["months"]) == (" ".join(sorted(STORES)), "2026-10")
    lacking = orders["columns_absent"].split(", ")
    assert "Parts amount" in lacking and "Labour amount" not in lacking
    assert (run.asked.out / "files.csv").read_text(encoding="utf-8").count("\n") == len(listed) + 1


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("2026-10/绩效_北店.xlsx", "ratings"),
        ("绩效.xlsx", "ratings"),
        ("2026-10/工单.csv", "complaints"),
        ("2026-10/一店/别的.csv", None),
    ],
)
def test_which_kind_a_file_is_by_somebody_s_word(file: str, kind: str | None) -> None:
    """Fails when a pattern misses a file in its folder, or the last word does not count."""
    kinds = Kinds((("*绩效*.xlsx", "payroll"), ("*绩效*.xlsx", "ratings"), ("2026-10/工单.csv", "complaints")))
    assert set(kinds.of(file, SOURCES)) == ({kind} if kind else set(SOURCES))


def test_a_kind_that_there_is_not_is_refused_with_the_nearest() -> None:
    """Fails when a slip in --kind is passed over, and the file read as before."""
    with pytest.raises(Refused) as refused:
        Kinds((("*.csv", "complaint"),)).check(SOURCES)
    assert "the nearest is 'complaints'" in refused.value.problems[0].en


def shifted(opened: str, finished: str) -> list[Row]:
    """T1's orders of October with other times; ten minutes apart."""
    rows = [row for row in ORDERS if row["technician"] == "T1" and row["store"] == CHAOYANG]
    return [
        {
            **row,
            "opened_at": at(opened) + timedelta(minutes=10 * place),
            "finished_at": at(finished) + timedelta(minutes=10 * place),
        }
        for place, row in enumerate(rows)
    ]


def test_a_metric_is_covered_by_the_column_that_it_dates_by(group: Group) -> None:
    """Fails when orders opened on the last day of September and finished in October, handed in for October, say
    nothing of October's output because they are filed in September."""
    group.land_month(OCTOBER, without=["repair_orders"])
    group.land("repair_orders", shifted("2026-09-30 15:00", "2026-10-02 15:00"), OCTOBER, [CHAOYANG])
    done = Book(group.office, scheme()).close(OCTOBER)
    found = line(done, "T1", "output")
    assert (found["state"], found["numerator"]) == ("counted", 1_500_100)


def test_a_metric_is_not_covered_by_rows_that_are_only_filed_in_the_month(group: Group) -> None:
    """Fails when a metric that counts by the day of opening is covered by orders that were only finished then."""
    opened = {"source": "repair_orders", "value": "count", "credit": "technician", "date": "opened_at"}
    under = scheme(metrics={"output": {"numerator": opened, "unit": "count"}})
    group.land_month(OCTOBER, without=["repair_orders"])
    group.land("repair_orders", shifted("2026-09-30 15:00", "2026-10-02 15:00"), OCTOBER, [CHAOYANG])
    found = line(Book(group.office, under).close(OCTOBER), "T1", "output")
    assert (found["state"], found["cause"]) == ("held", "other_month")


def test_a_few_rows_of_another_month_do_not_cover_it(group: Group) -> None:
    """Fails when one order finished in October among September's makes October handed in."""
    rows = evidence(SEPTEMBER)["repair_orders"]
    rows[0] = {**rows[0], "finished_at": at("2026-10-01 09:00")}
    group.land_month(OCTOBER, without=["repair_orders"])
    group.land("repair_orders", rows, SEPTEMBER)
    found = line(Book(group.office, scheme()).close(OCTOBER), "T1", "output")
    assert (found["state"], found["cause"]) == ("held", "not_handed_in")
