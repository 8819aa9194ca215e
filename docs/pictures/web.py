"""Takes the pictures of the web application: `python docs/pictures/web.py http://127.0.0.1:8000` beside `make demo`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
PASSWORD = "fairwrench-demo"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1200, "height": 800}
#: picture → who looks, at which page, on what, in which language
PICTURES = {
    "web-mine": ("technician", "/mine/", PHONE, "zh-CN"),
    "web-why": ("technician", "/mine/2026-10/", DESK, "zh-CN"),
    "web-month": ("hr", "/months/2026-11/", DESK, "zh-CN"),
    "web-evidence": ("hr", "/evidence/", DESK, "zh-CN"),
    "web-stores": ("gm", "/stores/?month=2026-10", DESK, "zh-CN"),
    "web-stores.en": ("gm", "/stores/?month=2026-10", DESK, "en-GB"),
}


def take(browser: Browser, site: str, name: str) -> None:
    """One picture of one page."""
    username, path, size, language = PICTURES[name]
    context = browser.new_context(viewport=size, locale=language)
    page = context.new_page()
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    switch(page, site, "en" if language.startswith("en") else "zh-hans")
    page.goto(site + path)
    if name == "web-why":
        page.locator("a.item").nth(2).click()
        page.locator("details.rows summary").first.click()
        page.locator(".rows-slot table").first.wait_for()
    page.screenshot(path=HERE / f"{name}.png")
    switch(page, site, "zh-hans")
    context.close()


def switch(page: object, site: str, language: str) -> None:
    """Choose the language, as the user menu does."""
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "csrftoken")  # type: ignore[attr-defined]
    page.request.post(  # type: ignore[attr-defined]
        f"{site}/language/", form={"language": language, "next": "/", "csrfmiddlewaretoken": token}
    )


def main(site: str) -> None:
    """All pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name in PICTURES:
            take(browser, site, name)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
