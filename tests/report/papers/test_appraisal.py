"""The appraisal form on paper: everybody assessed once, with the figures of the contract, and room for the pen."""

import re
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document

from fairwrench.report.papers.appraisal import TEMPLATE, forms_of, write_appraisals
from fairwrench.report.papers.appraisal_paper import appraisal_template
from fairwrench.report.report_context import ReportContext
from tests.report.small_group import TAG


@pytest.fixture(scope="module")
def papers(material: ReportContext, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """Store → its document."""
    folder = tmp_path_factory.mktemp("forms") / "appraisal-forms"
    return {path.stem: docx.Document(str(path)) for path in write_appraisals(material, folder)}


def cells(paper: Document) -> list[list[list[str]]]:
    """The texts of every table, row by row."""
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]


def test_everybody_assessed_has_one_form(papers: dict[str, Document]) -> None:
    """Fails when somebody has no form to sign, or somebody who is not assessed has one: E2, E3, E4; W2, W3."""
    people = {store: [rows[0][3] for rows in cells(paper) if rows[0][0] == "姓名"] for store, paper in papers.items()}
    assert people == {"东店": ["E2", "E3", "E4"], "西店": ["W2", "W3"]}


def test_the_form_shows_what_the_month_came_to(papers: dict[str, Document]) -> None:
    """Fails when what is signed differs from what is settled: E2's items, weights, targets, results, points, total."""
    tables = cells(papers["东店"])
    goals = next(rows for rows in tables if rows[0][0] == "考核项")
    assert goals[1:4] == [
        ["准时率", "关键指标", "60.00", "90 %", "75.00 %", "81.25", ""],
        ["满意率", "客户与市场", "20.00", "90 %", "80.00 %", "87.50", ""],
        ["工作态度", "工作态度", "20.00", "", "合格", "90.00", ""],
    ]
    assert goals[-1][5:] == ["84.25", "D 待改进"]


def test_what_is_missing_leaves_room_and_says_why(papers: dict[str, Document]) -> None:
    """Fails when a missing figure is printed as 0, or its absence is not explained to the person who signs."""
    tables = cells(papers["西店"])
    goals = next(rows for rows in tables if rows[0][0] == "考核项")
    assert goals[2] == ["满意率", "客户与市场", "20.00", "90 %", "", "", "数据尚未提交：回访与满意度"]
    assert goals[-1][5:] == ["", ""]


def test_there_is_room_for_comments_plan_interview_and_four_signatures(papers: dict[str, Document]) -> None:
    """Fails when a step of the flow (S1 ❺ 5.1) has no place on the paper."""
    texts = [[row[0] for row in rows] for rows in cells(papers["东店"])]
    assert ["员工自评", "直接上级评语", "隔级上级意见"] in texts
    assert ["面谈时间与地点", "要点与约定"] in texts
    signatures = [rows for rows in cells(papers["东店"]) if rows[0] == ["员工", "直接上级", "隔级上级", "人力资源部"]]
    assert len(signatures) == 3
    assert all(rows[2] == ["日期："] * 4 for rows in signatures)
    assert any(rows[0][0].startswith("发展") for rows in cells(papers["东店"]))


def test_each_person_has_a_page_on_a4(papers: dict[str, Document]) -> None:
    """Fails when two people share a sheet of paper, or an empty sheet ends the pile."""
    paper = papers["东店"]
    section = paper.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert paper.element.xml.count('w:br w:type="page"') == 2


def test_a_name_stays_a_name(papers: dict[str, Document]) -> None:
    """Fails when a name with < or & breaks the document."""
    assert any(TAG in row for rows in cells(papers["东店"]) for row in rows)


def test_hr_may_bring_a_template_of_its_own(material: ReportContext, tmp_path: Path) -> None:
    """Fails when a restyled template is ignored, or our own is not there to be restyled."""
    own = appraisal_template(tmp_path / "own.docx", "zh")
    changed = docx.Document(str(own))
    changed.sections[0].header.paragraphs[0].text = "某某集团"
    changed.save(str(own))
    (east, *_) = write_appraisals(material, tmp_path / "out" / "forms", own)
    assert docx.Document(str(east)).sections[0].header.paragraphs[0].text == "某某集团"
    assert not (tmp_path / "out" / TEMPLATE).exists()
    write_appraisals(material, tmp_path / "out" / "forms")
    assert (tmp_path / "out" / TEMPLATE).exists()


def test_the_english_form_has_no_chinese_of_ours(into: Callable[..., ReportContext], tmp_path: Path) -> None:
    """Fails when a heading of the form, or a word that fills it, has no English."""
    form = next(form for form in forms_of(into(lang="en")) if form["employee_id"] == "W2")
    assert form["items"][1]["note"] == "the evidence was not handed in: Surveys"
    paper = docx.Document(str(appraisal_template(tmp_path / "en.docx", "en")))
    texts = [text for rows in cells(paper) for row in rows for text in row] + [p.text for p in paper.paragraphs]
    assert re.findall("[\u3400-\u9fff]+", " ".join(texts)) == []
