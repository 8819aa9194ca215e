"""The larger components: what they show, what they ask for, and that all of them stand on the style page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpRequest
from django.shortcuts import render as page
from django.utils import translation

from fairwrench.web.ui import components
from tests.web.ui import specimens
from tests.web.ui.conftest import Render

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Outline(HTMLParser):
    """What a test asks of a page: its ids, the labels it refers to, and whether tags are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wanted: set[str] = set()
        self.headings: list[str] = []
        self.open: list[str] = []
        self.astray: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.ids += [said["id"] or ""] if "id" in said else []
        for name in ("aria-labelledby", "aria-describedby", "for", "aria-controls"):
            self.wanted |= set((said.get(name) or "").split())
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An SVG shape closes itself."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.astray.append(tag)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_style_page_shows_every_component(rf: Any, language: str) -> None:
    """Fails when a component cannot be drawn, an id stands twice, or a label leads nowhere."""
    with translation.override(language):
        request: HttpRequest = rf.get("/")
        html = page(request, "ui/components.html", specimens.shown(request)).content.decode()
    outline = Outline(html)
    assert outline.astray == [] and outline.open == []
    assert sorted(set(outline.ids)) == sorted(outline.ids)
    assert outline.wanted <= set(outline.ids)
    assert outline.headings.count("h1") == 1
    shown = [*("grade-a", "bullet", "share", "figure", "person", "heat-landed", "step", "table-card", "progress-card")]
    assert [name for name in [*shown, "dropzone", "problem", "stat", "empty", "chart"] if f'"{name}' not in html
            and f" {name}" not in html] == []  # fmt: skip


def test_problems_stand_in_the_order_in_which_to_act(render: Render) -> None:
    """Fails when a note hides an error, or a problem does not say where it is."""
    shown = render("{% problem_list problems %}", problems=specimens.problems())
    said = ["没有这个指标。", "scorecards.technician.items[2]", "车架号校验位不对。", "工单.xlsx:17", "样本只有 3 笔。"]
    assert [shown.index(words) for words in said] == sorted(shown.index(words) for words in said)
    assert [word for word in re.findall(r"</svg>(错误|提醒|说明)", shown)] == ["错误", "提醒", "说明"]


def test_problems_kept_by_a_job_are_shown_and_counted() -> None:
    """Fails when a job's problems cannot be read back, or a thousand of them drown the page."""
    kept = [{"code": "x", "zh": "缺", "en": "missing", "path": ["a", 1], "file": "f.xlsx", "line": 3}] * 53
    told = components.problem_list(kept)
    assert (len(told["rows"]), told["more"]) == (50, 3)
    assert told["rows"][0]["place"] == "f.xlsx:3 a[1]"


def test_a_job_asks_for_itself_until_it_ended(render: Render) -> None:
    """Fails when progress stands still, or a finished job is asked about for ever."""
    source = '{% progress_card job "/jobs/1/" then="/done/" %}'
    running = render(source, job=specimens.job("running", done=1240, total=6000, percent=20))
    assert 'hx-get="/jobs/1/" hx-trigger="every 1s" hx-swap="outerHTML"' in running
    assert "1,240 / 6,000" in running and 'max="100" value="20"' in running and "正在核算城东店" in running
    done = render(source, job=specimens.job("done"))
    assert "hx-get" not in done and 'href="/done/"' in done
    failed = render(source, job=specimens.job("failed", problems=[{"code": "x", "zh": "缺", "en": "gone"}]))
    assert "hx-get" not in failed and "/done/" not in failed and "缺" in failed


def test_a_job_of_unknown_length_claims_no_share(render: Render) -> None:
    """Fails when a bar stands at zero although nobody knows how much there is."""
    shown = render('{% progress_card job "/jobs/1/" %}', job=specimens.job("running", done=0, total=0, percent=0))
    assert re.search(r'<progress class="progress mt-3" max="100" aria-label', shown)


def test_an_explanation_unfolds_down_to_the_rows(render: Render) -> None:
    """Fails when a figure's parts, article, note or rows cannot be reached."""
    shown = render('{% explanation step rows_url="/rows/" opened=2 %}', step=specimens.explained())
    assert shown.count('<details class="step" open>') == 2
    assert shown.count('<details class="step">') == 3
    assert shown.count("step-leaf") == 2
    assert (
        'hx-get="/rows/?step=denominator.one_time_fix_rate&amp;place=0&amp;glance=1" hx-trigger="toggle once"' in shown
    )
    for words in ("¥4,870.00", "基数 × 98.40 %", "S1 ❶ 二.2(1)", "样本偏少", "149", "155"):
        assert words in shown


def test_an_explanation_shows_pictures_where_they_belong(render: Render) -> None:
    """Fails when a curve stands under another figure, or markup of ours is shown as text."""
    told = specimens.shown(_request())
    shown = render("{% explanation step pictures=pictures %}", step=told["step"], pictures=told["pictures"])
    assert shown.index("97.30") < shown.index('<svg class="trend"') < shown.index("96.13 %")
    assert "查看明细行" not in shown


def _request() -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    return request


def test_fields_have_labels_hints_and_errors(render: Render) -> None:
    """Fails when somebody is not told what to write, or what was wrong with it."""
    form = specimens.TargetForm({"item": "a", "target": "very high", "how": "m"})
    shown = render("{% fields form %}", form=form)
    assert '<label class="form-label required" for="id_target">目标值</label>' in shown
    assert 'id="id_target_helptext">百分数，例如 97</div>' in shown
    assert re.search(r'<input[^>]*name="target"[^>]*class=" form-control is-invalid"', shown)
    assert re.search(r'<select[^>]*class=" form-select"', shown)
    assert re.search(r'<input[^>]*type="checkbox"[^>]*class=" form-check-input"', shown)
    assert shown.count('type="radio"') == 2 and "<legend" in shown
    assert shown.count("invalid-feedback") == 1


def test_an_empty_page_says_what_to_do(render: Render, english: None) -> None:
    """Fails when somebody stands before nothing."""
    shown = render('{% empty_state "无" "None yet" hint_en="Upload." url="/up/" do_zh="上传" do_en="Upload" %}')
    assert "None yet" in shown and "Upload." in shown and 'href="/up/">Upload</a>' in shown
