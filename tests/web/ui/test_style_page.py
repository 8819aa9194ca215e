"""The style page in a real browser, under the policy that lets nothing inline run: at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import translation
from playwright.sync_api import Browser, Route, sync_playwright

from fairwrench.web.ui.assets import GATHERED
from tests.web.chromium import CHROMIUM
from tests.web.ui import specimens
from tests.web.ui.test_behaviour import SITE

POLICY = "; ".join(
    f"{name} {' '.join(sources)}" for name, sources in configured.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
SERVED = Path(__file__).parents[3] / GATHERED

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.skipif(not SERVED.exists(), reason="`make install` gathers the front-end packages"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of this file; it asks nobody outside."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_style_page_fits_and_breaks_no_rule(
    browser: Browser, rf: Any, width: int, look: str, language: str
) -> None:
    """Fails when a component widens the page beyond a phone, needs something inline, or a file is not served."""
    with translation.override(language):
        request: HttpRequest = rf.get("/")
        body = render(request, "ui/components.html", specimens.shown(request)).content
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=look)  # type: ignore[arg-type]

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(f"{SITE}/")
        if path.startswith("static/"):
            route.fulfill(path=finders.find(path.removeprefix("static/")))
        elif path:
            route.fulfill(body="<p>later</p>", content_type="text/html")
        else:
            route.fulfill(body=body, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    context.route("**/*", answer)
    page, told = context.new_page(), []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(SITE)
    page.wait_for_selector("[data-chart] canvas")
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.get_by_role("navigation").count() >= 1
    context.close()
