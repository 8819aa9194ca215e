"""What the larger components of the pages show; their templates lie in `ui/parts/`, their tags in `templatetags`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import BoundField, widgets
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fairwrench.report.naming import SEVERITIES
from fairwrench.report.people import figure_text
from fairwrench.settlement.explain.explain import Step
from fairwrench.settlement.problem import Problem
from fairwrench.web.ui.words import joined, lang, of, pick

#: problems shown before the list only counts the rest
LISTED = 50
RANK = {"error": 0, "warning": 1, "note": 2}
LOOKS = {
    "error": ("danger", "circle-x"),
    "warning": ("warning", "alert-triangle"),
    "note": ("secondary", "info-circle"),
}
#: state of evidence → its sign, which tells as much as its colour, and its words
HEAT = {
    "landed": ("●", ("已到", "landed")),
    "partial": ("◐", ("部分", "partial")),
    "late": ("◆", ("迟到", "late")),
    "missing": ("○", ("缺", "missing")),
    "waiting": ("·", ("未到期", "not due")),
}


def progress_card(job: Any, url: str, title: Any = None, then: str | None = None) -> dict[str, Any]:
    """Background work; it asks `url` for itself every second until it ended, `then` leads to what came of it."""
    doing = pick(getattr(job, "doing_zh", ""), getattr(job, "doing_en", ""))
    return {"job": job, "url": url, "title": of(title), "then": then, "doing": doing}


def empty_state(
    zh: str,
    en: str,
    *,
    hint_zh: str = "",
    hint_en: str = "",
    url: str = "",
    do_zh: str = "",
    do_en: str = "",
    icon: str = "folder",
) -> dict[str, Any]:
    """What is not there yet, and what to do so that it will be."""
    said = {"title": pick(zh, en), "hint": pick(hint_zh, hint_en), "do": pick(do_zh, do_en)}
    return {**said, "url": url, "icon": icon}


def problem_list(problems: Iterable[Problem | Mapping[str, Any]], limit: int = LISTED) -> dict[str, Any]:
    """Problems, those to act on first; also as the dicts in which jobs keep them."""
    found = sorted((_problem(each) for each in problems), key=lambda problem: RANK[problem.severity])
    rows = []
    for problem in found[:limit]:
        look, icon = LOOKS[problem.severity]
        word = of(SEVERITIES[problem.severity])
        told = {"text": of(problem), "place": problem.place(), "document": _of_document(problem)}
        rows.append({**told, "look": look, "icon": icon, "severity": word})
    return {"rows": rows, "more": len(found) - len(rows)}


def _of_document(problem: Problem) -> bool:
    """Whether a problem's place is one of a scheme's document, which says something to whoever edits it alone."""
    return bool(problem.path) or (problem.file or "").endswith((".yaml", ".yml"))


def _problem(given: Problem | Mapping[str, Any]) -> Problem:
    return given if isinstance(given, Problem) else Problem(**{**given, "path": tuple(given.get("path", ()))})


def upload_field(
    name: str = "files", *, label: Any = None, accept: str = "", many: bool = True, hint: Any = None
) -> dict[str, Any]:
    """A field for files: choose or drop them, whole folders too."""
    label = of(label) or pick("把文件拖到这里，或点击选择", "Drop files here, or choose them")
    return {"name": name, "label": label, "accept": accept, "many": many, "hint": of(hint)}


def explanation(
    step: Step,
    *,
    rows_url: str = "",
    pictures: Mapping[str, SafeString] | None = None,
    opened: int = 1,
    currency: str = "CNY",
) -> dict[str, Any]:
    """A figure as a tree of the figures that it was made from; the first `opened` levels are unfolded.

    `pictures` shows a drawing under the step of its key; `rows_url` is asked for the rows behind a step when somebody
    unfolds them, with `?step=KEY&place=N` for the step's Nth measure (from 0).
    """
    told: dict[str, Any] = {"rows_url": rows_url, "pictures": pictures, "opened": opened - 1, "currency": currency}
    parts = [explanation(part, **told) for part in step.parts]
    picture = (pictures or {}).get(step.key)
    rows = step.rows if rows_url else ()
    inside = bool(parts or picture or rows)
    return {
        **{"step": step, "parts": parts, "rows": rows, "rows_url": rows_url, "picture": picture},
        **{"figure": figure_text(step, currency, lang()), "inside": inside, "open": opened > 0},
    }


def heat_cell(state: str, text: Any = "", url: str | None = None, about: Any = None) -> SafeString:
    """The inside of a heat map's cell: landed, partial, late, missing or waiting; KeyError for any other state."""
    sign, word = HEAT[state]
    told = joined((of(about), of(word), of(text)), "，")
    tag = format_html('a href="{}"', url) if url else SafeString("span")
    inside = format_html(
        '<span aria-hidden="true">{} {}</span><span class="visually-hidden">{}</span>', sign, text, told
    )
    shown = '<{} class="heat heat-{}" title="{}">{}</{}>'
    return format_html(shown, tag, state, told, inside, SafeString("a" if url else "span"))


def stat(zh: str, en: str, value: Any, note: Any = "", *, url: str | None = None, about: Any = None) -> dict[str, Any]:
    """One figure worth a tile of its own; `about` says where its address leads, else to how it came about."""
    return {"title": pick(zh, en), "value": value, "note": of(note), "url": url, "about": about}


def field(bound: BoundField) -> dict[str, Any]:
    """A form's field with label, hint and errors, in the look of the pages."""
    widget = bound.field.widget
    chosen = isinstance(widget, widgets.CheckboxInput)
    several = isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple)
    look = "form-select" if isinstance(widget, widgets.Select) else "form-check-input" if chosen else "form-control"
    said = f"{widget.attrs.get('class', '')} {look}{' is-invalid' * bool(bound.errors)}"
    attrs: dict[str, str | bool] = {} if several else {"class": said}
    return {"field": bound, "widget": bound.as_widget(attrs=attrs), "check": chosen, "several": several}


def chart(options: Mapping[str, Any], zh: str, en: str) -> SafeString:
    """A place for an ECharts picture of these options; the words say to everybody what it shows."""
    # in an attribute, as the pages allow no script of their own (Content-Security-Policy)
    told = json.dumps(options, ensure_ascii=False, separators=(",", ":"))
    return format_html('<div class="chart" role="img" aria-label="{}" data-chart="{}"></div>', pick(zh, en), told)


def kept_query(context: Context, *without: str) -> SafeString:
    """The query string as hidden fields, so that a form that asks anew keeps the other filters."""
    pairs = [
        (name, value)
        for name, values in context["request"].GET.lists()
        # without the export: searching again would take the workbook away
        if name not in without and not name.endswith("export")
        for value in values
    ]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)
