"""PDFs: nothing is fetched for one, whatever stands in the page; what the machine lacks is said."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from django.utils.safestring import mark_safe
from pypdf import PdfReader

from fairwrench.settlement.problem import Refused
from fairwrench.web.ui.files.bounded import Bounds
from fairwrench.web.ui.pdf import needs
from fairwrench.web.ui.pdf.making import paper_make
from fairwrench.web.ui.pdf.order import Order
from fairwrench.web.ui.pdf.pdf import paper_of, papers_joined

pytestmark = pytest.mark.skipif(bool(needs.lacks()), reason="this machine has no pango, or no Chinese font")
ASKS = (
    '<img src="{}">',
    '<link rel="stylesheet" href="{}">',
    '<style>@import url("{}"); body {{ background: url("{}") }}</style>',
    '<style>@font-face {{ font-family: f; src: url("{}") }}</style>',
    '<object data="{}"></object><embed src="{}">',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{}"/><use href="{}#a"/></svg>',
    '<a rel="attachment" href="{}">a</a><link rel="attachment" href="{}">',
    '<base href="{}"><img src="x">',
)


class _Asked(BaseHTTPRequestHandler):
    """Notes what is asked of it."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer with something that is easily found again."""
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"FETCHED")

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """A server on this machine, which nobody ought to ask."""
    _Asked.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), _Asked)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("asks", ASKS)
def test_nothing_is_fetched(asks: str, address: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET OF THE MACHINE")
    body = "".join(asks.format(*[where] * 3) for where in (address, secret.as_uri(), str(secret)))
    told = paper_make(Order((f"<html><body>{body}<p>here</p></body></html>",), ""), tmp_path)
    content = (tmp_path / "paper.pdf").read_bytes()
    assert told == {"sheets": 1} and _Asked.asked == []
    read = PdfReader(io.BytesIO(content))
    assert not read.attachments and "SECRET" not in read.pages[0].extract_text()
    assert b"SECRET" not in content and b"FETCHED" not in content


def test_pages_are_numbered_for_each_document_and_keep_it_when_joined() -> None:
    long = mark_safe("<p style='break-after: page'>甲</p><p>乙</p>")
    papers = [paper_of([long], title="甲"), paper_of([mark_safe("<p>丙</p>")] * 2, title="丙")]
    assert [each.sheets for each in papers] == [2, 2]
    whole = papers_joined([each.content for each in papers])
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(whole.content)).pages]
    assert whole.sheets == 4
    for text, (word, number) in zip(
        texts, [("甲", "1 / 2"), ("乙", "2 / 2"), ("丙", "1 / 1"), ("丙", "1 / 1")], strict=True
    ):
        assert word in text and number in text


def test_what_takes_too_long_is_given_up() -> None:
    with pytest.raises(Refused) as refused:
        paper_of([mark_safe("<table>" + "<tr><td>1" * 50_000)], title="", bounds=Bounds(seconds=2, memory=2 << 30))
    assert refused.value.problems[0].code in ("paper_too_slow", "paper_too_costly")


@pytest.mark.parametrize(("lacking", "code"), [("_loads", "no_pango"), ("_chinese", "no_chinese_font")])
def test_what_the_machine_lacks_is_a_warning_of_the_start(
    lacking: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert needs.checked() == []
    monkeypatch.setattr(needs, lacking, lambda *_asked: False)
    needs.lacks.cache_clear()
    try:
        (warning,) = needs.checked()
        assert warning.id == f"ui.{code}" and "apt" not in warning.msg and "PDF" in warning.msg
        with pytest.raises(Refused) as refused:
            paper_of([mark_safe("<p>x</p>")], title="")
        assert refused.value.problems[0].code == code
    finally:
        needs.lacks.cache_clear()


def test_the_site_starts_without_the_libraries() -> None:
    """Breaks if each page, command and test waits for what only a PDF needs."""
    loads = "import django; django.setup(); import fairwrench.web.project.urls, sys; print(sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True, env=os.environ)
    assert "'fairwrench.web.ui.pdf.pdf'" in told.stdout
    assert "'weasyprint'" not in told.stdout and "'pypdf'" not in told.stdout
