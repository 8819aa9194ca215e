"""report.html: the month on one page that needs nothing but itself: no script, no request, no font from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fairwrench.closing.folder.files_read import by_kind
from fairwrench.report import charts, figures, people
from fairwrench.report.page import overview
from fairwrench.report.report_context import ReportContext
from fairwrench.report.whole import whole
from fairwrench.report.workbook import coverage, indicators
from fairwrench.report.workbook.notes import AGAINST
from fairwrench.settlement.doubts.incomplete import Incomplete, incomplete
from fairwrench.settlement.explain.explain import points
from fairwrench.settlement.words.metric_words import target_words

PAGE = "report.html"
TEMPLATES = Path(__file__).resolve().parent / "templates"
#: people listed as incomplete, and problems shown, before the page refers to the workbook
LISTED = 60


def write_page(material: ReportContext) -> Path:
    """Write OUT/report.html, piece by piece as it comes about."""
    path = material.out / PAGE
    # The same bytes on every system.
    with whole(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_pieces(material))
    return path


def render(material: ReportContext) -> str:
    """The page as text."""
    return "".join(_pieces(material))


def _pieces(material: ReportContext) -> Iterator[str]:
    templates = environment(material)
    style = templates.get_template("style.css.j2").render().strip()
    # The page's own rule lets this one style through and no other style or script, wherever the file is opened.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = templates.get_template("report.html.j2")
    return page.generate(style=style, style_digest=digest, **parts(material))


def environment(material: ReportContext) -> Environment:
    """The templates with the words and figures they use."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Names of people and files are shown as they are written, whatever signs are in them.
        autoescape=True,
        # A misspelled name in a template is an error, and no blank where a figure should be.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    currency = material.settled.scheme.currency
    made.globals.update(
        names=material.names,
        lang=material.lang,
        _=lambda zh, en: material.names.pick((zh, en)),
        yuan=lambda fen: figures.yuan(fen, currency),
        points=lambda hundredths: figures.NONE if hundredths is None else points(hundredths),
        share=figures.share_text,
        value=lambda figure, metric: material.names.say(indicators.shown(figure, metric, currency)),
        aim=lambda figure, metric: material.names.say(
            target_words(figure.target, metric, currency, beside=(figure.n, figure.d))
        ),
        percent=lambda part: f"{100 * part:.1f} %",
        against={key: material.names.pick(pair) for key, pair in AGAINST.items()},
    )
    return made


def parts(material: ReportContext) -> dict[str, Any]:
    """Everything that the page shows, by the name that the templates use."""
    settled = material.settled
    shops = coverage.stores(material)
    bars = overview.bars(material)
    trend = overview.months_before(material)
    return {
        "settled": settled,
        "seal": material.kept.seal,
        "tiles": overview.tiles(material),
        "grades": overview.grade_rows(material),
        "pools": overview.pool_rows(material),
        "histogram": charts.histogram(bars, _histogram_words(bars, material)),
        "trend": charts.trend(trend, _trend_words(trend, material)),
        "months": trend,
        "pay": list(overview.pay_rows(material)),
        "stores": shops,
        "most_stores": overview.MOST_STORES,
        "indicators": _by_category(indicators.indicators(material)),
        "places": _by_source(material),
        "wanted": coverage.wanted(material),
        "outstanding": coverage.outstanding(material),
        "incomplete": waiting_people(material),
        "listed": LISTED,
        "conflicts": [problem for problem in material.problems if problem.code == "conflict_of_interest"],
        "events": _events(material),
        "rejected": overview.rejected_rows(material),
        "kinds": list(by_kind(material.files).iter_rows(named=True)),
        "files": material.files.sort("file", "sheet").to_dicts(),
        "opened": people.opened(material),
        "problems": _problems(material),
    }


def _histogram_words(bars: list[charts.Bar], material: ReportContext) -> str:
    told = ", ".join(f"{bar.low}–{bar.low + charts.BIN}: {bar.people}" for bar in bars if bar.people)
    return material.names.pick((f"得分人数 {told}", f"people by score {told}"))


def _trend_words(values: list[tuple[str, int]], material: ReportContext) -> str:
    told = ", ".join(f"{month}: {points(mean)}" for month, mean in values)
    return material.names.pick((f"各月平均分 {told}", f"mean score by month {told}"))


def _by_category(found: list[indicators.Indicator]) -> dict[str, list[indicators.Indicator]]:
    by_category: dict[str, list[indicators.Indicator]] = {}
    for each in found:
        by_category.setdefault(each.category, []).append(each)
    return by_category


def _by_source(material: ReportContext) -> dict[str, list[coverage.Place]]:
    found: dict[str, list[coverage.Place]] = {}
    for place in coverage.places(material):
        found.setdefault(place.source, []).append(place)
    return found


def waiting_people(material: ReportContext) -> list[tuple[Incomplete, str]]:
    """Everybody whose month or pay waits, with what it waits for."""
    settled, names = material.settled, material.names
    people = incomplete(settled.totals, settled.lines, settled.pay)
    return [(person, names.comma.join(names.waiting_for(person))) for person in people]


def _events(material: ReportContext) -> list[dict[str, Any]]:
    about = material.settled.totals.select("employee_id", "name", "store")
    frame = material.settled.standing.join(about, on="employee_id", how="left")
    return frame.sort("event", "store", "employee_id").to_dicts()


def _problems(material: ReportContext) -> list[Any]:
    """Problems by code, those to act on first; conflicts stand in their own part of the page."""
    rank = {"error": 0, "warning": 1, "note": 2}
    alike: dict[tuple[str, str], list[Any]] = {}
    for problem in material.problems:
        if problem.code != "conflict_of_interest":
            alike.setdefault((problem.severity, problem.code), []).append(problem)
    # The code decides last, so that the order never depends on the order of files.
    return sorted(alike.items(), key=lambda pair: (rank[pair[0][0]], -len(pair[1]), pair[0][1]))
