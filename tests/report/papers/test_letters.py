"""Letters: only those that are due, worded by the scheme, with the settled figures as reasons."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from fairwrench.report.papers.letters import filled, run_of, write_letters
from fairwrench.report.report_context import ReportContext


def text_of(path: Path) -> str:
    """All text of a document, tables last."""
    paper = docx.Document(str(path))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


@pytest.fixture
def letter(into: Callable[..., ReportContext]) -> str:
    """The one letter that is due: E4 had an E in September and has one in October."""
    (path,) = write_letters(into())
    assert path.name == "2026-10_E4_letter_after_two_e.docx"
    return text_of(path)


def test_the_letter_names_whom_and_why(letter: str) -> None:
    """Fails when a warning goes out without the months, scores and shortfalls it rests on, the worst first.

    Labour lost (100 − 50) × 80, conduct (100 − 60) × 20.
    """
    assert letter.startswith("严重警告")
    assert "<b>赵&四（E4，服务站，维修技师）" in letter
    assert "您在2026-09、2026-10的工作表现" in letter
    reasons = [line for line in letter.split("\n") if line[:1].isdigit() and line[1:2] == "."]
    assert reasons == [
        "1. 2026-09 考核得分 50.00，等级 E",
        "2. 2026-10 考核得分 52.00，等级 E",
        "3. 工时产值：¥500.00（目标 ¥1,000.00），得分 50.00",
        "4. 工作态度：得分 60.00",
    ]


def test_the_letter_gives_a_day_and_somebody_to_ask(letter: str) -> None:
    """Fails when the day to improve is not the scheme's 30 days after the results are known (9 November, as the 7th is
    a Saturday), or a placeholder is left open."""
    assert "即2026-12-09前" in letter
    assert "人力资源部" in letter
    assert "{" not in letter


def test_the_letter_is_signed_by_those_whom_the_scheme_names(letter: str) -> None:
    """Fails when a signature that the annex asks for has no place."""
    assert letter.endswith("总监\n人力资源部\n员工本人\n日期：\n日期：\n日期：")


def test_a_placeholder_that_nobody_knows_stays_in_sight() -> None:
    """Fails when a slip in the wording disappears from a letter, or braces could reach into the program."""
    assert filled("{name}：{nmae} {name.__class__}", {"name": "李"}) == "李：{nmae} {name.__class__}"


def test_no_letter_without_an_event(into: Callable[..., ReportContext], material: ReportContext) -> None:
    """Fails when a letter of an earlier run lies on although it is no longer due."""
    quiet = replace(material.settled, standing=material.settled.standing.clear())
    written = into()
    (path,) = write_letters(written)
    assert write_letters(replace(written, kept=replace(material.kept, settlement=quiet))) == []
    assert not path.exists()


def test_the_months_of_a_letter_are_those_of_its_rule(material: ReportContext) -> None:
    """Fails when a letter names more or fewer months than the run that brought it."""
    event = material.settled.standing.row(0, named=True)
    assert run_of(event, material) == [("2026-09", 5000, "E"), ("2026-10", 5200, "E")]
