"""The page: whole in itself, safe whatever names people have, complete in both languages, and equal to the csv."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from fairwrench.closing.run import Run
from fairwrench.report.page.page import render
from fairwrench.report.report_context import ReportContext
from tests.report.small_group import FORMULA, TAG

VOID = {"meta", "link", "br", "hr", "img", "input", "line", "rect", "circle", "polyline"}
CHINESE = re.compile("[\u3400-\u9fff]+")


class Reader(HTMLParser):
    """Collects tags, attributes and text, and what is left open or closed too often."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The innermost open tag is closed."""
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Text outside style."""
        if self.open[-1:] != ["style"]:
            self.text.append(data)


def read(page: str) -> Reader:
    """The page as a browser would see it."""
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.fixture(scope="module")
def page(material: ReportContext) -> str:
    """The page in Chinese."""
    return render(material)


@pytest.fixture(scope="module")
def words(page: str) -> str:
    """Its text, blanks brought together."""
    return " ".join(" ".join(read(page).text).split())


def test_every_tag_is_closed(page: str) -> None:
    """Fails when a browser would have to guess how parts of the page belong together."""
    reader = read(page)
    assert (reader.wrong, reader.open) == ([], [])


def test_nothing_is_asked_of_any_other_place(page: str) -> None:
    """Fails when opening the page would call a server, run a script, or break under a strict policy."""
    reader = read(page)
    assert {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe", "object", "form"} == set()
    links = [about["href"] for _, about in reader.tags if "href" in about]
    assert all(link and link.startswith("#") for link in links)
    assert [name for _, about in reader.tags for name in about if name.startswith("on") or name == "style"] == []
    assert not re.search(r"url\(|@import|https?:", page)


def test_its_own_style_is_the_only_one_allowed(page: str) -> None:
    """Fails when the page's policy would keep its own style out, or let another one in."""
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page


def test_links_within_the_page_lead_somewhere(page: str) -> None:
    """Fails when the contents name a part that is not there."""
    reader = read(page)
    ids = {about["id"] for _, about in reader.tags if "id" in about}
    assert {str(about["href"])[1:] for _, about in reader.tags if "href" in about} <= ids


def test_a_name_opens_no_tag(page: str, words: str) -> None:
    """Fails when somebody's name could change the page."""
    assert TAG in words
    assert TAG not in page
    assert FORMULA in words


def test_the_month_in_numbers(words: str) -> None:
    """Fails when the first lines say other numbers than the month: 3 settled of 8, (84.25 + 52 + 109) ÷ 3, the pay."""
    assert "已核算 3 / 8 人" in words
    assert "数据不全 2 缺什么" in words
    assert "平均得分 81.75" in words
    assert "绩效工资 ¥3,542.50" in words
    assert "应发合计 ¥17,042.50 另有 2 人未定" in words


def test_grades_stand_against_their_shares(words: str) -> None:
    """Fails when a share or an expected share is wrong: one of three each at B, D, E."""
    for row in (
        "A 杰出 0 0.0 % 5.0 %",
        "B 优秀 1 33.3 % 20.0 %",
        "D 待改进 1 33.3 % 10.0 %",
        "E 不胜任 1 33.3 % 5.0 %",
    ):
        assert row in words


def test_stores_stand_against_their_targets(words: str) -> None:
    """Fails when a store's figure, its n, interval or marker is wrong: east 4 of 5 on time (E2 3/4, E3 1/1)."""
    assert "准时率 ↑ 80.00 % ▽ 目标 90 % n=5" in words
    assert "50.00 % ＝ 目标 50 % n=2" in words
    assert "满意率 ↑ 80.00 % ▽ 目标 90 % n=5 [37.6 %, 96.4 %]" in words
    assert "未提交" in words


def test_what_is_missing_is_said_to_whom_it_concerns(words: str) -> None:
    """Fails when a person waits and the page does not say for what, from whom, until when."""
    assert "回访与满意度 西店 客服经理 孙八 W4 2026-11-05 17:30 1 满意率" in words
    assert "王一 E1 ：1 人 1 项" in words
    assert f"{FORMULA} E3 东店 — 工作态度：尚未评分" in words


def test_pay_adds_up_by_store_and_department(words: str) -> None:
    """Fails when the parts of a row do not add up to its total: E3 and W2 wait, their fixed parts stand apart."""
    assert "东店 4 (未定 1) 68.13 ¥1,362.50 ¥9,000.00 – – – ¥10,362.50" in words
    assert "西店 4 (未定 1) 109.00 ¥2,180.00 ¥4,500.00 – – – ¥6,680.00" in words
    assert "待定，未计入合计 2 (未定 2) — ¥0.00 ¥10,000.00 – – – ¥0.00" in words


def test_consequences_and_conflicts_are_told(words: str) -> None:
    """Fails when a letter that is due, or somebody who decides their own figures, goes unsaid."""
    assert "严重警告信 附信函 直接上级" in words
    assert "王一（E1）认定“准时率”所依据的数据" in words


def test_what_each_file_was_read_as_is_listed(words: str, run: Run) -> None:
    """Fails when somebody who opens the report cannot see that a file was taken for another kind."""
    assert "读作 文件数 接收行数 退回行数" in words
    kinds = run.gathered.read.group_by("source", "name").len()
    assert kinds.height > 3
    for source, name, _ in kinds.iter_rows():
        assert f"{name} {source}" in words
    assert "2026-10/东店_维修工单.csv — 维修工单" in words
    assert "--kind" in words


def test_rejected_rows_are_summed_up_by_reason(words: str) -> None:
    """Fails when a rejected row is dropped silently."""
    assert "数字太大，超出可保存的范围 工时费 1 1 99999999999999999" in words


def test_reasons_lead_from_yuan_to_the_row_of_the_file(words: str) -> None:
    """Fails when a figure of an opened person cannot be followed down to what somebody uploaded."""
    for step in ("本月合计 ¥4,520.00", "绩效工资 ¥520.00", "考核得分 52.00 E", "工时产值 50.00", "工时产值 ¥500.00"):
        assert step in words
    assert "查看 维修工单 2 行" in words
    assert "2026-10/东店_维修工单.csv 2" in words


def test_what_lifts_is_worked_out_by_the_rules(words: str) -> None:
    """Fails when the page promises a gain that the rules do not give.

    E4 has 500 of 1,000 yuan: each further yuan is 0.1 of a percentage point of attainment, 0.1 points, 0.08 of the
    score; D begins above 70, which takes 18.01 ÷ 0.08 → 226 yuan more (72.60 points, score 70.08, 180.80 yuan).
    """
    assert "工时产值增加 226 元：本项 +22.60 分，总分 +18.08，等级 D，绩效工资 +¥180.80" in words


def test_the_english_page_says_nothing_in_chinese(into: Callable[..., ReportContext]) -> None:
    """Fails when a heading or sentence of ours has no English; names of people, stores, files and levels stay."""
    page = render(into(lang="en"))
    told = re.sub(
        r'<details class="rows">.*?</details>|<code>.*?</code>|<span class="ref">.*?</span>', "", page, flags=re.S
    )
    left = set(CHINESE.findall(" ".join(read(told).text)))
    people = {"王一", "李二", "赵", "四", "周五", "吴六", "郑七", "孙八"}
    assert left <= people | {"东店", "西店", "公绩", "工时费", "东店_维修工单", "合格", "不合格", "维修工单"}


def test_a_month_without_anybody_settled_still_reads(
    into: Callable[..., ReportContext], material: ReportContext
) -> None:
    """Fails when the first month of a shop, with nothing handed in, breaks the page."""
    settled = material.settled
    nobody = settled.totals.with_columns(
        state=pl.lit("incomplete"), score=pl.lit(None, pl.Int64), grade=pl.lit(None, pl.String)
    )
    empty = replace(settled, totals=nobody, standing=settled.standing.clear(), shares=settled.shares.clear())
    page = render(into(kept=replace(material.kept, settlement=empty), rejected=material.rejected.clear()))
    assert "本月还没有人完成核算" in page
    assert "没有被拒绝的行" in page


def test_the_page_is_the_same_each_time(into: Callable[..., ReportContext], page: str, tmp_path: Path) -> None:
    """Fails when the page depends on the clock, the folder or the order of a set."""
    assert render(into()) == page
    assert str(tmp_path) not in page
