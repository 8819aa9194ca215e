"""A page as PDF: what a template draws for the screen, on A4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string

from fairwrench.report.workbook.workbook import safe_name
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.ui.files.bounded import Bounds, GivenUp, Reading, Why, preload, read_bounded
from fairwrench.web.ui.files.scratch import scratch
from fairwrench.web.ui.pdf.making import paper_make, papers_join
from fairwrench.web.ui.pdf.needs import lacks
from fairwrench.web.ui.pdf.order import PAPER, Order
from fairwrench.web.ui.requests.http import saved_as

# what a page may take that somebody waits for, and what background work may
SOON = Bounds(seconds=40, memory=2 << 30, written=64 << 20)
LATER = Bounds(seconds=300, memory=3 << 30, written=256 << 20)
#: the style of everything on paper; pages add their own
STYLE = "ui/paper.css"

# else each PDF would load the library anew
preload("fairwrench.web.ui.pdf.layout")


class Paper(NamedTuple):
    """A PDF, and how many sheets it has."""

    content: bytes
    sheets: int


def paper_of(bodies: Iterable[str], *, title: str, styles: Sequence[str] = (), bounds: Bounds = SOON) -> Paper:
    """Some pieces of HTML, rendered by templates, as one PDF; each begins a sheet and is numbered by itself. Refused
    where the machine lacks what it takes, or where it takes too much."""
    if problems := lacks():
        raise Refused(list(problems))
    pages = tuple(render_to_string("ui/paper.html", {"body": body, "title": title}) for body in bodies)
    style = "\n".join(_style(name) for name in (*styles, STYLE))
    return _made(paper_make, Order(pages, style), bounds)


def papers_joined(parts: Sequence[bytes], *, bounds: Bounds = LATER) -> Paper:
    """Several PDFs as one; each keeps its own numbers of pages."""
    with TemporaryDirectory(prefix="papers-", dir=scratch()) as folder:
        paths = tuple(Path(folder) / f"{at}.pdf" for at in range(len(parts)))
        for path, part in zip(paths, parts, strict=True):
            path.write_bytes(part)
        return _made(papers_join, paths, bounds)


def _made(making: Reading, order: Any, bounds: Bounds) -> Paper:
    with TemporaryDirectory(prefix="paper-", dir=scratch()) as folder:
        out = Path(folder) / "made"
        try:
            told = read_bounded(making, order, out, bounds)
        except GivenUp as given_up:
            raise Refused([_given_up(given_up.why, bounds)]) from None
        return Paper((out / PAPER).read_bytes(), int(told["sheets"]))


def paper_sent(content: bytes, *, name: str) -> HttpResponse:
    """A PDF as an answer to be saved under a name."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = saved_as(f"{safe_name(name)}.pdf")
    return answer


@cache
def _style(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found).read_text(encoding="utf-8")


def _given_up(why: Why, bounds: Bounds) -> Problem:
    zh, en = _WORDS[why]
    seconds = f"{bounds.seconds:.0f}"
    return Problem(f"paper_{why}", zh.format(seconds=seconds), en.format(seconds=seconds))


_WORDS: dict[Why, tuple[str, str]] = {
    "too_slow": (
        "PDF 在 {seconds} 秒内没有生成完，已停止；请减少份数",
        "the PDF was not made within {seconds} seconds and was given up; ask for fewer",
    ),
    "too_costly": (
        "生成 PDF 所需的内存或空间超出限制，已停止；请减少份数",
        "making the PDF takes more memory or room than is allowed and was given up; ask for fewer",
    ),
    "fault": (
        "生成 PDF 时程序出错，已记入日志；仍可从浏览器打印",
        "a fault of ours while making the PDF, written to the log; printing from the browser still works",
    ),
    "busy": (
        "正在生成其他人的文件，请一分钟后再试",
        "files of others are being made just now; try again in a minute",
    ),
}
