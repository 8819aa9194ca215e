"""A scheme whose grades are S, A, B and C: everything that shows a grade takes them from it.

The small group (`small_group`) with S from 105, A from 80, B from 60: W3 109.00 is S, E2 84.25 is A, E4 52.00 is C.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from fairwrench.catalog.loader import load_scheme
from fairwrench.closing.history import history_from
from fairwrench.closing.run import SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.report.cells import tones_of
from fairwrench.report.page.page import render
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.workbook import write_workbooks
from fairwrench.settlement.check.check import check_scheme
from fairwrench.settlement.explain.lift import lifts
from fairwrench.settlement.problem import Refused, dotted
from fairwrench.settlement.scheme.scheme import Scheme
from tests.report.small_group import OCTOBER, SCHEME, Silent, write_data

GRADES = {
    "S": {"name": {"zh": "卓越", "en": "superb"}, "from": "105", "share": "10"},
    "A": {"name": {"zh": "优秀", "en": "excellent"}, "from": "80", "share": "30"},
    "B": {"name": {"zh": "合格", "en": "fair"}, "from": "60", "share": "50"},
    "C": {"name": {"zh": "待改进", "en": "to improve"}, "share": "10"},
}


def document(**changes: Any) -> dict[str, Any]:
    """The scheme of the small group with these grades, whole."""
    told: dict[str, Any] = json.loads(load_scheme(SCHEME).model_dump_json(by_alias=True, exclude_unset=True))
    told["bands"]["grades"] = GRADES
    told["distribution"]["remainder_order"] = ["B", "A", "C", "S"]
    told["standing"]["counters"] = {"a": ["S"], "d": ["C"], "e": ["C"]}
    told["standing"]["year"] = {}
    return {**told, "base": None, **changes}


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> ReportContext:
    """October of both stores by that scheme."""
    folder = tmp_path_factory.mktemp("other")
    scheme = folder / "scheme.yaml"
    scheme.write_text(json.dumps(document(), ensure_ascii=False), encoding="utf-8")
    asked = SettleOptions(OCTOBER, write_data(folder / "data"), folder / "out", scheme=str(scheme), lang="zh")
    return ReportContext.of(settle_folder(asked, DuckDB(), Silent()))


def test_scores_get_these_grades(material: ReportContext) -> None:
    """Fails when the letters, and not the bounds, would say which grade is better."""
    settled = material.settled.totals.filter(state="settled")
    assert dict(settled.select("employee_id", "grade").iter_rows()) == {"E2": "A", "E4": "C", "W3": "S"}
    assert material.settled.shares["grade"].unique(maintain_order=True).to_list() == ["S", "A", "B", "C"]


def test_what_lifts_leads_to_a_better_grade(material: ReportContext) -> None:
    """Fails when S, which stands after A in the alphabet, is taken for a worse grade. E2 has 3 of 4 on time and 81.25
    points; 4 of 4 are 130, so the score is (130 × 60 + 87.50 × 20 + 90 × 20) ÷ 100 = 113.50, an S."""
    gains = lifts(material.settled, material.workspace.roster, "E2")
    found = [(gain.change, gain.grade) for gain in gains if (gain.item, gain.goal) == ("on_time", "grade")]
    assert found == [(1, "S")]


def test_the_page_shows_them(material: ReportContext) -> None:
    """Fails when a grade has no colour, no name or no place on the page, or one is shown that the scheme has not."""
    page = render(material)
    rows = re.findall(r'<span class="grade g(\w)">(\w)</span> (\S+?)</th>', page)
    assert rows == [("A", "S", "卓越"), ("B", "A", "优秀"), ("D", "B", "合格"), ("E", "C", "待改进")]
    bars = re.findall(r'<svg class="bar".*?<rect class="g(\w)"', page)
    assert bars[:4] == ["A", "B", "D", "E"]
    histogram = re.search(r'<svg class="chart".*?</svg>', page, re.S)
    assert histogram is not None
    # 50–55, 80–85 and 105–110 hold one each
    assert re.findall(r'<rect class="g(\w)"', histogram[0]) == ["E", "B", "A"]


def test_the_workbook_shows_and_colours_them(material: ReportContext, tmp_path: Path) -> None:
    """Fails when a sheet lacks a grade, or colours only A to E."""
    (path,) = write_workbooks(replace(material, out=tmp_path), Silent(), many=5000)
    book = openpyxl.load_workbook(path)
    sheet = book["等级分布"]
    heads = [cell.value for cell in sheet[1]]
    grades = [row[heads.index("等级")] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert list(dict.fromkeys(grade for grade in grades if grade)) == ["S", "A", "B", "C"]
    looks = {
        rule.formula[0]: rule.dxf.fill.bgColor.rgb
        for ranges in book["汇总"].conditional_formatting
        for rule in ranges.rules
    }
    assert looks == {'"S"': "FF1F5A99", '"A"': "FF8DB8DC", '"B"': "FFF2B877", '"C"': "FFA8480F"}


@pytest.mark.parametrize(
    ("grades", "tones"),
    [("ABCDE", "ABCDE"), ("SABC", "ABDE"), ("甲乙丙", "ACE"), ("PF", "AE"), ("SABCDE", "ABCCDE"), ("X", "A")],
)
def test_colours_go_from_the_best_to_the_worst(grades: str, tones: str) -> None:
    """Fails when the best grade is not the bluest, or the worst not the brownest. Of n grades the i-th has the tone
    nearest to 4i ÷ (n − 1)."""
    assert "".join(tones_of(grades).values()) == tones


def test_a_history_has_the_grades_of_the_scheme(tmp_path: Path) -> None:
    """Fails when an S of an earlier month is refused, or a D taken that the scheme does not have."""
    path = tmp_path / "totals.csv"
    path.write_text("month,employee_id,state,score,grade\n2026-09,E4,settled,110.00,S\n", encoding="utf-8")
    scheme = Scheme.model_validate(document())
    assert history_from(path, scheme)["grade"].to_list() == ["S"]
    path.write_text("month,employee_id,state,score,grade\n2026-09,E4,settled,75.00,D\n", encoding="utf-8")
    with pytest.raises(Refused, match="grade"):
        history_from(path, scheme)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"counters": {"a": ["S"], "d": ["D"], "e": ["C"]}}, "standing.counters.d[0]"),
        ({"year": {"best": {"grades": ["S", "E"], "event": "raise_candidate"}}}, "standing.year.best.grades[1]"),
    ],
)
def test_a_grade_that_the_scheme_has_not_is_told(material: ReportContext, change: dict[str, Any], where: str) -> None:
    """Fails when a rule waits for a grade that nobody can get."""
    told = document()
    told["standing"] |= change
    problems = check_scheme(Scheme.model_validate(told), material.workspace.sources)
    assert [dotted(problem.path) for problem in problems if problem.code == "unknown_grade"] == [where]
