"""Tags and filters that every page has without loading: words, figures and the components of the layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from fairwrench.report import figures
from fairwrench.settlement.explain import explain
from fairwrench.web.ui import components, drawing, words

register = template.Library()
SPRITE = "packages/icons.svg"


@register.simple_tag
def say(*given: Any, **values: Any) -> SafeString:
    """`{% say "中文" "English" %}`, `{% say text %}`; `{n}` in the words takes `n=…`."""
    # escaped before the values go in, which `format_html` escapes by themselves
    wording = conditional_escape(words.pick(*given) if len(given) == 2 else words.of(*given))
    return format_html(wording, **values) if values else wording


@register.filter
def listed(parts: Iterable[Any]) -> str:
    """Words one after the other, as the reader's language lists them."""
    return words.joined(parts)


@register.simple_tag
def lang_code() -> str:
    """The page's language as HTML wants it: `zh-Hans` or `en`."""
    return words.pick("zh-Hans", "en")


@register.simple_tag(takes_context=True)
def page_title(context: Context) -> str:
    """What the page's block `title` says, without markup, led into the name of the application."""
    # the block is the page's heading; for the title of the window it is drawn once more
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    found = blocks.get_block("title") if blocks else None
    words_of_it = " ".join(strip_tags(found.nodelist.render(context)).split()) if found else ""
    return mark_safe(f"{words_of_it} · ") if words_of_it else ""


@register.filter
def initial(who: Any) -> str:
    """The one character that stands for a person."""
    return drawing.initial(str(who))


def _known(number: int | None) -> int | None:
    """None for the empty text by which a template says that there is no such variable."""
    return number if isinstance(number, int) else None


@register.filter
def money(fen: int | None, currency: str = "CNY") -> str:
    """Fen as ¥1,234.56, minus as −; a dash for none."""
    return figures.yuan(_known(fen), currency)


@register.filter
def points(hundredths: int | None) -> str:
    """Hundredths of a point as 98.40, minus as −; a dash for none."""
    return explain.points(_known(hundredths)).replace("-", "−")


@register.filter
def count(number: int | None) -> str:
    """A whole number with thousands separated; a dash for none."""
    return figures.grouped(_known(number), 0).replace("-", "−")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of `ui/icons.txt`: mere ornament, unless `label` says what it tells."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    address = f"{static(SPRITE)}#{name}"
    return format_html('<svg class="icon" {}><use href="{}"></use></svg>', spoken, address)


@register.simple_tag
def badge_grade(grade: str | None, name: Any = None, tone: str = "") -> SafeString:
    """A grade in its colour, with its name beside it where one is given; a dash for none.

    The `tone` is the grade's place among those of its scheme (`Names.tone`); A–E know theirs.
    """
    if not grade:
        return SafeString(figures.NONE)
    badge = format_html('<span class="grade grade-{}">{}</span>', (tone or grade).lower(), grade)
    return format_html("{} {}", badge, words.of(name)) if name else badge


@register.filter
def tone(names: Any, grade: str | None) -> str:
    """The colour of a grade in the scheme that `names` speak for."""
    return str(names.tone(grade)) if names else ""


@register.simple_tag
def bullet(actual: int | None, target: int | None = 10_000) -> SafeString:
    """Points reached against the points aimed at (hundredths, 0–130), as a bar with a mark."""
    return drawing.bullet(actual, target)


@register.simple_tag
def pace(reached: int | None, gone: int) -> SafeString:
    """Percent of a target reached, as a bar with a mark at the percent of the month gone."""
    return drawing.pace(reached, gone)


@register.simple_tag
def progress(part: int, whole: int, label: Any = None) -> SafeString:
    """A share as a bar, `part` of `whole`; `label` says to people who do not see it what is measured."""
    return drawing.progress(part, whole, words.of(label))


@register.simple_tag
def figure(shown: Any, url: str | None = None, about: Any = None) -> SafeString:
    """A figure that leads to its explanation; without an address it merely stands there."""
    if not url:
        return format_html('<span class="figure">{}</span>', shown)
    title = words.of(about) or words.pick("怎么算出来的", "How this came about")
    return format_html('<a class="figure" href="{}" title="{}">{}</a>', url, title, shown)


@register.inclusion_tag("ui/parts/person.html")
def person(who: Any, link: bool = True, note: Any = "") -> dict[str, Any]:
    """A person with initial, name and employee id; leads to `get_absolute_url` unless `link` is false."""
    name = str(_of(who, "name") or _of(who, "employee_id") or "")
    address = _of(who, "get_absolute_url") if link else None
    return {
        "name": name,
        "employee_id": _of(who, "employee_id"),
        "initial": drawing.initial(name),
        "url": address() if callable(address) else address,
        "note": words.of(note),
    }


def _of(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


@register.simple_tag(takes_context=True)
def table(context: Context, shown: Any) -> SafeString:
    """A `ui.tables.tables.Table` with its search box, totals, pages and export."""
    drawn: SafeString = shown.as_html(context["request"])
    return drawn


register.inclusion_tag("ui/parts/progress_card.html")(components.progress_card)
register.inclusion_tag("ui/parts/empty_state.html")(components.empty_state)
register.inclusion_tag("ui/parts/problem_list.html")(components.problem_list)
register.inclusion_tag("ui/parts/upload_field.html")(components.upload_field)
register.inclusion_tag("ui/parts/explanation.html")(components.explanation)
register.inclusion_tag("ui/parts/stat.html")(components.stat)
register.inclusion_tag("ui/parts/field.html")(components.field)
register.inclusion_tag("ui/parts/fields.html", name="fields")(lambda form: {"form": form})
register.simple_tag(components.heat_cell)
register.simple_tag(components.chart)
register.simple_tag(components.kept_query, takes_context=True)
