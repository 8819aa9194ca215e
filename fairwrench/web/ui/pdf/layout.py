"""Pages laid out and joined: what `making` has done in its process, and what alone loads the libraries for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pypdf import PdfWriter

from fairwrench.web.ui.pdf.order import PAPER, Order

try:
    import weasyprint
    from weasyprint.urls import URLFetcher
except OSError:  # a library of the system lacks, which `needs` says before anything is asked of this module
    weasyprint = None
    URLFetcher = object

#: what a relative address leads to; without any, one in a style ends the making
NOWHERE = "nowhere:/"


class Refuser(URLFetcher):
    """Fetches nothing: neither the network nor a file has anything to add to a page of ours, whatever somebody wrote
    into it."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Refuse."""
        raise ValueError(f"nothing is fetched for a PDF: {url[:80]}")


def laid_out(order: Order, out: Path) -> dict[str, Any]:
    """Write the pages as `PAPER` into `out`; gives how many sheets they take."""
    refuser = Refuser()
    style = weasyprint.CSS(string=order.style, base_url=NOWHERE, url_fetcher=refuser)
    whole = [
        weasyprint.HTML(string=page, base_url=NOWHERE, url_fetcher=refuser).render(stylesheets=[style])
        for page in order.pages
    ]
    sheets = [sheet for document in whole for sheet in document.pages]
    whole[0].copy(sheets).write_pdf(out / PAPER)
    return {"sheets": len(sheets)}


def joined(parts: tuple[Path, ...], out: Path) -> dict[str, Any]:
    """Write several PDFs of ours as one, `PAPER` in `out`; gives how many sheets it has. Made as one the layout of all
    pages would lie in memory at once, some 8 MB each."""
    with PdfWriter() as whole:
        for part in parts:
            whole.append(part)
        whole.write(out / PAPER)
        return {"sheets": len(whole.pages)}
