"""What each tag and filter writes, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fairwrench.settlement.source.source import Text
from tests.web.ui.conftest import Render


def flat(html: str) -> str:
    """Markup without the white space between its lines."""
    return "".join(line.strip() for line in html.splitlines())


def test_say_picks_the_language(render: Render) -> None:
    """Fails when a page shows both languages, or the wrong one."""
    assert render('{% say "门店" "Store" %}') == "门店"


def test_say_speaks_english(render: Render, english: None) -> None:
    """Fails when the English page shows Chinese."""
    assert render('{% say "门店" "Store" %}') == "Store"
    assert render("{% say text %}", text=Text(zh="返修率", en="Rework rate")) == "Rework rate"


def test_say_fills_in_values_and_lets_no_markup_through(render: Render) -> None:
    """Fails when a name could bring a script into a page."""
    source = '{% say "{who} 共 {n} 条" "{who}: {n}" who=who n=3 %}'
    assert render(source, who="<b>") == "&lt;b&gt; 共 3 条"
    assert render("{% say text %}", text=("<i>", "")) == "&lt;i&gt;"


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ v|money }}", 123456, "¥1,234.56"),
        ("{{ v|money }}", -123456, "−¥1,234.56"),
        ("{{ v|money }}", 0, "¥0.00"),
        ("{{ v|money }}", None, "—"),
        ('{{ v|money:"EUR" }}', 5, "€0.05"),
        ("{{ v|points }}", 9840, "98.40"),
        ("{{ v|points }}", -50, "−0.50"),
        ("{{ v|points }}", None, "—"),
        ("{{ v|count }}", 1234567, "1,234,567"),
        ("{{ v|count }}", -1, "−1"),
        ("{{ v|initial }}", "张伟", "伟"),
        ("{{ v|initial }}", "anna Schmidt", "A"),
        ("{{ v|initial }}", "", "?"),
    ],
)
def test_figures_read_as_people_write_them(render: Render, source: str, value: Any, shown: str) -> None:
    """Fails when an amount loses its sign, its fen or its separators."""
    assert render(source, v=value) == shown


def test_a_grade_has_its_colour_and_letter(render: Render) -> None:
    """Fails when only the colour would tell a grade."""
    assert render('{% badge_grade "B" %}') == '<span class="grade grade-b">B</span>'
    assert render('{% badge_grade "B" "良好" %}') == '<span class="grade grade-b">B</span> 良好'
    assert render("{% badge_grade None %}") == "—"


def test_a_bullet_bar_stands_where_the_points_are(render: Render) -> None:
    """98.40 of 130 is 75.69 %, 100 of 130 is 76.92 %. Fails when the bar or the mark stands elsewhere."""
    assert render("{% bullet 9840 %}") == (
        '<svg class="bullet" width="100%" height="16" role="img" aria-label="98.40 分，目标 100.00">'
        '<rect class="bullet-track" y="4" height="8" width="100%" rx="2"/>'
        '<rect class="bullet-bar bullet-missed" y="4" height="8" width="75.69%" rx="2"/>'
        '<line class="bullet-mark" x1="76.92%" x2="76.92%" y1="1" y2="15"/></svg>'
    )


@pytest.mark.parametrize(("points", "width"), [(13_000, "100.00%"), (14_000, "100.00%"), (-10, "0.00%"), (0, "0.00%")])
def test_a_bullet_bar_ends_at_its_ends(render: Render, points: int, width: str) -> None:
    """Fails when a bar runs out of its frame."""
    assert f'width="{width}" rx="2"/><line' in render("{% bullet points %}", points=points)


def test_a_bullet_bar_without_points_says_so(render: Render, english: None) -> None:
    """Fails when nobody can tell nothing from zero."""
    shown = render("{% bullet None None %}")
    assert 'aria-label="none yet"' in shown and "bullet-bar" not in shown and "bullet-mark" not in shown


def test_progress_tells_the_share(render: Render) -> None:
    """Fails when a share of nothing is shown as a number, or the bar says nothing to those who do not see it."""
    assert render('{% progress 41 50 "已计量" %}') == (
        '<span class="share"><progress max="50" value="41" aria-label="已计量"></progress> <span>82.0 %</span></span>'
    )
    assert render("{% progress 0 0 %}") == "—"


def test_a_figure_leads_to_its_explanation(render: Render) -> None:
    """Fails when a figure cannot be asked how it came about."""
    expected = '<a class="figure" href="/x/" title="怎么算出来的">¥1.00</a>'
    assert render('{% figure 100|money "/x/" %}') == expected
    assert render("{% figure 100|money %}") == '<span class="figure">¥1.00</span>'
    assert "&lt;b&gt;" in render("{% figure text %}", text="<b>")


def test_an_icon_is_ornament_unless_it_tells_something(render: Render) -> None:
    """Fails when screen readers read ornaments, or are not told what an icon alone means."""
    assert render('{% icon "home" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/packages/icons.svg#home"></use></svg>'
    )
    assert 'role="img" aria-label="迟到"' in render('{% icon "clock" "迟到" %}')


@pytest.mark.parametrize(
    "who",
    [
        {"name": "张伟", "employee_id": "E1", "get_absolute_url": "/p/1/"},
        SimpleNamespace(name="张伟", employee_id="E1", get_absolute_url=lambda: "/p/1/"),
    ],
    ids=["dict", "object"],
)
def test_a_person_has_name_and_id(render: Render, who: Any) -> None:
    """Fails when namesakes cannot be told apart."""
    shown = flat(render("{% person who %}", who=who))
    circle = '<span class="avatar avatar-xs" aria-hidden="true">伟</span>'
    number = '<span class="text-secondary code-id">E1</span>'
    assert shown == f'<span class="person">{circle}<a href="/p/1/">张伟</a>{number}</span>'
    assert "<a " not in render("{% person who link=False %}", who=who)


def test_a_heat_cell_tells_by_sign_and_words_what_its_colour_tells(render: Render) -> None:
    """Fails when only colour tells what is missing."""
    shown = render('{% heat_cell "late" "+2" url="/e/" about="城东店" %}')
    assert shown == (
        '<a href="/e/" class="heat heat-late" title="城东店，迟到，+2"><span aria-hidden="true">◆ +2</span>'
        '<span class="visually-hidden">城东店，迟到，+2</span></a>'
    )
    assert render('{% heat_cell "missing" %}').startswith('<span class="heat heat-missing" title="缺">')
    with pytest.raises(KeyError):
        render('{% heat_cell "lost" %}')


def test_a_chart_carries_its_options_without_a_script(render: Render) -> None:
    """Fails when a chart needs an inline script, or its data could end the attribute."""
    shown = render('{% chart options "图" "chart" %}', options={"a": "\"'<"})
    options = "{&quot;a&quot;:&quot;\\&quot;&#x27;&lt;&quot;}"
    assert shown == f'<div class="chart" role="img" aria-label="图" data-chart="{options}"></div>'


def test_other_filters_survive_a_form(render: Render, rf: Any) -> None:
    """Fails when searching a table forgets the store that was chosen."""
    request = rf.get("/", {"store": ["东", "西"], "q": "old", "page": "3", "export": "xlsx"})
    shown = render('{% kept_query "q" "page" %}', request)
    assert shown == '<input type="hidden" name="store" value="东"><input type="hidden" name="store" value="西">'
