"""docs/outputs.md names what is written: every file, sheet, column and placeholder."""

import re
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import polars as pl

from fairwrench.closing.csv_export import PAY, tables
from fairwrench.closing.csv_export import REJECTED as REJECTED_COLUMNS
from fairwrench.report.papers.appraisal import forms_of
from fairwrench.report.papers.appraisal_paper import appraisal_template
from fairwrench.report.papers.letters import fields
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.workbook import write_workbooks
from tests.report.small_group import Silent

DOCS = (Path(__file__).parents[2] / "docs/outputs.md").read_text(encoding="utf-8")


def test_every_column_of_the_contract_is_named(material: ReportContext) -> None:
    """Fails when a column is added or renamed and those who read the files are not told."""
    for name, frame in tables(material.settled).items():
        row = next(line for line in DOCS.split("\n") if line.startswith(f"| `{name}` | `month`"))
        assert re.findall(r"`(\w+)`", row) == frame.columns
    assert all(f"`{column}`" in DOCS for column in (*PAY, *REJECTED_COLUMNS))


def test_every_sheet_is_named_in_both_languages(material: ReportContext, tmp_path: Path) -> None:
    """Fails when a sheet is not described, or the page describes one that is not written."""
    year = pl.DataFrame(
        [("2026", "E2", 8425, 7, 5, "settled", "D", "raise_candidate", False)],
        schema=material.settled.periods.schema,
        orient="row",
    )
    settled = replace(material.settled, periods=year)
    told = {}
    for lang in ("zh", "en"):
        whole = replace(material, out=tmp_path / lang, lang=lang, kept=replace(material.kept, settlement=settled))
        (one,) = write_workbooks(whole, Silent(), many=5000)
        group = write_workbooks(replace(whole, out=tmp_path / f"{lang}2"), Silent(), many=1)[0]
        names = [*openpyxl.load_workbook(one).sheetnames, *openpyxl.load_workbook(group).sheetnames]
        told[lang] = list(dict.fromkeys(names))
    described = re.findall(r"^\| ([A-Z][\w ]+) \| ([\u3400-\u9fff]+) \|", DOCS, re.MULTILINE)
    assert {zh for _, zh in described} == set(told["zh"])
    assert {en for en, _ in described} == set(told["en"])


def test_quarter_and_year_stand_in_words(material: ReportContext, tmp_path: Path) -> None:
    """Fails when a year's result cannot be read from the workbook: who is considered for a raise, on what grounds."""
    row = ("2026", "E2", 8425, 7, 5, "settled", "D", "raise_candidate", False)
    year = pl.DataFrame([row], schema=material.settled.periods.schema, orient="row")
    settled = replace(material.settled, periods=year)
    whole = replace(material, out=tmp_path, kept=replace(material.kept, settlement=settled))
    (path,) = write_workbooks(whole, Silent(), many=5000)
    heads, cells = openpyxl.load_workbook(path)["季度年度"].iter_rows(values_only=True)
    found = dict(zip(heads, cells, strict=True))
    assert (found["工号"], found["周期"], found["得分"], found["等级"]) == ("E2", "2026", 84.25, "D")
    assert (found["计入月数"], found["未计月数"], found["结果"]) == (7, 5, "年终加薪人选")


def test_every_placeholder_of_the_form_is_named(material: ReportContext, tmp_path: Path) -> None:
    """Fails when HR cannot know what a restyled form may hold, or the template asks for what nobody fills."""
    with ZipFile(appraisal_template(tmp_path / "form.docx", "zh")) as parts:
        used = set(re.findall(r"(form|item)\['(\w+)'\]", parts.read("word/document.xml").decode()))
    form = forms_of(material)[0]
    filled = {("form", name) for name in form} | {("item", name) for name in form["items"][0]}
    named = set(re.findall(r"`(form|item)\['(\w+)'\]`", DOCS))
    assert used <= filled
    assert named == filled


def test_every_placeholder_of_a_letter_is_named(material: ReportContext) -> None:
    """Fails when whoever words a letter cannot know what it may say."""
    event = material.settled.standing.row(0, named=True)
    letter = material.settled.scheme.letters[event["letter"]]
    assert set(re.findall(r"`\{(\w+)\}`", DOCS)) == set(fields(event, letter, material))
