"""Appraisal forms for wet signature, one Word document a store with a page a person, from a template HR can restyle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from docxtpl import DocxTemplate

from fairwrench.report.papers.appraisal_paper import appraisal_template
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.coverage import stores
from fairwrench.report.workbook.workbook import safe_name
from fairwrench.settlement.explain.explain import points
from fairwrench.settlement.inputs.reporting_lines import superiors
from fairwrench.settlement.words.metric_words import target_words, value_words

FOLDER, TEMPLATE = "appraisal-forms", Path("templates") / "appraisal.docx"
EMPTY = ""
Levels = dict[tuple[str, str], list[str]]


def write_appraisals(material: ReportContext, folder: Path, template: Path | None = None) -> list[Path]:
    """One document a store in `folder`; without a template of HR's our own is written beside it and used."""
    used = template or appraisal_template(folder.parent / TEMPLATE, material.lang)
    folder.mkdir(parents=True, exist_ok=True)
    forms = forms_of(material)
    paths = []
    for store in stores(material):
        here = [form for form in forms if form["store"] == store]
        if here:
            paths.append(folder / f"{safe_name(store)}.docx")
            # Opened anew for each store: a template that was rendered is no template any more.
            filled = DocxTemplate(str(used))
            # Escaped: a name or a note with `<` or `&` in it would otherwise break the document.
            filled.render({"forms": here}, autoescape=True)
            filled.save(str(paths[-1]))
    return paths


def forms_of(material: ReportContext) -> list[dict[str, Any]]:
    """What the form of everybody assessed shows, by store, department, position."""
    totals = material.settled.totals
    above = superiors(totals)
    names = dict(totals.select("employee_id", "name").iter_rows())
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in material.settled.lines.sort("employee_id", "place").iter_rows(named=True):
        lines.setdefault(row["employee_id"], []).append(row)
    # Who is not assessed has nothing to sign.
    people = totals.filter(pl.col("reason").is_null()).join(above, on="employee_id", how="left")
    order = people.sort("store", "department", "position", "employee_id", nulls_last=True)
    levels = levels_given(material)
    return [
        form_of(row, lines.get(row["employee_id"], []), names, levels, material) for row in order.iter_rows(named=True)
    ]


def form_of(
    person: dict[str, Any], lines: list[dict[str, Any]], called: dict[str, str], levels: Levels, material: ReportContext
) -> dict[str, Any]:
    """One person's form: the words that the template's placeholders stand for."""
    names = material.names
    return {
        "month": str(material.settled.month),
        "store": person["store"],
        "name": person["name"],
        "employee_id": person["employee_id"],
        "place": f"{person['store']} / {names.department(person['department'])}",
        "position": names.position(person["position"]),
        "line_manager": _person(person["line_manager"], called),
        "next_level": _person(person["next_level"], called),
        "items": [item_of(line, levels, material) for line in lines],
        "score": _points(person["score"]),
        "grade": f"{person['grade']} {names.grade(person['grade'])}" if person["grade"] else EMPTY,
        "appeal": _appeal(material),
        "stands_on": _stands_on(material),
    }


def levels_given(material: ReportContext) -> Levels:
    """(employee, item) → the levels that raters chose."""
    # `other` is whoever the roster does not name as a rater of the person: on most items such a rating does not count.
    ratings = material.found.ratings.filter(pl.col("role") != "other").sort("employee_id", "item", "role")
    found: dict[tuple[str, str], list[str]] = {}
    for person, item, level in ratings.select("employee_id", "item", "level").iter_rows():
        if level and level not in found.setdefault((person, item), []):
            found[person, item].append(level)
    return found


def item_of(line: dict[str, Any], levels: Levels, material: ReportContext) -> dict[str, str]:
    """One item as the form shows it; a rating that nobody gave leaves room for the pen."""
    names, scheme = material.names, material.settled.scheme
    metric = scheme.metrics.get(line["item"]) if line["kind"] == "metric" else None
    target, result = EMPTY, " / ".join(levels.get((line["employee_id"], line["item"]), []))
    if metric:
        aim = line["target"]
        goal = target_words(aim, metric, scheme.currency, beside=(line["n"], line["d"]))
        target = names.say(goal) if aim is not None else EMPTY
        words = value_words(line["n"], line["d"], metric, scheme.currency, beside=(aim,))
        result = names.say(words) if line["d"] else EMPTY
    return {
        "name": names.item(line["item"]),
        "category": names.category(line["category"] or "bonus"),
        "weight": _points(line["weight"]) if line["kind"] != "bonus" else EMPTY,
        "target": target,
        "result": result,
        "points": _points(line["points"] if line["state"] == "counted" else None),
        "note": _note(line, material),
    }


def _note(line: dict[str, Any], material: ReportContext) -> str:
    """Why the item does not simply count, and that its weight does not where that is so; nothing for an idle bonus."""
    names = material.names
    # No bonus is the usual case: a note on everybody's form would read like a fault.
    if line["kind"] == "bonus" and line["state"] == "dropped":
        return EMPTY
    words = [names.line_state("dropped")] if line["state"] == "dropped" else []
    return names.comma.join([*words, *([names.cause(line["cause"], line["lacks"])] if line["cause"] else [])])


def _points(hundredths: int | None) -> str:
    return EMPTY if hundredths is None else points(hundredths)


def _person(employee_id: str | None, called: dict[str, str]) -> str:
    return f"{called.get(employee_id) or ''} {employee_id}".strip() if employee_id else EMPTY


def _appeal(material: ReportContext) -> str:
    article = material.settled.scheme.articles.get("appeals")
    return f"{material.names.say(article.title)}：{material.names.say(article.text)}" if article else EMPTY


def _stands_on(material: ReportContext) -> str:
    seal, scheme = material.kept.seal, material.settled.scheme
    zh = f"依据 {material.names.say(scheme.name)} {scheme.version}，锁定数据 {seal.digest[:16]}"
    return material.names.pick((zh, f"By {material.names.say(scheme.name)} {scheme.version}, seal {seal.digest[:16]}"))
