"""A form handed in half filled: what it leaves empty takes back nothing."""

from pathlib import Path

import polars as pl
import xlsxwriter

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.closing.folder.folder import gather
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.calendar.deadlines import Month

ROSTER = ("工号", "姓名", "门店", "部门", "岗位", "直接上级", "状态", "入职日期")
RATINGS = ("被评人工号", "考核项", "评分人", "考核月份", "等级", "分数", "事例")


class Silent:
    """Nobody watches."""

    def expect(self, kind: str, total: int) -> None:
        """Nothing."""

    def step(self, kind: str, what: str) -> None:
        """Nothing."""


def book(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)


def test_an_empty_rating_leaves_the_one_given_before_in_force(tmp_path: Path) -> None:
    """Fails when a form made early and handed in late would wipe out what was rated meanwhile."""
    people = [("E1", "张三", "朝阳店", "服务站", "维修技师", "E2", "在职", "2024-01-01")]
    people.append(("E2", "李四", "朝阳店", "服务站", "车间经理", "", "在职", "2024-01-01"))
    book(tmp_path / "roster.xlsx", [ROSTER, *people])
    key = ("E1", "conduct", "E2", "2026-10")
    book(tmp_path / "2026-10" / "评分_1.xlsx", [RATINGS, (*key, "", "105", "")])
    book(tmp_path / "2026-10" / "评分_2.xlsx", [RATINGS, (*key, "", "", "")])
    sources = load_sources()
    found = gather(tmp_path, load_scheme("dealership"), sources, Month.parse("2026-10"))
    ledger = Ledger(tmp_path / "ledger")
    found.land(ledger, sources, Silent())
    rows = ledger.current("ratings", sources["ratings"])
    assert rows.select(pl.col("points").cast(pl.String)).to_series().to_list() == ["105.00"]
    assert (found.counts["rows"], found.counts["accepted"], found.counts["ignored_blank"]) == (4, 1, 1)
