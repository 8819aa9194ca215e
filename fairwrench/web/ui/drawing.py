"""Small pictures of the pages as SVG without styles: widths are attributes, colours are classes."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.report.figures import NONE, share_text
from fairwrench.settlement.explain.explain import points
from fairwrench.web.ui.words import pick

#: the cap of a score, in hundredths of a point: the right end of every bullet bar
FULL = 13_000


def along(hundredths: int) -> str:
    """Where points stand on the bar from 0 to 130, in percent with two decimals; beyond the ends at the end."""
    return f"{100 * min(max(hundredths, 0), FULL) / FULL:.2f}%"


def bullet(actual: int | None, target: int | None) -> SafeString:
    """A bar up to `actual` and a mark at `target`, both hundredths of a point; an empty track for no points."""
    told = [pick("{} 分", "{} points").format(points(actual))] if actual is not None else [pick("暂无", "none yet")]
    if target is not None:
        told.append(pick("目标 {}", "aim {}").format(points(target)))
    return _bar(actual, target, told)


def pace(reached: int | None, gone: int) -> SafeString:
    """A bar up to the percent of a target `reached`, and a mark at the percent of the month `gone`."""
    known = pick("已完成 {}%", "{} % reached").format(reached) if reached is not None else pick("暂无", "none yet")
    told = [known, pick("本月已过 {}%", "{} % of the month gone").format(gone)]
    return _bar(None if reached is None else reached * 100, gone * 100, told)


def _bar(actual: int | None, mark_at: int | None, told: list[str]) -> SafeString:
    bar = mark = SafeString("")
    if actual is not None:
        missed = " bullet-missed" if mark_at is not None and actual < mark_at else ""
        bar = format_html('<rect class="bullet-bar{}" y="4" height="8" width="{}" rx="2"/>', missed, along(actual))
    if mark_at is not None:
        mark = format_html('<line class="bullet-mark" x1="{0}" x2="{0}" y1="1" y2="15"/>', along(mark_at))
    track = SafeString('<rect class="bullet-track" y="4" height="8" width="100%" rx="2"/>')
    frame = '<svg class="bullet" width="100%" height="16" role="img" aria-label="{}">{}{}{}</svg>'
    return format_html(frame, pick("，", ", ").join(told), track, bar, mark)


def progress(part: int, whole: int, label: str) -> SafeString:
    """The browser's own progress bar, with the share in words beside it."""
    if not whole:
        return SafeString(NONE)
    bar = '<span class="share"><progress max="{}" value="{}" aria-label="{}"></progress> <span>{}</span></span>'
    return format_html(bar, whole, part, label, share_text(part, whole))


def initial(name: str) -> str:
    """What stands in a person's circle: the last character of a Chinese name, else the first letter."""
    name = name.strip()
    if not name:
        return "?"
    return name[0].upper() if name.isascii() else name[-1]
